"""Decides what a column holds: its type by what the cells are, helped by what its name says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from importer.mapping_file.types import same_family
from importer.moengage import limits
from importer.moengage.attributes import BY_KEY
from importer.proposal.cards import are_cards
from importer.proposal.context import Context
from importer.proposal.dates import dates
from importer.proposal.lists import json_cells, lists
from importer.proposal.nulls import FoundNulls
from importer.proposal.numbers import code_reason, numbers
from importer.proposal.phones import PLUS, phones
from importer.proposal.profile import Profile, fit
from importer.proposal.verdict import MOST_LISTED, Verdict, about_bad, cells, fits, share
from importer.proposal.vocabulary import NEVER_SENT
from importer.proposal.words import booleans, consent, genders

_FEW_HOLLOW = 0.01
_FEW_BAD = 0.01
_LONGEST_SHOWN = 30

Judge = Callable[[Profile, Context], Verdict | None]


def reason_not_to_send(profile: Profile, context: Context) -> str:
    """Say why a column is proposed as a comment only; "" if it is not."""
    name, key = profile.name, profile.key
    if name in context.sample.unsuited:
        return f"{context.sample.unsuited[name]} has no text."
    refused = context.sample.refused.get(name, 0)
    if refused > 0.01 * context.sample.rows:
        return f"{cells(refused)} cannot be read."
    if not profile.filled:
        return "No row that was looked at has a value."
    if (
        key == "card"
        and not are_cards(profile, least=0.5)
        and not profile.matching("[0-9]{3,4}").all()
    ):
        key = ""
    if key in NEVER_SENT and booleans(profile) is None:
        return f"It may hold {_a(profile)}: {NEVER_SENT[key]}."
    if are_cards(profile, least=0.95):
        return f"{share(profile.filled, profile.filled)} have the check digit of payment cards: {NEVER_SENT['card']}."
    if profile.longest > limits.STRING_CHARACTERS and json_cells(profile) is None:
        return (
            f"The longest cell has {profile.longest:,} characters; MoEngage cuts texts after "
            f"{limits.STRING_CHARACTERS}. `transform: [{{slice: [0, {limits.STRING_CHARACTERS}]}}]` "
            "would cut it knowingly."
        )
    found = json_cells(profile)
    if found is not None and found.type == "json":
        return (
            f"{found.evidence[0]} MoEngage takes objects only where its support has enabled them."
        )
    return ""


def _a(profile: Profile) -> str:
    return profile.meaning.personal if profile.meaning else "such a value"


def standard_verdict(profile: Profile, context: Context) -> tuple[str, Verdict] | None:
    """Give the standard attribute (or platform) that a column fits by name and by cells."""
    meaning = profile.meaning
    if meaning is None or not meaning.attribute:
        return _by_own_name(profile, context)
    found = _JUDGES.get(meaning.key, _text)(profile, context)
    return None if found is None else (meaning.attribute, found)


def _by_own_name(profile: Profile, context: Context) -> tuple[str, Verdict] | None:
    """Take a column that has MoEngage's own name for an attribute."""
    standard = BY_KEY.get(profile.name.strip().lower())
    if standard is None:
        return None
    if standard.type == "string":
        return standard.key, _text(profile, context)
    found = any_verdict(profile, context)
    return (standard.key, found) if same_family(found.type, standard.type) else None


def any_verdict(profile: Profile, context: Context) -> Verdict:
    """Give how a column of any name is read; as text, where nothing else is sure."""
    for judge in _IN_TURN:
        found = judge(profile, context)
        if found is not None:
            return found
    return _text(profile, context)


def _text(profile: Profile, _: Context) -> Verdict:
    reason = code_reason(profile)
    said = [reason] if reason else []
    personal = profile.meaning is not None and profile.meaning.personal
    if not reason and not personal and profile.distinct <= MOST_LISTED and profile.filled >= 20:
        said.append(_different(profile))
    if profile.hollow:
        said.append(f"{cells(profile.hollow, 'holds', 'hold')} blanks only.")
    return Verdict("string", {}, tuple(filter(None, said)))


def _different(profile: Profile) -> str:
    shown = [f'"{one}"' for one in profile.listed() if len(one) <= _LONGEST_SHOWN]
    if len(shown) < profile.distinct:
        return ""
    return (
        f"{len(shown)} different: {', '.join(shown)}." if len(shown) > 1 else f"Always {shown[0]}."
    )


