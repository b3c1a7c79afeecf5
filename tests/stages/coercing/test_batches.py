from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.mapping_file.decided_by import DecidedBy
from importer.mapping_file.mapping import (
    Attribute,
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromParts,
    FromTemplate,
    Mapping,
    Platform,
)
from importer.mapping_file.transforming import Replace, ReplacePattern, Slice
from importer.mapping_file.types import TYPE_OPTIONS
from importer.records import Batch
from importer.rules import RULES
from importer.stages.coercing import TYPES, coerce
from importer.typed import Typed

Make = Callable[..., Attribute]
Coerce = Callable[..., Typed]


def test_a_bad_cell_rejects_its_row_or_is_left_out(attribute: Make, typed: Coerce) -> None:
    strict = attribute("integer", name="strict")
    lenient = attribute("boolean", name="lenient", bad_value="leave_out")
    result = typed({"C": ["1", "x", "7"]}, strict, lenient)
    (refused,) = result.rejections
    assert (refused.index, refused.stage, refused.code) == (1, "coercing", "not-integer")
    assert refused.message == ('found "x", expected a whole number such as 1234 [not-integer]')
    assert [(found.index, found.code) for found in result.left_out] == [
        (1, "not-boolean"),
        (2, "not-boolean"),
    ]


def test_a_rejection_names_the_rows_place_in_its_block(attribute: Make) -> None:
    mapping = Mapping("m", "m", attribute("string", name="customer_id"), (attribute("integer"),))
    batch = Batch(np.array([3, 8]), pa.table({"C": ["1", "x"]}))
    assert [found.index for found in coerce(batch, mapping).rejections] == [8]


@pytest.mark.parametrize(
    ("blank", "codes"), [("skip", []), ("unset", []), ("invalid", ["blank", "blank"])]
)
def test_a_blank_cell_is_refused_only_where_the_mapping_says_so(
    blank: str, codes: list[str], attribute: Make, typed: Coerce
) -> None:
    column = attribute("integer", blank=blank, bad_value="leave_out", nulls=frozenset({"-"}))
    result = typed({"C": ["1", "-", None]}, column)
    assert [found.code for found in result.rejections] == codes
    assert result.left_out == ()
    assert result.attributes[0].blank.to_pylist() == [False, True, True]


def test_a_blank_customer_id_is_null_and_not_refused_here(attribute: Make) -> None:
    customer = attribute("string", name="customer_id", blank="invalid", transforms=("strip",))
    batch = Batch(np.arange(3), pa.table({"C": [" 02134 ", "  ", None]}))
    result = coerce(batch, Mapping("m", "m", customer, ()))
    assert result.customer_ids.to_pylist() == ["02134", None, None]
    assert result.rejections == ()


def test_where_compares_raw_cells_and_filtered_rows_have_no_reasons(
    attribute: Make, typed: Coerce
) -> None:
    columns = {
        "C": ["1", "x", "x", "x", ""],
        "S": ["on", "off", None, "on", "off"],
        "T": ["", "", "", None, ""],
    }
    where = {"S": frozenset({"on", ""}), "T": frozenset({""})}
    result = typed(columns, attribute("integer", blank="invalid"), where=where)
    assert result.filtered.tolist() == [False, True, False, False, True]
    assert [found.index for found in result.rejections] == [2, 3]


def test_a_platforms_switch_is_sent_as_text(attribute: Make, typed: Coerce) -> None:
    active = attribute("boolean", name="platforms.ANDROID")
    result = typed({"C": ["yes", "0", "", "?"]}, platforms=(Platform("ANDROID", active),))
    assert result.platforms[0].json.to_pylist() == ['"true"', '"false"', None, None]
    assert result.platforms[0].values.to_pylist() == [True, False, None, None]
    assert [found.code for found in result.rejections] == ["not-boolean"]


