from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]


@pytest.mark.parametrize(
    ("cell", "word", "result"),
    [
        ("1", "excel", "1900-01-01"),
        ("59", "excel", "1900-02-28"),
        ("60", "excel", "not-date"),
        ("61", "excel", "1900-03-01"),
        ("0", "excel", "not-date"),
        ("45657", "excel", "2024-12-31"),
        ("45657.0", "excel", "2024-12-31"),
        ("45657.25", "excel", "not-date"),
        ("2958465", "excel", "9999-12-31"),
        ("2958466", "excel", "not-date"),
        ("-1", "excel", "not-date"),
        ("4.5657E4", "excel", "not-date"),
        ("45,657", "excel", "not-date"),
        ("99999999999", "excel", "not-date"),
        ("0", "excel_1904", "1904-01-01"),
        ("60", "excel_1904", "1904-03-01"),
        ("44195", "excel_1904", "2024-12-31"),
    ],
)
def test_a_date_is_counted_as_excel_counts(
    cell: str, word: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    expected = result if result == "not-date" else f'"{result}"'
    assert outcomes([cell], attribute("date", format=[word])) == [expected]


@pytest.mark.parametrize(
    ("cell", "word", "result"),
    [
        ("45657.5", "excel", "2024-12-31T12:00:00Z"),
        ("45657.7291666667", "excel", "2024-12-31T17:30:00Z"),
        ("45657.999999999999", "excel", "2025-01-01T00:00:00Z"),
        ("59.9999999999", "excel", "not-datetime"),
        ("45657.00001157", "excel", "2024-12-31T00:00:01Z"),
        ("1735689598", "epoch_seconds", "2024-12-31T23:59:58Z"),
        ("1735689598.25", "epoch_seconds", "2024-12-31T23:59:58.250000Z"),
        ("-1", "epoch_seconds", "1969-12-31T23:59:59Z"),
        ("-0.5", "epoch_seconds", "1969-12-31T23:59:59.500000Z"),
        ("0", "epoch_seconds", "1970-01-01T00:00:00Z"),
        ("1735689598.1234567", "epoch_seconds", "not-datetime"),
        ("1735689598000", "epoch_seconds", "not-datetime"),
        ("253402300799", "epoch_seconds", "9999-12-31T23:59:59Z"),
        ("253402300800", "epoch_seconds", "not-datetime"),
        ("1735689598123", "epoch_milliseconds", "2024-12-31T23:59:58.123000Z"),
        ("1735689598123.4", "epoch_milliseconds", "2024-12-31T23:59:58.123400Z"),
        ("-1", "epoch_milliseconds", "1969-12-31T23:59:59.999000Z"),
        ("+1", "epoch_milliseconds", "not-datetime"),
        ("1e12", "epoch_milliseconds", "not-datetime"),
    ],
)
def test_an_instant_is_counted_from_its_first_day(
    cell: str, word: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    expected = result if result == "not-datetime" else f'"{result}"'
    assert outcomes([cell], attribute("datetime", format=[word], timezone="UTC")) == [expected]


def test_excels_days_need_a_time_zone_and_epochs_do_not(
    attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes(["45657.5"], attribute("datetime", format=["excel"])) == ["zone-missing"]
    kolkata = attribute("datetime", format=["excel"], timezone="Asia/Kolkata")
    assert outcomes(["45657.5"], kolkata) == ['"2024-12-31T06:30:00Z"']
    epoch = attribute("datetime", format=["epoch_seconds"], timezone="Asia/Kolkata")
    assert outcomes(["0"], epoch) == ['"1970-01-01T00:00:00Z"']


def test_a_count_that_two_formats_read_differently_is_refused(
    attribute: Make, outcomes: Outcomes
) -> None:
    both = attribute("datetime", format=["epoch_seconds", "epoch_milliseconds"])
    assert outcomes(["1735689598", "0", "1735689598000"], both) == [
        "date-ambiguous",
        '"1970-01-01T00:00:00Z"',
        '"2024-12-31T23:59:58Z"',
    ]


@given(times=st.lists(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), max_size=8))  # noqa: DTZ001
def test_a_counted_instant_is_the_same_instant(
    times: list[datetime], attribute: Make, outcomes: Outcomes
) -> None:
    cells = []
    for time in times:
        micros = (time.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        sign = "-" if micros < 0 else ""
        cells.append(f"{sign}{abs(micros) // 1_000_000}.{abs(micros) % 1_000_000:06d}")
    found = outcomes(cells, attribute("datetime", format=["epoch_seconds"]))
    assert [datetime.fromisoformat(str(text)[1:-2]) for text in found] == times


@given(days=st.lists(st.dates(date(1900, 3, 1)), max_size=8))
def test_a_day_counted_by_excel_is_the_same_day(
    days: list[date], attribute: Make, outcomes: Outcomes
) -> None:
    cells = [str((day - date(1899, 12, 30)).days) for day in days]
    assert outcomes(cells, attribute("date", format=["excel"])) == [f'"{day}"' for day in days]
