from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from importer.errors import MappingError
from importer.mapping_file import Mapping, parse_mapping
from importer.records import Batch, Rejection
from importer.stages.coercing import coerce
from importer.stages.validating import RowSchema


def mapping_of(attribute: str) -> Mapping:
    return parse_mapping(f"mapping: 1\ncustomer_id: id\nattributes:\n  a: {attribute}\n", "m.yaml")


def validated(attribute: str, cells: Sequence[str]) -> tuple[Rejection, ...]:
    mapping = mapping_of(attribute)
    ids = [f"u{n}" for n in range(len(cells))]
    table = pa.table({"id": pa.array(ids, pa.string()), "c": pa.array(cells, pa.string())})
    # Positions of a block whose earlier rows could not be read: the index is not the position.
    index = np.arange(len(cells), dtype=np.int64) * 2 + 10
    return RowSchema(mapping).validate(coerce(Batch(index, table), mapping))


@pytest.mark.parametrize(
    ("attribute", "cells", "failing"),
    [
        ("{column: c, type: integer, check: {ge: 0}}", ["1", "-1", "", "x"], [1]),
        ("{column: c, type: integer, check: {ge: 0.5}}", ["1", "0"], [1]),
        ("{column: c, type: integer, check: {isin: [1, 2]}}", ["1", "3"], [1]),
        (
            "{column: c, type: number, check: {in_range: [0, 1.5]}}",
            ["1.5", "1.51", "-0.01"],
            [1, 2],
        ),
        (
            "{column: c, type: integer, check: {in_range: {min_value: 1, max_value: 2}}}",
            ["0", "1", "2", "3"],
            [0, 3],
        ),
        ("{column: c, type: number, check: {ne: 5}}", ["5.00", "5.01"], [0]),
        ("{column: c, type: date, check: {lt: 2024-01-01}}", ["2023-12-31", "2024-01-01"], [1]),
        (
            "{column: c, type: datetime, check: {ge: 2024-01-01T00:00:00Z}}",
            ["2024-01-01T00:30:00+01:00", "2024-01-01T00:00:00Z"],
            [0],
        ),
        ("{column: c, type: boolean, check: {eq: true}}", ["yes", "no"], [1]),
        ("{column: c, check: {isin: [a, b]}}", ["a", "c", ""], [1]),
        ("{column: c, check: {notin: [a]}}", ["a", "b"], [0]),
        ("{column: c, check: {str_length: [2, 3]}}", ["a", "äö", "abcd"], [0, 2]),
        ("{column: c, check: {str_length: 2}}", ["a", "ab"], [0]),
        ("{column: c, check: {str_matches: 'a|b'}}", ["ax", "bx", "xb"], [2]),
        ("{column: c, check: {str_contains: 'x$'}}", ["ax", "xa"], [1]),
        ("{column: c, check: {str_startswith: a}}", ["ab", "ba"], [1]),
        ("{column: c, check: {str_endswith: a}}", ["ab", "ba"], [0]),
    ],
)
def test_a_check_refuses_the_right_rows(
    attribute: str, cells: list[str], failing: list[int]
) -> None:
    found = validated(attribute, cells)
    assert [rejection.index for rejection in found] == [position * 2 + 10 for position in failing]


def test_a_failure_names_row_column_check_and_value() -> None:
    (found,) = validated("{column: c, type: number, check: {ge: 10}}", ["10", "9.50"])
    assert found == Rejection(
        index=12,
        stage="validating",
        code="check-failed",
        column="c",
        found="9.5",
        expected="at least 10 (the mapping's `ge:` for a)",
    )


def test_every_failed_check_is_told() -> None:
    found = validated("{column: c, type: integer, check: {ge: 10, ne: 5}}", ["5"])
    assert [rejection.expected.split(" (")[0] for rejection in found] == [
        "at least 10",
        "anything but 5",
    ]


