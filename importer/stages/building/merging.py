"""Merges the rows of a user into one payload: for each attribute, the last row that has it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Attribute, Mapping
from importer.moengage import limits
from importer.records import Int64s
from importer.stages.building.joining import (
    TEXT,
    Member,
    bodies_of,
    members_of,
    platforms_of,
    unset_of,
)
from importer.typed import Typed

GROUP = "group"
"""The column of parts that says which rows belong together (int64)."""

_ID = "id"
_UNSET = ""
"""Stands for a cell that unsets its attribute; no JSON text is empty."""


def parts_of(typed: Typed, positions: Int64s) -> pa.Table:
    """Give what the payloads of these rows are made of, as JSON texts; null is nothing.

    Its columns are the id (without quotes), the attributes and the platforms of the mapping.
    """
    rows = pa.array(positions)
    columns = {_ID: typed.customer_id_core.take(rows).cast(TEXT)}
    for at, column in enumerate(typed.attributes):
        texts = column.json.take(rows).cast(TEXT)
        if column.attribute.blank == "unset":
            texts = pc.if_else(column.blank.take(rows), pa.scalar(_UNSET, TEXT), texts)
        columns[_attribute(at)] = texts
    for at, column in enumerate(typed.platforms):
        columns[_platform(at)] = column.json.take(rows).cast(TEXT)
    return pa.table(columns)


def _attribute(at: int) -> str:
    return f"attribute-{at}"


def _platform(at: int) -> str:
    return f"platform-{at}"


def folded(parts: pa.Table, mapping: Mapping) -> pa.Table:
    """Make one row of those of each group, which stand in the file's order; groups ascend.

    The last row that has a value, or unsets it, decides; lists that are added or removed are
    joined.  To fold in several goes gives the same.
    """
    groups = parts[GROUP].to_numpy()
    order = np.argsort(groups, kind="stable")
    parts, groups = parts.take(pa.array(order)).combine_chunks(), groups[order]
    begins = np.diff(groups, prepend=-1) > 0
    folds = _Folds(np.cumsum(begins) - 1, int(begins.sum()))
    updates = {_attribute(at): entry.update for at, entry in enumerate(mapping.attributes)}
    columns = {}
    for name in parts.column_names:
        column, joins = _array(parts[name]), updates.get(name, "replace") != "replace"
        columns[name] = folds.united(column) if joins else folds.last(column)
    return pa.table(columns)


@dataclass(frozen=True)
class _Folds:
    """Which group each row belongs to, counted from 0."""

    of_row: Int64s
    groups: int

    def last(self, column: pa.Array) -> pa.Array:
        filled = self._filled(column)
        last = np.full(self.groups, -1, np.int64)
        # Where a place is named twice, numpy keeps what is assigned last.
        last[self.of_row[filled]] = filled
        return column.take(pa.array(last, mask=last < 0))

    def united(self, column: pa.Array) -> pa.Array:
        """Join the lists of each group that has several."""
        result = self.last(column)
        filled = self._filled(column)
        lists = np.bincount(self.of_row[filled], minlength=self.groups)
        several = np.flatnonzero(lists > 1)
        if not len(several):
            return result
        chosen = filled[np.isin(self.of_row[filled], several)]
        texts: dict[int, list[str]] = {}
        of_chosen = self.of_row[chosen].tolist()
        for group, text in zip(of_chosen, column.take(pa.array(chosen)).to_pylist(), strict=True):
            texts.setdefault(group, []).append(text)
        mask = np.isin(np.arange(self.groups), several)
        united = pa.array([_union(texts[group]) for group in several.tolist()], TEXT)
        return pc.replace_with_mask(result, pa.array(mask), united)

    @staticmethod
    def _filled(column: pa.Array) -> Int64s:
        return np.flatnonzero(np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False)))


def _union(lists: Sequence[str]) -> str:
    """Join JSON lists; of equal items (2.5 and 2.50) the first spelling stays."""
    items: dict[Any, str] = {}
    for text in lists:
        for value, spelling in _items(text):
            items.setdefault(value, spelling)
    return f"[{','.join(items.values())}]"


_EXACT = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)


def _items(text: str) -> Iterator[tuple[Any, str]]:
    """Give a JSON list's items, each with its text as it is; an object is its own text."""
    at = _after_blanks(text, 1)
    while text[at] != "]":
        value, end = _EXACT.raw_decode(text, at)
        spelling = text[at:end]
        yield (type(value), value if isinstance(value, str | Decimal) else spelling), spelling
        at = _after_blanks(text, end)
        if text[at] == ",":
            at = _after_blanks(text, at + 1)


def _after_blanks(text: str, at: int) -> int:
    while text[at] in " \t\n\r":
        at += 1
    return at


def too_long(parts: pa.Table, mapping: Mapping) -> dict[int, tuple[Attribute, int]]:
    """Give the rows whose joined lists have more items than the API takes: attribute and items."""
    found: dict[int, tuple[Attribute, int]] = {}
    for at, entry in enumerate(mapping.attributes):
        if entry.update == "replace" or mapping.switch("list-long") != "error":
            continue
        for row, text in enumerate(_array(parts[_attribute(at)]).to_pylist()):
            # An item takes two characters, with its comma, at least.
            if text is not None and len(text) > 2 * limits.LIST_ITEMS:
                items = sum(1 for _ in _items(text))
                if items > limits.LIST_ITEMS:
                    found.setdefault(row, (entry, items))
    return found


def value_texts(parts: pa.Table, mapping: Mapping, attribute: Attribute) -> pa.Array:
    """Give the JSON texts of one attribute of the mapping; null where it is not set."""
    column = _array(parts[_attribute(mapping.attributes.index(attribute))])
    return _set_only(column)


def merged_bodies(parts: pa.Table, mapping: Mapping) -> pa.LargeBinaryArray:
    """Build the bodies of folded parts."""
    columns = [_array(parts[_attribute(at)]) for at in range(len(mapping.attributes))]
    members = [
        Member(entry.name, _set_only(column))
        for entry, column in zip(mapping.attributes, columns, strict=True)
    ]
    platforms = [
        (entry.platform, _array(parts[_platform(at)])) for at, entry in enumerate(mapping.platforms)
    ]
    blanks = [
        pc.fill_null(pc.equal(column, _UNSET), False)
        for entry, column in zip(mapping.attributes, columns, strict=True)
        if entry.blank == "unset"
    ]
    rows = parts.num_rows
    return bodies_of(
        _array(parts[_ID]),
        members_of(mapping, members),
        platforms_of(platforms, rows),
        unset_of(mapping, blanks, rows),
        mapping,
    ).cast(pa.large_binary())


def _set_only(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, _UNSET), pa.scalar(None, TEXT), column)


def _array(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)
