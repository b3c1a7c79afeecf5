from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute, Mapping
from importer.records import Batch
from importer.stages.coercing import coerce
from importer.stages.coercing.strings import json_texts

_NAUGHTY = [
    '"',
    "\\",
    '\\"',
    "\\n",
    "\x00",
    "".join(map(chr, range(0x20))),
    "\x7f",
    "\u2028\u2029",
    "\ufeff",
    "👩‍👩‍👧‍👦",
    "שלום",
    "\u202ertl",
    "e\u0301",
    " \t ",
    "a" * 10_000 + '"',
]


@pytest.mark.parametrize("text", _NAUGHTY)
def test_a_naughty_string_arrives_as_it_is(text: str) -> None:
    written = json_texts(pa.array([text]))[0].as_py()
    assert json.loads(written) == orjson.loads(written) == text


def test_nothing_is_escaped_without_need() -> None:
    assert json_texts(pa.array(["é/\x7f\u2028😀"]))[0].as_py() == '"é/\x7f\u2028😀"'


@given(texts=st.lists(st.one_of(st.none(), st.text(), st.text('"\\\x00\n\x1fa'))))
def test_any_text_reads_back_equal_with_strict_parsers(
    texts: list[str | None],
    attribute: Callable[..., Attribute],
    outcomes: Callable[..., list[str | None]],
) -> None:
    found = outcomes(texts, attribute("string", nulls=frozenset()))
    for text, written in zip(texts, found, strict=True):
        if text is None:
            assert written is None
        else:
            assert written is not None
            assert json.loads(written) == orjson.loads(written) == text


def test_a_slice_of_a_column_is_escaped_like_the_whole() -> None:
    whole = pa.array(["plain", 'quote"', None, "back\\slash", "", "plain"])
    for start in range(7):
        for length in range(7 - start):
            part = whole.slice(start, length)
            assert json_texts(part).equals(json_texts(whole).slice(start, length))


def test_a_whole_number_in_text_loses_only_the_zeros_after_its_point(
    attribute: Callable[..., Attribute], outcomes: Callable[..., list[str | None]]
) -> None:
    cells = ["17850.0", "17850", "0042.", "-7.000", "", "17850.5", "1e3", "C12", "1.0.0", "٣", " 1"]
    found = outcomes(cells, attribute("string", whole=True))
    assert found == ['"17850"', '"17850"', '"0042"', '"-7"', None, *["not-whole"] * 6]


def test_a_customer_id_may_be_a_whole_number_in_text(
    attribute: Callable[..., Attribute],
) -> None:
    mapping = Mapping("m.yaml", "m", attribute("string", name="customer_id", whole=True), ())
    cells = pa.table({"C": ["17850.0", "", "x"]})
    result = coerce(Batch(np.arange(3, dtype=np.int64), cells), mapping)
    assert result.customer_ids.to_pylist() == ["17850", None, None]
    assert [(found.index, found.code) for found in result.rejections] == [(2, "not-whole")]