def _emails(profile: Profile, least: float) -> Verdict | None:
    found = fit(profile.texts, "email")
    if not profile.filled or profile.weight(found.ok) < least * profile.filled:
        return None
    text = f"{share(profile.weight(found.ok), profile.filled)} are addresses."
    bad = about_bad(profile, found.ok, "address")
    return Verdict("email", {}, (text, *bad), profile.weight(~found.ok))


def _named_phone(profile: Profile, context: Context) -> Verdict | None:
    if code_reason(profile) == "" and not profile.matching(r"[-+0-9 ()./\x{a0}]{6,}").any():
        return None
    nulls = context.nulls_of(profile.name)
    return phones(profile, context.sample, context.answers.region, context.country, nulls)


def _phone_by_value(profile: Profile, context: Context) -> Verdict | None:
    if profile.key in ("phone", "mobile", "other phone"):
        return _named_phone(profile, context)
    if not fits(profile, profile.matching(PLUS), 0.95):
        return None
    return phones(profile, context.sample, None, None)


def _dates(profile: Profile, context: Context) -> Verdict | None:
    return dates(profile, context.answers.timezone)


def _numbers(profile: Profile, context: Context) -> Verdict | None:
    return numbers(profile, context.mark, all_seen=context.sample.is_whole)


def _places(profile: Profile, _: Context) -> Verdict | None:
    found = fit(profile.texts, "geo")
    if not fits(profile, found.ok, 0.98):
        return None
    text = f"{share(profile.weight(found.ok), profile.filled)} are coordinates."
    bad = about_bad(profile, found.ok, "coordinates")
    return Verdict("geo", {}, (text, *bad), profile.weight(~found.ok))


_IN_TURN: tuple[Judge, ...] = (
    lambda profile, _: json_cells(profile),
    lambda profile, _: booleans(profile),
    _dates,
    lambda profile, _: _emails(profile, 0.5 if profile.key.endswith("email") else 0.9),
    _phone_by_value,
    _numbers,
    lambda profile, _: lists(profile),
)

_JUDGES: dict[str, Judge] = {
    "email": lambda profile, _: _emails(profile, 0.5),
    "mobile": _named_phone,
    "phone": _named_phone,
    "gender": lambda profile, _: genders(profile),
    "age": _numbers,
    "transactions": _numbers,
    "revenue": _numbers,
    "birthday": _dates,
    "created": _dates,
    "last seen": _dates,
    "place": _places,
    "email opt out": lambda profile, _: consent(profile),
    "email opt in": lambda profile, _: consent(profile),
    "bounced": lambda profile, _: booleans(profile),
    "android": lambda profile, _: booleans(profile),
    "ios": lambda profile, _: booleans(profile),
    "web": lambda profile, _: booleans(profile),
}


def cleaned(profile: Profile, found: Verdict, nulls: FoundNulls) -> Verdict:
    """Add what the cells need besides their type: blanks taken away, what becomes of bad ones."""
    options: dict[str, Any] = dict(found.options)
    evidence = list(found.evidence)
    if found.bad > _FEW_BAD * profile.filled:
        options["bad_value"] = "leave_out"
        evidence.append("Such a value is left out of its row, and listed in warnings.csv.")
    elif found.bad:
        evidence.append("Such a row is refused (`bad_value: leave_out` would send it without).")
    if profile.hollow > _FEW_HOLLOW * profile.rows or (
        profile.hollow + profile.padded and _minds_blanks(profile, found)
    ):
        if "split" in options:
            del options["split"], options["take"]
            options = {"extract": r"^\s*([^\sT]+)", **options}
        options["transform"] = ["strip", *options.get("transform", [])]
        if profile.padded:
            evidence.append(
                f"{cells(profile.padded)} have blanks around them, which are taken away."
            )
    local = nulls.local.get(profile.name, ())
    if local:
        # They stand in place of the source's, which mean an empty cell here, too.
        options["nulls"] = ["", *nulls.everywhere, *local]
        words = ", ".join(f'"{word}"' for word in local)
        evidence.append(
            f"{words} means an empty cell here; in other columns it may mean something."
        )
    return replace(found, options=options, evidence=tuple(evidence))


def _minds_blanks(profile: Profile, found: Verdict) -> bool:
    return (
        found.type != "string"
        or "values" in found.options
        or bool(profile.meaning and profile.meaning.attribute)
    )