def test_a_refusal_shows_the_cell_as_the_source_has_it(attribute: Make, typed: Coerce) -> None:
    cells = [" 5", 'a"\n', "x" * 100]
    result = typed({"C": cells}, attribute("integer", transforms=("upper",)))
    assert [found.found for found in result.rejections] == [
        '" 5"',
        '"a\\"\\n"',
        '"' + "x" * 80 + '..."',
    ]
    assert "transform: strip" in result.rejections[0].expected


def test_reasons_stand_in_row_order(attribute: Make, typed: Coerce) -> None:
    result = typed({"C": ["x", "y"]}, attribute("integer"), attribute("number"))
    assert [(found.index, found.code) for found in result.rejections] == [
        (0, "not-integer"),
        (0, "not-number"),
        (1, "not-integer"),
        (1, "not-number"),
    ]


# --- laws ------------------------------------------------------------------------------------

_OPTIONS: dict[str, list[dict[str, object]]] = {
    "string": [{"whole": True}],
    "integer": [
        {"thousands": "."},
        {"whole": True, "exponent": True, "parentheses": True},
        {"percent": "points", "thousands": ",", "grouping": "indian"},
        {"decimal": ",", "whole": True},
    ],
    "number": [
        {"decimal": ",", "thousands": "."},
        {"percent": "fraction", "exponent": True, "thousands": " "},
        {"thousands": ",", "grouping": "indian", "parentheses": True},
    ],
    "money": [
        {"currency": "EUR"},
        {"currency": "INR", "parentheses": True},
        {"currency": "EUR", "decimal": ",", "thousands": "."},
    ],
    "boolean": [{"invert": True}, {"true_words": ("12", "ß"), "false_words": ("nan",)}],
    "date": [
        {"format": ["%d/%m/%Y", "%m/%d/%Y"]},
        {"format": ["%d%b%y", "excel"], "years_from": 1930},
        {"format": ["%A, %B %o, %Y", "%a %d %b %Y", "excel_1904", "iso"]},
    ],
    "datetime": [
        {"format": ["epoch_seconds", "iso"], "timezone": "UTC"},
        {"format": ["excel_1904", "epoch_milliseconds"], "timezone": "Asia/Kolkata"},
        {"timezone": "Europe/Berlin", "repeated_hour": "earlier", "skipped_hour": "later"},
        {"timezone": "Europe/Berlin"},
        {"format": ["epoch_microseconds", "%a %b %d %H:%M:%S %z %Y"]},
        {
            "format": ["%d/%m/%y %I:%M %p", "%Y-%m-%d %H:%M:%S.%f%z"],
            "timezone": "Asia/Kolkata",
            "years_from": 1930,
        },
    ],
    "geo": [{"decimal": ","}],
    "phone": [{"region": "IN"}, {"region": "ZZ", "style": "e164"}, {"region": "SE", "whole": True}],
    "list": [
        {"separator": "|"},
        {"separator": "|", "items": "numbers", "update": "add"},
        {"items": "strings", "update": "remove"},
    ],
}
# These say where a value comes from, and stand among the other attributes of `_everything`.
_ORIGINS = {"lat", "lon", "object"}


def test_the_laws_are_tried_with_every_option_of_every_type() -> None:
    for kind, options in TYPE_OPTIONS.items():
        tried = set().union(*_OPTIONS.get(kind, [])) | _ORIGINS
        assert not options - tried, kind


_LIKELY = st.sampled_from(
    [example.cell for kind in TYPES.values() for example in kind.examples]
    + ["", "NULL", "nan", "+", "12", "1.234,5", "1|2", "[]", "2024-03-31T02:30:00", "a@b.co"]
)
_CELLS = st.one_of(
    st.none(), _LIKELY, _LIKELY, st.text(max_size=8), st.text("0123456789+-.,:/|TZ ", max_size=22)
)
_ROWS = st.lists(st.tuples(_CELLS, _CELLS, _CELLS), max_size=12)


