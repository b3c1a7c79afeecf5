"""Compares what was sent of a user with what is kept of him, attribute by attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from importer.moengage import names
from importer.moengage.attributes import BY_KEY

Json = Any
"""Numbers are int or Decimal."""


class Verdict(StrEnum):
    """How an attribute, or a whole user, came back."""

    EQUAL = "equal"
    DIFFERENT = "different"
    MISSING = "missing"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True)
class Compared:
    """One attribute of one user.

    sent, found: JSON values, which may hold a person's data; None where there is none.
    why: for what is not comparable.
    """

    attribute: str
    verdict: Verdict
    sent: Json = None
    found: Json = None
    why: str = ""


@dataclass(frozen=True)
class Wanted:
    """What an attribute should be after all of a user's rows.

    value: this; None where it should be gone, or where only some items are known.
    holds, lacks: items that a list of unknown rest should have, and should not.
    """

    value: Json = None
    holds: tuple[Json, ...] = ()
    lacks: tuple[Json, ...] = ()

    @property
    def is_partial(self) -> bool:
        return bool(self.holds or self.lacks)


_ABSENT = Wanted()
_MISSING = object()
_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "equals": str.__eq__,
    "prefix": str.startswith,
    "suffix": str.endswith,
    "contains": str.__contains__,
}


def wanted_of(payloads: Sequence[Mapping[str, Json]]) -> dict[str, Wanted]:
    """Give what a user's attributes should be after these payloads, in this order."""
    wanted: dict[str, Wanted] = {}
    for payload in payloads:
        attributes = payload.get("attributes", {})
        for name, value in attributes.items():
            if name == names.PLATFORMS_KEY:
                # Nobody documents whether platforms that a later row leaves out stay.
                wanted[name] = Wanted(holds=tuple(value))
            elif name not in names.ARRAY_UPDATES:
                # An empty list unsets (Data API docs).
                wanted[name] = _ABSENT if value == [] else Wanted(value)
        add, remove = (attributes.get(key, {}) for key in names.ARRAY_UPDATES)
        for name, items in add.items():
            wanted[name] = _with_items(wanted.get(name), items)
        for name, items in remove.items():
            wanted[name] = _without_items(wanted.get(name), items)
        for rule in payload.get("unset_attributes", ()):
            _unset(wanted, rule)
    return wanted


def _with_items(before: Wanted | None, items: list[Json]) -> Wanted:
    if before is None or before.is_partial:
        known = before or Wanted()
        lacks = tuple(item for item in known.lacks if item not in items)
        return Wanted(holds=(*known.holds, *items), lacks=lacks)
    have = before.value if isinstance(before.value, list) else []
    return Wanted([*have, *(item for item in items if item not in have)])


def _without_items(before: Wanted | None, items: list[Json]) -> Wanted:
    if before is None or before.is_partial:
        known = before or Wanted()
        holds = tuple(item for item in known.holds if item not in items)
        return Wanted(holds=holds, lacks=(*known.lacks, *items))
    have = before.value if isinstance(before.value, list) else []
    left = [item for item in have if item not in items]
    return Wanted(left) if left else _ABSENT


def _unset(wanted: dict[str, Wanted], rule: Mapping[str, Json]) -> None:
    attr, matches = rule["attr"], _MATCHES[rule["type"]]
    fold = str if rule.get("case_sensitive", True) else str.casefold
    for name in wanted:
        if matches(fold(name), fold(attr)):
            wanted[name] = _ABSENT
    if rule["type"] == "equals":
        wanted[attr] = _ABSENT


def compare(
    wanted: Mapping[str, Wanted],
    profile: Mapping[str, Json],
    uncertain: Mapping[str, str] | None = None,
) -> tuple[Compared, ...]:
    """Hold every attribute of a user against what is kept of him.

    uncertain: attributes that may rightly differ, each with the reason; MoEngage's own are known.
    """
    return tuple(
        _compared(name, want, _found(name, profile), (uncertain or {}).get(name, ""))
        for name, want in wanted.items()
    )


def of_all(compared: Sequence[Compared]) -> Verdict:
    """Give the verdict on a user of whom these attributes were compared."""
    verdicts = {one.verdict for one in compared}
    for verdict in (Verdict.DIFFERENT, Verdict.MISSING):
        if verdict in verdicts:
            return Verdict.DIFFERENT
    return Verdict.EQUAL


def _found(name: str, profile: Mapping[str, Json]) -> Json:
    """Look an attribute up under the name that it was sent with, or MoEngage's storage key."""
    if name in profile:
        return profile[name]
    standard = BY_KEY.get(name)
    return _MISSING if standard is None else profile.get(standard.storage_key, _MISSING)


def _compared(name: str, want: Wanted, found: Json, uncertain: str) -> Compared:
    is_there = found is not _MISSING
    sent = list(want.holds) if want.is_partial else want.value
    shown = found if is_there else None
    if _agrees(want, found):
        return Compared(name, Verdict.EQUAL, sent, shown)
    why = uncertain or _excuse(name, is_unset=want == _ABSENT)
    if why:
        return Compared(name, Verdict.NOT_COMPARABLE, sent, shown, why)
    verdict = Verdict.DIFFERENT if is_there else Verdict.MISSING
    return Compared(name, verdict, sent, shown)


def _agrees(want: Wanted, found: Json) -> bool:
    if want.is_partial:
        items = found if isinstance(found, list) else []
        return all(_is_in(item, items) for item in want.holds) and not any(
            _is_in(item, items) for item in want.lacks
        )
    if want == _ABSENT:
        return found is _MISSING or found in (None, [])
    return found is not _MISSING and same(want.value, found)


def _is_in(item: Json, items: Sequence[Json]) -> bool:
    return any(same(item, other) for other in items)


def _excuse(name: str, *, is_unset: bool) -> str:
    standard = BY_KEY.get(name)
    if is_unset and names.cannot_be_unset(name):
        return "MoEngage does not unset it"
    if standard is not None and standard.create_only:
        return "MoEngage takes it only when a user is created"
    if names.is_read_only(name):
        return "MoEngage computes it itself"
    return ""


def same(sent: Json, found: Json) -> bool:
    """Tell whether two JSON values mean the same: numbers as decimals, moments as instants."""
    if isinstance(sent, bool) or isinstance(found, bool):
        return sent is found
    if isinstance(sent, list) and isinstance(found, list):
        return len(sent) == len(found) and all(map(same, sent, found))
    if isinstance(sent, dict) and isinstance(found, dict):
        return sent.keys() == found.keys() and all(same(sent[key], found[key]) for key in sent)
    if _is_number(sent) and _is_number(found):
        return Decimal(sent) == Decimal(found)
    if isinstance(sent, str) and isinstance(found, str) and sent == found:
        return True
    moment = _instant(sent) if isinstance(sent, str) else None
    return moment is not None and moment == _instant(found)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | Decimal)


_FIRST_MILLISECONDS = 10_000_000_000
"""A larger number of seconds lies beyond the year 2286."""


def _instant(value: Json) -> datetime | None:
    """Read ISO 8601, seconds or milliseconds since 1970; None for anything else."""
    try:
        if _is_number(value):
            seconds = value / 1000 if abs(value) >= _FIRST_MILLISECONDS else value
            return datetime.fromtimestamp(float(seconds), UTC)
        if not isinstance(value, str) or not value[:4].isdecimal() or value[4:5] != "-":
            return None
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
