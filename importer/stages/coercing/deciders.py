"""Coerces rows by options that another column decides: a group of rows for each value of those."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.decided_by import DecidedBy
from importer.mapping_file.mapping import UNKNOWN_REGION, UNKNOWN_ZONE, Attribute
from importer.records import Int64s
from importer.stages.coercing.arrays import flags
from importer.stages.coercing.cells import column
from importer.stages.coercing.contract import Bad, Coerced, bad_where

Coerce = Callable[[pa.Array, Attribute], Coerced]

# What an option is where nothing decides it.  Those that are not here make the cell bad.
_UNDECIDED = {"region": UNKNOWN_REGION, "timezone": UNKNOWN_ZONE}


@dataclass(frozen=True)
class _Group:
    """The options of some rows; undecided: the column that should have said one of them, or ""."""

    attribute: Attribute
    undecided: str


def decided(texts: pa.Array, attribute: Attribute, cells: pa.Table, coerce: Coerce) -> Coerced:
    """Give texts their type, each by the options that its row decides; null stays null.

    There are as many groups as there are values of the options, however many texts say them.
    """
    if not attribute.decided or len(texts) == 0:
        return coerce(texts, attribute)
    numbers, groups = _groups(attribute, cells)
    order = np.argsort(numbers, kind="stable").astype(np.int64)
    places = np.searchsorted(numbers[order], np.arange(len(groups) + 1))
    ordered = texts.take(pa.array(order))
    parts = [
        _part(ordered.slice(start, end - start), group, coerce)
        for group, start, end in zip(groups, places[:-1], places[1:], strict=True)
    ]
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return Coerced(
        pa.concat_arrays(alike([part.values for part in parts])).take(pa.array(back)),
        pa.concat_arrays([part.core for part in parts]).take(pa.array(back)),
        tuple(
            Bad(np.sort(order[start + bad.positions]), bad.code, bad.expected)
            for part, start in zip(parts, places[:-1], strict=True)
            for bad in part.bad
        ),
        parts[0].in_quotes,
    )


def alike(arrays: Sequence[pa.Array]) -> list[pa.Array]:
    """Give columns of one kind one type; numbers may differ in width by what each holds."""
    widest = max((array.type for array in arrays), key=_width)
    return [array.cast(widest) for array in arrays]


def _width(kind: pa.DataType) -> int:
    is_number = pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    return int(kind.bit_width) if is_number else 0


def _groups(attribute: Attribute, cells: pa.Table) -> tuple[Int64s, list[_Group]]:
    """Give each row the number of its group, and the groups by their numbers."""
    numbers = np.zeros(cells.num_rows, dtype=np.int64)
    groups = [_Group(replace(attribute, decided=()), "")]
    for entry in attribute.decided:
        codes, values = _values(column(cells, entry.column), entry)
        numbers = numbers * len(values) + codes
        groups = [_resolved(group, entry, value) for group in groups for value in values]
        present, numbers = np.unique(numbers, return_inverse=True)
        numbers = numbers.astype(np.int64)
        groups = [groups[int(number)] for number in present]
    return numbers, groups


def _values(texts: pa.Array, entry: DecidedBy) -> tuple[Int64s, list[Any]]:
    """Give each row the number of its value, and the values; each distinct text is read once."""
    encoded = pc.fill_null(texts, "").dictionary_encode()
    values: dict[Any, int] = {}
    found = [
        values.setdefault(entry.value(text), len(values)) for text in encoded.dictionary.to_pylist()
    ]
    places = encoded.indices.to_numpy(zero_copy_only=False)
    return np.array(found, dtype=np.int64)[places], list(values)


def _resolved(group: _Group, entry: DecidedBy, value: Any) -> _Group:
    undecided = group.undecided
    if value is None:
        value = _UNDECIDED.get(entry.option, getattr(group.attribute, entry.option))
        undecided = undecided or ("" if entry.option in _UNDECIDED else entry.column)
    return _Group(replace(group.attribute, **{entry.option: value}), undecided)


def _part(texts: pa.Array, group: _Group, coerce: Coerce) -> Coerced:
    if not group.undecided:
        return coerce(texts, group.attribute)
    nothing = coerce(texts.slice(0, 0), group.attribute)
    expected = f'a value that is known in column "{group.undecided}", which says how to read this'
    return Coerced(
        pa.nulls(len(texts), nothing.values.type),
        pa.nulls(len(texts), pa.string()),
        bad_where(flags(pc.is_valid(texts)), "undecided", expected),
        nothing.in_quotes,
    )