def _everything(attribute: Make) -> Mapping:
    attributes: list[Attribute] = []
    for kind in TYPES:
        for options in [{}, *_OPTIONS.get(kind, [])]:
            name = f"{kind}{len(attributes)}"
            attributes.append(attribute(kind, name=name, **options))
            if not options:
                attributes.append(
                    attribute(kind, name=name + "-several", origin=FromColumns(("A", "B")))
                )
    attributes += [
        attribute("geo", name="pair", origin=FromCoordinates("A", "B")),
        attribute("phone", name="by", decided=(DecidedBy("region", "A", None),)),
        attribute("money", name="in", decided=(DecidedBy("currency", "B", {"12": "EUR"}),)),
        attribute(
            "datetime",
            name="two",
            origin=FromColumns(("A", "B")),
            decided=(
                DecidedBy("formats", "C", {"": ("%d/%m/%Y",), "12": ("excel",)}, ("iso",)),
                DecidedBy("timezone", "A", None, "UTC"),
            ),
        ),
        attribute("string", name="template", origin=FromTemplate(("", "-", ""), ("A", "C"))),
        attribute("string", name="values", values={"12": "yes"}, otherwise="invalid"),
        attribute("string", name="clean", transforms=("strip", "lower", "title", "collapse")),
        attribute("email", name="must", blank="invalid", bad_value="leave_out"),
        *_cut_and_cleaned(attribute),
        attribute("integer", name="filled", origin=FromColumns(("A", "B"), "filled")),
        attribute(
            "json",
            name="object",
            origin=FromParts(
                (
                    attribute("string", name='a"', origin=FromColumns(("A",))),
                    attribute("integer", name="b", origin=FromColumns(("B", "C"))),
                    attribute("string", name="c", origin=FromConstant("c")),
                )
            ),
        ),
    ]
    return Mapping(
        "m",
        "m",
        attribute("string", name="customer_id", origin=FromColumns(("A",))),
        tuple(attributes),
        where={"B": frozenset({"", "12", "NULL", "nan", "1|2"})},
        platforms=(Platform("iOS", attribute("boolean", name="platforms.iOS")),),
    )


def _cut_and_cleaned(attribute: Make) -> list[Attribute]:
    options: list[dict[str, object]] = [
        {"split": "|", "take": 2},
        {"split": "1", "take": -2, "extract": "[0-9]+"},
        {"extract": "([0-9])?[a-z]", "no_match": "keep"},
        {"extract": "a|(?i)N", "no_match": "blank", "transforms": ("lower", "sha256")},
        {"transforms": (Replace(((".", ","), (",", "."))), Slice(-6, None), "nfkc")},
        {"transforms": (Replace((("12", ""), ("1", "12"))), ReplacePattern((("(.)$", "-\\1"),)))},
        {"transforms": ("upper", Slice(1, 4)), "nulls": frozenset({"", "ULL", "AN"})},
    ]
    return [
        attribute("string", name=f"cut{place}", origin=origin, **option)
        for place, option in enumerate(options)
        for origin in (FromColumns(("A",)), FromColumns(("C", "B")))
    ]


def _batch(rows: list[tuple[str | None, str | None, str | None]]) -> Batch:
    columns = {
        name: pa.array([row[place] for row in rows], pa.string())
        for place, name in enumerate("ABC")
    }
    return Batch(np.arange(len(rows), dtype=np.int64), pa.table(columns))


@settings(max_examples=12)
@given(rows=_ROWS, cut=st.integers(0, 12))
def test_a_coercion_never_raises_and_no_row_knows_its_neighbours(
    rows: list[tuple[str | None, str | None, str | None]], cut: int, attribute: Make
) -> None:
    mapping = _everything(attribute)
    batch = _batch(rows)
    whole = coerce(batch, mapping)
    parts = [
        coerce(Batch(batch.index[:cut], batch.cells.slice(0, cut)), mapping),
        coerce(Batch(batch.index[cut:], batch.cells.slice(cut)), mapping),
    ]
    assert whole.rejections == parts[0].rejections + parts[1].rejections
    assert whole.left_out == parts[0].left_out + parts[1].left_out
    assert whole.filtered.tolist() == [*parts[0].filtered, *parts[1].filtered]
    joined = [part.customer_ids.to_pylist() for part in parts]
    assert whole.customer_ids.to_pylist() == joined[0] + joined[1]
    for place, column in enumerate((*whole.attributes, *whole.platforms)):
        halves = [(*part.attributes, *part.platforms)[place] for part in parts]
        for name in ("values", "json", "blank"):
            pieces = [getattr(half, name).to_pylist() for half in halves]
            assert getattr(column, name).to_pylist() == pieces[0] + pieces[1]


