from __future__ import annotations

import csv
import re
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
_NUMBERS = (
    *("DD/MM/YYYY", "MM/DD/YYYY", "DD/MM/YY", "MM/DD/YY", "YYYY/MM/DD", "YYYY-MM-DD"),
    *("DD.MM.YYYY", "MM.DD.YYYY", "DD.MM.YY", "MM.DD.YY", "YYYY.MM.DD", "YYYYMMDD"),
    *("DD-MM-YYYY", "MM-DD-YYYY", "DD-MM-YY", "MM-DD-YY", "DD MM YYYY", "MM DD YYYY"),
    *("DD MM YY", "MM DD YY", "YYMMDD", "DD:MM:YYYY", "MM:DD:YYYY", "YYYY:MM:DD"),
)
_CLOCKS = ("", " hh:mm", " hh:mm:ss", " hh:mm:ss.s", " hh:mm AM", " hh:mm:ss AM", " hh:mm:ssTZD")
_OTHERS = (
    *("iso", "YYYYMMDDThhmmss", "YYYYMMDDhhmmss", "YYYY-MM-DDThh:mm:ssTZD"),
    *("YYYY-MM-DD hh:mm:ss,s", "YYYY-MM-DD hh:mm:ss TZD", "YYYY-MM-DD hh:mm:ss.s TZD"),
    *("YYYY/MM/DD hh:mm:ss.s AM", "YYYY年MM月DD日", "YYYY年MM月DD日 hh:mm:ss"),
    *("DD MMM YYYY", "DD MMM YY", "DD-MMM-YYYY", "DD-MMM-YY", "DD MMMM YYYY", "YYYY-MMM-DD"),
    *("MMM DD, YYYY", "MMM. DD, YYYY", "MMM DD, 'YY", "MMM. DD, 'YY", "MMM DD YYYY"),
    *("MMMM DD, YYYY", "MMMM DD YYYY", "MMMM Do YYYY", "MMMM Do, YYYY", "MMMM.YYYY.DD"),
    *("MMM DD, YYYY hh:mm:ss", "MMM DD YYYY hh:mm:ss.s", "MMMM DD, YYYY, hh:mm:ss"),
    *("MMMM DD, YYYY hh:mmAM TZD", "MMMM DD YYYY hh:mmAM TZD", "DD MMM YYYY, hh:mm"),
    *("DD MMM YYYY, hh:mm:ss", "DD MMM YYYY, hh:mm:ss TZD", "ddd, DD MMM YYYY hh:mm:ss TZD"),
    *("dddd, DD MMM YYYY hh:mm:ss TZD", "ddd MMM DD hh:mm:ss YYYY", "YYYY DD MMM hhhmmm"),
    *("ddd MMM DD hh:mm:ss TZD YYYY", "ddd DD MMM YYYY hh:mm:ss AM TZD", "DD MMM YYYY hh:mm"),
    *("DD MMM YYYY hh:mm:ss", "DD MMM YYYY hh:mm:ss.s", "DD-MMM-YYYY hh:mm:ss TZD"),
    *("DD-MMM-YY hh:mm:ss TZD", "MMM DD, YYYY hh:mm:ss AM", "MMMM DD, YYYY hh:mm:ss AM"),
    *("MMMM DD, YYYY hh:mm:ss", "MMMM DD YYYY hh:mm:ss"),
    # Words that say nothing new stand in directives, beside the offset that counts.
    *("%B %d, %Y at %I:%M%p %z", "%B %d, %Y at %I:%M%p PST%z", "%B %d, %Y AT %I:%M%p PST%z"),
    *("%B %d %Y %I:%M%p PST%z", "%a %b %d %H:%M:%S PST%z %Y", "%a, %d %b %Y %H:%M:%S %z (CEST)"),
    *("%a %b %d %Y %H:%M:%S %z (GMT Daylight Time)", "%Y-%m-%d %H:%M:%S %z UTC"),
    *("%Y-%m-%d %H:%M:%S.%f %z UTC", "%Y-%m-%d %H:%M:%S %z MSK", "%Y-%m-%d %H:%M:%S %z MST"),
    *("%Y-%m-%d %H:%M:%S.%f%z PST", "%Y-%m-%d %H:%M:%S.%f %z PST", "%Y %d %b %Hh%Mm"),
    "%Y-%m-%d %H:%M:%S.%f %z CEST",
)
_WRITTEN = [*(day + clock for day in _NUMBERS for clock in _CLOCKS), *_OTHERS]
_FORMATS = [pattern for written in _WRITTEN if (pattern := directives(written))]

