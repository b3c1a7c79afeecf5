from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.date_formats import directives
from importer.mapping_file.mapping import Attribute
from importer.typed import Typed

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ("2024-03-01T12:00Z", "2024-03-01T12:00:00Z"),
        ("2024-03-01 12:00:01+0530", "2024-03-01T06:30:01Z"),
        ("2024-03-01T00:00:00+14", "2024-02-29T10:00:00Z"),
        ("2024-03-01T12:00:00.120-00:30", "2024-03-01T12:30:00.120000Z"),
        ("2024-03-01T12:00:00.123456000Z", "2024-03-01T12:00:00.123456Z"),
        ("2024-03-01T12:00:00.0000001Z", "not-datetime"),
        ("2024-03-01T12:00:00.0000000000Z", "not-datetime"),
        ("2024-03-01T12:00:00.Z", "not-datetime"),
        ("2024-03-01T12:00:00+24:00", "not-datetime"),
        ("2024-03-01T12:00:00+05:60", "not-datetime"),
        ("2024-03-01T25:00:00Z", "not-datetime"),
        ("2024-03-01T12:60:00Z", "not-datetime"),
        ("2023-02-29T12:00:00Z", "not-datetime"),
        ("2024-3-1T12:00:00Z", "not-datetime"),
        ("2024-03-01  12:00:00Z", "not-datetime"),
        ("2024-03-01T12Z", "not-datetime"),
        ("0001-01-01T00:00:00+00:01", "not-datetime"),
        ("9999-12-31T23:59:59-00:01", "not-datetime"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("0000-01-01T00:00:00Z", "not-datetime"),
        ("2024-03-01t12:00:00,5z", "2024-03-01T12:00:00.500000Z"),
        ("2024-03-01 12:00:00 UTC", "not-datetime"),
        ("2024-03-01T12:00", "zone-missing"),
        ("03/04/2021 10:00", "not-datetime"),
        ("now", "not-datetime"),
    ],
)
def test_iso_is_read_as_its_instant_or_refused(
    cell: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("datetime")) == [_quoted(result)]


@pytest.mark.parametrize(
    ("cell", "pattern", "result"),
    [
        ("03/04/2021 9:05", "%d/%m/%Y %H:%M", "2021-04-03T03:35:00Z"),
        ("03/04/2021 09:05:06.5", "%d/%m/%Y %H:%M:%S.%f", "2021-04-03T03:35:06.500000Z"),
        ("2021-04-03T09:05:06Z", "%Y-%m-%dT%H:%M:%SZ", "2021-04-03T09:05:06Z"),
        ("2021-04-03T9:05:06Z", "%Y-%m-%dT%H:%M:%SZ", "2021-04-03T09:05:06Z"),
        ("03/04/2021 09:05 +01:00", "%d/%m/%Y %H:%M %z", "2021-04-03T08:05:00Z"),
        ("03/04/2021 09:05 utc", "%d/%m/%Y %H:%M %z", "2021-04-03T09:05:00Z"),
        ("03/04/2021 09:05 GMT-0130", "%d/%m/%Y %H:%M %z", "2021-04-03T10:35:00Z"),
        ("03/04/2021 09:05 IST", "%d/%m/%Y %H:%M %z", "not-datetime"),
        ("03/04/2021 12:05 p.m.", "%d/%m/%Y %I:%M %p", "2021-04-03T06:35:00Z"),
        ("03/04/2021 12:05am", "%d/%m/%Y %I:%M%p", "2021-04-02T18:35:00Z"),
        ("03/04/2021 12:05 am", "%d/%m/%Y %I:%M %p", "2021-04-02T18:35:00Z"),
        ("03/04/2021 12:05 PM", "%d/%m/%Y %I:%M %p", "2021-04-03T06:35:00Z"),
        ("03/04/2021 13:05 PM", "%d/%m/%Y %I:%M %p", "not-datetime"),
        ("03/04/2021 0:05 PM", "%d/%m/%Y %I:%M %p", "not-datetime"),
        ("03/04/2021 01:05 PM", "%d/%m/%Y %H:%M %p", "not-datetime"),
        ("03/04/2021 13:05 PM", "%d/%m/%Y %H:%M %p", "2021-04-03T07:35:00Z"),
        ("03/04/2021 09:05", "%d/%m/%Y %I:%M", "not-datetime"),
        ("03/04/2021", "%d/%m/%Y", "2021-04-02T18:30:00Z"),
        ("20210403090506", "%Y%m%d%H%M%S", "2021-04-03T03:35:06Z"),
        ("2021040390506", "%Y%m%d%H%M%S", "not-datetime"),
        ("1617420906000001", "epoch_microseconds", "2021-04-03T03:35:06.000001Z"),
        ("-1.0", "epoch_microseconds", "1969-12-31T23:59:59.999999Z"),
        ("1.5", "epoch_microseconds", "not-datetime"),
        ("999999999999999999", "epoch_microseconds", "not-datetime"),
    ],
)
def test_a_format_is_read_in_the_stated_zone_or_refused(
    cell: str, pattern: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    column = attribute("datetime", format=[pattern], timezone="Asia/Kolkata")
    assert outcomes([cell], column) == [_quoted(result)]


def _quoted(result: str) -> str:
    return f'"{result}"' if result[0].isdigit() else result


def test_summer_time_holds_beyond_2037(attribute: Make, outcomes: Outcomes) -> None:
    column = attribute("datetime", timezone="Europe/Berlin")
    cells = ["2040-07-01T12:00:00", "2040-01-01T12:00:00", "2040-03-25T02:30:00"]
    assert outcomes(cells, column) == [
        '"2040-07-01T10:00:00Z"',
        '"2040-01-01T11:00:00Z"',
        "time-not-in-zone",
    ]


def test_the_values_are_instants_in_utc(attribute: Make, typed: Callable[..., Typed]) -> None:
    cells = ["2024-03-01T12:00:00.5+01:00", "bad", ""]
    column = typed({"C": cells}, attribute("datetime")).attributes[0]
    instant = datetime(2024, 3, 1, 11, 0, 0, 500_000, tzinfo=UTC)
    assert column.values.to_pylist() == [instant, None, None]
    assert column.blank.to_pylist() == [False, False, True]


_OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_INSTANTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9998, 12, 31),  # noqa: DTZ001 - likewise
    timezones=st.one_of(st.just(UTC), _OFFSETS),
)


