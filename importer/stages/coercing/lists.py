"""Reads lists: texts with a separator between them, or JSON."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags, only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where
from importer.stages.coercing.jsons import Digits, one_line, strictly_parsed
from importer.stages.coercing.strings import json_texts


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    if attribute.separator is None:
        return _from_json(texts)
    return _split(texts, attribute.separator)


def _split(texts: pa.Array, separator: str) -> Coerced:
    lists = pc.split_pattern(texts, separator)
    items = pc.utf8_trim_whitespace(lists.values)
    holes = flags(pc.equal(items, ""))
    owners = np.repeat(np.arange(len(texts)), np.diff(lists.offsets.to_numpy()))
    bad = np.zeros(len(texts), dtype=np.bool_)
    bad[owners[holes]] = True
    inner = pc.binary_join(pa.ListArray.from_arrays(lists.offsets, json_texts(items)), ",")
    json = only(pc.binary_join_element_wise("[", inner, "]", ""), ~bad)
    expected = f'texts with "{separator}" between them, none of them empty'
    return Coerced(json, json, bad_where(bad, "not-list", expected))


def _from_json(texts: pa.Array) -> Coerced:
    found = [_checked(text) for text in texts.to_pylist()]
    json = pa.array([text for text, _ in found], pa.string())
    codes = np.array([code for _, code in found], dtype=object)
    return Coerced(
        json,
        json,
        (
            *bad_where(
                codes == "not-list",
                "not-list",
                'a JSON list such as ["a", "b"] or [1, 2] (or say `separator:`)',
            ),
            *bad_where(codes == "list-mixed", "list-mixed", "texts only, or numbers only"),
        ),
    )


def _checked(text: str) -> tuple[str | None, str]:
    try:
        items = strictly_parsed(text)
    except ValueError:
        return None, "not-list"
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return None, "not-list"
    if len({isinstance(item, Digits) for item in items}) > 1:
        return None, "list-mixed"
    return one_line(text), ""


LIST = ValueType(
    name="list",
    rule="With `separator:`, the texts between separators, without the blanks around them, and "
    "none of them empty; otherwise a JSON list of texts or of numbers, sent as it stands ([] "
    "empties the attribute).",
    options=("separator",),
    hint="Say the file's `separator:`; items of a list are texts only, or numbers only.",
    examples=(
        Example("red| green|blue", '["red","green","blue"]', {"separator": "|"}),
        Example("red", '["red"]', {"separator": "|"}),
        Example("red||blue", "not-list", {"separator": "|"}),
        Example('["red", "green"]', '["red", "green"]'),
        Example("[1, 2.50]", "[1, 2.50]"),
        Example("[]", "[]"),
        Example('[1, "two"]', "list-mixed"),
        Example("[[1], [2]]", "not-list"),
        Example("[true]", "not-list"),
        Example("red", "not-list"),
    ),
    coerce=_coerce,
    distinct=True,
)
