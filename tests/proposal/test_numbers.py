from __future__ import annotations

from pathlib import Path

import pytest

from importer.proposal import propose_mapping
from tests.proposal.tables import evidence_of, proposed, sendable, table, value_of


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["1", "20", "300"], "{column: x, type: integer}"),
        (["1.50", "20", "-3.25"], "{column: x, type: number}"),
        (["1,50", "20", "3,25"], '{column: x, type: number, decimal: ","}'),
        (["1,234.50", "20.1"], '{column: x, type: number, thousands: ","}'),
        (["1.234,50", "20,1"], '{column: x, type: number, decimal: ",", thousands: "."}'),
        (["1 234,50", "20,1"], '{column: x, type: number, decimal: ",", thousands: " "}'),
        (["1'234.50", "20.1"], '{column: x, type: number, thousands: "\'"}'),
        (
            ["12,34,567.50", "20.1"],
            '{column: x, type: number, thousands: ",", grouping: indian}',
        ),
        (["1,234,567", "20"], '{column: x, type: integer, thousands: ","}'),
        (["(5.20)", "7"], "{column: x, type: number, parentheses: true}"),
        (["12 %", "7.5 %"], "{column: x, type: number, percent: points}"),
        (["12,50 €", "7 €"], "{column: x, type: money, currency: EUR}"),
        (["USD 12.50", "USD 7"], "{column: x, type: money, currency: USD}"),
        (["$12.50", "7"], '{column: x, type: number, transform: [{replace: {"$": ""}}, strip]}'),
        (["$.50", "$.75"], '{column: x, type: number, transform: [{replace: {"$": ""}}, strip]}'),
        (["RM.50", "RM.75"], "x"),
        (["10.0", "12.0"], "{column: x, type: number}"),
        (["007", "12"], "x"),
        (["12", "12a"], "x"),
        (["1e5", "12"], "x"),
        (["12345678901234567", "1"], "x"),
    ],
)
def test_numbers_are_read_as_they_are_written(tmp_path: Path, cells: list[str], value: str) -> None:
    columns = {"x": cells}
    found = proposed(tmp_path, columns)
    assert value_of(found, "x") == value
    assert sendable(found, table(tmp_path, columns)) == len(cells)


def test_one_mark_before_three_digits_is_left_open(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"x": ["1.234", "2.345"]})
    assert value_of(found, "x") == (
        "{decide: [{column: x, type: number}, "
        '{column: x, type: number, decimal: ",", thousands: "."}]}'
    )


def test_other_columns_tell_which_mark_is_the_decimal_one(tmp_path: Path) -> None:
    point = proposed(tmp_path, {"x": ["1.234", "2.345"], "y": ["0.5", "12.75"]})
    assert value_of(point, "x") == "{column: x, type: number}"
    comma = proposed(tmp_path, {"x": ["1.234", "2.345"], "y": ["0,5", "12,75"]})
    assert value_of(comma, "x") == ('{column: x, type: integer, decimal: ",", thousands: "."}')
    assert "Other columns write their decimals with `,`." in evidence_of(comma, "x")


@pytest.mark.parametrize(
    "name", ["zip", "PLZ", "account_id", "codigo_uf", "Postal Code", "house number", "ean", "ddd"]
)
def test_digits_under_a_codes_name_stay_text(tmp_path: Path, name: str) -> None:
    found = proposed(tmp_path, {name: ["12345", "999", "54321"]})
    (line,) = found.lines
    assert line.type == "string"
    assert line.evidence == ("Digits, and the name speaks of a code: text.",)


def test_digits_of_one_length_that_never_repeat_are_a_code(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"thing": [str(52000 + 7 * row) for row in range(30)]})
    assert value_of(found, "thing") == "thing"


def test_a_few_bad_cells_are_told_and_many_make_text(tmp_path: Path) -> None:
    cells = [str(row) for row in range(300)]
    few = proposed(tmp_path, {"points": [*cells, "12OO"]})
    assert value_of(few, "points") == "{column: points, type: integer}"
    assert "1 cell is no number; the first is the 301st row's." in evidence_of(few, "points")
    many = proposed(tmp_path, {"points": [*cells, *["12a"] * 20]})
    assert value_of(many, "points") == "points"


def test_whole_numbers_may_have_fractions_beyond_the_rows_that_were_seen(tmp_path: Path) -> None:
    path = table(tmp_path, {"x": ["5"] * 10 + ["6"] * 10 + ["7.5"]})
    found = propose_mapping(path, rows=20)
    assert not found.all_rows
    assert value_of(found, "x") == "{column: x, type: number}"
    assert sendable(found, path) == 21