@given(instants=st.lists(_INSTANTS), blank=st.sampled_from("T "))
def test_an_instant_written_by_python_reads_back(
    instants: list[datetime], blank: str, attribute: Make, outcomes: Outcomes
) -> None:
    found = outcomes([instant.isoformat(blank) for instant in instants], attribute("datetime"))
    assert [datetime.fromisoformat(str(text).strip('"')) for text in found] == instants


@given(cells=st.lists(st.text("0123456789-T:.+Z", max_size=22)))
def test_accepted_iso_means_what_python_reads(
    cells: list[str], attribute: Make, outcomes: Outcomes
) -> None:
    found = outcomes(cells, attribute("datetime", timezone="UTC"))
    for cell, result in zip(cells, found, strict=True):
        if result is not None and result.startswith('"'):
            read = datetime.fromisoformat(cell)
            assert datetime.fromisoformat(result.strip('"')) == read.replace(
                tzinfo=read.tzinfo or UTC
            )


@pytest.mark.parametrize(
    ("cell", "zone", "options", "result"),
    [
        (
            "2024-10-27T02:30:00",
            "Europe/Berlin",
            {"repeated_hour": "earlier"},
            "2024-10-27T00:30:00Z",
        ),
        (
            "2024-10-27T02:30:00",
            "Europe/Berlin",
            {"repeated_hour": "later"},
            "2024-10-27T01:30:00Z",
        ),
        ("2024-10-27T02:30:00", "Europe/Berlin", {"skipped_hour": "later"}, "time-not-in-zone"),
        (
            "2024-03-31T02:30:00",
            "Europe/Berlin",
            {"skipped_hour": "earlier"},
            "2024-03-31T00:30:00Z",
        ),
        ("2024-03-31T02:30:00", "Europe/Berlin", {"skipped_hour": "later"}, "2024-03-31T01:30:00Z"),
        ("2024-03-31T02:30:00", "Europe/Berlin", {"repeated_hour": "later"}, "time-not-in-zone"),
        ("2024-03-31T01:59:59", "Europe/Berlin", {"skipped_hour": "later"}, "2024-03-31T00:59:59Z"),
        (
            "2024-11-03T01:30:00",
            "America/New_York",
            {"repeated_hour": "later"},
            "2024-11-03T06:30:00Z",
        ),
        ("2011-12-30T12:00:00", "Pacific/Apia", {"skipped_hour": "later"}, "2011-12-30T22:00:00Z"),
    ],
)
def test_a_repeated_or_skipped_hour_is_read_as_the_mapping_says(
    cell: str,
    zone: str,
    options: dict[str, str],
    result: str,
    attribute: Make,
    outcomes: Outcomes,
) -> None:
    expected = result if result == "time-not-in-zone" else f'"{result}"'
    assert outcomes([cell], attribute("datetime", timezone=zone, **options)) == [expected]


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ("07/02/2004 9:07 am", "2004-02-07T09:07:00Z"),
        ("07/02/2004 12:07 PM", "2004-02-07T12:07:00Z"),
    ],
)
def test_hours_beside_am_and_pm_are_counted_to_twelve(
    cell: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    pattern = directives("DD/MM/YYYY hh:mm AM")
    column = attribute("datetime", format=[pattern], timezone="UTC")
    assert outcomes([cell, "07/02/2004 13:07 PM"], column) == [f'"{result}"', "not-datetime"]
