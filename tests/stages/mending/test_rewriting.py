"""Tells a person's mending from what a spreadsheet does to cells by itself."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from importer.stages.mending import rewritten

# What a spreadsheet does, and no person: it counts also where the cell was refused before.
NEVER_MEANT = [
    ("02134", "2134", "leading zeros"),
    ("007.50", "7.5", "leading zeros"),
    ("0049151", "49151", "leading zeros"),
    ("1234567890123456789", "1.23E+18", "scientific"),
    ("1234567890123456789", "1,23E+18", "scientific"),
    ("1234567890123456789", "1.23456789012346E+018", "scientific"),
    ("1234567890123456789", "1234567890123450000", "15 digits"),
    ("1234567890123456789", "1234567890123460000", "15 digits"),
    ("1234567890123456789", "1234567890123456768", "15 digits"),
    ("9007199254740993", "9007199254740990", "15 digits"),
    ("+919876543210", "919876543210", "plus sign"),
    ("+919876543210", "9.19877E+11", "scientific"),
    ("12E4", "120000", "another notation"),
    ("12E4", "1.20E+05", "another notation"),
    ("1e-7", "0.0000001", "another notation"),
    ("Ann", "#NAME?", "error"),
    ("2021-03-04", "########", "error"),
    ("Zoë 東京", "Zoë ??", "question marks"),
    ("Zoë", "ZoÃ«", "another encoding"),
    ("x" * 40_000, "x" * 32_767, "cut to 32,767"),
    ("'00501", "00501", "apostrophe"),
    ("00501", "'00501", "apostrophe"),
    ("-5", "=-5", "taken for a formula"),
]

# What a spreadsheet does, and a person too who mends such a cell.
MEANT_WHERE_REFUSED = [
    ("=1+1", "2", "computed"),
    ("1234.50", "1234.5", "same number"),
    ("1,234.50", "1234.5", "same number"),
    ("1,5", "1.5", "same number"),
    ("5%", "0.05", "same number"),
    ("$5.00", "5", "same number"),
    ("(5)", "-5", "same number"),
    ("+5", "5", "same number"),
    ("77.594562891234", "77.5945629", "fraction"),
    ("2021-03-04", "04/03/2021", "date"),
    ("2021-03-04", "3/4/21", "date"),
    ("20210304", "2021-03-04", "date"),
    ("2021-03-04", "04. März 2021", "date"),
    ("2021-03-04", "4 mars 2021", "date"),
    ("2021-03-04", "Thursday, 4 March 2021", "date"),
    ("2021-03-04", "44259", "count of days"),
    ("2021-03-04 10:15:30", "04/03/2021 10:15", "date"),
    ("2021-03-04 10:15", "2021-03-04T10:15:00", "date"),
    ("2021-03-04 22:15", "3/4/21 10:15 PM", "date"),
    ("2021-03-04", "2021-03-04 00:00:00", "date"),
    ("10:15", "10:15:00 AM", "date"),
    ("3/4", "03/04/26", "date"),
    ("1-2", "01-Feb", "date"),
    ("1.5", "01. Mai", "date"),
    ("MAR1", "01-Mar", "date"),
    ("true", "TRUE", "true or false"),
    ("FALSE", "falsch", "true or false"),
    (" x ", "x", "blanks"),
    ("a  b", "a b", "blanks"),
    ("a\u00a0b", "a b", "blanks"),
]

MENDED = [
    ("asha.example.com", "asha@example.com"),
    ("", "Pune"),
    ("Pune", ""),
    ("Pune", "Goa"),
    ("12OO", "1200"),
    ("12", "13"),
    ("0123", "0124"),
    ("02134", "2135"),
    ("1234567890123456789", "1234567890123456788"),
    ("1234567890123456789", "1.24E+18"),
    ("12.97", "12.98"),
    ("12.9715987", "12.97"),
    ("2021-03-04", "2021-03-05"),
    ("2021-03-04", "05/03/2021"),
    ("2021-03-04 10:15", "2021-03-04 10:16"),
    ("2021-03-04 10:15", "2021-03-04 22:15"),
    ("10:15", "10:16"),
    ("2021-03-04", "44260"),
    ("true", "false"),
    ("yes", "TRUE"),
    ("Flat 3 2021", "Block 3 2021"),
    ("Zoë", "Zoe"),
    ("Zoë?", "Zoë"),
    ("+91 98765 43210", "+91 98765 43211"),
    ("Ann", "ann"),
]


@pytest.mark.parametrize("at_fault", [False, True])
@pytest.mark.parametrize(("original", "now", "how"), NEVER_MEANT)
def test_what_no_person_does_is_a_spreadsheets_work_everywhere(
    original: str, now: str, how: str, at_fault: bool
) -> None:
    assert how in rewritten(original, now, at_fault=at_fault)


@pytest.mark.parametrize(("original", "now", "how"), MEANT_WHERE_REFUSED)
def test_another_style_is_mending_only_where_the_cell_was_refused(
    original: str, now: str, how: str
) -> None:
    assert how in rewritten(original, now)
    assert rewritten(original, now, at_fault=True) == ""


@pytest.mark.parametrize("at_fault", [False, True])
@pytest.mark.parametrize(("original", "now"), MENDED)
def test_what_a_person_mended_passes(original: str, now: str, at_fault: bool) -> None:
    assert rewritten(original, now, at_fault=at_fault) == ""


@given(st.text(max_size=80))
def test_a_cell_that_did_not_change_is_never_accused(text: str) -> None:
    assert rewritten(text, text) == ""


@given(st.text(max_size=70), st.text(max_size=70))
def test_any_two_texts_can_be_compared(original: str, now: str) -> None:
    assert isinstance(rewritten(original, now), str)


@given(st.integers(0, 10**18), st.integers(1, 6))
def test_lost_zeros_are_always_found(number: int, zeros: int) -> None:
    assert rewritten("0" * zeros + str(number), str(number), at_fault=True)


@given(st.integers(10**17, 10**25))
def test_a_long_number_that_went_through_a_float_is_always_found(half: int) -> None:
    # No float so large is odd.
    number = 2 * half + 1
    assert rewritten(str(number), str(int(float(number))), at_fault=True)


@given(st.integers(10**11, 10**20), st.integers(1, 14))
def test_scientific_notation_is_always_found(number: int, digits: int) -> None:
    assert rewritten(str(number), f"{number:.{digits}E}", at_fault=True)


STYLES = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%m/%d/%y", "%d-%b-%y", "%d %B %Y", "%Y/%m/%d")


@given(st.dates(date(1930, 1, 1), date(2080, 12, 31)), st.sampled_from(STYLES))
def test_a_date_in_another_style_is_always_found(day: date, style: str) -> None:
    assume(1930 <= day.year < 2030 or "%y" not in style)
    now = day.strftime(style)
    assume(now != day.isoformat())
    assert rewritten(day.isoformat(), now)


@given(st.dates(), st.times())
def test_a_moment_without_its_seconds_is_always_found(day: date, clock: time) -> None:
    before = f"{day.isoformat()} {clock:%H:%M:%S}"
    assert rewritten(before, f"{day.day:02}/{day.month:02}/{day.year:04} {clock:%H:%M}")


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_another_number_is_never_accused(original: int, now: int) -> None:
    assume(original != now and len(str(original)) != 8 and original > 10**6)
    assert rewritten(str(original), str(now)) == ""
