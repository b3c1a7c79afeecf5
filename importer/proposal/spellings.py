"""Tells from a cell how its date is written: which pieces, which marks, which clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from importer.mapping_file.date_formats import directives

ORDERS = ("day first", "month first", "year first")

_CLOCK = (
    r"(?P<gap>T|, | )(?P<hours>\d{1,2}):\d{2}(?P<seconds>:\d{2})?(?P<part>\.\d{1,9})?"
    r"(?P<half> ?[AaPp][Mm])?(?P<zone> ?(?:Z|[+-]\d{2}:?\d{2}))?"
)
_DAY = (
    r"(?P<one>\d{1,4}|[A-Za-z]{3,9})(?P<mark>[-/.] ?| )(?P<two>\d{1,2}|[A-Za-z]{3,9})"
    r"(?P<other>[-/.] ?|,? )(?P<three>\d{1,4})"
)
_WHOLE = re.compile(rf"{_DAY}(?:{_CLOCK})?", re.ASCII)

_MONTHS = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

MIDNIGHT = r"[^T ]+[T ](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?[Aa][Mm])"
"""What a day looks like that has been written with a time (RE2)."""


@dataclass(frozen=True)
class Spelling:
    """How a cell is written.

    kinds: of its three pieces: `YYYY`, `MMM` or `MMMM` (a month's name), or "" for digits.
    marks: what stands between them.  clock: the format of what follows, "" for nothing.
    """

    kinds: tuple[str, str, str]
    marks: tuple[str, str]
    clock: str

    def format(self, order: str) -> str:
        """Give the format; the order only counts where the pieces do not tell their own."""
        return self.day_format(order) + self.clock

    def day_format(self, order: str) -> str:
        one, two, three = self._pieces(order)
        return f"{one}{self.marks[0]}{two}{self.marks[1]}{three}"

    def _pieces(self, order: str) -> tuple[str, str, str]:
        one, two, three = self.kinds
        last = three or "YY"
        if one == "YYYY":
            return one, two or "MM", "DD"
        if one.startswith("MMM"):
            return one, "DD", last
        if two.startswith("MMM"):
            return "DD", two, last
        if order == "year first" and not three:
            return "YY", "MM", "DD"
        return ("MM", "DD", last) if order == "month first" else ("DD", "MM", last)


def spelling_of(text: str) -> Spelling | None:
    """Give how a text is written as a date; None where it is none."""
    found = _WHOLE.fullmatch(text)
    if found is None:
        return None
    kinds = (_kind(found["one"]), _kind(found["two"]), _kind(found["three"]))
    one, two, three = kinds
    if one is None or two is None or three is None or [one, two, three].count("YYYY") > 1:
        return None
    if two == "YYYY" or three.startswith("MMM") or (one.startswith("MMM") and two):
        return None
    if one == "YYYY" and len(found["three"]) > 2:
        return None
    return Spelling((one, two, three), (found["mark"], found["other"]), _clock(found))


def _kind(piece: str) -> str | None:
    if piece.isdigit():
        return {1: "", 2: "", 4: "YYYY"}.get(len(piece))
    if piece[:3].lower() not in _MONTHS:
        return None
    return "MMM" if len(piece) == 3 else "MMMM"


def _clock(found: re.Match[str]) -> str:
    if found["hours"] is None:
        return ""
    text = f"{found['gap']}hh:mm" + (":ss" if found["seconds"] else "")
    text += ".s" if found["part"] and found["seconds"] else ""
    if found["half"]:
        text += " AM" if found["half"].startswith(" ") else "AM"
    if found["zone"]:
        text += " TZD" if found["zone"].startswith(" ") else "TZD"
    return text


def formats_of(spellings: Iterable[Spelling], order: str) -> tuple[str, ...]:
    """Give the formats of several spellings, once each, for one order of day and month."""
    found = dict.fromkeys(spelling.format(order) for spelling in spellings)
    return tuple(name for name in found if directives(name) is not None)
