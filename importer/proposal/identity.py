"""Finds the column that tells the users apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from importer.moengage import limits
from importer.moengage.names import BANNED_IDS
from importer.plurals import counted
from importer.proposal.profile import Flags, Profile, fit
from importer.proposal.verdict import Choice, cells

_ID_WORDS = frozenset(
    {"id", "ids", "uid", "uuid", "guid", "key", "rowguid", "code", "codigo", "codice", "kode"}
)
_MEANINGS = frozenset({"customer id", "record id", "mobile", "phone", ""})
_MOST_NAMED = 4
_LONGEST_ID = 100

# What a name is worth, against what stands in the other columns.
_BY_NAME, _BY_RECORD, _BY_WORD, _BY_EMAIL, _BY_PHONE, _BY_CELLS = 60, 50, 40, 30, 20, 10


@dataclass(frozen=True)
class Identity:
    """The proposed `customer_id`, why, and what else it might be.

    column: "" where no column can be the id, and a person must choose.
    value: as it stands in the mapping.
    """

    column: str
    value: Any
    evidence: tuple[str, ...]
    alternatives: tuple[str, ...] = ()
    duplicates: int = 0
    rows_with_duplicates: int = 0
    blank: int = 0


@dataclass(frozen=True)
class _Candidate:
    profile: Profile
    score: int
    why: str
    unique: bool


def identity_of(profiles: Mapping[str, Profile], *, all_seen: bool) -> Identity:
    """Choose the likeliest id; with several alike, the first column wins.

    all_seen: no row is beyond the sample.
    """
    found = [one for profile in profiles.values() if (one := _candidate(profile)) is not None]
    found.sort(key=lambda one: -one.score)
    if not found:
        return _open(list(profiles.values()))
    best = found[0]
    others = tuple(one.profile.name for one in found[1:] if one.score > _BY_CELLS)[:_MOST_NAMED]
    return _identity(best, others, all_seen=all_seen)


def _candidate(profile: Profile) -> _Candidate | None:
    filled, rows = profile.filled, profile.rows
    if filled < 0.5 * rows or profile.longest > _LONGEST_ID or (profile.distinct == 1 and rows > 1):
        return None
    unique = profile.distinct >= 0.99 * filled and filled >= 0.99 * rows
    if fit(profile.texts, "email").ok.mean() > 0.9:
        if profile.key == "email" or unique:
            extra = _BY_EMAIL if profile.key == "email" else _BY_CELLS + 1
            return _Candidate(profile, extra, "an e-mail address", unique)
        return None
    if profile.key not in _MEANINGS or not _is_code_like(profile):
        return None
    if profile.key == "customer id":
        return _Candidate(profile, _BY_NAME, "its name says so", unique)
    if not unique:
        return None
    if profile.key == "record id":
        return _Candidate(profile, _BY_RECORD, "its name says so, and each row has another", True)
    if _ID_WORDS & {*profile.words[:1], *profile.words[-1:]}:
        return _Candidate(
            profile, _BY_WORD, "its name speaks of one, and each row has another", True
        )
    if profile.key in ("mobile", "phone"):
        return _Candidate(profile, _BY_PHONE, "a phone number, and each row has another", True)
    if profile.key or not _is_nameless(profile):
        return None
    return _Candidate(profile, _BY_CELLS, "each row has another; no name tells", True)


def _is_nameless(profile: Profile) -> bool:
    """Tell whether the column's name says nothing at all, as where a file has no header."""
    return profile.words[:1] == ("column",)


