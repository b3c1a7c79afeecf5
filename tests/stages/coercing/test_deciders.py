from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.mapping_file.decided_by import DecidedBy
from importer.mapping_file.mapping import Attribute, FromColumns, FromConstant
from importer.typed import Typed

Make = Callable[..., Attribute]
Coerce = Callable[..., Typed]

_COUNTRY = DecidedBy("region", "Country", None)
_CURRENCY = DecidedBy("currency", "Currency", None)
_ORDER = DecidedBy(
    "formats", "Country", {"US": ("%m/%d/%Y",)}, otherwise=("%d/%m/%Y",), by_country=True
)
_ZONE = DecidedBy("timezone", "Zone", None)


def test_a_phone_is_read_by_the_country_of_its_row(attribute: Make, typed: Coerce) -> None:
    rows = [
        ("088884 44411", "India", '"918888444411"'),
        ("030 901820", "DEU", '"4930901820"'),
        ("030 901820", "Deutschland", '"4930901820"'),
        ("(650) 253-0000", "usa", '"16502530000"'),
        ("+49 30 901820", "Atlantis", '"4930901820"'),
        ("030 901820", "Atlantis", None),
        ("918888444411", "", None),
        ("", "India", None),
        ("", "", None),
        (None, None, None),
    ]
    cells = {"Phone": [row[0] for row in rows], "Country": [row[1] for row in rows]}
    column = attribute("phone", origin=FromColumns(("Phone",)), decided=(_COUNTRY,))
    result = typed(cells, column)
    assert result.attributes[0].json.to_pylist() == [row[2] for row in rows]
    assert [(found.index, found.code, found.column) for found in result.rejections] == [
        (5, "not-phone", "Phone"),
        (6, "not-phone", "Phone"),
    ]
    assert "begins with +" in result.rejections[0].message


def test_the_first_valid_of_several_columns_is_read_by_the_rows_country(
    attribute: Make, typed: Coerce
) -> None:
    cells = {
        "Mobile": ["x", "030 901820", ""],
        "Phone": ["(650) 253-0000", "12", "088884 44411"],
        "Country": ["US", "DE", "IN"],
    }
    column = attribute("phone", origin=FromColumns(("Mobile", "Phone")), decided=(_COUNTRY,))
    result = typed(cells, column)
    assert result.attributes[0].json.to_pylist() == [
        '"16502530000"',
        '"4930901820"',
        '"918888444411"',
    ]
    assert result.rejections == ()


def test_an_amount_is_held_against_the_currency_of_its_row(attribute: Make, typed: Coerce) -> None:
    cells = {
        "Due": ["12 €", "12 €", "1,200", "12.50", "12.50", ""],
        "Currency": ["EUR", "USD", "INR", "", "doubloons", ""],
    }
    column = attribute("money", origin=FromColumns(("Due",)), decided=(_CURRENCY,))
    result = typed(cells, column)
    assert result.attributes[0].json.to_pylist() == ["12", None, "1200", None, None, None]
    assert [found.code for found in result.rejections] == [
        "currency-other",
        "undecided",
        "undecided",
    ]
    assert 'column "Currency"' in result.rejections[1].message


def test_two_columns_may_decide_two_options(attribute: Make, typed: Coerce) -> None:
    cells = {
        "At": ["03/04/2021"] * 3,
        "Country": ["USA", "India", ""],
        "Zone": ["America/New_York", "Asia/Kolkata", ""],
    }
    column = attribute("datetime", origin=FromColumns(("At",)), decided=(_ORDER, _ZONE))
    result = typed(cells, column)
    assert result.attributes[0].json.to_pylist() == [
        '"2021-03-04T05:00:00Z"',
        '"2021-04-02T18:30:00Z"',
        None,
    ]
    assert [found.code for found in result.rejections] == ["zone-missing"]


def test_a_constant_too_is_read_by_each_row(attribute: Make, typed: Coerce) -> None:
    column = attribute("date", origin=FromConstant("03/04/2021"), decided=(_ORDER,))
    found = typed({"Country": ["US", "IN"]}, column).attributes[0].json.to_pylist()
    assert found == ['"2021-03-04"', '"2021-04-03"']


def test_wide_and_narrow_amounts_of_different_groups_keep_their_digits(
    attribute: Make, typed: Coerce
) -> None:
    wide = "1" * 30 + ".5"
    cells = {"Due": [wide, "2.50"], "Currency": ["EUR", "USD"]}
    column = attribute("money", origin=FromColumns(("Due",)), decided=(_CURRENCY,))
    assert typed(cells, column).attributes[0].json.to_pylist() == [wide, "2.50"]


@settings(max_examples=40)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["030 901820", "+49 30 901820", "088884 44411", "12", "", "x"]),
            st.sampled_from(["IN", "Germany", "US", "", "?"]),
        ),
        max_size=12,
    ),
    cut=st.integers(0, 12),
)
def test_neighbours_and_blocks_change_nothing(
    rows: list[tuple[str, str]], cut: int, attribute: Make, typed: Coerce
) -> None:
    column = attribute("phone", origin=FromColumns(("Phone",)), decided=(_COUNTRY,))

    def found(part: list[tuple[str, str]]) -> list[str | None]:
        cells = {"Phone": [row[0] for row in part], "Country": [row[1] for row in part]}
        texts: list[str | None] = typed(cells, column).attributes[0].json.to_pylist()
        return texts

    assert found(rows) == found(rows[:cut]) + found(rows[cut:])
    assert found(rows) == [found([row])[0] for row in rows]


@pytest.mark.parametrize("cell", ["12.50", "12.50 USD"])
def test_options_are_told_apart_by_their_values_not_by_their_cells(
    cell: str, attribute: Make, typed: Coerce
) -> None:
    currencies = ["USD", "usd", " USD "]
    column = attribute("money", origin=FromColumns(("Due",)), decided=(_CURRENCY,))
    result = typed({"Due": [cell] * 3, "Currency": currencies}, column)
    assert result.attributes[0].json.to_pylist() == ["12.50"] * 3


def test_a_column_without_a_zone_that_is_known_is_named_as_the_reason(
    attribute: Make, typed: Coerce
) -> None:
    column = attribute("datetime", origin=FromColumns(("C",)), decided=(_ZONE,))
    cells = {"C": ["2024-01-01T10:00:00"] * 2, "Zone": ["Mars", "Asia/Kolkata"]}
    result = typed(cells, column)
    assert [(found.index, found.code) for found in result.rejections] == [(0, "zone-missing")]
    assert "the column that `timezone:` names" in result.rejections[0].message
    assert "or say" not in result.rejections[0].message
