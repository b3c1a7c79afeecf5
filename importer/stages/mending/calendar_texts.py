"""Tells whether a cell is only the same date or time, written as a spreadsheet writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from importer.stages.mending.figures import as_number

_MOST_CHARACTERS = 60
_FEWEST_ALIKE = 2
_EPOCHS = (date(1899, 12, 30).toordinal(), date(1904, 1, 1).toordinal())
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ABROAD = {
    **{"ene": 1, "gen": 1, "fev": 2, "fév": 2, "mär": 3, "mrz": 3, "maa": 3, "mrt": 3},
    **{"abr": 4, "avr": 4, "mai": 5, "mei": 5, "mag": 5, "giu": 6, "lug": 7, "ago": 8, "aoû": 8},
    **{"set": 9, "okt": 10, "oct": 10, "out": 10, "ott": 10, "dez": 12, "déc": 12, "dic": 12},
}
"""What the months' names begin with in some other languages; any other word may be one, too."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OTHER = -1
"""A month whose name is in another language."""

_TIME = re.compile(
    r"(?:^|(?<=[\s\dT,]))T?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?\s*([ap])?\.?(?:m\.?)?"
    r"\s*(?:z|utc|gmt|[+-]\d{2}:?\d{2})?\s*$",
    re.I,
)
_WORD_OR_NUMBER = re.compile(r"\d+|[^\W\d_]+")
_BETWEEN = re.compile(r"[\s./,\-年月日'’]*")


@dataclass(frozen=True)
class _Reading:
    """One way to read a text; None where it does not say.

    clock: hour, minute and perhaps second.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    clock: tuple[int, ...] | None = None


def date_rewritten(original: str, now: str) -> str:
    """Say how `now` is the date or time that `original` is; "" if it is another one, or none."""
    before = list(_readings(original, any_language=False))
    if not before:
        return ""
    after = list(_readings(now, any_language=True))
    if any(_alike(one, other) for one, other in product(before, after)):
        return "the same date was written in another way, or the text became a date"
    if _is_serial(before, now):
        return "it became a count of days"
    return ""


def _alike(one: _Reading, other: _Reading) -> bool:
    if not _same_clock(one.clock, other.clock):
        return False
    pairs = [(one.year, other.year), (one.month, other.month), (one.day, other.day)]
    said = [(a, b) for a, b in pairs if a is not None and b is not None and b != _OTHER]
    if any(a != b for a, b in said):
        return False
    has_date = any(a is not None for a, _ in pairs) or any(b is not None for _, b in pairs)
    return len(said) >= _FEWEST_ALIKE if has_date else one.clock is not None


def _same_clock(one: tuple[int, ...] | None, other: tuple[int, ...] | None) -> bool:
    """Tell whether two times are one, as far as both say; none at all may become midnight."""
    if one is None:
        return other is None or not any(other)
    return other is None or all(a == b for a, b in zip(one, other, strict=False))


def _is_serial(before: list[_Reading], now: str) -> bool:
    number = as_number(now)
    if number is None or not 0 < number < 200_000:
        return False
    found = {int(number) + epoch for epoch in _EPOCHS}
    return any(_ordinal(reading) in found for reading in before)


def _ordinal(reading: _Reading) -> int:
    try:
        return date(reading.year or 0, reading.month or 0, reading.day or 0).toordinal()
    except ValueError:
        return 0


def _readings(text: str, *, any_language: bool) -> Iterator[_Reading]:
    rest = text.strip()
    if not rest or len(rest) > _MOST_CHARACTERS:
        return
    clock = None
    if found := _TIME.search(rest):
        clock = _clock(found)
        rest = rest[: found.start()].rstrip()
        if not rest:
            yield _Reading(clock=clock)
            return
    parts = _WORD_OR_NUMBER.findall(rest)
    if _BETWEEN.fullmatch(_WORD_OR_NUMBER.sub("", rest)) is None:
        return
    numbers = [part for part in parts if part.isdecimal()]
    words = [part.casefold() for part in parts if not part.isdecimal()]
    for year, month, day in _dates(numbers, words, any_language=any_language):
        if (month is None or month == _OTHER or 1 <= month <= 12) and (
            day is None or 1 <= day <= 31
        ):
            yield _Reading(year, month, day, clock)


def _clock(found: re.Match[str]) -> tuple[int, ...]:
    hour, minute, second, half = found.groups()
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    return (hours, int(minute)) if second is None else (hours, int(minute), int(second))


_Date = tuple[int | None, int | None, int | None]


def _dates(numbers: list[str], words: list[str], *, any_language: bool) -> Iterator[_Date]:
    if words:
        yield from _with_word(numbers, words, any_language=any_language)
        return
    if len(numbers) == 1 and len(numbers[0]) == 8:
        (text,) = numbers
        yield int(text[:4]), int(text[4:6]), int(text[6:])
    elif len(numbers) == 2:
        first, second = map(int, numbers)
        yield None, first, second
        yield None, second, first
        for year in _years(numbers[0]):
            yield year, second, None
        for year in _years(numbers[1]):
            yield year, first, None
    elif len(numbers) == 3:
        first, second, third = map(int, numbers)
        for year in _years(numbers[0]):
            yield year, second, third
        for year in _years(numbers[2]):
            yield year, second, first
            yield year, first, second


def _with_word(numbers: list[str], words: list[str], *, any_language: bool) -> Iterator[_Date]:
    month = _month(words, any_language=any_language)
    if month is None:
        return
    if len(numbers) == 1:
        yield None, month, int(numbers[0])
        for year in _years(numbers[0]):
            yield year, month, None
    elif len(numbers) == 2:
        for day, other in (numbers, numbers[::-1]):
            for year in _years(other):
                yield year, month, int(day)


def _month(words: list[str], *, any_language: bool) -> int | None:
    for word in words:
        if word[:3] in _MONTHS:
            return _MONTHS.index(word[:3]) + 1
        if any_language and word[:3] in _ABROAD:
            return _ABROAD[word[:3]]
    others = [word for word in words if word[:3] not in _DAYS]
    return _OTHER if any_language and others else None


def _years(text: str) -> tuple[int, ...]:
    if len(text) == 4:
        return (int(text),)
    return (1900 + int(text), 2000 + int(text)) if len(text) <= 2 else ()
