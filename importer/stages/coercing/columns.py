"""Makes an attribute's typed column of a batch, from wherever its value comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import (
    Attribute,
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromParts,
    FromTemplate,
)
from importer.records import Int64s
from importer.stages.coercing import geo, objects
from importer.stages.coercing.arrays import compacted, expanded, flags, only
from importer.stages.coercing.cells import clean, column, templated
from importer.stages.coercing.contract import Bad, Coerced
from importer.stages.coercing.deciders import alike, decided
from importer.stages.coercing.natives import Native, coerced_apart, natives, with_marks
from importer.stages.coercing.registry import TYPES
from importer.typed import Flags


@dataclass(frozen=True)
class Column:
    """One attribute's values for all rows of a batch (see TypedColumn), and what is bad.

    raw: the cells as the source has them, for messages; one array per source of the value.
    bad: per such source, the positions that it is to blame for.
    parts: of an object, which have their own cells and blame.
    """

    values: pa.Array
    core: pa.Array
    in_quotes: bool
    blank: Flags
    raw: tuple[pa.Array, ...]
    bad: tuple[tuple[Bad, ...], ...]
    parts: tuple[tuple[Attribute, Column], ...] = ()


def leaves(attribute: Attribute, column: Column) -> Iterator[tuple[Attribute, Column]]:
    """Give a column and, of an object, all its parts, each with its attribute."""
    yield attribute, column
    for part, inner in column.parts:
        yield from leaves(part, inner)


def coerced(cells: pa.Table, attribute: Attribute) -> Column:
    """Give an attribute's column; null where a cell is blank or bad."""
    match attribute.origin:
        case FromColumns(columns=(name,)):
            return _one(column(cells, name), attribute, cells, natives(cells, name))
        case FromColumns(columns=names):
            return _first_valid(names, attribute, cells)
        case FromTemplate(literals=literals, columns=names):
            return _one(templated(cells, literals, names, attribute.nulls), attribute, cells)
        case FromCoordinates(lat=lat, lon=lon):
            return _pair(cells, lat, lon, attribute)
        case FromConstant(text=text):
            if attribute.decided:
                return _one(pa.array([text] * cells.num_rows, pa.string()), attribute, cells)
            return _repeated(_one(pa.array([text]), attribute, cells), cells.num_rows)
        case FromParts(parts=parts):
            return _object([(part, coerced(cells, part)) for part in parts])


def _object(parts: list[tuple[Attribute, Column]]) -> Column:
    """Join typed parts to objects: without the blank ones, and blank where all of them are."""
    members = [(part.name, column.core, column.in_quotes) for part, column in parts]
    # Constants alone say nothing of a user.
    telling = [entry for entry in parts if not isinstance(entry[0].origin, FromConstant)]
    blank = np.logical_and.reduce([column.blank for _, column in telling or parts])
    failed = [
        flags(pc.is_null(column.core)) & ~column.blank
        for part, column in parts
        if part.bad_value == "invalid"
    ]
    sound = ~np.logical_or.reduce([blank, *failed])
    core = only(objects.joined(members), sound)
    return Column(core, core, False, blank, parts[0][1].raw[:1], ((),), tuple(parts))


def _one(
    raw: pa.Array, attribute: Attribute, cells: pa.Table, native: Native | None = None
) -> Column:
    def coerce(texts: pa.Array, by: Attribute) -> Coerced:
        return decided(texts, by, cells, typed)

    ready = clean(raw, attribute)
    result = coerced_apart(ready.texts, raw, attribute, native, coerce)
    return Column(
        result.values,
        result.core,
        result.in_quotes,
        ready.blank,
        (raw,),
        ((*ready.bad, *result.bad),),
    )


def typed(texts: pa.Array, attribute: Attribute) -> Coerced:
    """Give texts their type; null stays null and is not bad."""
    kind = TYPES[attribute.type]
    if kind.distinct:
        encoded = texts.dictionary_encode()
        return _spread(kind.coerce(encoded.dictionary, attribute), encoded.indices)
    if texts.null_count == 0:
        return kind.coerce(texts, attribute)
    filled = flags(pc.is_valid(texts))
    dense = kind.coerce(compacted(texts, filled), attribute)
    rows = np.flatnonzero(filled)
    return Coerced(
        expanded(dense.values, filled),
        expanded(dense.core, filled),
        tuple(Bad(rows[bad.positions], bad.code, bad.expected) for bad in dense.bad),
        dense.in_quotes,
    )


