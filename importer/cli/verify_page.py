"""Writes what `verify` shows."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from importer.history.comparing import Compared, Verdict
from importer.history.past_runs import PastRun
from importer.history.verify import Verification, VerifiedUser
from importer.masking import masked_json, masked_text
from importer.plurals import counted

_MOST_SHOWN = 10
_WRONG = (Verdict.DIFFERENT, Verdict.MISSING)
_FRESH_MINUTES = 60


def verify_page(found: Verification, past: PastRun, show_values: bool) -> Iterator[str]:
    """Give the page's lines; unless `show_values`, values show only their shape."""
    yield (
        f"Read back {len(found.users):,} of {counted(found.delivered, 'user')} of run {found.run} from "
        f"workspace {found.workspace} (seed {found.seed})."
    )
    if not found.delivered:
        parent = past.record.parent
        yield (
            "Nothing was compared: this run delivered nobody."
            + (f" It sent rows of run {parent} again, which may be meant." if parent else "")
        )
    if found.passed_over:
        yield (
            f"{counted(found.passed_over, 'user was', 'users were')} passed over, because a later run "
            "sent them too, or a request of theirs had no answer."
        )
    yield ""
    for verdict, users in found.verdicts.items():
        if users:
            yield f"{verdict:<16}{users:>6,}"
    yield from _attributes(found.attributes)
    yield from _differences(found, show_values)
    minutes = (time.time() - (past.record.ended or past.record.begun)) / 60
    if found.exit and minutes < _FRESH_MINUTES:
        yield ""
        yield (
            f"The run ended {counted(round(minutes), 'minute')} ago, and MoEngage applies what it accepted some "
            "minutes later: read back again."
        )


def _attributes(counts: Mapping[str, Mapping[Verdict, int]]) -> Iterator[str]:
    uneven = {
        name: {verdict: rows for verdict, rows in count.items() if rows}
        for name, count in counts.items()
        if sum(count.values()) != count[Verdict.EQUAL]
    }
    if uneven:
        yield ""
        yield "Attributes that are not equal everywhere:"
    for name, count in uneven.items():
        words = ", ".join(f"{rows:,} {verdict}" for verdict, rows in count.items())
        yield f"  {name}: {words}"


def _differences(found: Verification, show_values: bool) -> Iterator[str]:
    wrong = [user for user in found.users if user.verdict in _WRONG]
    if wrong:
        yield ""
        more = f" (the first {_MOST_SHOWN} users)" if len(wrong) > _MOST_SHOWN else ""
        yield f"What differs{more}:"
    for user in wrong[:_MOST_SHOWN]:
        yield f"  {user.file} row {user.row}{_missing(user)}"
        for one in user.attributes:
            if one.verdict in _WRONG:
                yield f"    {one.attribute}: {_difference(one, show_values)}"
    excuses = dict.fromkeys(
        (one.attribute, one.why) for user in found.users for one in user.attributes if one.why
    )
    if excuses:
        yield ""
        yield "Not comparable, and not counted as different:"
    for name, why in excuses:
        yield f"  {name}: {why}"


def _missing(user: VerifiedUser) -> str:
    return ": there is no such user" if user.verdict is Verdict.MISSING else ""


def _difference(one: Compared, show_values: bool) -> str:
    sent = "to be gone" if one.sent is None else _text(one.sent, show_values)
    there = "nothing" if one.verdict is Verdict.MISSING else _text(one.found, show_values)
    return f"sent {sent}, found {there}"


def _text(value: Any, show_values: bool) -> str:
    if not show_values:
        return masked_text(value)
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _shown(value: Any, show_values: bool) -> Any:
    return value if show_values else masked_json(value)


def verification_as_dict(found: Verification, show_values: bool) -> dict[str, Any]:
    """Give everything as plain data; of the users those that are not equal."""
    return {
        "run": found.run,
        "workspace": found.workspace,
        "seed": found.seed,
        "delivered_users": found.delivered,
        "read_back": len(found.users),
        "passed_over": found.passed_over,
        "users": {str(verdict): users for verdict, users in found.verdicts.items()},
        "attributes": {
            name: {str(verdict): rows for verdict, rows in count.items()}
            for name, count in found.attributes.items()
        },
        "differences": [_user(user, show_values) for user in found.users if user.verdict in _WRONG],
        "values_shown": show_values,
    }


def _user(user: VerifiedUser, show_values: bool) -> dict[str, Any]:
    return {
        "file": user.file,
        "row": user.row,
        "customer_id": user.customer_id if show_values else None,
        "verdict": str(user.verdict),
        "attributes": [
            {
                "attribute": one.attribute,
                "verdict": str(one.verdict),
                "sent": _shown(one.sent, show_values),
                "found": _shown(one.found, show_values),
            }
            for one in user.attributes
            if one.verdict in _WRONG
        ],
    }
