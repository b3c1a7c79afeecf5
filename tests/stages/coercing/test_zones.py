from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.stages.coercing.zones import offsets

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times have no zone
_ZONES = [
    *("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"),
    *("Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "Asia/Gaza"),
]


@given(
    st.lists(st.datetimes(datetime(1890, 1, 1), datetime(2090, 1, 1))),  # noqa: DTZ001 - local
    st.sampled_from(_ZONES),
)
def test_an_offset_is_zoneinfos(times: list[datetime], zone: str) -> None:
    _assert_as_zoneinfo(times, zone)


@pytest.mark.parametrize("zone", _ZONES)
def test_each_minute_around_a_change_of_clocks_is_zoneinfos(zone: str) -> None:
    hours = [datetime(2024, 1, 1) + timedelta(hours=count) for count in range(366 * 24)]  # noqa: DTZ001
    offset = [time.replace(tzinfo=ZoneInfo(zone)).utcoffset() for time in hours]
    near = [hour for hour, one, two in zip(hours, offset, offset[1:], strict=False) if one != two]
    _assert_as_zoneinfo(
        [hour + timedelta(minutes=minute) for hour in near for minute in range(-150, 150)], zone
    )


def _assert_as_zoneinfo(times: list[datetime], zone: str) -> None:
    days = np.array([(time - _EPOCH).days for time in times], dtype=np.int64)
    seconds = np.array([(time - _EPOCH).seconds for time in times], dtype=np.int64)
    found, single = offsets(days, seconds, zone)
    for place, time in enumerate(times):
        local = time.replace(microsecond=0, tzinfo=ZoneInfo(zone))
        early, late = local.utcoffset(), local.replace(fold=1).utcoffset()
        assert single[place] == (early == late)
        if early == late:
            assert timedelta(seconds=int(found[place])) == early


def test_the_day_that_samoa_skipped_is_no_day() -> None:
    day = (datetime(2011, 12, 30) - _EPOCH).days  # noqa: DTZ001 - local
    _, single = offsets(np.array([day]), np.array([43_200]), "Pacific/Apia")
    assert not single[0]


def test_the_zones_of_the_tests_are_known_here() -> None:
    assert set(_ZONES) <= available_timezones()
