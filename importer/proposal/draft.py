"""Puts the verdicts on all columns together: which becomes which attribute, and which none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from importer.mapping_file.consent import sense_of
from importer.mapping_file.naming import stored_name
from importer.moengage import limits
from importer.moengage.attributes import BY_KEY
from importer.moengage.names import PLATFORMS
from importer.proposal.context import Context
from importer.proposal.identity import Identity, identity_of
from importer.proposal.judgement import (
    any_verdict,
    cleaned,
    reason_not_to_send,
    standard_verdict,
)
from importer.proposal.names import FreeNames
from importer.proposal.profile import Profile, fit
from importer.proposal.trial import refused_cells
from importer.proposal.verdict import Choice, Verdict, cells
from importer.proposal.vocabulary import NEVER_SENT, OTHER_PEOPLE


@dataclass(frozen=True, eq=False)
class Line:
    """One line of the proposed mapping.

    columns: the source's, one or a latitude and a longitude.
    target: the attribute, or the platform.  is_standard: whether MoEngage has it itself.
    value: as it stands in the mapping.
    left_out: why it is a comment only; "" if it is not.
    """

    columns: tuple[str, ...]
    target: str
    type: str
    value: Any
    evidence: tuple[str, ...] = ()
    personal: str = ""
    bad: int = 0
    left_out: str = ""

    @property
    def is_standard(self) -> bool:
        return self.target in BY_KEY

    @property
    def is_platform(self) -> bool:
        return self.target in PLATFORMS

    @property
    def is_open(self) -> bool:
        return has_choice(self.value)


def has_choice(value: Any) -> bool:
    """Tell whether a person must choose something in a value."""
    if isinstance(value, Choice):
        return True
    if isinstance(value, Mapping):
        return any(map(has_choice, value.values()))
    return isinstance(value, list | tuple) and any(map(has_choice, value))


@dataclass(frozen=True)
class Draft:
    """All that is proposed, in the file's order within each part."""

    identity: Identity
    lines: tuple[Line, ...]
    context: Context = field(repr=False)

    @property
    def is_open(self) -> bool:
        """Whether a person must choose something."""
        return has_choice(self.identity.value) or any(
            line.is_open for line in self.lines if not line.left_out
        )

    def with_text(self, column: str) -> Draft:
        """Propose a column as plain text instead: its cells are not what they seemed."""
        lines = tuple(
            _as_text(line) if line.columns == (column,) and not line.left_out else line
            for line in self.lines
        )
        return replace(self, lines=lines)


_ALSO_SENT = ("email", "mobile", "phone")
"""Meanings of an id that is a value of its own, too."""


def draft_of(context: Context) -> Draft:
    """Decide on every column of the source."""
    identity = identity_of(context.profiles, all_seen=context.sample.is_whole)
    columns = _source_columns(context)
    lines: dict[str, Line] = {}
    if places := _pair_of_degrees(context):
        lines |= dict.fromkeys(places.columns, places)
    id_profile = context.profiles.get(identity.column)
    used = {*lines} | ({identity.column} if id_profile and not _is_also_sent(id_profile) else set())
    lines |= _standard_lines(context, [name for name in columns if name not in used])
    names = FreeNames({line.target for line in lines.values()})
    for number, name in enumerate(columns, 1):
        if name not in lines and name not in used:
            lines[name] = _own_line(context, name, number, names)
    in_order = dict.fromkeys(lines[name] for name in columns if name in lines)
    return Draft(identity, tuple(_within_limit(list(in_order))), context)


def _within_limit(lines: Sequence[Line]) -> Iterator[Line]:
    """Leave out the attributes beyond those that a workspace can have; MoEngage's own come first."""
    sent = [line for line in lines if not line.left_out and not line.is_platform]
    sent.sort(key=lambda line: not line.is_standard)
    beyond = set(map(id, sent[limits.ATTRIBUTES_PER_WORKSPACE :]))
    said = f"A workspace has at most {limits.ATTRIBUTES_PER_WORKSPACE} attributes."
    for line in lines:
        yield replace(line, left_out=said) if id(line) in beyond else line


def _is_also_sent(profile: Profile) -> bool:
    return profile.key in _ALSO_SENT or _holds_addresses(profile)


def _holds_addresses(profile: Profile) -> bool:
    found = fit(profile.texts, "email")
    return profile.filled > 0 and profile.weight(found.ok) >= 0.9 * profile.filled


def _source_columns(context: Context) -> list[str]:
    """Give the columns in the source's order, also those that cannot be read."""
    known = dict.fromkeys(name for file in context.sample.files for name in file.columns)
    return [*known, *(name for name in context.profiles if name not in known)]


def _standard_lines(context: Context, columns: list[str]) -> dict[str, Line]:
    """Give the standard attributes by column; of several for one, the likeliest takes it."""
    usable = [name for name in columns if _is_usable(name, context)]
    taken: dict[str, Line] = {}
    for name in sorted(usable, key=lambda name: _rank(context.profiles[name])):
        found = standard_verdict(context.profiles[name], context)
        if found is not None and stored_name(found[0]) not in map(stored_name, taken):
            taken[found[0]] = _line(context, name, *found)
    unnamed = None if "email" in taken else _unnamed_address(context, usable)
    if unnamed is not None:
        taken["email"] = _line(context, unnamed, "email", None)
    return {line.columns[0]: line for line in taken.values()}