@pytest.mark.parametrize(
    ("check", "cell", "wanted"),
    [
        ("{eq: a}", "b", "a"),
        ("{isin: [a, b]}", "c", "one of a, b"),
        ("{notin: [a, b]}", "a", "none of a, b"),
        ("{str_length: 2}", "a", "2 characters"),
        ("{length: 1}", "ab", "1 character"),
        ("{str_length: [2, 3]}", "a", "2 to 3 characters"),
        ("{str_length: {min_value: 2, max_value: 3}}", "a", "2 to 3 characters"),
        ("{str_startswith: a}", "b", "a text that begins with a"),
        ("{str_endswith: a}", "b", "a text that ends with a"),
        ("{str_contains: a}", "b", "a text with a in it"),
        ("{str_matches: 'a{2}'}", "b", "a text that begins as the pattern a{2} says"),
    ],
)
def test_a_failed_check_is_told_in_words(check: str, cell: str, wanted: str) -> None:
    (found,) = validated(f"{{column: c, check: {check}}}", [cell])
    assert found.expected.startswith(f"{wanted} (the mapping's `")


def test_a_range_is_told_in_words() -> None:
    (found,) = validated("{column: c, type: integer, check: {in_range: [1, 9]}}", ["10"])
    assert found.expected == "1 to 9 (the mapping's `in_range:` for a)"


def test_a_cell_that_failed_coercion_gets_no_second_reason() -> None:
    assert validated("{column: c, type: integer, check: {ge: 0, isin: [1]}}", ["x", ""]) == ()


@pytest.mark.parametrize(
    "attribute",
    [
        "{column: c, type: integer, check: {ge: many}}",
        "{column: c, type: integer, check: {one_of: [1.5, 2]}}",
        "{column: c, type: integer, check: {ne: 1.5}}",
        "{column: c, type: number, check: {in_range: 5}}",
        "{column: c, type: number, check: {in_range: {min_value: 5}}}",
        "{column: c, type: date, check: {ge: 01/02/2024}}",
        "{column: c, type: boolean, check: {ge: true}}",
        "{column: c, check: {ge: a}}",
        "{column: c, check: {str_matches: '(?=x)'}}",
        "{column: c, check: {str_matches: '('}}",
        "{column: c, type: integer, check: {str_length: 5}}",
        "{column: c, type: json, check: {eq: x}}",
        "{column: c, check: {isin: a}}",
        "{column: c, check: {eq: [a]}}",
        "{column: c, type: number, check: {ge: nan}}",
    ],
)
def test_an_argument_that_does_not_fit_is_refused_before_the_first_row(attribute: str) -> None:
    with pytest.raises(MappingError) as caught:
        RowSchema(mapping_of(attribute))
    assert caught.value.problem.place.startswith("m.yaml:4:")


def test_a_batch_of_no_rows_is_valid() -> None:
    assert validated("{column: c, type: integer, check: {ge: 0}}", []) == ()


@pytest.mark.parametrize(
    ("plain", "own"),
    [
        ("min: 3", "ge: 3"),
        ("max: 3", "le: 3"),
        ("one_of: [1, 3]", "isin: [1, 3]"),
    ],
)
def test_a_plain_name_checks_what_panderas_does(plain: str, own: str) -> None:
    cells = ["1", "2", "3", "4", ""]
    results = [
        [
            found.index
            for found in validated(f"{{column: c, type: integer, check: {{{one}}}}}", cells)
        ]
        for one in (plain, own)
    ]
    assert results[0] == results[1] != []


@pytest.mark.parametrize(
    ("plain", "failing"),
    [("matches: '[ab]+$'", [1]), ("length: 2", [0]), ("length: [1, 1]", [1, 2])],
)
def test_a_plain_name_checks_texts(plain: str, failing: list[int]) -> None:
    found = validated(f"{{column: c, check: {{{plain}}}}}", ["a", "ax", "ab"])
    assert [rejection.index for rejection in found] == [place * 2 + 10 for place in failing]


def test_the_users_own_words_stand_in_the_reason() -> None:
    groups = "[{min: 0, message: points cannot be negative}, {min: 5, message: too few}, {ne: -1}]"
    found = validated(f"{{column: c, type: integer, check: {groups}}}", ["-1"])
    assert [rejection.expected for rejection in found] == [
        "at least 0 (points cannot be negative)",
        "at least 5 (too few)",
        "anything but -1 (the mapping's `ne:` for a)",
    ]
