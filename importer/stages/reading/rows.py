"""Gives a block's rows as text: all of some columns, or one row whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.records import (
    DEAD_LETTER_COLUMNS,
    ArrowBlock,
    Batch,
    Block,
    JsonBlock,
    MendedBlock,
    ReadBlock,
    Rejection,
    TextBlock,
)
from importer.stages.reading.delimited import (
    block_of,
    cells_of,
    raw_of,
    read_text_block,
    short_cells,
)
from importer.stages.reading.json_rows import (
    cells_of_json,
    json_kinds,
    raw_line,
    read_json_block,
)
from importer.stages.reading.natives import doubted, joined, kinds_at
from importer.stages.reading.parquet import cells_of_arrow, read_arrow_block
from importer.stages.reading.unmended import has_unsure_cells, unmended


@dataclass(frozen=True, slots=True)
class Record:
    r"""One row as its source has it.

    cells: the text of each column; a null of the source is None.  The whole is None if the row
        cannot be read.
    raw: the row's own text if it cannot be read, with bad bytes as \xNN; otherwise "".
    kinds: which cells are numbers (see natives.py).
    """

    cells: tuple[str | None, ...] | None
    raw: str = ""
    kinds: str = ""


def read_batch(block: Block, columns: Collection[str]) -> tuple[Batch, tuple[Rejection, ...]]:
    """Read these columns of a block as text, without touching the world.

    Gives the readable rows, their columns in the block's order, and one Rejection for each of
    the others; every row of the block is in exactly one of both.
    """
    if isinstance(block, MendedBlock):
        return _with_mended(block, columns)
    batch, rejections = _read(block, columns)
    if _is_dead_letter(block):
        batch = _with_doubts(block, batch)
        batch, rejections = _without_unmended(block, batch, rejections)
        batch, rejections = _without_unsure(block, batch, rejections)
    constants = {name: text for name, text in block.constants if name in columns}
    if constants:
        batch = _with_constants(batch, constants)
    return batch, rejections


def without_refusals(block: Block, stage: str) -> Block:
    """Give the block without what this stage refused of its rows, to read their cells all the same."""
    if isinstance(block, MendedBlock):
        return replace(block, mended=_without_refusals(block.mended, stage))
    return _without_refusals(block, stage) if isinstance(block, ArrowBlock) else block


def _without_refusals(block: ArrowBlock, stage: str) -> ArrowBlock:
    return replace(block, refused=tuple(one for one in block.refused if one.stage != stage))


def _with_mended(
    block: MendedBlock, columns: Collection[str]
) -> tuple[Batch, tuple[Rejection, ...]]:
    """Read the rows that a person has mended instead of those that the file has."""
    batch, rejections = read_batch(block.read, columns)
    stays = ~np.isin(batch.index, block.positions)
    mended, refused = _read(block.mended, batch.cells.column_names)
    refused = tuple(replace(one, index=int(block.positions[one.index])) for one in refused)
    names = batch.cells.column_names
    index = np.concatenate([batch.index[stays], block.positions[mended.index]])
    order = pa.array(np.argsort(index, kind="stable"))
    cells = batch.cells.filter(pa.array(stays))
    if names:
        further = mended.cells.select(names).cast(cells.schema)
        cells = pa.concat_tables([cells, further]).take(order)
    stayed = _filtered(batch.native, stays)
    native = joined(stayed, int(stays.sum()), mended.native, mended.rows)
    native = None if native is None else native.take(order)
    positions = set(block.positions.tolist())
    kept = (one for one in rejections if one.index not in positions)
    return Batch(np.sort(index), cells, native), (*kept, *refused)


def _filtered(native: pa.Table | None, stays: np.typing.NDArray[np.bool_]) -> pa.Table | None:
    return None if native is None else native.filter(pa.array(stays))


def read_mended(block: ReadBlock) -> tuple[Batch, tuple[Rejection, ...]]:
    """Read all columns of a mended dead letter's block, with those that we added.

    A row that only lacks cells of our own columns at its end is whole: spreadsheets leave
    delimiters away after which nothing stands.  So is a row of a workbook with cells that cannot
    be told for sure, each of which has a Rejection.
    """
    if isinstance(block, ArrowBlock):
        return _read(replace(block, refused=()), block.columns)[0], block.refused
    batch, rejections = _read(block, block.columns)
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


def _read(block: ReadBlock, columns: Collection[str]) -> tuple[Batch, tuple[Rejection, ...]]:
    if isinstance(block, ArrowBlock):
        return read_arrow_block(block, columns)
    if isinstance(block, JsonBlock):
        return read_json_block(block, columns)
    return read_text_block(block, columns)


def _is_dead_letter(block: ReadBlock) -> bool:
    return set(DEAD_LETTER_COLUMNS) <= set(block.columns)


def _with_doubts(block: ReadBlock, batch: Batch) -> Batch:
    """Doubt the texts of a dead letter whose source may have held numbers there."""
    files, _ = _read(block, ["_file"])
    file_of = dict(zip(files.index.tolist(), files.cells.column("_file").to_pylist(), strict=True))
    names = [name for name in batch.cells.column_names if name not in DEAD_LETTER_COLUMNS]
    of_rows = [file_of.get(index) or "" for index in batch.index.tolist()]
    native = doubted(batch.native, names, of_rows) if names else None
    return replace(batch, native=native)


def _own_cells(cells: dict[str, str | None]) -> list[str]:
    """Give what stands in a dead letter's row besides what we wrote about it."""
    return [text for name, text in cells.items() if text and name not in DEAD_LETTER_COLUMNS]


