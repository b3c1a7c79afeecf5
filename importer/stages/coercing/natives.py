"""Reads cells that the source itself holds as numbers as these, whatever marks its texts have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.records import Batch
from importer.stages.coercing.arrays import flags, matching, only
from importer.stages.coercing.contract import Bad, Coerced, bad_where
from importer.stages.coercing.deciders import alike
from importer.typed import Flags

_DECIMAL = r"\A[-+]?[0-9]*\.[0-9]+\z"
_AMBIGUOUS = "a number that `decimal:`, `thousands:` and the plain 1234.5 read alike"


@dataclass(frozen=True)
class Native:
    """Which cells are numbers, and which texts may stand for one."""

    sure: Flags
    doubtful: Flags


def with_natives(batch: Batch) -> pa.Table:
    """Give the cells; a column that may hold numbers is a struct of its text and its flag."""
    cells = batch.cells
    if batch.native is None:
        return cells
    for name in batch.native.column_names:
        native = batch.native.column(name)
        if name not in cells.column_names or pc.all(pc.fill_null(pc.invert(native), False)).as_py():
            continue
        pair = pa.StructArray.from_arrays(
            [_whole(cells.column(name)), _whole(native)], ["text", "native"]
        )
        cells = cells.set_column(cells.column_names.index(name), name, pair)
    return cells


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def natives(cells: pa.Table, name: str) -> Native | None:
    """Give what is known of a column's cells; None where all are texts."""
    column = cells.column(name)
    if not pa.types.is_struct(column.type):
        return None
    native = pc.struct_field(_whole(column), "native")
    return Native(flags(native), flags(pc.is_null(native)))


def coerced_apart(
    texts: pa.Array,
    raw: pa.Array,
    attribute: Attribute,
    native: Native | None,
    coerce: Callable[[pa.Array, Attribute], Coerced],
) -> Coerced:
    """Read numbers plainly, texts by the attribute's marks, and doubtful texts in both ways.

    texts: what `raw` is after cleaning.
    """
    if native is None or (attribute.decimal == "." and attribute.thousands != "."):
        return coerce(texts, attribute)
    ours = ~_rewritten(texts, raw, attribute)
    # Without marks, money tells by itself what can be read in two ways.
    states_marks = bool(attribute.decimal or attribute.thousands)
    sure, doubtful = native.sure & ours, native.doubtful & ours & states_marks
    if not (sure | doubtful).any():
        return coerce(texts, attribute)
    marked = coerce(only(texts, ~sure), attribute)
    plain = coerce(only(texts, sure | doubtful), replace(attribute, decimal=".", thousands=""))
    is_plain = flags(pc.is_valid(plain.core))
    # What has decimals is no whole number, and still no other one.
    refused = ~is_plain & flags(pc.is_valid(marked.core)) & matching(texts, _DECIMAL)
    differs = doubtful & (refused | flags(pc.not_equal(marked.core, plain.core)))
    return Coerced(
        pc.coalesce(*alike([only(one.values, ~differs) for one in (marked, plain)])),
        pc.coalesce(*(only(one.core, ~differs) for one in (marked, plain))),
        (
            *_restricted(marked.bad, ~is_plain),
            *_restricted(plain.bad, sure),
            *bad_where(differs, "number-ambiguous", _AMBIGUOUS),
        ),
        marked.in_quotes,
    )


def with_marks(
    texts: pa.Array, raw: pa.Array, attribute: Attribute, native: Native | None
) -> pa.Array:
    """Write numbers with the attribute's decimal mark, for what has no marks for thousands."""
    if native is None or attribute.decimal == ".":
        return texts
    ours = (native.sure | native.doubtful) & ~_rewritten(texts, raw, attribute)
    return pc.if_else(pa.array(ours), pc.replace_substring(texts, ".", attribute.decimal), texts)


def _rewritten(texts: pa.Array, raw: pa.Array, attribute: Attribute) -> Flags:
    """Flag the texts that the mapping itself has given the marks that it states."""
    rewritten = np.zeros(len(texts), dtype=np.bool_)
    if attribute.decimal not in ("", "."):
        rewritten |= flags(pc.match_substring(texts, attribute.decimal))
    if attribute.values is not None:
        rewritten |= flags(pc.not_equal(texts, raw))
    return rewritten


def _restricted(bad: tuple[Bad, ...], rows: Flags) -> tuple[Bad, ...]:
    return tuple(
        Bad(entry.positions[rows[entry.positions]], entry.code, entry.expected) for entry in bad
    )
