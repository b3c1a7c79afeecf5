"""Turns columns of single values (numbers, dates, bytes) into text; text.py has the table."""

from __future__ import annotations

import uuid
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from importer.records import Int64s

_NONE = np.array([], np.int64)


_TESTS = (
    types.is_string,
    types.is_large_string,
    types.is_string_view,
    types.is_binary,
    types.is_large_binary,
    types.is_binary_view,
    types.is_fixed_size_binary,
    types.is_integer,
    types.is_boolean,
    types.is_floating,
    types.is_decimal,
    types.is_date,
    types.is_timestamp,
    types.is_time,
    types.is_null,
)
_BYTES = _TESTS[:7]
"""The types whose values are bytes; they may be no text."""


def is_plain(kind: pa.DataType) -> bool:
    """Tell whether values of this type are single texts."""
    return isinstance(kind, pa.UuidType) or any(test(kind) for test in _TESTS)


def plain_text(column: pa.Array) -> tuple[pa.StringArray, Int64s]:
    """Give the text of a column of a plain type, and the positions that are not UTF-8 (null there)."""
    kind = column.type
    if any(test(kind) for test in _BYTES):
        return _decoded(column)
    if types.is_floating(kind) or types.is_decimal(kind):
        return _positional(column.cast(pa.string())), _NONE
    if types.is_timestamp(kind):
        return _instant(column), _NONE
    if types.is_time(kind):
        return _without_zeros(column.cast(pa.string())), _NONE
    if isinstance(kind, pa.UuidType):
        return pa.array([_uuid(value) for value in column.storage.to_pylist()], pa.string()), _NONE
    return column.cast(pa.string()), _NONE


def _uuid(value: bytes | None) -> str | None:
    return None if value is None else str(uuid.UUID(bytes=value))


def _decoded(column: pa.Array) -> tuple[pa.StringArray, Int64s]:
    # Parquet's own strings are not checked when they are read; this cast checks them.
    column = column.cast(pa.large_binary())
    try:
        return column.cast(pa.string()), _NONE
    except pa.ArrowInvalid:
        values = column.to_pylist()
    texts = [None if value is None else _text_or_none(value) for value in values]
    bad = [at for at, text in enumerate(texts) if text is None and values[at] is not None]
    return pa.array(texts, pa.string()), np.array(bad, np.int64)


def _text_or_none(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _positional(texts: pa.StringArray) -> pa.StringArray:
    """Write the numbers that Arrow gives an exponent with all their digits."""
    if not pc.any(pc.match_substring_regex(texts, "[eE]")).as_py():
        return texts
    return pa.array([_digits(text) for text in texts.to_pylist()], pa.string())


def _digits(text: str | None) -> str | None:
    return text if text is None or "e" not in text.lower() else format(Decimal(text), "f")


def _instant(column: pa.Array) -> pa.StringArray:
    kind = column.type
    # The stored number is the instant in UTC whatever the zone; only its view has no zone.
    texts = _without_zeros(column.view(pa.timestamp(kind.unit)).cast(pa.string()))
    texts = pc.replace_substring(texts, " ", "T", max_replacements=1)
    return pc.binary_join_element_wise(texts, "Z", "") if kind.tz is not None else texts


def _without_zeros(texts: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring_regex(texts, r"\.0+$", "")