def _without_unmended(
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
    return _without(batch, unfilled), (*rejections, *found)


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
    return _without(batch, is_refused), (
        *rejections,
        *(one for some in found.values() for one in some),
    )


def _own_texts(block: ReadBlock, name: str) -> dict[int, str]:
    """Give a column of a dead letter by position."""
    batch, _ = _read(block, [name])
    texts = batch.cells.column(name).to_pylist()
    return {index: text or "" for index, text in zip(batch.index.tolist(), texts, strict=True)}


def _without(batch: Batch, flags: npt.NDArray[np.bool_]) -> Batch:
    native = _filtered(batch.native, ~flags)
    return Batch(batch.index[~flags], batch.cells.filter(pa.array(~flags)), native)


def _cells(block: ReadBlock, index: int) -> dict[str, str | None] | None:
    """Give all cells of a row by their columns; None if it cannot be read."""
    cells: Sequence[str | None] | None
    if isinstance(block, ArrowBlock):
        cells, _ = cells_of_arrow(block, index)
    elif isinstance(block, JsonBlock):
        cells = cells_of_json(block, index)
    else:
        cells = cells_of(block, index)
    return None if cells is None else dict(zip(block.columns, cells, strict=True))


def cell_faults(block: Block, index: int) -> tuple[Rejection, ...]:
    """Give what the reading cannot tell of single cells of a row, asked for or not.

    The row has a record all the same, of which nobody can see that these cells are in doubt.
    """
    if isinstance(block, MendedBlock):
        at = int(np.searchsorted(block.positions, index))
        if at < len(block.positions) and block.positions[at] == index:
            return cell_faults(block.mended, at)
        return cell_faults(block.read, index)
    found: tuple[Rejection, ...] = ()
    if isinstance(block, ArrowBlock):
        refused = block.refused_at.get(index, ())
        found = tuple(one for one in refused if one.stage == "reading" and not one.raw)
    if _is_dead_letter(block) and (cells := _cells(block, index)) is not None:
        known = {(one.code, one.column) for one in found}
        further = (replace(one, index=index) for one in unmended(cells))
        found += tuple(one for one in further if (one.code, one.column) not in known)
    return found


def _with_constants(batch: Batch, constants: dict[str, str | None]) -> Batch:
    """Add the columns that have one text in all rows."""
    cells = {name: batch.cells.column(name) for name in batch.cells.column_names}
    for name, text in constants.items():
        cells[name] = pa.repeat(pa.scalar(text, pa.string()), batch.rows)
    return Batch(np.asarray(batch.index), pa.table(cells), batch.native)


def read_record(block: Block, index: int, columns: Sequence[str] | None = None) -> Record:
    """Read one row whole, for the dead letter.

    columns: which cells, in which order; None gives all in the block's own order, without those
    that a dead letter adds.
    """
    if isinstance(block, MendedBlock):
        at = int(np.searchsorted(block.positions, index))
        if at < len(block.positions) and block.positions[at] == index:
            return read_record(block.mended, at, columns)
        return read_record(block.read, index, columns)
    if columns is None:
        own = (*block.columns, *(name for name, _ in block.constants))
        columns = [name for name in dict.fromkeys(own) if name not in DEAD_LETTER_COLUMNS]
    record = _record(block, index, columns)
    return replace(record, kinds=_kinds(block, index, columns))


def _kinds(block: ReadBlock, index: int, columns: Sequence[str]) -> str:
    if isinstance(block, TextBlock):
        return ""
    own = kinds_at(block, index) if isinstance(block, ArrowBlock) else json_kinds(block, index)
    of = dict(zip(block.columns, own, strict=bool(own))) | {
        name: "t" for name, _ in block.constants
    }
    found = "".join(of.get(name, "t") for name in columns)
    return found if found.strip("t") else ""


def _record(block: ReadBlock, index: int, columns: Sequence[str]) -> Record:
    cells: Sequence[str | None] | None
    if isinstance(block, ArrowBlock):
        cells, raw = cells_of_arrow(block, index)
        raws = (one.raw for one in block.refused_at.get(index, ()) if one.raw)
        if unfilled := next(raws, ""):
            return Record(None, unfilled)
    elif isinstance(block, JsonBlock):
        cells = cells_of_json(block, index)
        raw = raw_line(block, index) if cells is None else ""
    else:
        cells = cells_of(block, index)
        raw = raw_of(block, index) if cells is None else ""
    if cells is None:
        return Record(None, raw)
    by_name = dict(zip(block.columns, cells, strict=True)) | dict(block.constants)
    if _is_dead_letter(block) and by_name["_raw"] and not _own_cells(by_name):
        # A dead letter's row that is still as we wrote it.
        return Record(None, str(by_name["_raw"]))
    return Record(tuple(by_name[name] for name in columns), "")


def read_records(block: Block, indexes: Sequence[int], columns: Sequence[str]) -> dict[int, Record]:
    """Read some rows (ascending) as `read_record` does; regular ones of a text all at once."""
    found: dict[int, Record] = {}
    if isinstance(block, TextBlock) and indexes and columns and not _is_dead_letter(block):
        batch, _ = read_batch(block_of(block, indexes), columns)
        rows = zip(*(batch.cells.column(name).to_pylist() for name in columns), strict=True)
        found = {
            indexes[at]: Record(cells) for at, cells in zip(batch.index.tolist(), rows, strict=True)
        }
    return {
        index: found[index] if index in found else read_record(block, index, columns)
        for index in indexes
    }
