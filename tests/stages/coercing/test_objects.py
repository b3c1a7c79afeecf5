from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import (
    Attribute,
    FromColumns,
    FromConstant,
    FromParts,
    FromTemplate,
)
from importer.typed import Typed

Make = Callable[..., Attribute]
Coerce = Callable[..., Typed]


def whole(attribute: Make, *parts: Attribute, **options: Any) -> Attribute:
    return attribute("json", name="home", origin=FromParts(parts), **options)


def from_column(attribute: Make, kind: str, name: str, column: str, **options: Any) -> Attribute:
    return attribute(kind, name=name, origin=FromColumns((column,)), **options)


def test_parts_are_typed_and_blank_ones_are_left_out(attribute: Make, typed: Coerce) -> None:
    entry = whole(
        attribute,
        from_column(attribute, "string", "city", "A"),
        from_column(attribute, "integer", "pin", "B"),
        from_column(attribute, "date", "since", "C"),
    )
    result = typed(
        {
            "A": ["Pune", 'a"\\', "", None, ""],
            "B": ["007", "", "", "1", "2"],
            "C": ["2020-01-02", "", "", "", "2020-01-03"],
        },
        entry,
    )
    assert result.attributes[0].json.to_pylist() == [
        '{"city":"Pune","pin":7,"since":"2020-01-02"}',
        '{"city":"a\\"\\\\"}',
        None,
        '{"pin":1}',
        '{"pin":2,"since":"2020-01-03"}',
    ]
    assert result.attributes[0].blank.to_pylist() == [False, False, True, False, False]
    assert result.rejections == ()


def test_a_bad_part_is_blamed_on_its_own_column(attribute: Make, typed: Coerce) -> None:
    parts = (
        from_column(attribute, "string", "city", "A"),
        from_column(attribute, "integer", "pin", "B"),
        from_column(attribute, "date", "since", "C", bad_value="leave_out"),
    )
    columns = {"A": ["x", "x", ""], "B": ["y", "1", ""], "C": ["", "z", "z"]}
    result = typed(columns, whole(attribute, *parts))
    assert result.attributes[0].json.to_pylist() == [None, '{"city":"x","pin":1}', None]
    assert result.attributes[0].blank.to_pylist() == [False, False, False]
    assert [(found.index, found.column) for found in result.rejections] == [(0, "B")]
    assert [(found.index, found.column) for found in result.left_out] == [(1, "C"), (2, "C")]


def test_constants_alone_make_no_object(attribute: Make, typed: Coerce) -> None:
    kind = attribute("string", name="kind", origin=FromConstant("home"))
    city = from_column(attribute, "string", "city", "A")
    result = typed({"A": ["x", ""]}, whole(attribute, kind, city), whole(attribute, kind))
    assert result.attributes[0].json.to_pylist() == ['{"kind":"home","city":"x"}', None]
    assert result.attributes[0].blank.to_pylist() == [False, True]
    assert result.attributes[1].json.to_pylist() == ['{"kind":"home"}'] * 2


def test_a_part_or_an_object_may_be_required(attribute: Make, typed: Coerce) -> None:
    city = from_column(attribute, "string", "city", "A")
    must = from_column(attribute, "string", "zip", "B", blank="invalid", required=True)
    result = typed({"A": ["x", "", ""], "B": ["1", "1", ""]}, whole(attribute, city, must))
    assert [(found.index, found.code, found.column) for found in result.rejections] == [
        (2, "blank", "B")
    ]
    assert "required: true" in result.rejections[0].expected
    entry = whole(attribute, city, blank="invalid")
    assert [found.index for found in typed({"A": ["x", ""]}, entry).rejections] == [1]


def test_an_object_may_hold_an_object_and_any_origin(attribute: Make, typed: Coerce) -> None:
    inner = attribute(
        "json", name="in", origin=FromParts((from_column(attribute, "number", "n", "B"),))
    )
    joined = attribute("string", name="j", origin=FromTemplate(("", "-", ""), ("A", "B")))
    first = attribute("string", name="f", origin=FromColumns(("A", "B"), "filled"))
    result = typed({"A": ["x", ""], "B": ["1.50", ""]}, whole(attribute, inner, joined, first))
    assert result.attributes[0].json.to_pylist() == [
        '{"in":{"n":1.50},"j":"x-1.50","f":"x"}',
        None,
    ]


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_block_has_no_objects(rows: int, attribute: Make, typed: Coerce) -> None:
    entry = whole(attribute, from_column(attribute, "string", "city", "A"))
    assert typed({"A": [""] * rows}, entry).attributes[0].json.to_pylist() == [None] * rows


@given(
    rows=st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=6),
    keys=st.lists(st.text(min_size=1, max_size=3), min_size=2, max_size=2, unique=True),
)
def test_an_objects_texts_are_the_cells(
    rows: list[tuple[str, str]], keys: list[str], attribute: Make, typed: Coerce
) -> None:
    parts = [
        from_column(attribute, "string", key, name)
        for key, name in zip(keys, ("A", "B"), strict=True)
    ]
    columns = {"A": [row[0] for row in rows], "B": [row[1] for row in rows]}
    found = typed(columns, whole(attribute, *parts)).attributes[0].json.to_pylist()
    for row, text in zip(rows, found, strict=True):
        wanted = {key: cell for key, cell in zip(keys, row, strict=True) if cell}
        assert (None if text is None else json.loads(text)) == (wanted or None)