def _spread(dense: Coerced, indices: pa.Array) -> Coerced:
    """Put dense results into the rows that `indices` names; a null index is a null row."""
    return Coerced(
        dense.values.take(indices),
        dense.core.take(indices),
        tuple(_spread_bad(bad, len(dense.values), indices) for bad in dense.bad),
        dense.in_quotes,
    )


def _spread_bad(bad: Bad, rows: int, indices: pa.Array) -> Bad:
    flagged = np.zeros(rows, dtype=np.bool_)
    flagged[bad.positions] = True
    hit = flags(pa.array(flagged).take(indices))
    return Bad(np.flatnonzero(hit).astype(np.int64), bad.code, bad.expected)


def _repeated(single: Column, rows: int) -> Column:
    everywhere = pa.array(np.zeros(rows, dtype=np.int64))
    all_rows: Int64s = np.arange(rows, dtype=np.int64)
    return Column(
        single.values.take(everywhere),
        single.core.take(everywhere),
        single.in_quotes,
        np.repeat(single.blank, rows),
        tuple(raw.take(everywhere) for raw in single.raw),
        tuple(
            tuple(Bad(all_rows, entry.code, entry.expected) for entry in bad) for bad in single.bad
        ),
    )


def _first_valid(names: tuple[str, ...], attribute: Attribute, cells: pa.Table) -> Column:
    """Take each row's value from the first source that has a valid one; blame the first filled.

    With `first_filled`, what stands in the first filled one is the value, valid or not.
    """
    by_text = isinstance(attribute.origin, FromColumns) and attribute.origin.first == "filled"
    sources = [column(cells, name) for name in names]
    missing = np.ones(cells.num_rows, dtype=np.bool_)
    parts: list[Column] = []
    for name, raw in zip(names, sources, strict=True):
        parts.append(_one(only(raw, missing), attribute, cells, natives(cells, name)))
        missing &= parts[-1].blank if by_text else flags(pc.is_null(parts[-1].core))
    blameless = missing | by_text
    bad: list[tuple[Bad, ...]] = []
    for part in parts:
        bad.append(tuple(_restricted(entry, blameless) for entry in part.bad[0]))
        blameless = blameless & part.blank
    return Column(
        pc.coalesce(*alike([part.values for part in parts])),
        pc.coalesce(*(part.core for part in parts)),
        parts[0].in_quotes,
        np.logical_and.reduce([part.blank for part in parts]),
        tuple(sources),
        tuple(bad),
    )


def _restricted(bad: Bad, rows: Flags) -> Bad:
    return Bad(bad.positions[rows[bad.positions]], bad.code, bad.expected)


def _pair(cells: pa.Table, lat_name: str, lon_name: str, attribute: Attribute) -> Column:
    raw_lat, raw_lon = column(cells, lat_name), column(cells, lon_name)
    lat, lon = clean(raw_lat, attribute), clean(raw_lon, attribute)
    lat_texts = with_marks(lat.texts, raw_lat, attribute, natives(cells, lat_name))
    lon_texts = with_marks(lon.texts, raw_lon, attribute, natives(cells, lon_name))
    half = lat.blank != lon.blank
    full = ~lat.blank & ~lon.blank
    mask = pa.array(full)
    dense = geo.from_pair(lat_texts.filter(mask), lon_texts.filter(mask), attribute)
    indices = pa.array(np.cumsum(full, dtype=np.int64) - 1, mask=~full)
    result = _spread(dense, indices)
    raw = pc.binary_join_element_wise(pc.fill_null(raw_lat, ""), pc.fill_null(raw_lon, ""), ", ")
    return Column(
        result.values,
        result.core,
        result.in_quotes,
        lat.blank & lon.blank,
        (only(raw, ~(lat.blank & lon.blank)),),
        ((*geo.half(half), *result.bad),),
    )
