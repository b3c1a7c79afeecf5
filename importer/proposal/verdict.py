"""Holds what a proposal says of one column: its type, its options, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from importer.plurals import counted
from importer.proposal.profile import Flags, Profile

MOST_LISTED = 8
"""Words of a small set that evidence lists."""


@dataclass(frozen=True)
class Choice:
    """Something that the table does not tell.

    values: what it may be, the likeliest first.  is_open: others are possible, too.
    """

    values: tuple[Any, ...]
    is_open: bool = False


@dataclass(frozen=True)
class Verdict:
    """How a column is to be read.

    type: of the mapping.  options: as they stand there, a Choice where the table does not tell.
    evidence: sentences for the person who reads the mapping.
    bad: cells that are refused so.
    either: whole values, each with its type and options, between which a person must choose.
    """

    type: str
    options: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    bad: int = 0
    either: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_open(self) -> bool:
        return bool(self.either) or any(isinstance(one, Choice) for one in self.options.values())


def share(part: int, whole: int) -> str:
    """Say how many of how many: `9,871 of 10,000`, `all 10,000`."""
    return f"all {whole:,}" if part == whole > 1 else f"{part:,} of {whole:,}"


def cells(count: int, one: str = "", several: str = "") -> str:
    """Say how many cells, with the verb for one or for several of them."""
    return counted(count, f"cell {one}", f"cells {several}").rstrip()


def about_bad(profile: Profile, ok: Flags, what: str) -> tuple[str, ...]:
    """Say which cells do not fit; their texts may be people's data and are not shown."""
    bad = profile.weight(~ok)
    if not bad:
        return ()
    which = cells(bad, "is", "are")
    return (f"{which} no {what}; the first is the {_ordinal(profile.first(~ok) + 1)} row's.",)


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def fits(profile: Profile, ok: Flags, least: float) -> bool:
    """Tell whether enough cells fit: of few cells all, of many so large a part."""
    filled = profile.filled
    if not filled:
        return False
    return profile.weight(ok) >= (filled if filled < 20 else least * filled)
