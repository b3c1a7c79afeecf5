"""Reads dates and times of a shape into calendar numbers, a whole column at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.records import Int64s
from importer.stages.coercing.arrays import flags
from importer.stages.coercing.date_shapes import MONTHS, Shape
from importer.typed import Flags

# Two-digit years: POSIX and strptime read 69..99 as 19xx, 00..68 as 20xx.
_PIVOT = 69
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)


@dataclass(frozen=True)
class Civil:
    """Dates and times as they are written, before any time zone; one entry per text.

    matched: the text has the shape; valid: and the calendar and the clock have such a moment.
    days: since 1970-01-01, proleptic Gregorian.  seconds: of the day.  micros: of the second.
    zoned: the text says its offset; offsets: in seconds east of UTC, 0 where it says none.
    Numbers are 0 where `valid` is False.
    """

    matched: Flags
    valid: Flags
    days: Int64s
    seconds: Int64s
    micros: Int64s
    zoned: Flags
    offsets: Int64s


def read(texts: pa.Array, shape: Shape) -> Civil:
    """Read texts of one shape; a day or an hour that does not exist is not valid, never moved."""
    found = pc.extract_regex(texts, pattern=shape.pattern)
    matched = flags(pc.is_valid(found))
    parts = _Parts(found, len(texts))
    year, month, day = parts.year(), parts.month(), parts.number("d")
    hour, hour_ok = parts.hour()
    minute, second = parts.number("M"), parts.number("S")
    offsets, zoned, offset_ok = parts.offset()
    valid = matched & hour_ok & offset_ok & _is_day(year, month, day)
    valid &= (hour < 24) & (minute < 60) & (second < 60)
    return Civil(
        matched,
        valid,
        np.where(valid, _days(year, month, day), 0),
        np.where(valid, hour * 3600 + minute * 60 + second, 0),
        np.where(valid, parts.micros(), 0),
        zoned & valid,
        np.where(valid, offsets, 0),
    )


@dataclass(frozen=True)
class _Parts:
    """The groups of a shape as numbers; a group that the shape or the text lacks is 0."""

    found: pa.StructArray
    rows: int

    def texts(self, letter: str) -> pa.Array | None:
        place = self.found.type.get_field_index(letter)
        return None if place < 0 else self.found.field(place)

    def number(self, letter: str) -> Int64s:
        return _numbers(self.texts(letter), self.rows)

    def year(self) -> Int64s:
        short = self.texts("y")
        if short is None:
            return self.number("Y")
        years = self.number("y")
        return np.where(years >= _PIVOT, 1900 + years, 2000 + years)

    def month(self) -> Int64s:
        for letter, names in (("B", MONTHS), ("b", [name[:3] for name in MONTHS])):
            texts = self.texts(letter)
            if texts is not None:
                places = pc.index_in(pc.ascii_lower(texts), value_set=pa.array(names))
                return np.asarray(pc.fill_null(places, -1).to_numpy(), dtype=np.int64) + 1
        return self.number("m")

    def hour(self) -> tuple[Int64s, Flags]:
        """Give the hour of the day, and whether the 12-hour clock and AM or PM agree with it."""
        half = self.texts("p")
        afternoon = None if half is None else flags(pc.equal(pc.ascii_upper(half), "PM"))
        if self.texts("I") is None:
            hour = self.number("H")
            agrees = (
                np.ones(self.rows, np.bool_) if afternoon is None else (hour >= 12) == afternoon
            )
            return hour, agrees
        twelve = self.number("I")
        if afternoon is None:
            # Nothing says which half of the day is meant.
            return twelve, np.zeros(self.rows, dtype=np.bool_)
        return twelve % 12 + 12 * afternoon, (twelve >= 1) & (twelve <= 12)

    def micros(self) -> Int64s:
        texts = self.texts("f")
        return _numbers(None if texts is None else pc.utf8_rpad(texts, 6, "0"), self.rows)

    def offset(self) -> tuple[Int64s, Flags, Flags]:
        """Give seconds east of UTC, whether there is an offset, and whether it can be one."""
        zone = self.texts("z")
        if zone is None:
            nothing = np.zeros(self.rows, dtype=np.int64)
            return nothing, nothing.astype(np.bool_), np.ones(self.rows, dtype=np.bool_)
        bare = pc.replace_substring(zone, ":", "")
        hours = _numbers(pc.binary_slice(pc.cast(bare, pa.binary()), 1, 3), self.rows)
        minutes = _numbers(pc.binary_slice(pc.cast(bare, pa.binary()), 3, 5), self.rows)
        sign = np.where(flags(pc.starts_with(zone, "-")), -1, 1)
        zoned = flags(pc.not_equal(zone, ""))
        return sign * (hours * 3600 + minutes * 60), zoned, (hours < 24) & (minutes < 60)


def _numbers(texts: pa.Array | None, rows: int) -> Int64s:
    if texts is None:
        return np.zeros(rows, dtype=np.int64)
    filled = pc.if_else(pc.equal(pc.binary_length(texts), 0), "0", pc.cast(texts, pa.string()))
    return np.asarray(pc.cast(filled, pa.int64()).to_numpy(), dtype=np.int64)


def _is_day(year: Int64s, month: Int64s, day: Int64s) -> Flags:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    in_year = (month >= 1) & (month <= 12)
    longest = _MONTH_DAYS[np.where(in_year, month, 1) - 1] + (leap & (month == 2))
    return np.asarray(in_year & (year >= 1) & (day >= 1) & (day <= longest))


def _days(year: Int64s, month: Int64s, day: Int64s) -> Int64s:
    """Count days since 1970-01-01 (Howard Hinnant, "days_from_civil")."""
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    return np.asarray(
        era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    )
