"""Fetches an attribute's cells and makes them ready for their type: cut, clean, translate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.mapping_file.transforming import name_of
from importer.stages.coercing.arrays import flags, limits, only
from importer.stages.coercing.contract import Bad, bad_where
from importer.stages.coercing.cutting import extracted, part
from importer.stages.coercing.transforms import transformed
from importer.typed import Flags

_LISTED = 10


@dataclass(frozen=True)
class Clean:
    """Texts that are ready for their type.

    texts: null where blank or bad.  blank: where there is nothing.
    bad: what `extract:` or `values:` refuses.
    """

    texts: pa.Array
    blank: Flags
    bad: tuple[Bad, ...] = ()


def column(cells: pa.Table, name: str) -> pa.Array:
    """Give a source column as one string array."""
    chunks = cells.column(name)
    array = (
        chunks.chunk(0)
        if chunks.num_chunks == 1
        else pa.concat_arrays(chunks.chunks or [pa.array([], pa.string())])
    )
    if pa.types.is_struct(array.type):
        # See natives.py.
        array = pc.struct_field(array, "text")
    return array if array.type == pa.string() else array.cast(pa.string())


def templated(
    cells: pa.Table, literals: tuple[str, ...], names: tuple[str, ...], nulls: frozenset[str]
) -> pa.Array:
    """Put columns between literal texts; null where one of the columns is blank."""
    pieces: list[object] = [literals[0]]
    for name, literal in zip(names, literals[1:], strict=True):
        pieces += [without(column(cells, name), nulls), literal]
    return pc.binary_join_element_wise(*pieces, "")


def without(texts: pa.Array, nulls: frozenset[str]) -> pa.Array:
    """Put null in place of the texts that mean an empty cell."""
    if not nulls:
        return texts
    if nulls == {""}:
        # The usual case is told by lengths alone, without looking at a text.
        return only(texts, np.diff(limits(texts)) > 0)
    blank = pc.is_in(texts, value_set=pa.array(sorted(nulls), pa.string()))
    return only(texts, ~flags(blank))


def clean(raw: pa.Array, attribute: Attribute) -> Clean:
    """Apply split, extract, transforms and values, in this order.

    What is one of `nulls` at any point before `values` is blank, which is null, and stays so.
    """
    cut = _cut(raw, attribute)
    texts = without(_transformed(cut.texts, attribute), attribute.nulls)
    ready = Clean(texts, flags(pc.is_null(texts)))
    if attribute.values is not None:
        ready = _looked_up(texts, attribute)
    if not cut.bad:
        return ready
    blank = ready.blank.copy()
    blank[cut.bad[0].positions] = False
    return Clean(ready.texts, blank, (*cut.bad, *ready.bad))


def cleaning_steps(raw: pa.Array, attribute: Attribute) -> Iterator[tuple[str, pa.Array]]:
    """Give the texts after each step that `clean` takes, under the step's name in the mapping."""
    texts = raw
    if attribute.split is not None:
        texts = _cut(raw, replace(attribute, extract=None)).texts
        yield "split", texts
    if attribute.extract is not None:
        texts = _cut(raw, attribute).texts
        yield "extract", texts
    for transform in attribute.transforms:
        texts = without(texts, attribute.nulls)
        yield "nulls", texts
        texts = _transformed(texts, replace(attribute, transforms=(transform,)))
        yield name_of(transform), texts
    texts = without(texts, attribute.nulls)
    yield "nulls", texts
    if attribute.values is not None:
        yield "values", _looked_up(texts, attribute).texts


def _transformed(texts: pa.Array, attribute: Attribute) -> pa.Array:
    """Apply the transforms to what is not blank.

    Made from a text that means nothing, "Null" or a hash would look like a value.
    """
    for transform in attribute.transforms:
        nothing = attribute.nulls | {""} if transform == "sha256" else attribute.nulls
        texts = transformed(without(texts, nothing), (transform,))
    return texts


def _cut(raw: pa.Array, attribute: Attribute) -> Clean:
    """Take the part that is asked for; a cell that means nothing already has no parts."""
    texts = raw
    if attribute.split is not None:
        texts = part(without(texts, attribute.nulls), attribute.split, attribute.take)
    bad: tuple[Bad, ...] = ()
    if attribute.extract is not None:
        texts, missed = extracted(without(texts, attribute.nulls), attribute)
        bad = bad_where(missed, "no-match", f"a text that fits `extract: {attribute.extract}`")
    return Clean(texts, np.zeros(0, dtype=np.bool_), bad)


def _looked_up(texts: pa.Array, attribute: Attribute) -> Clean:
    table = attribute.values or {}
    known = pa.array(list(table), pa.string())
    places = pc.index_in(texts, value_set=known)
    # An empty result means what an empty cell means.
    empty = {""} & attribute.nulls
    results = [None if value in empty else value for value in table.values()]
    found = pa.array(results, pa.string()).take(places)
    unknown = flags(pc.and_(pc.is_valid(texts), pc.is_null(places)))
    if attribute.otherwise == "keep":
        found = pc.if_else(pc.is_valid(places), found, texts)
    elif attribute.otherwise == "value":
        other = None if attribute.otherwise_value in empty else attribute.otherwise_value
        found = pc.if_else(pa.array(unknown), pa.scalar(other, pa.string()), found)
    blank = flags(pc.is_null(found))
    if attribute.otherwise != "invalid":
        return Clean(found, blank)
    shown = ", ".join(f'"{key}"' for key in list(table)[:_LISTED])
    more = ", ..." if len(table) > _LISTED else ""
    return Clean(found, blank & ~unknown, bad_where(unknown, "not-listed", f"one of {shown}{more}"))
