from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file import Attribute, parse_mapping
from importer.records import Batch
from importer.stages.coercing import steps_of
from importer.stages.coercing.cells import clean, cleaning_steps

CELLS = {"A": " x;NULL ", "B": "", "C": "12", "La": "12.5", "Lo": "77"}


def attribute(value: str) -> Attribute:
    text = f"mapping: 1\ncustomer_id: id\nattributes:\n  a: {value}\n"
    return parse_mapping(text).attributes[0]


def steps(value: str, **cells: str) -> list[tuple[str, str, str | None]]:
    row = Batch(np.arange(1), pa.table({name: [text] for name, text in (CELLS | cells).items()}))
    return [(step.of, step.name, step.text) for step in steps_of(row, attribute(value))]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A", [("", "string", '" x;NULL "')]),
        ("{column: A, transform: [strip, upper]}", [
            ("", "strip", "x;NULL"), ("", "upper", "X;NULL"), ("", "string", '"X;NULL"')]),
        ("{column: A, split: ';', take: 2, transform: strip, nulls: ['NULL']}", [
            ("", "split", "NULL "), ("", "strip", "NULL"), ("", "nulls", None), ("", "string", None)]),
        ("{column: A, transform: [title, upper], nulls: [' x;NULL ']}", [
            ("", "nulls", None), ("", "title", None), ("", "upper", None), ("", "string", None)]),
        ("{column: A, extract: '([a-z])', values: {x: y}}", [
            ("", "extract", "x"), ("", "values", "y"), ("", "string", '"y"')]),
        ("{column: A, transform: [{replace: {x: z}}, {slice: [0, 2]}]}", [
            ("", "replace", " z;NULL "), ("", "slice", " z"), ("", "string", '" z"')]),
        ("{column: A, type: integer}", [("", "integer", None)]),
        ("{first_valid: [B, A, C], type: integer}", [
            ("B", "integer", None), ("A", "integer", None), ("C", "integer", "12")]),
        ("{first_filled: [B, A, C], type: integer}", [
            ("B", "integer", None), ("A", "integer", None)]),
        ("{template: '{C}-{C}', transform: strip}", [
            ("", "template", "12-12"), ("", "strip", "12-12"), ("", "string", '"12-12"')]),
        ("{constant: on, type: boolean}", [("", "boolean", "true")]),
        ("{lat: La, lon: Lo, transform: strip}", [
            ("La", "strip", "12.5"), ("Lo", "strip", "77"),
            ("", "geo", '{"lat":12.5,"lon":77}')]),
        ("{object: {n: {column: C, type: integer}, x: {column: A, transform: strip}}}", [
            ("n", "integer", "12"), ("x", "strip", "x;NULL"), ("x", "string", '"x;NULL"'),
            ("", "json", '{"n":12,"x":"x;NULL"}')]),
    ],
)  # fmt: skip
def test_each_step_is_shown_with_what_it_leaves(
    value: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert steps(value) == expected


CLEANED = [
    attribute(value)
    for value in (
        "{column: A, split: ';', take: 2}",
        "{column: A, split: ';', take: -1, extract: '[a-b]+', no_match: keep}",
        "{column: A, extract: '(a)b?', no_match: blank, transform: [upper]}",
        "{column: A, transform: [strip, lower, {replace: {a: b}}, sha256], nulls: ['', a]}",
        "{column: A, nulls: [a, b], values: {ab: '', c: d}, otherwise: blank}",
        "{column: A, values: {a: b}, otherwise: z}",
    )
]


@given(
    st.lists(st.text(alphabet="aAbc; ", max_size=6) | st.none(), min_size=1),
    st.sampled_from(CLEANED),
)
def test_the_last_step_leaves_what_the_type_gets(cells: list[str | None], entry: Attribute) -> None:
    raw = pa.array(cells, pa.string())
    *_, (_, texts) = cleaning_steps(raw, entry)
    assert texts.to_pylist() == clean(raw, entry).texts.to_pylist()
