from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]

_FORMATS = ["%d/%m/%Y", "%Y%m%d", "%d.%m.%y", "%b %d, %Y", "%d %B %Y", "%m-%d-%Y", "%Y/%d/%m"]


@pytest.mark.parametrize(
    ("cell", "pattern", "result"),
    [
        ("1/2/2024", "%d/%m/%Y", "2024-02-01"),
        ("01022024", "%d%m%Y", "2024-02-01"),
        ("1122024", "%d%m%Y", "not-date"),
        ("2024129", "%Y%m%d", "not-date"),
        ("29.02.00", "%d.%m.%y", "2000-02-29"),
        ("31.12.68", "%d.%m.%y", "2068-12-31"),
        ("31.12.69", "%d.%m.%y", "1969-12-31"),
        ("3 SEPTEMBER 2024", "%d %B %Y", "2024-09-03"),
        ("3 sep 2024", "%d %b %Y", "2024-09-03"),
        ("3 sept 2024", "%d %b %Y", "2024-09-03"),
        ("29/02/1900", "%d/%m/%Y", "not-date"),
        ("29/02/2000", "%d/%m/%Y", "2000-02-29"),
        ("00/01/2024", "%d/%m/%Y", "not-date"),
        ("01/00/2024", "%d/%m/%Y", "not-date"),
        ("01/13/2024", "%d/%m/%Y", "not-date"),
        ("01/01/0000", "%d/%m/%Y", "not-date"),
        ("01/01/0001", "%d/%m/%Y", "0001-01-01"),
        ("01/01/24", "%d/%m/%Y", "not-date"),
        ("01/01/20245", "%d/%m/%Y", "not-date"),
        (" 01/01/2024", "%d/%m/%Y", "not-date"),
        ("01/01/2024\n", "%d/%m/%Y", "not-date"),
        ("٠١/01/2024", "%d/%m/%Y", "not-date"),
        ("01-01-2024", "%d/%m/%Y", "not-date"),
        ("Jan 1, 2024", "%b %d, %Y", "2024-01-01"),
        ("Jan  1, 2024", "%b %d, %Y", "2024-01-01"),
        ("Mon 1 Jan 2024", "%a %d %b %Y", "2024-01-01"),
        ("sunday, 31-12-2023", "%A, %d-%m-%Y", "2023-12-31"),
        ("Tue 1 Jan 2024", "%a %d %b %Y", "not-date"),
        ("Monda 1 Jan 2024", "%a %d %b %Y", "not-date"),
        ("1969-12-28 Sun", "%Y-%m-%d %a", "1969-12-28"),
        ("January 2ND, 2024", "%B %o, %Y", "2024-01-02"),
        ("January 03rd, 2024", "%B %o, %Y", "2024-01-03"),
        ("January 11th, 2024", "%B %o, %Y", "2024-01-11"),
        ("January 1th, 2024", "%B %o, %Y", "not-date"),
        ("January 11st, 2024", "%B %o, %Y", "not-date"),
        ("January 31st, 2024", "%B %o, %Y", "2024-01-31"),
        ("January 31th, 2024", "%B %o, %Y", "not-date"),
        ("January 0th, 2024", "%B %o, %Y", "not-date"),
        ("2024年3月7日", "%Y年%m月%d日", "2024-03-07"),
    ],
)
def test_a_date_is_read_by_its_format_or_refused(
    cell: str, pattern: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    expected = result if result == "not-date" else f'"{result}"'
    assert outcomes([cell], attribute("date", format=[pattern])) == [expected]


def test_two_formats_that_agree_are_no_doubt(attribute: Make, outcomes: Outcomes) -> None:
    column = attribute("date", format=["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"])
    cells = ["04/04/2021", "13/04/2021", "04/13/2021", "2021-04-13", "03/04/2021", "13/13/2021"]
    day = '"2021-04-13"'
    assert outcomes(cells, column) == [
        '"2021-04-04"',
        day,
        day,
        day,
        "date-ambiguous",
        "not-date",
    ]


@given(days=st.lists(st.dates()), pattern=st.sampled_from(_FORMATS))
def test_a_written_date_reads_back_to_the_same_day(
    days: list[date], pattern: str, attribute: Make, outcomes: Outcomes
) -> None:
    # strftime does not pad years before 1000 on every platform.
    days = [day.replace(year=day.year % 9000 + 1000, day=min(day.day, 28)) for day in days]
    cells = [day.strftime(pattern) for day in days]
    meant = [datetime.strptime(cell, pattern).date() for cell in cells]  # noqa: DTZ007 - dates
    assert outcomes(cells, attribute("date", format=[pattern])) == [f'"{day}"' for day in meant]


@given(
    cells=st.lists(st.text("0123456789/-. JanFeb", max_size=12)), pattern=st.sampled_from(_FORMATS)
)
def test_what_is_accepted_means_what_strptime_reads(
    cells: list[str], pattern: str, attribute: Make, outcomes: Outcomes
) -> None:
    column = attribute("date", format=[pattern])
    for cell, result in zip(cells, outcomes(cells, column), strict=True):
        if result not in (None, "not-date"):
            read = datetime.strptime(cell, pattern).date()  # noqa: DTZ007 - a date has no zone
            assert result == f'"{read}"'


def test_every_day_of_eight_centuries_is_the_calendars(attribute: Make, outcomes: Outcomes) -> None:
    first = date(1600, 1, 1)
    cells = [str(first + timedelta(days=count)) for count in range(0, 292_194, 7)]
    assert outcomes(cells, attribute("date")) == [f'"{cell}"' for cell in cells]
