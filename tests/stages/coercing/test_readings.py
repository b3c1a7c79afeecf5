from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

import pytest

from importer.mapping_file.date_formats import directives
from importer.mapping_file.mapping import Attribute

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]

_VECTORS = Path(__file__).parents[4] / "shared/data/date-vectors"
_here = pytest.mark.skipif(not _VECTORS.exists(), reason="the collection of real files is not here")

# A file has one or two of these.  All at once are the hardest case: whatever two read differently
# must be refused.
_DAYS = (
    *("DD/MM/YYYY", "MM/DD/YYYY", "DD/MM/YY", "MM/DD/YY", "YYYY/MM/DD", "YYYY-MM-DD"),
    *("DD.MM.YYYY", "MM.DD.YYYY", "DD.MM.YY", "MM.DD.YY", "YYYY.MM.DD", "YYYYMMDD"),
    *("DD-MM-YYYY", "MM-DD-YYYY", "DD-MM-YY", "MM-DD-YY", "DD MM YYYY", "MM DD YYYY"),
    *("DD MM YY", "MM DD YY", "DD MMM YYYY", "DD MMM YY", "DD-MMM-YYYY", "DD-MMM-YY"),
    *("MMM DD, YYYY", "MMMM DD, YYYY", "MMMM DD YYYY", "DD MMMM YYYY", "YYYY-MMM-DD"),
)
_CLOCKS = ("", " hh:mm", " hh:mm:ss", " hh:mm:ss.s", " hh:mm AM", " hh:mm:ss AM", " hh:mm:ss TZD")
_FORMATS = [str(directives(day + clock)) for day in _DAYS for clock in _CLOCKS]

# These expect that the month stands first, which nothing in them says.
_GUESSES = [
    *("3/5/2014", "04/02/2014 04:08:09", "04/02/2014 4:8:9", "04/02/2014 04:08"),
    *("04/02/2014 04:08:09.123", "04/02/2014 04:08:09.12312", "04/02/2014 04:08:09.123123"),
    *("04/02/2014 04:08:09 AM", "04/02/2014 04:08:09 PM", "04/02/2014 04:08 PM"),
    *("10-09-2003", "10-09-03", "10.09.2003", "10/09/2003", "10 09 03", "7 4 1976"),
]

# This one expects an error, because its library takes no day before the month.
_DAY_FIRST = ["29-06-2016"]


class Vector(NamedTuple):
    """A spelling, the zone that it is read in, and the instant that it means (None: an error)."""

    text: str
    zone: str
    instant: str | None


def vectors() -> Iterator[Vector]:
    with (_VECTORS / "araddon_dateparse_cases.dev.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            expected = row["expected_utc"]
            # The other rows state a layout of the language Go, and no instant.
            if expected.endswith(" UTC") or row["expected_error"]:
                found = expected.removesuffix(" +0000 UTC").replace(" ", "T") or None
                yield Vector(row["input"], row["location"] or "UTC", found)
    with (_VECTORS / "dateutil_cases.dev.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield Vector(row["input"], "UTC", row["expected_iso"])


def judged(
    formats: list[str], attribute: Make, outcomes: Outcomes
) -> tuple[int, dict[str, list[str]], list[str]]:
    """Give how many are right, the refused ones by their codes, and those that are different."""
    right, refused, different = 0, dict[str, list[str]](), list[str]()
    every = sorted(vectors(), key=lambda vector: vector.zone)
    found_by_zone = [
        outcomes(
            [vector.text for vector in of_zone],
            attribute("datetime", format=formats, timezone=zone),
        )
        for zone, of_zone in groupby(every, key=lambda vector: vector.zone)
    ]
    for vector, found in zip(every, chain.from_iterable(found_by_zone), strict=True):
        if found is None or not found.startswith('"'):
            refused.setdefault(str(found), []).append(vector.text)
        elif vector.instant and _moment(found.strip('"Z')) == _moment(vector.instant):
            right += 1
        else:
            different.append(vector.text)
    return right, refused, different


def _moment(text: str) -> datetime:
    whole, _, fraction = text.partition(".")
    padded = f"{whole}.{fraction.ljust(6, '0')}"
    return datetime.strptime(padded, "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=UTC)


@_here
def test_without_a_format_only_iso_is_read_and_all_of_it_right(
    attribute: Make, outcomes: Outcomes
) -> None:
    right, refused, different = judged([], attribute, outcomes)
    assert (right, different) == (22, [])
    assert set(refused) == {"not-datetime"}


@_here
def test_of_all_formats_at_once_none_makes_another_instant(
    attribute: Make, outcomes: Outcomes
) -> None:
    right, refused, different = judged(_FORMATS, attribute, outcomes)
    assert different == _DAY_FIRST
    assert set(refused["date-ambiguous"]) == set(_GUESSES)
    assert (right, len(refused["not-datetime"])) == (62, 157)


@_here
def test_a_stated_order_settles_what_was_a_guess(attribute: Make, outcomes: Outcomes) -> None:
    month_first = [pattern for pattern in _FORMATS if not pattern.startswith("%d")]
    right, refused, different = judged(month_first, attribute, outcomes)
    assert different == []
    assert "date-ambiguous" not in refused
    assert not set(_GUESSES) & set(refused["not-datetime"])
    assert right > 0
