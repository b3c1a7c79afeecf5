"""Coerces a whole batch by its mapping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute, Mapping
from importer.records import Batch, Rejection
from importer.stages.coercing.arrays import flags
from importer.stages.coercing.cells import column
from importer.stages.coercing.columns import Column, coerced, leaves
from importer.stages.coercing.natives import with_natives
from importer.stages.coercing.refusals import bad_cells, blank_cells
from importer.typed import Flags, Typed, TypedColumn


def coerce(batch: Batch, mapping: Mapping) -> Typed:
    """Give every cell of a batch its type; never raises for a cell's text.

    The batch must have every column of `mapping.columns`.  A bad cell rejects its row, or is left
    out of it (`bad_value`); a blank one rejects it where `blank: invalid` says so.  A blank
    customer id is null here and rejected by enforcing.
    """
    filtered = _filtered(batch.cells, mapping)
    cells = with_natives(batch)
    columns = [coerced(cells, attribute) for attribute in mapping.fields]
    rejections: list[Iterable[Rejection]] = []
    left_out: list[Iterable[Rejection]] = []
    for attribute, result in zip(mapping.fields, columns, strict=True):
        for entry, part in leaves(attribute, result):
            found = bad_cells(part, entry, batch.index, ~filtered)
            (left_out if entry.bad_value == "leave_out" else rejections).append(found)
            if entry.blank == "invalid" and entry is not mapping.customer_id:
                rejections.append(blank_cells(part, entry, batch.index, ~filtered))
    count = len(mapping.attributes)
    ranking = None if mapping.duplicates.by is None else columns[-1].values
    return Typed(
        batch=batch,
        customer_ids=columns[0].values,
        customer_id_core=columns[0].core,
        attributes=tuple(map(_published, mapping.attributes, columns[1 : count + 1])),
        platforms=tuple(
            _as_texts(_published(entry.active, result))
            for entry, result in zip(mapping.platforms, columns[count + 1 :], strict=False)
        ),
        rejections=_in_row_order(rejections),
        left_out=_in_row_order(left_out),
        filtered=filtered,
        ranking=ranking,
    )


def _filtered(cells: pa.Table, mapping: Mapping) -> Flags:
    """Flag the rows that `where:` leaves out; it compares raw cells, and null is an empty text."""
    result = np.zeros(cells.num_rows, dtype=np.bool_)
    for name, wanted in mapping.where.items():
        texts = pc.fill_null(column(cells, name), "")
        result |= ~flags(pc.is_in(texts, value_set=pa.array(sorted(wanted), pa.string())))
    return result


def _published(attribute: Attribute, result: Column) -> TypedColumn:
    blank = pa.array(result.blank)
    return TypedColumn(attribute, result.values, result.core, blank, result.in_quotes)


def _as_texts(typed: TypedColumn) -> TypedColumn:
    """Write a platform's switch as the User API's samples do: as the text "true" or "false"."""
    return replace(typed, in_quotes=True)


def _in_row_order(found: list[Iterable[Rejection]]) -> tuple[Rejection, ...]:
    # What ranks a user's rows may be read a second time from an attribute's cells.
    reasons = dict.fromkeys(chain.from_iterable(found))
    return tuple(sorted(reasons, key=lambda rejection: rejection.index))
