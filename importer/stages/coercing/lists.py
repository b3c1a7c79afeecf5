"""Reads lists: texts with a separator between them, or JSON."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import expanded, flags, matching, only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where
from importer.stages.coercing.jsons import Digits, one_line, strictly_parsed
from importer.stages.coercing.numbers import NUMBER
from importer.stages.coercing.strings import json_texts

# A list in brackets would be torn: `[a` and `b]`.  In `[a]|[b]` the brackets are the items' own.
_BRACKETED = r"(?s)\A\s*\[.*\]\s*\z"
_BRACKETED_ITEMS = r"(?s)\A\s*\[[^\[\]]*\].*\[[^\[\]]*\]\s*\z"


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    if attribute.separator is None:
        return _from_json(texts, attribute)
    return _split(texts, attribute.separator, attribute)


def _split(texts: pa.Array, separator: str, attribute: Attribute) -> Coerced:
    lists = pc.split_pattern(texts, separator)
    items = pc.utf8_trim_whitespace(lists.values)
    holes = flags(pc.equal(items, ""))
    if attribute.items == "numbers":
        json_items = NUMBER.coerce(items.filter(pa.array(~holes)), attribute).json
        json_items = expanded(json_items, ~holes)
        holes = flags(pc.is_null(json_items))
        json_items = pc.fill_null(json_items, "")
    else:
        json_items = json_texts(items)
    owners = np.repeat(np.arange(len(texts)), np.diff(lists.offsets.to_numpy()))
    bad = np.zeros(len(texts), dtype=np.bool_)
    bad[owners[holes]] = True
    inner = pc.binary_join(pa.ListArray.from_arrays(lists.offsets, json_items), ",")
    torn = matching(texts, _BRACKETED) & ~matching(texts, _BRACKETED_ITEMS)
    json = only(pc.binary_join_element_wise("[", inner, "]", ""), ~(bad | torn))
    kind = "numbers" if attribute.items == "numbers" else "texts"
    expected = f'{kind} with "{separator}" between them, none of them empty'
    whole = "items without brackets around all of them (a JSON list is read without `separator:`)"
    return Coerced(
        json,
        json,
        (*bad_where(bad & ~torn, "not-list", expected), *bad_where(torn, "not-list", whole)),
    )


def _from_json(texts: pa.Array, attribute: Attribute) -> Coerced:
    found = [_checked(text, attribute) for text in texts.to_pylist()]
    json = pa.array([text for text, _ in found], pa.string())
    codes = np.array([code for _, code in found], dtype=object)
    return Coerced(
        json,
        json,
        (
            *bad_where(
                codes == "not-list",
                "not-list",
                _wanted(attribute),
            ),
            *bad_where(codes == "list-mixed", "list-mixed", "texts only, or numbers only"),
        ),
    )


def _wanted(attribute: Attribute) -> str:
    shown = {"strings": '["a", "b"]', "numbers": "[1, 2]"}.get(
        attribute.items, '["a", "b"] or [1, 2]'
    )
    some = "" if attribute.update == "replace" else ", with at least one item"
    return f"a JSON list such as {shown}{some} (or say `separator:`)"


def _checked(text: str, attribute: Attribute) -> tuple[str | None, str]:
    try:
        items = strictly_parsed(text)
    except ValueError:
        return None, "not-list"
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return None, "not-list"
    kinds = {"numbers" if isinstance(item, Digits) else "strings" for item in items}
    if len(kinds) > 1:
        return None, "list-mixed"
    if attribute.items and kinds - {attribute.items}:
        return None, "not-list"
    # [] empties an attribute, which is no way to add to it.
    if not items and attribute.update != "replace":
        return None, "not-list"
    return one_line(text), ""


LIST = ValueType(
    name="list",
    rule="With `separator:`, the texts between separators (numbers with `items: numbers`), without "
    "the blanks around them, none of them empty and no brackets around all of them; otherwise a JSON list of texts or of numbers, "
    "sent as it stands ([] empties the attribute). It replaces the list that the user has, or adds "
    "to it or removes from it with `update: add` or `update: remove`. More than 50 items, or one "
    "of more than 512 characters, are refused (`list-long`, `list-item-long`).",
    options=("separator", "items", "update"),
    hint="Say the file's `separator:`; items of a list are texts only, or numbers only.",
    examples=(
        Example("red| green|blue", '["red","green","blue"]', {"separator": "|"}),
        Example("red", '["red"]', {"separator": "|"}),
        Example("red||blue", "not-list", {"separator": "|"}),
        Example('["red","blue"]', "not-list", {"separator": ","}),
        Example("1| 2.50", "[1,2.50]", {"separator": "|", "items": "numbers"}),
        Example("1|two", "not-list", {"separator": "|", "items": "numbers"}),
        Example('["red", "green"]', '["red", "green"]'),
        Example("[1, 2.50]", "[1, 2.50]"),
        Example("[]", "[]"),
        Example("[]", "not-list", {"update": "add"}),
        Example('["1"]', "not-list", {"items": "numbers"}),
        Example('[1, "two"]', "list-mixed"),
        Example("[[1], [2]]", "not-list"),
        Example("[true]", "not-list"),
        Example("red", "not-list"),
    ),
    coerce=_coerce,
    distinct=True,
)
