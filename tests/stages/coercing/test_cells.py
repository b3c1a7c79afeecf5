from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal

import pytest

from importer.mapping_file.mapping import Attribute, FromColumns, FromParts
from importer.mapping_file.transforming import Replace, ReplacePattern, Slice
from importer.typed import Typed

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]

_CELLS = ["M", "f", "x", "", None, "NULL", " M "]


@pytest.mark.parametrize(
    ("options", "result"),
    [
        ({}, ["male", "female", "x", None, None, "NULL", " M "]),
        ({"otherwise": "blank"}, ["male", "female", None, None, None, None, None]),
        (
            {"otherwise": "value", "otherwise_value": "other"},
            ["male", "female", "other", None, None, "other", "other"],
        ),
        (
            {"otherwise": "invalid"},
            ["male", "female", "not-listed", None, None, "not-listed", "not-listed"],
        ),
        (
            {"otherwise": "invalid", "transforms": ("strip",), "nulls": frozenset({"NULL"})},
            ["male", "female", "not-listed", "not-listed", None, None, "male"],
        ),
    ],
)
def test_values_are_looked_up_after_transforms_and_nulls(
    options: dict[str, object], result: list[str | None], attribute: Make, outcomes: Outcomes
) -> None:
    column = attribute("string", values={"M": "male", "f": "female"}, **options)
    codes = ("not-listed", None)
    wanted = [text if text in codes else f'"{text}"' for text in result]
    assert outcomes(_CELLS, column) == wanted


def test_a_looked_up_value_is_typed_too(attribute: Make, outcomes: Outcomes) -> None:
    column = attribute("boolean", values={"J": "yes", "N": "nein"})
    assert outcomes(["J", "N", "true"], column) == ["true", "not-boolean", "true"]


def test_only_listed_texts_are_blank(attribute: Make, outcomes: Outcomes) -> None:
    cells = ["", " ", "nan", "None", "NULL", "null"]
    column = attribute("string", nulls=frozenset({"NULL"}))
    assert outcomes(cells, column) == ['""', '" "', '"nan"', '"None"', None, '"null"']


def test_a_cell_is_transformed_before_it_is_held_against_the_nulls(
    attribute: Make, outcomes: Outcomes
) -> None:
    column = attribute("string", transforms=("strip", "lower"), nulls=frozenset({"", "n/a"}))
    assert outcomes([" N/A ", "  ", "\t"], column) == [None, None, None]


@pytest.mark.parametrize(
    ("options", "cell"),
    [
        ({"transforms": ("title",)}, "NULL"),
        ({"transforms": ("lower",)}, "k. A."),
        ({"transforms": ("strip", "upper")}, " k. A. "),
        ({"transforms": (Replace((("L", ""),)),)}, "NULL"),
        ({"transforms": (ReplacePattern((("^$", "none"),)),)}, ""),
        ({"transforms": (Slice(0, 2),), "values": {"NU": "x"}}, "NULL"),
        ({"transforms": ("title",), "split": ";", "take": 2}, "a;NULL"),
        ({"transforms": ("title",), "extract": "[A-Z]+"}, "a NULL"),
        (
            {"transforms": ("lower",), "otherwise": "value", "otherwise_value": "y", "values": {}},
            "NULL",
        ),
    ],
)
def test_a_cell_that_means_nothing_is_blank_whatever_a_transform_would_make_of_it(
    options: dict[str, object], cell: str, attribute: Make, outcomes: Outcomes
) -> None:
    entry = attribute("string", nulls=frozenset({"", "NULL", "k. A."}), **options)
    assert outcomes([cell], entry) == [None]


@pytest.mark.parametrize("first", ["valid", "filled"])
def test_a_transform_fills_no_column_before_another(
    first: Literal["valid", "filled"], attribute: Make, typed: Callable[..., Typed]
) -> None:
    origin = FromColumns(("A", "B"), first)
    entry = attribute("string", origin=origin, transforms=("title",), nulls=frozenset({"NULL"}))
    (column,) = typed({"A": ["NULL", "ann"], "B": ["bob", "eve"]}, entry).attributes
    assert column.json.to_pylist() == ['"Bob"', '"Ann"']


def test_a_transform_fills_no_part_of_an_object(
    attribute: Make, typed: Callable[..., Typed]
) -> None:
    parts = tuple(
        attribute(
            "string",
            name=name,
            origin=FromColumns((name,)),
            transforms=("title",),
            nulls=frozenset({"NULL"}),
        )
        for name in "AB"
    )
    entry = attribute("json", origin=FromParts(parts))
    (column,) = typed({"A": ["NULL", "NULL"], "B": ["bob", "NULL"]}, entry).attributes
    assert column.json.to_pylist() == ['{"B":"Bob"}', None]


def test_a_cell_that_means_nothing_has_no_hash(
    attribute: Callable[..., Attribute], outcomes: Callable[..., list[str | None]]
) -> None:
    entry = attribute("string", transforms=("strip", "sha256", "upper"), nulls=frozenset({"NULL"}))
    found = outcomes(["", "  ", " NULL ", None, "a"], entry)
    assert found == [None] * 4 + [f'"{hashlib.sha256(b"a").hexdigest().upper()}"']


@pytest.mark.parametrize("otherwise", ["keep", "blank", "invalid"])
def test_an_empty_result_is_blank_where_an_empty_cell_is(
    otherwise: str, attribute: Make, outcomes: Outcomes
) -> None:
    entry = attribute("string", values={"-": "", "x": "y"}, otherwise=otherwise)
    assert outcomes(["-", "x", ""], entry) == [None, '"y"', None]
    entry = attribute("string", values={"-": ""}, otherwise=otherwise, nulls=frozenset())
    assert outcomes(["-"], entry) == ['""']


def test_an_empty_value_for_all_other_cells_makes_them_blank(
    attribute: Make, outcomes: Outcomes
) -> None:
    entry = attribute("integer", values={"one": "1"}, otherwise="value", otherwise_value="")
    assert outcomes(["one", "two"], entry) == ["1", None]