# These expect a guess that nothing in them bears out: which number is the day, the month, the year.
_GUESSES = [
    *("3/5/2014", "04/02/2014 04:08:09", "04/02/2014 4:8:9", "04/02/2014 04:08"),
    *("04/02/2014 04:08:09.123", "04/02/2014 04:08:09.12312", "04/02/2014 04:08:09.123123"),
    *("04/02/2014 04:08:09 AM", "04/02/2014 04:08:09 PM", "04/02/2014 04:08 PM"),
    *("10-09-2003", "10-09-03", "10.09.2003", "10/09/2003", "10 09 03", "7 4 1976"),
    *("4:2:2014 04:08:09", "04:02:2014 4:8:9", "04:02:2014 04:08:09.12312"),
    "08:03:2012 18:31:59+00:00",
]

# What is right not to be read by any format, and why.
_REFUSED = {
    "no day of a calendar": [
        *("3", "3", "5,000-9,999", "5,000-9,999", "septe. 7, 1970", "2009-15-12T22:15Z"),
        *("2009-15-12T22:15Z", " 2018-01-02 17:08:09 -07:00", "2019-05-29T08:41-047"),
    ],
    "the year, the month or the day is left to the clock of the reader": [
        *("03 25 Sep", "Sep 2003", "Sep", "Wed", "10:36", "0:01:02", "12:08 PM", "10:00 am"),
        *("10:00 pm", "10:00pm", "10:00a.m", "10:00p.m", "10:00a.m.", "10h", "10h am", "10h pm"),
        *("10am", "10pm", "10 h 36.5", "10h36m28.5s", "12h 01m02s am", "01h02", "01h02s"),
        "01h02m03",
    ],
    "the name of a zone that means several, or is summer's in winter; some expect UTC all the same": [
        *("2012-08-03 13:31:59 MST", "2014-04-26 05:24:37 PST", "2014-04-26 05:24:37 PST"),
        *("Fri, 03 Jul 2015 08:08:08 PST", "Fri, 03 Jul 2015 08:08:08 PST"),
        *("Fri, 03 Jul 2015 08:08:08 MST", "Fri, 3 Jul 2015 08:08:08 MST"),
        *("Fri, 03 Jul 2015 8:8:8 MST", "Fri, 03-Jul 2015 08:08:08 PST"),
        *("Fri, 3-Jul-15 08:08:08 MST", "Mon Jan  2 15:04:05 MST 2006"),
    ],
    "a day of the week that the date contradicts": [
        *("Thu May  8 17:57:51 2009", "Thu May 08 11:57:51 -0700 2009"),
        *("Thu May  8 17:57:51 MST 2009", "Thu May 08 17:57:51 PST 2009"),
        *("Thu May 08 17:57:51 CEST 2009", "Thu May 08 5:5:7 PST 2009"),
        *("Thu, 03 Jul 2017 8:08:04 +0100", "Tue, 5 Jul 2017 04:08:03 -0700 (CEST)"),
        *("Wednesday, 07-May-09 08:00:43 MST", "Wednesday, 2 Feb 2018 09:01:00 -0300"),
    ],
    "finer than a microsecond, which the API does not keep": [
        *("2018-06-29 19:09:57.77297118 +0300 +03", "2014-04-26 17:24:37.3186369"),
        "2018-06-29 19:09:57.77297118 +0300 +0300",
    ],
    "what no format of ours can say": [
        *("2018-06-29 19:09:57 +0300 +0300", "2016-12-21 04.2h", "1384216367111222"),
        "2015-02-08 03:02:00.001 +0300 MSK m=+0.000000001",
    ],
}

