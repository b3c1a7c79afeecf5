"""Finds how a column's dates and times are written, and what that leaves open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow.compute as pc

from importer.mapping_file.date_formats import directives
from importer.proposal.profile import Fit, Profile, fit
from importer.proposal.spellings import MIDNIGHT, ORDERS, Spelling, formats_of, spelling_of
from importer.proposal.verdict import Choice, Verdict, about_bad, cells, fits, share
from importer.proposal.vocabulary import TIME_WORDS

_LOOKED_AT = 400
_LEAST = 0.97
_MOST_FORMATS = 4
_FEW = 0.02

# What a person would choose from.
_ZONES = ("UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York")
_CENTURIES = ("1930", "1970")


@dataclass(frozen=True)
class _Reading:
    """One way to read all cells: the order of day and month, the formats, what they make of it."""

    order: str
    formats: tuple[str, ...]
    fit: Fit


def dates(profile: Profile, zone: str | None) -> Verdict | None:
    """Give how a column's dates or date-times are to be read; None where they are none.

    zone: the time zone of times without one, where a person has said it.
    """
    texts = profile.listed()[:_LOOKED_AT]
    known = [spelling for spelling in map(spelling_of, texts) if spelling is not None]
    if not known or len(known) < 0.9 * len(texts):
        return _counted(profile) if TIME_WORDS & set(profile.words) else None
    commonest = [spelling for spelling, _ in Counter(known).most_common(_MOST_FORMATS)]
    if len({bool(spelling.clock) for spelling in commonest}) > 1:
        return None
    if not commonest[0].clock:
        return _read(profile, commonest, "date", zone)
    if profile.matching(MIDNIGHT).all():
        return _days(profile, commonest)
    return _read(profile, commonest, "datetime", zone)


def _days(profile: Profile, spellings: Sequence[Spelling]) -> Verdict | None:
    """Read the days of times that are all midnight."""
    gap = "T" if spellings[0].clock.startswith("T") else " "
    days = replace(profile, texts=pc.list_element(pc.split_pattern(profile.texts, gap), 0))
    bare = list(dict.fromkeys(replace(spelling, clock="") for spelling in spellings))
    found = _read(days, bare, "date", None)
    if found is None:
        return None
    options = {"split": gap, "take": "1", **found.options}
    evidence = ("Every time is 00:00, so only the day is taken.",)
    return replace(found, options=options, evidence=(*found.evidence, *evidence))


def _read(
    profile: Profile, spellings: Sequence[Spelling], kind: str, zone: str | None
) -> Verdict | None:
    readings = _readings(profile, spellings, kind)
    best = max(profile.weight(reading.fit.ok) for reading in readings)
    least = best - _FEW * profile.filled
    likely = [one for one in readings if profile.weight(one.fit.ok) >= least]
    likely.sort(key=lambda one: -profile.weight(one.fit.ok))
    chosen = likely[0]
    if not fits(profile, chosen.fit.ok, _LEAST):
        return None
    rivals = [one for one in likely[1:] if _is_rival(one, chosen)]
    is_iso = _is_iso(profile, kind, chosen)
    evidence = [_matched(profile, chosen, rivals, readings, is_iso=is_iso)]
    evidence += about_bad(profile, chosen.fit.ok, "such date")
    options: dict[str, Any] = {}
    if rivals:
        options["format"] = Choice(tuple(_shown(one.formats) for one in (chosen, *rivals)))
    elif not is_iso:
        options["format"] = _shown(chosen.formats)
    if any(_has_short_year(name) for name in chosen.formats):
        options["years_from"] = Choice(_CENTURIES, is_open=True)
        evidence.append("Years have two digits: `years_from:` says the first of their hundred.")
    if kind == "datetime":
        options |= _zone(profile, chosen, zone, evidence)
    bad = profile.weight(~chosen.fit.ok)
    return Verdict(kind, options, tuple(evidence), bad)


def _readings(profile: Profile, spellings: Sequence[Spelling], kind: str) -> list[_Reading]:
    found: dict[tuple[str, ...], _Reading] = {}
    for order in ORDERS:
        formats = formats_of(spellings, order)
        if formats and formats not in found:
            found[formats] = _Reading(order, formats, _fit(profile, kind, formats))
    return list(found.values()) or [_Reading("", (), _fit(profile, kind, ()))]


def _fit(profile: Profile, kind: str, formats: Sequence[str], zone: str | None = "UTC") -> Fit:
    options: dict[str, Any] = {} if kind == "date" else {"timezone": zone}
    patterns = tuple(str(directives(name)) for name in formats)
    return fit(profile.texts, kind, formats=patterns, years_from=1930, **options)


def _is_rival(other: _Reading, chosen: _Reading) -> bool:
    """Tell whether another order is as possible: it reads all that this one does, or nearly."""
    return bool(other.fit.differs(chosen.fit).any())


def _is_iso(profile: Profile, kind: str, chosen: _Reading) -> bool:
    return bool((_fit(profile, kind, ()).ok >= chosen.fit.ok).all())


def _has_short_year(name: str) -> bool:
    return "YY" in name.replace("YYYY", "")


def _shown(formats: tuple[str, ...]) -> Any:
    return formats[0] if len(formats) == 1 else list(formats)


def _matched(
    profile: Profile,
    chosen: _Reading,
    rivals: Sequence[_Reading],
    readings: Sequence[_Reading],
    *,
    is_iso: bool,
) -> str:
    """Say how many cells match, and what tells the order of day and month."""
    names = _named(chosen) if rivals or not is_iso else "ISO 8601"
    count = share(profile.weight(chosen.fit.ok), profile.filled)
    text = f"{count} match {names}"
    others = [one for one in readings if one is not chosen]
    if rivals:
        both = profile.weight(rivals[0].fit.ok & chosen.fit.ok)
        return f"{text}, and {share(both, profile.filled)} match {_named(rivals[0])} as well: which is it?"
    for other in others:
        against = profile.weight(chosen.fit.ok & ~other.fit.ok)
        if against and "first" in other.order:
            return f"{text}; {against:,} of them cannot be {other.order}."
    return f"{text}."


def _named(reading: _Reading) -> str:
    return " or ".join(reading.formats)


def _zone(
    profile: Profile, chosen: _Reading, zone: str | None, evidence: list[str]
) -> dict[str, Any]:
    """Say the zone of times that state none."""
    stated = _fit(profile, "datetime", chosen.formats, None).ok
    local = profile.weight(chosen.fit.ok & ~stated)
    if not local:
        return {}
    if {"utc", "gmt"} & set(profile.words):
        evidence.append(f"No time zone stands in {cells(local)}; the column's name says UTC.")
        return {"timezone": "UTC"}
    if zone is not None:
        evidence.append(f"No time zone stands in {cells(local)}; {zone} was said.")
        return {"timezone": zone}
    evidence.append(f"No time zone stands in {cells(local)}: which is meant?")
    return {"timezone": Choice(_ZONES, is_open=True)}


# --- counts of seconds, and days without marks ---------------------------------------------------

_NOW_SECONDS = r"[1-2][0-9]{9}(?:\.[0-9]+)?"
_NOW_MILLIS = r"[1-2][0-9]{12}"
_COMPACT = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"


def _counted(profile: Profile) -> Verdict | None:
    """Read counts of seconds since 1970, and YYYYMMDD, in a column whose name speaks of time."""
    for pattern, word, what in (
        (_NOW_SECONDS, "epoch_seconds", "seconds since 1970, of the years 2001 to 2065"),
        (_NOW_MILLIS, "epoch_milliseconds", "milliseconds since 1970, of the years 2001 to 2065"),
    ):
        if profile.filled and profile.matching(pattern).all():
            evidence = f"{share(profile.filled, profile.filled)} are {what}, and the name speaks of a time."
            return Verdict("datetime", {"format": word}, (evidence,))
    if not profile.filled or not profile.matching(_COMPACT).all():
        return None
    read = fit(profile.texts, "date", formats=("%Y%m%d",))
    if not read.ok.all():
        return None
    evidence = (
        f"{share(profile.filled, profile.filled)} match YYYYMMDD, and the name speaks of a time."
    )
    return Verdict("date", {"format": "YYYYMMDD"}, (evidence,))
