"""Turns strptime directives into a RE2 pattern, a description, and the meaning of its groups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

# calendar.month_name would speak the language of the machine.
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Beyond microseconds only zeros are taken: the API documents no more than six digits (%f).
_FRACTION = r"(?P<f>[0-9]{1,6})0{0,3}"
_OFFSET = r"[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?"
# Of the names of zones these two alone mean the same everywhere (CST is Chicago's and Shanghai's).
_ZONE = rf"(?P<z>(?i:Z|(?:UTC|GMT)(?:{_OFFSET})?)|{_OFFSET})"
_ISO_ZONE = rf"(?P<z>[Zz]|{_OFFSET})"

_UTC = "%Z"
_CLOCK = ("%H", "%M", "%S", "%f")

_GROUPS = {
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "B": rf"(?i:(?P<B>{'|'.join(MONTHS)}))",
    "b": rf"(?i:(?P<b>{'|'.join(month[:3] for month in MONTHS)}|sept))",
    "A": rf"(?i:(?P<A>{'|'.join(DAYS)}))",
    "a": rf"(?i:(?P<a>{'|'.join(day[:3] for day in DAYS)}))",
    # Each ending behind the numbers that have it: 1th may be 11th with a digit lost.
    "o": r"(?i:(?P<o>0?1st|[23]1st|0?2nd|22nd|0?3rd|23rd|(?:0?[4-9]|1[0-9]|2[04-9]|30)th))",
    "f": _FRACTION,
    "z": _ZONE,
    "Z": "(?P<z>Z)",
    "p": r"(?i:(?P<p>[AP]\.M\.?|[AP]M))",
}
# Where days are padded with a blank, as in `Jan  2`, there are two.
_LITERALS = {" ": " +"}
_TWO_DIGITS = "mdHMSI"
_NUMERIC = frozenset(_TWO_DIGITS + "Yyfo")

# directive -> an example, and the word people know it by
_SHOWN = {
    "%Y": ("2024", "YYYY"),
    "%y": ("24", "YY"),
    "%B": ("December", "MMMM"),
    "%b": ("Dec", "MMM"),
    "%m": ("12", "MM"),
    "%A": ("Tuesday", "dddd"),
    "%a": ("Tue", "ddd"),
    "%d": ("31", "DD"),
    "%o": ("31st", "Do"),
    "%H": ("23", "hh"),
    "%I": ("11", ""),
    "%M": ("59", "mm"),
    "%S": ("58", "ss"),
    "%f": ("5", "s"),
    "%p": ("PM", ""),
    "%z": ("+05:30", "TZD"),
    _UTC: ("Z", "Z"),
}


@dataclass(frozen=True)
class FixedForm:
    """A shape's commonest spelling, in which every number has its place.

    pattern: RE2.  places: directive letter -> first byte and width of its digits.
    may_end_in_z: whether a Z at the end says that the time is in UTC.
    """

    pattern: str
    places: Mapping[str, tuple[int, int]]
    may_end_in_z: bool


@dataclass(frozen=True)
class Shape:
    """How a date is written: a RE2 pattern whose groups are named by strptime's letters.

    words: an example and the format, for people: `31/12/2024 (DD/MM/YYYY)`.
    fixed: read several times faster than by the pattern's groups; None where there is none.
    years_from: the first of the hundred years that two digits may mean.
    """

    pattern: str
    words: str
    fixed: FixedForm | None
    years_from: int = 0


_ISO_DAY = ["%Y", "-", "%m", "-", "%d"]
_DIGITS = {"%Y": 4} | {f"%{letter}": 2 for letter in "y" + _TWO_DIGITS}


def _fixed_form(pieces: Sequence[str], ending: str = "") -> FixedForm | None:
    """Find the spelling with two digits (years: as the directive says) for every directive."""
    pattern, places, place = "", {}, 0
    for piece in pieces:
        if not piece.startswith("%"):
            pattern += re.escape(piece)
            place += len(piece.encode())
            continue
        if piece not in _DIGITS:
            return None
        pattern += f"[0-9]{{{_DIGITS[piece]}}}"
        places[piece[1]] = (place, _DIGITS[piece])
        place += _DIGITS[piece]
    return FixedForm(rf"\A{pattern}{ending}\z", places, ending != "")


ISO_DATE = Shape(
    r"\A(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})\z",
    "2024-12-31 (YYYY-MM-DD)",
    _fixed_form(_ISO_DAY),
)
ISO_DATETIME = Shape(
    r"\A(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})[Tt ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})"
    rf"(?::(?P<S>[0-9]{{2}})(?:[.,]{_FRACTION})?)?{_ISO_ZONE}?\z",
    "2024-12-31T23:59:58Z (ISO 8601)",
    _fixed_form([*_ISO_DAY, "T", "%H", ":", "%M", ":", "%S"], "Z?"),
)


@lru_cache(maxsize=1000)
def shape(directives: str, years_from: int = 0) -> Shape:
    """Compile strptime directives, each of which stands once; English month names in any case.

    years_from: as in Shape; without it no directive may be %y.

    Days, months, hours, minutes and seconds may have one digit where no other digit follows or
    precedes directly; otherwise 1122024 could be read in two ways.
    """
    pieces = re.findall(r"%.|[^%]", directives)
    if len(pieces) > 1 and pieces[-1] == "Z" and pieces[-2] in _CLOCK:
        # To strptime it is a mere letter, yet in a time everyone means UTC by it.
        pieces[-1] = _UTC
    pattern = [
        _piece(pieces, place) if piece.startswith("%") else _LITERALS.get(piece, re.escape(piece))
        for place, piece in enumerate(pieces)
    ]
    words = _described(directives, pieces)
    return Shape(rf"\A{''.join(pattern)}\z", words, _fixed_form(pieces), years_from)


def _piece(pieces: list[str], place: int) -> str:
    letter = pieces[place][1]
    if letter not in _TWO_DIGITS:
        return _GROUPS[letter]
    neighbours = pieces[max(place - 1, 0) : place] + pieces[place + 1 : place + 2]
    crowded = any(_is_numeric(piece) for piece in neighbours)
    return rf"(?P<{letter}>[0-9]{{{'2' if crowded else '1,2'}}})"


def _is_numeric(piece: str) -> bool:
    return piece.isdigit() or (piece.startswith("%") and piece[1] in _NUMERIC)


def _described(directives: str, pieces: list[str]) -> str:
    shown = [_SHOWN.get(piece, (piece, piece)) for piece in pieces]
    words = "".join(word for _, word in shown) if all(word for _, word in shown) else directives
    return f"{''.join(sample for sample, _ in shown)} ({words})"
