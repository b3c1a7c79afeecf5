"""Reads a dead letter as a source: what nobody has mended in it yet is refused once more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from importer.records import (
    DEAD_LETTER_COLUMNS,
    ArrowBlock,
    Batch,
    ReadBlock,
    Rejection,
    TextBlock,
)
from importer.stages.reading.delimited import short_cells
from importer.stages.reading.natives import doubted
from importer.stages.reading.readers import kept, read_columns
from importer.stages.reading.unmended import has_unsure_cells
from importer.stages.reading.whole_rows import cell_faults, read_record


def without_unmended(
    block: ReadBlock, batch: Batch, rejections: tuple[Rejection, ...]
) -> tuple[Batch, tuple[Rejection, ...]]:
    """Refuse also the rows of a dead letter that nobody has mended, and doubt texts of the others.

    batch, rejections: as `read_columns` gives them.
    """
    batch = _with_doubts(block, batch)
    batch, rejections = _without_unfilled(block, batch, rejections)
    return _without_unsure(block, batch, rejections)


def _with_doubts(block: ReadBlock, batch: Batch) -> Batch:
    """Doubt the texts of a dead letter whose source may have held numbers there."""
    files, _ = read_columns(block, ["_file"])
    file_of = dict(zip(files.index.tolist(), files.cells.column("_file").to_pylist(), strict=True))
    names = [name for name in batch.cells.column_names if name not in DEAD_LETTER_COLUMNS]
    of_rows = [file_of.get(index) or "" for index in batch.index.tolist()]
    native = doubted(batch.native, names, of_rows) if names else None
    return replace(batch, native=native)


def _without_unfilled(
    block: ReadBlock, batch: Batch, rejections: tuple[Rejection, ...]
) -> tuple[Batch, tuple[Rejection, ...]]:
    """Refuse the rows of a dead letter whose record nobody has put into cells yet.

    Their cells are empty, and `where:` would filter such a row and lose it without a word.
    """
    raws = _own_texts(block, "_raw")
    unfilled = np.array(
        [
            bool(raws.get(index)) and read_record(block, index).cells is None
            for index in batch.index.tolist()
        ],
        dtype=bool,
    )
    found = [
        Rejection(
            int(batch.index[place]),
            "reading",
            "not-mended",
            "",
            "empty cells",
            "cells filled from what stands in `_raw`",
        )
        for place in np.flatnonzero(unfilled)
    ]
    return kept(batch, ~unfilled), (*rejections, *found)


def _without_unsure(
    block: ReadBlock, batch: Batch, rejections: tuple[Rejection, ...]
) -> tuple[Batch, tuple[Rejection, ...]]:
    """Refuse the rows of a dead letter of which a cell that was asked for is still in doubt."""
    asked = {"", *batch.cells.column_names}
    in_doubt = {
        index for index, codes in _own_texts(block, "_code").items() if has_unsure_cells(codes)
    }
    found = {
        index: some
        for index in batch.index.tolist()
        if index in in_doubt
        if (some := [one for one in cell_faults(block, index) if one.column in asked])
    }
    is_refused = np.isin(batch.index, np.array(list(found), np.int64))
    return kept(batch, ~is_refused), (
        *rejections,
        *(one for some in found.values() for one in some),
    )


def _own_texts(block: ReadBlock, name: str) -> dict[int, str]:
    """Give a column of a dead letter by position."""
    batch, _ = read_columns(block, [name])
    texts = batch.cells.column(name).to_pylist()
    return {index: text or "" for index, text in zip(batch.index.tolist(), texts, strict=True)}


def read_mended(block: ReadBlock) -> tuple[Batch, tuple[Rejection, ...]]:
    """Read all columns of a mended dead letter's block, with those that we added.

    A row that only lacks cells of our own columns at its end is whole: spreadsheets leave
    delimiters away after which nothing stands.  So is a row of a workbook with cells that cannot
    be told for sure, each of which has a Rejection.
    """
    if isinstance(block, ArrowBlock):
        return read_columns(replace(block, refused=()), block.columns)[0], block.refused
    batch, rejections = read_columns(block, block.columns)
    if not isinstance(block, TextBlock):
        return batch, rejections
    names, index, cells, refused = batch.cells.column_names, [], [], []
    for rejection in rejections:
        found = short_cells(block, rejection.index) or []
        missing = block.columns[len(found) :]
        if not found or set(missing) - set(DEAD_LETTER_COLUMNS):
            refused.append(rejection)
            continue
        whole = dict(zip(block.columns, found + [""] * len(missing), strict=True))
        index.append(rejection.index)
        cells.append([whole[name] for name in names])
    if not index:
        return batch, rejections
    further = pa.table(
        {name: pa.array([row[at] for row in cells], pa.string()) for at, name in enumerate(names)}
    )
    places = np.concatenate([batch.index, np.array(index, np.int64)])
    order = pa.array(np.argsort(places, kind="stable"))
    both = pa.concat_tables([batch.cells, further]).take(order)
    return Batch(np.sort(places), both), tuple(refused)
