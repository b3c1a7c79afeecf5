"""Writes nested Arrow values as JSON text, each number with its exact digits."""

from __future__ import annotations

import json
from itertools import pairwise

import pyarrow as pa
from pyarrow import types

from importer.stages.reading.plain_text import is_plain, plain_text

_LISTS = (types.is_list, types.is_large_list, types.is_fixed_size_list)
_BARE = (types.is_integer, types.is_decimal, types.is_boolean, types.is_floating)
"""The types that JSON writes without quotes."""


def is_nested(kind: pa.DataType) -> bool:
    """Tell whether values of this type are lists, structs or maps, down to plain ones."""
    if _is_list(kind):
        return is_supported(kind.value_type)
    if types.is_struct(kind):
        return all(is_supported(field.type) for field in kind)
    if types.is_map(kind):
        return is_plain(_inner(kind.key_type)) and is_supported(kind.item_type)
    return False


def is_supported(kind: pa.DataType) -> bool:
    """Tell whether there is a text for values of this type."""
    kind = _inner(kind)
    return is_plain(kind) or is_nested(kind)


def json_texts(column: pa.Array) -> list[str | None]:
    """Give the JSON text of each value; "null" for nulls, None where bytes are not UTF-8."""
    column = unwrapped(column)
    kind = column.type
    if types.is_struct(kind):
        return _structs(column)
    if types.is_map(kind):
        return _maps(column)
    if _is_list(kind):
        return _lists(column)
    texts, bad = plain_text(column)
    is_bare = any(test(kind) for test in _BARE)
    values: list[str | None] = [_scalar(text, is_bare=is_bare) for text in texts.to_pylist()]
    for position in bad.tolist():
        values[position] = None
    return values


def unwrapped(column: pa.Array) -> pa.Array:
    """Take dictionaries, run-ends and unknown extension types away from around the values."""
    while column.type != _inner(column.type):
        kind = column.type
        if types.is_dictionary(kind):
            column = column.dictionary_decode()
        elif types.is_run_end_encoded(kind):
            column = column.cast(kind.value_type)
        else:
            column = column.storage
    return column


def _inner(kind: pa.DataType) -> pa.DataType:
    while True:
        if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
            kind = kind.value_type
        elif isinstance(kind, pa.BaseExtensionType) and not is_plain(kind):
            kind = kind.storage_type
        else:
            return kind


def _is_list(kind: pa.DataType) -> bool:
    return any(test(kind) for test in _LISTS)


def _scalar(text: str | None, *, is_bare: bool) -> str:
    if text is None:
        return "null"
    if is_bare and text.lstrip("-") not in ("nan", "inf"):
        return text
    return json.dumps(text, ensure_ascii=False)


def _joined(parts: list[str | None], before: str, after: str) -> str | None:
    known = [part for part in parts if part is not None]
    return before + ", ".join(known) + after if len(known) == len(parts) else None


def _lists(column: pa.Array) -> list[str | None]:
    values = json_texts(column.flatten())
    lengths = [0 if length is None else length for length in column.value_lengths().to_pylist()]
    edges = [0]
    for length in lengths:
        edges.append(edges[-1] + length)
    return [
        _joined(values[start:end], "[", "]") if valid else "null"
        for (start, end), valid in zip(pairwise(edges), column.is_valid().to_pylist(), strict=True)
    ]


def _structs(column: pa.Array) -> list[str | None]:
    names = [json.dumps(field.name, ensure_ascii=False) for field in column.type]
    parts = [
        _named(name, json_texts(child)) for name, child in zip(names, column.flatten(), strict=True)
    ]
    rows = zip(*parts, strict=True) if parts else [()] * len(column)
    return [
        _joined(list(row), "{", "}") if valid else "null"
        for row, valid in zip(rows, column.is_valid().to_pylist(), strict=True)
    ]


def _named(name: str, values: list[str | None]) -> list[str | None]:
    return [None if value is None else f"{name}: {value}" for value in values]


def _maps(column: pa.Array) -> list[str | None]:
    keys, bad = plain_text(unwrapped(column.keys))
    names = [json.dumps(key, ensure_ascii=False) for key in keys.to_pylist()]
    items = json_texts(column.items)
    pairs: list[str | None] = [
        None if item is None else f"{name}: {item}" for name, item in zip(names, items, strict=True)
    ]
    for position in bad.tolist():
        pairs[position] = None
    # A slice of a map keeps all keys and items; only its offsets are its own.
    edges = column.offsets.to_pylist()
    return [
        _joined(pairs[start:end], "{", "}") if valid else "null"
        for (start, end), valid in zip(pairwise(edges), column.is_valid().to_pylist(), strict=True)
    ]
