"""Finds the offset of local times in a time zone, and those that clocks never or twice showed.

Arrow's own `assume_timezone` is an hour off in summers after 2037 (it reads no rule beyond a
zone file's table), so Python's zoneinfo answers, once per distinct day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from importer.mapping_file.mapping import ClockChange
from importer.records import Int64s
from importer.typed import Flags

_DAY_SECONDS = 86_400
_MOST_COUNTED = 100_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times have no zone yet


@dataclass(frozen=True)
class Policy:
    """Which of two instants is meant by a time that clocks showed twice, or skipped."""

    repeated: ClockChange = "invalid"
    skipped: ClockChange = "invalid"


STRICT = Policy()


def offsets(
    days: Int64s, seconds: Int64s, zone: str, policy: Policy = STRICT
) -> tuple[Int64s, Flags]:
    """Give each local time's offset in seconds east of UTC, and whether it is one instant.

    days: since 1970-01-01, years 1 to 9999; seconds: of the day.
    """
    distinct, places = _distinct(days)
    known = [_of_day(zone, int(day)) for day in distinct]
    result = np.array([offset or 0 for offset in known], dtype=np.int64)[places]
    single = np.ones(len(days), dtype=np.bool_)
    changing = np.array([offset is None for offset in known], dtype=np.bool_)[places]
    for place in np.flatnonzero(changing):
        offset = _of_second(zone, int(days[place]), int(seconds[place]), policy)
        result[place], single[place] = offset or 0, offset is not None
    return result, single


def _distinct(days: Int64s) -> tuple[Int64s, Int64s]:
    """Give the distinct days, and where in them each day stands; dates are dense, so count them."""
    first, last = (int(days.min()), int(days.max())) if len(days) else (0, 0)
    if last - first > _MOST_COUNTED:
        distinct, places = np.unique(days, return_inverse=True)
        return distinct, places
    present = np.bincount(days - first) > 0
    ranks = np.cumsum(present) - 1
    return np.flatnonzero(present) + first, ranks[days - first]


@lru_cache(maxsize=100_000)
def _of_day(zone: str, day: int) -> int | None:
    """Give the offset of a whole local day, None if it changes.

    The ends suffice: no zone of the IANA table changes its clocks twice within a day.
    """
    first, last = _of_second(zone, day, 0), _of_second(zone, day, _DAY_SECONDS - 1)
    return first if first == last else None


@lru_cache(maxsize=100_000)
def _of_second(zone: str, day: int, second: int, policy: Policy = STRICT) -> int | None:
    local = _EPOCH + timedelta(days=day, seconds=second)
    first, second_time = (
        local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() or timedelta()
        for fold in (0, 1)
    )
    # PEP 495: the offsets differ exactly where the time does not exist or exists twice; where it
    # exists twice, clocks went back, so the first offset is the greater one.
    meant = policy.repeated if first > second_time else policy.skipped
    if first == second_time or meant == "later":
        return int(min(first, second_time).total_seconds())
    # The further east, the earlier.
    return int(max(first, second_time).total_seconds()) if meant == "earlier" else None