def test_a_slice_of_a_batch_is_read_like_the_whole(attribute: Make) -> None:
    cells = pa.table({"C": [None, "Zoë", None, "Yes"]})
    mapping = Mapping("m", "m", attribute("string"), (attribute("boolean", name="b"),))
    part = coerce(Batch(np.arange(2, 4), cells.slice(2)), mapping)
    assert part.attributes[0].values.to_pylist() == [None, True]


@settings(max_examples=12)
@given(rows=_ROWS)
def test_every_cell_is_a_value_or_blank_or_has_one_reason(
    rows: list[tuple[str | None, str | None, str | None]], attribute: Make
) -> None:
    mapping = replace(_everything(attribute), where={})
    for column in mapping.attributes:
        result = coerce(_batch(rows), replace(mapping, attributes=(column,), platforms=()))
        found = result.attributes[0]
        refused = [*result.rejections, *result.left_out]
        assert {reason.code for reason in refused} <= RULES.keys()
        bad = [reason.index for reason in refused if reason.code != "blank"]
        assert len(bad) == len(set(bad))
        texts = found.json.to_pylist()
        for place in range(len(rows)):
            states = (texts[place] is not None, found.blank[place].as_py(), place in bad)
            assert sum(states) == 1
        assert found.values.is_null().to_pylist() == [text is None for text in texts]
        for text in texts:
            assert text not in ("nan", "None", "NaT", "null", "")


@settings(max_examples=12)
@given(rows=_ROWS)
def test_what_is_sent_is_strict_json_that_says_what_the_value_is(
    rows: list[tuple[str | None, str | None, str | None]], attribute: Make
) -> None:
    mapping = replace(_everything(attribute), where={})
    result = coerce(_batch(rows), mapping)
    for column in result.attributes:
        for text, value in zip(column.json.to_pylist(), column.values.to_pylist(), strict=True):
            if text is None:
                continue
            orjson.loads(text)
            said = json.loads(
                text, parse_float=Decimal, parse_int=Decimal, parse_constant=pytest.fail
            )
            if column.attribute.type in ("string", "email", "phone"):
                assert said == value
            elif column.attribute.type in ("integer", "number", "money"):
                assert said == Decimal(value)
            elif column.attribute.type == "boolean":
                assert said is value
            elif column.attribute.type == "date":
                assert date.fromisoformat(said) == value
            elif column.attribute.type == "datetime":
                assert datetime.fromisoformat(said) == value
            elif column.attribute.type == "geo":
                assert abs(said["lat"]) <= 90
                assert abs(said["lon"]) <= 180
            elif column.attribute.type == "list" and column.attribute.items:
                kind = Decimal if column.attribute.items == "numbers" else str
                assert all(isinstance(item, kind) for item in said)


@given(rows=_ROWS)
def test_a_plain_text_is_the_cell_itself(
    rows: list[tuple[str | None, str | None, str | None]], attribute: Make
) -> None:
    mapping = Mapping("m", "m", attribute("string"), (attribute("string"),))
    found = coerce(_batch(rows), mapping).attributes[0].json.to_pylist()
    assert [text and json.loads(text) for text in found] == [row[2] or None for row in rows]


def test_the_stage_crosses_process_borders(attribute: Make) -> None:
    mapping = _everything(attribute)
    batch = _batch([("1", "12", "x")])
    copy = pickle.loads(pickle.dumps(coerce))(batch, pickle.loads(pickle.dumps(mapping)))
    assert pickle.loads(pickle.dumps(copy)).rejections == coerce(batch, mapping).rejections
