"""Turns the numbers of dates and times into days and seconds, and refuses those that never were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from importer.records import Int64s
from importer.stages.coercing.date_fields import Fields, read_fields
from importer.stages.coercing.date_shapes import Shape
from importer.typed import Flags

_A_MONDAY = 4  # 1970-01-05
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
    fields = read_fields(texts, shape)
    nothing = np.zeros(len(texts), dtype=np.int64)
    matched = fields["matched"].astype(np.bool_)
    year, month, day, minute, second = (fields.get(letter, nothing) for letter in "YmdMS")
    hour, hour_ok = _hour(fields, nothing)
    valid = matched & hour_ok & (minute < 60) & (second < 60) & _is_day(year, month, day)
    days = _days(year, month, day)
    if "weekday" in fields:
        # A day that contradicts itself is no day: one of its two halves is wrong.
        valid &= (days - _A_MONDAY) % 7 + 1 == fields["weekday"]
    return Civil(
        matched,
        valid,
        np.where(valid, days, 0),
        np.where(valid, hour * 3600 + minute * 60 + second, 0),
        np.where(valid, fields.get("f", nothing), 0),
        valid & fields.get("zoned", nothing).astype(np.bool_),
        np.where(valid, fields.get("z", nothing), 0),
    )


def _hour(fields: Fields, nothing: Int64s) -> tuple[Int64s, Flags]:
    """Give the hour of the day, and whether the clock has it and AM or PM agree with it."""
    if "I" not in fields:
        hour = fields.get("H", nothing)
        agrees = fields["p"] == (hour >= 12) if "p" in fields else True
        return hour, (hour < 24) & agrees
    hour = fields["I"]
    # Without AM or PM nothing says which half of the day is meant.
    known = "p" in fields
    return hour % 12 + 12 * fields.get("p", nothing), (hour >= 1) & (hour <= 12) & known


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