def _is_usable(name: str, context: Context) -> bool:
    profile = context.profiles.get(name)
    return profile is not None and not reason_not_to_send(profile, context)


def _rank(profile: Profile) -> int:
    return profile.meaning.rank if profile.meaning else 0


def _unnamed_address(context: Context, columns: list[str]) -> str | None:
    """Find a column of addresses that no name tells, and that are not somebody else's."""
    for name in columns:
        profile = context.profiles[name]
        if not profile.key and not OTHER_PEOPLE & set(profile.words) and _holds_addresses(profile):
            return name
    return None


def _line(context: Context, name: str, target: str, found: Verdict | None) -> Line:
    profile = context.profiles[name]
    found = found or any_verdict(profile, context)
    return _written(context, profile, target, found)


def _written(context: Context, profile: Profile, target: str, found: Verdict) -> Line:
    found = cleaned(profile, found, context.nulls)
    standard = BY_KEY.get(target)
    implied = standard.type if standard else "boolean" if target in PLATFORMS else "string"
    is_implied = found.type == implied or (found.type, implied) == ("integer", "number")
    kind = {} if is_implied else {"type": found.type}
    value: Any = {"column": profile.name, **kind, **found.options}
    if found.either:
        value = Choice(
            tuple({"column": profile.name, **found.options, **one} for one in found.either)
        )
    elif set(value) == {"column"}:
        value = profile.name
    # A card's or a password's name without such cells: the name means something else.
    told = profile.meaning is not None and profile.key not in NEVER_SENT
    personal = profile.meaning.personal if profile.meaning and told else ""
    if not personal and found.type in ("email", "phone"):
        personal = {"email": "an e-mail address", "phone": "a phone number"}[found.type]
    evidence = (*found.evidence, *_refused(context, profile.name))
    return Line((profile.name,), target, found.type, value, evidence, personal, found.bad)


def _refused(context: Context, name: str) -> tuple[str, ...]:
    count = context.sample.refused.get(name, 0)
    return (f"{cells(count)} cannot be read: refused.",) if count else ()


def _own_line(context: Context, name: str, number: int, names: FreeNames) -> Line:
    """Give a column an attribute of its own, or a comment."""
    profile = context.profiles.get(name)
    target = names.name_for(name, number)
    if profile is None:
        said = context.sample.unsuited.get(name, "a type")
        return Line(
            (name,), target, "", name, left_out=f"{said[:1].upper()}{said[1:]} cannot be sent."
        )
    reason = reason_not_to_send(profile, context)
    if reason:
        personal = profile.meaning.personal if profile.meaning else ""
        return Line((name,), target, "", name, personal=personal, left_out=reason)
    return _line(context, name, target, _own_verdict(profile, context, target))


def _own_verdict(profile: Profile, context: Context, target: str) -> Verdict:
    found = any_verdict(profile, context)
    if found.type == "boolean" and sense_of(profile.name) != sense_of(target):
        return Verdict("string", {}, found.evidence)
    return found


def _as_text(line: Line) -> Line:
    said = "Not all cells are what most of them are: text."
    if line.is_standard and BY_KEY[line.target].type not in ("string", "email", "phone"):
        return replace(line, value=line.columns[0], left_out=said)
    kind = "" if not line.is_standard or BY_KEY[line.target].type == "string" else "string"
    value: Any = {"column": line.columns[0], "type": kind} if kind else line.columns[0]
    return replace(line, type="string", value=value, evidence=(said,), bad=0)


def _pair_of_degrees(context: Context) -> Line | None:
    """Find a latitude and a longitude, by their names and their range."""
    lat = [name for name, one in context.profiles.items() if one.key == "latitude" and one.filled]
    lon = [name for name, one in context.profiles.items() if one.key == "longitude" and one.filled]
    if len(lat) != 1 or len(lon) != 1:
        return None
    filled = max(context.profiles[lat[0]].filled, context.profiles[lon[0]].filled)
    for more in ({}, {"decimal": ","}):
        value = {"lat": lat[0], "lon": lon[0], **more}
        nulls = context.nulls_of(lat[0]) | context.nulls_of(lon[0])
        bad = refused_cells(context.sample, {**value, "type": "geo"}, nulls)
        if bad <= (0.02 * filled if filled >= 20 else 0):
            said = [f"{filled - bad:,} of {filled:,} are degrees of a latitude and a longitude."]
            if bad:
                which = (
                    "1 is out of range or lacks its"
                    if bad == 1
                    else f"{bad:,} are out of range or lack their"
                )
                said.append(f"{which} other half: refused.")
            columns = (lat[0], lon[0])
            return Line(columns, "moe_geo_location", "geo", value, tuple(said), "a place", bad)
    return None
