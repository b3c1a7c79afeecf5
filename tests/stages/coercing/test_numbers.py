from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]

_BAD = [
    *("", " 1", "1 ", "+", "-", "--1", "1-", "٣", "１", "1_000", "0x10", "1e3", "1E+18", "inf"),
    *("-Infinity", "NaN", "nan", "None", "1 000", "1,5", "½", "1\n", "1\x00", "$5", "9" * 39),
]


@pytest.mark.parametrize("cell", _BAD)
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_what_is_no_number_is_refused(
    kind: str, cell: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute(kind, nulls=frozenset())) == [f"not-{kind}"]


def test_ids_of_nineteen_and_thirty_eight_digits_keep_every_digit(
    attribute: Make, outcomes: Outcomes
) -> None:
    cells = ["9223372036854775807", "9223372036854775808", "-" + "9" * 38, "0" * 50 + "7"]
    assert outcomes(cells, attribute("integer")) == [*cells[:3], "7"]


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ("1.234.567", "1234567"),
        ("1234567", "1234567"),
        ("-1.234", "-1234"),
        ("+1.234", "1234"),
        ("12.34.567", "not-integer"),
        ("1234.567", "not-integer"),
        ("1..234", "not-integer"),
        (".234", "not-integer"),
        ("0.123", "not-integer"),
        ("1.234.", "not-integer"),
        ("1,234", "not-integer"),
    ],
)
def test_thousands_stand_in_groups_of_three(
    cell: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("integer", thousands=".")) == [result]


@pytest.mark.parametrize("thousands", ["\u00a0", "'", "|", "\\", "*", " ", "$", "["])
def test_any_character_may_group_digits(
    thousands: str, attribute: Make, outcomes: Outcomes
) -> None:
    cells = [f"1{thousands}234,50", "1234,50", "1.5"]
    column = attribute("number", decimal=",", thousands=thousands)
    assert outcomes(cells, column) == ["1234.50", "1234.50", "not-number"]


def test_a_column_with_one_wide_number_keeps_all_numbers(
    attribute: Make, typed: Callable[..., object]
) -> None:
    cells = ["1.5", "9" * 38 + "." + "9" * 38, "-0.00", "0." + "0" * 38 + "1"]
    column = typed({"C": cells}, attribute("number")).attributes[0]  # type: ignore[attr-defined]
    assert column.json.to_pylist() == [cells[0], cells[1], "0.00", None]
    assert column.values.to_pylist() == [Decimal(cells[0]), Decimal(cells[1]), Decimal(0), None]


_NUMBERLIKE = st.text("0123456789+-.,eE ", max_size=12)


@given(cells=st.lists(st.one_of(_NUMBERLIKE, st.decimals(allow_nan=False).map(str), st.text())))
def test_an_accepted_number_equals_its_cell_as_a_decimal(
    cells: list[str], attribute: Make, outcomes: Outcomes
) -> None:
    for cell, result in zip(cells, outcomes(cells, attribute("number")), strict=True):
        if result not in (None, "not-number"):
            assert Decimal(str(result)) == Decimal(cell)
            assert Decimal(str(result)).as_tuple().exponent == Decimal(cell).as_tuple().exponent


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**20), max_value=10**20
    )
)
def test_a_german_number_is_read_back(attribute: Make, outcomes: Outcomes, number: Decimal) -> None:
    cell = f"{number:,}".translate(str.maketrans(",.", ".,"))
    column = attribute("number", decimal=",", thousands=".")
    assert Decimal(str(outcomes([cell], column)[0])) == number


@given(cells=st.lists(st.one_of(st.integers().map(str), _NUMBERLIKE)))
def test_an_integer_is_taken_as_python_takes_it_or_refused(
    cells: list[str], attribute: Make, outcomes: Outcomes
) -> None:
    column = attribute("integer", nulls=frozenset())
    for cell, result in zip(cells, outcomes(cells, column), strict=True):
        whole = re.fullmatch("[+-]?[0-9]+", cell) and abs(int(cell)) < 10**38
        assert result == (str(int(cell)) if whole else "not-integer")