def _is_code_like(profile: Profile) -> bool:
    """Tell codes from words and sentences, and from amounts."""
    codes = profile.matching(r"[^\s,]*[0-9][^\s,]*|[A-Za-z0-9_-]{6,}")
    amounts = profile.matching(r"[+-]?[0-9]*[.,][0-9]+") & ~profile.matching(r"[0-9]+\.0")
    dates = profile.matching(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([T ].*)?")
    clear = codes & ~amounts & ~dates
    return profile.weight(clear) >= 0.9 * profile.filled


def _identity(best: _Candidate, others: tuple[str, ...], *, all_seen: bool) -> Identity:
    profile = best.profile
    value: dict[str, Any] = {"column": profile.name}
    is_email = best.why.startswith("an e-mail")
    evidence = [_counted(profile, best)]
    if is_email:
        value["transform"] = ["strip", "lower"]
    elif profile.padded or profile.hollow:
        value["transform"] = ["strip"]
        evidence.append(
            f"{cells(profile.padded, 'has', 'have')} blanks around them, which are taken away."
        )
    if not is_email and profile.matching(r"[0-9]+\.0").all():
        value["whole"] = True
        evidence.append(
            "All of them end in .0, as whole numbers do that a program took for decimals."
        )
    evidence += _refused(profile, value, all_seen=all_seen)
    several = profile.counts > 1
    users, rows = int(several.sum()), profile.weight(several)
    if users:
        evidence.append(
            f"{counted(users, 'user stands', 'users stand')} in several rows, {rows:,} in all: each is sent, in the file's order, "
            "so that the last row's values stay (`duplicates:` has other ways)."
        )
    blank = profile.rows - profile.filled
    if blank:
        evidence.append(f"{counted(blank, 'row has', 'rows have')} none: refused.")
    if others:
        named = ", ".join(f'"{name}"' for name in others)
        evidence.append(f"It might also be {named}.")
    return Identity(profile.name, value, tuple(evidence), others, users, rows, blank)


def _counted(profile: Profile, best: _Candidate) -> str:
    return f"{profile.distinct:,} different in {counted(profile.rows, 'row')}; taken because: {best.why}."


def _refused(profile: Profile, value: dict[str, Any], *, all_seen: bool) -> list[str]:
    """Put a few digits that MoEngage takes for no id into a table, and name banned words."""
    short = profile.matching(r"[0-9]") | (profile.matching("-?[0-9]{1,2}") & _banned(profile))
    said = []
    words = _banned(profile) & ~short
    if short.any() and not value.get("whole"):
        found = set(profile.only(short).texts.to_pylist())
        found |= set() if all_seen else set("0123456789")
        listed = sorted(found, key=lambda text: (len(text), text))
        value["values"] = {text: f"{_prefix(profile)}-{text}" for text in listed}
        said.append(
            "MoEngage takes no id of one character, nor 0, 1, 2 and the like: these get a prefix, "
            "and all others stay as they are."
        )
    if words.any():
        said.append(
            f"{cells(profile.weight(words), 'holds', 'hold')} what MoEngage bans as an id: refused."
        )
    return said


def _banned(profile: Profile) -> Flags:
    return profile.among([text for text in profile.texts.to_pylist() if text.lower() in BANNED_IDS])


def _prefix(profile: Profile) -> str:
    words = [word for word in profile.words if word.isascii() and not _is_nameless(profile)]
    return "-".join(words)[: limits.ID_MIN_CHARACTERS * 10] or "id"


def _open(profiles: Sequence[Profile]) -> Identity:
    """Leave the id to a person; name the columns that tell most rows apart."""
    rows = max((profile.rows for profile in profiles), default=0)
    likely = [one for one in profiles if one.filled >= 0.5 * one.rows and one.distinct > 1]
    likely.sort(key=lambda one: -one.distinct)
    likely = likely or list(profiles)
    names = tuple(one.name for one in likely[:_MOST_NAMED])
    told = ", ".join(f'"{one.name}" has {one.distinct:,} different' for one in likely[:_MOST_NAMED])
    evidence = [
        f"No column is clearly an id that each user has for himself, in {counted(rows, 'row')}."
    ]
    if told:
        evidence.append(f"{told}. Several together: {{template: ...}}.")
    return Identity("", Choice(names, is_open=True), tuple(evidence))