# These expect another instant than they say: an error, because that library takes no day before
# the month, or the offset left out of account.
_WRONG = [
    *("September 17, 2012 at 5:00pm UTC-05", "September 17, 2012 5:00pm UTC-05"),
    *("September 17 2012 5:00pm UTC-05", "September 17 2012 5:00pm UTC-0500", "29-06-2016"),
]


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
    assert (right, different) == (24, [])
    assert set(refused) == {"not-datetime"}


@_here
def test_of_all_formats_at_once_none_makes_another_instant(
    attribute: Make, outcomes: Outcomes
) -> None:
    assert len(_FORMATS) == len(_WRITTEN)
    right, refused, different = judged(_FORMATS, attribute, outcomes)
    assert sorted(different) == sorted(_WRONG)
    assert sorted(refused["date-ambiguous"]) == sorted(_GUESSES)
    assert sorted(refused["not-datetime"]) == sorted(chain.from_iterable(_REFUSED.values()))
    assert right == len(list(vectors())) - sum(map(len, refused.values())) - len(different) == 150


@_here
def test_a_stated_order_settles_what_was_a_guess(attribute: Make, outcomes: Outcomes) -> None:
    written = zip(_WRITTEN, _FORMATS, strict=True)
    month_first = [pattern for text, pattern in written if text not in _OTHERS and text[0] == "M"]
    right, refused, different = judged(month_first, attribute, outcomes)
    assert different == []
    assert not set(_GUESSES) & set(refused["not-datetime"])
    assert right > len(_GUESSES)


@_here
def test_a_count_of_microseconds_is_read_by_its_name(attribute: Make, outcomes: Outcomes) -> None:
    micros = [vector for vector in vectors() if len(vector.text) == 16 and vector.text.isdigit()]
    column = attribute("datetime", format=["epoch_microseconds"])
    for vector in micros:
        assert outcomes([vector.text], column) == [f'"{vector.instant}Z"']
    assert len(micros) == 1


# How the language Go writes a format.
_GO = (
    *(("2006", "%Y"), ("06", "%y"), ("January", "%B"), ("Jan", "%b"), ("Monday", "%A")),
    *(("Mon", "%a"), ("01", "%m"), ("02", "%d"), ("15", "%H"), ("03", "%I"), ("04", "%M")),
    *(("05", "%S"), (".000", ".%f"), ("PM", "%p"), ("-07:00", "%z"), ("-0700", "%z"), ("2", "%d")),
)


@_here
def test_a_layout_reads_its_text_as_python_does(attribute: Make, outcomes: Outcomes) -> None:
    read, not_read = 0, []
    with (_VECTORS / "araddon_dateparse_cases.dev.csv").open(newline="", encoding="utf-8") as file:
        layouts = [row for row in csv.DictReader(file) if _is_layout(row["expected_utc"])]
    for row in layouts:
        pattern = re.sub(
            "|".join(re.escape(go) for go, _ in _GO),
            lambda found: dict(_GO)[found.group()],
            row["expected_utc"],
        )
        column = attribute("datetime", format=[pattern], timezone="UTC")
        (found,) = outcomes([row["input"]], column)
        if found == "not-datetime":
            not_read.append(row["input"])
            continue
        unzoned = "%z" not in pattern
        meant = datetime.strptime(row["input"] + " Z" * unzoned, f"{pattern}{' %z' * unzoned}")  # noqa: DTZ007 - it has %z
        assert found is not None
        assert _moment(found.strip('"Z')) == meant
        read += 1
    # MST is a layout's word for any zone's name.
    assert (read, not_read) == (9, ["2012-08-03 18:31:59 UTC", "2012-08-03 18:31:59 CEST"])


def _is_layout(text: str) -> bool:
    return "06" in text and not text.endswith(" UTC")