@pytest.mark.parametrize(
    ("cell", "options", "result"),
    [
        ("1,23,45,678", {"thousands": ",", "grouping": "indian"}, "12345678"),
        ("123,456", {"thousands": ",", "grouping": "indian"}, "123456"),
        ("1,2,345", {"thousands": ",", "grouping": "indian"}, "not-number"),
        ("123,45,678", {"thousands": ",", "grouping": "indian"}, "not-number"),
        ("1,23,456", {"thousands": ","}, "not-number"),
        ("1\u202f234,5", {"decimal": ",", "thousands": " "}, "1234.5"),
        ("1\u2019234.5", {"thousands": "'"}, "1234.5"),
        ("1 234", {"thousands": "\u00a0"}, "1234"),
        ("1,234 %", {"percent": "points", "thousands": ","}, "1234"),
        ("0.05%", {"percent": "fraction"}, "0.0005"),
        ("-12.50\u00a0%", {"percent": "fraction"}, "-0.1250"),
        ("0 %", {"percent": "fraction"}, "0.00"),
        ("%", {"percent": "points"}, "not-number"),
        ("12 %%", {"percent": "points"}, "not-number"),
        ("1%2%", {"percent": "points"}, "not-number"),
        ("5 %", {"percent": "points", "exponent": True}, "5"),
        ("5e1 %", {"percent": "fraction", "exponent": True}, "0.5"),
        ("1E-3", {"exponent": True}, "0.001"),
        ("9.10E+11", {"exponent": True}, "910000000000"),
        ("-1,5e2", {"exponent": True, "decimal": ","}, "-150"),
        ("1e39", {"exponent": True}, "not-number"),
        ("1e-39", {"exponent": True}, "not-number"),
        ("1e999", {"exponent": True}, "not-number"),
        ("1e9999999999", {"exponent": True}, "not-number"),
        ("e5", {"exponent": True}, "not-number"),
        ("1e", {"exponent": True}, "not-number"),
        ("1e1e1", {"exponent": True}, "not-number"),
        ("nan", {"exponent": True}, "not-number"),
        ("(1,234.50)", {"parentheses": True, "thousands": ","}, "-1234.50"),
        ("(12 %)", {"parentheses": True, "percent": "points"}, "-12"),
        ("(0)", {"parentheses": True}, "0"),
        ("(-5)", {"parentheses": True}, "not-number"),
        ("((5))", {"parentheses": True}, "not-number"),
        ("(5", {"parentheses": True}, "not-number"),
        ("(5)", {}, "not-number"),
    ],
)
def test_a_number_is_spelt_only_as_its_options_allow(
    cell: str, options: dict[str, object], result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("number", **options)) == [result]


@pytest.mark.parametrize(
    ("cell", "options", "result"),
    [
        ("17850.0", {"whole": True}, "17850"),
        ("-0.00", {"whole": True}, "0"),
        ("1.234,0", {"whole": True, "decimal": ",", "thousands": "."}, "1234"),
        ("17850.05", {"whole": True}, "not-integer"),
        ("1.785E+4", {"whole": True}, "not-integer"),
        ("1.785E+4", {"exponent": True}, "17850"),
        ("1.7855E+3", {"exponent": True}, "not-integer"),
        ("5.0", {"exponent": True}, "not-integer"),
        ("12 %", {"percent": "points"}, "12"),
        ("12 %", {"percent": "fraction"}, "not-integer"),
        ("1200 %", {"percent": "fraction", "whole": True}, "12"),
        ("(5)", {"parentheses": True}, "-5"),
    ],
)
def test_a_whole_number_is_spelt_only_as_its_options_allow(
    cell: str, options: dict[str, object], result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("integer", **options)) == [result]


@given(
    cells=st.lists(
        st.builds(
            "{}{}{}".format,
            st.decimals(allow_nan=False, allow_infinity=False, places=3),
            st.sampled_from(["", "e2", "E-3", "e+05"]),
            st.sampled_from(["%", " %"]),
        ),
        max_size=6,
    )
)
def test_percents_and_exponents_keep_the_value(
    cells: list[str], attribute: Make, outcomes: Outcomes
) -> None:
    column = attribute("number", percent="fraction", exponent=True)
    for cell, result in zip(cells, outcomes(cells, column), strict=True):
        if result != "not-number":
            assert Fraction(str(result)) * 100 == Fraction(cell.rstrip("% "))
