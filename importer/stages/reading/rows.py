"""Gives a block's rows as text: all of some columns, mended ones in place of the file's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from importer.records import ArrowBlock, Batch, Block, MendedBlock, Rejection, TextBlock
from importer.stages.reading.dead_letters import without_unmended
from importer.stages.reading.delimited import block_of
from importer.stages.reading.natives import joined
from importer.stages.reading.readers import kept, read_columns
from importer.stages.reading.unmended import is_dead_letter
from importer.stages.reading.whole_rows import Record, read_record


def read_batch(block: Block, columns: Collection[str]) -> tuple[Batch, tuple[Rejection, ...]]:
    """Read these columns of a block as text, without touching the world.

    Gives the readable rows, their columns in the block's order, and one Rejection for each of
    the others; every row of the block is in exactly one of both.
    """
    if isinstance(block, MendedBlock):
        return _with_mended(block, columns)
    batch, rejections = read_columns(block, columns)
    if is_dead_letter(block.columns):
        batch, rejections = without_unmended(block, batch, rejections)
    constants = {name: text for name, text in block.constants if name in columns}
    if constants:
        batch = _with_constants(batch, constants)
    return batch, rejections


def _with_mended(
    block: MendedBlock, columns: Collection[str]
) -> tuple[Batch, tuple[Rejection, ...]]:
    """Read the rows that a person has mended instead of those that the file has."""
    batch, rejections = read_batch(block.read, columns)
    stayed = kept(batch, ~np.isin(batch.index, block.positions))
    mended, refused = read_columns(block.mended, batch.cells.column_names)
    refused = tuple(replace(one, index=int(block.positions[one.index])) for one in refused)
    names = batch.cells.column_names
    index = np.concatenate([stayed.index, block.positions[mended.index]])
    order = pa.array(np.argsort(index, kind="stable"))
    cells = stayed.cells
    if names:
        further = mended.cells.select(names).cast(cells.schema)
        cells = pa.concat_tables([cells, further]).take(order)
    native = joined(stayed.native, stayed.rows, mended.native, mended.rows)
    native = None if native is None else native.take(order)
    positions = set(block.positions.tolist())
    of_others = (one for one in rejections if one.index not in positions)
    return Batch(np.sort(index), cells, native), (*of_others, *refused)


def _with_constants(batch: Batch, constants: dict[str, str | None]) -> Batch:
    """Add the columns that have one text in all rows."""
    cells = {name: batch.cells.column(name) for name in batch.cells.column_names}
    for name, text in constants.items():
        cells[name] = pa.repeat(pa.scalar(text, pa.string()), batch.rows)
    return Batch(np.asarray(batch.index), pa.table(cells), batch.native)


def without_refusals(block: Block, stage: str) -> Block:
    """Give the block without what this stage refused of its rows, to read their cells all the same."""
    if isinstance(block, MendedBlock):
        return replace(block, mended=_without_refusals(block.mended, stage))
    return _without_refusals(block, stage) if isinstance(block, ArrowBlock) else block


def _without_refusals(block: ArrowBlock, stage: str) -> ArrowBlock:
    return replace(block, refused=tuple(one for one in block.refused if one.stage != stage))


def read_records(block: Block, indexes: Sequence[int], columns: Sequence[str]) -> dict[int, Record]:
    """Read some rows (ascending) as `read_record` does; regular ones of a text all at once."""
    found: dict[int, Record] = {}
    if isinstance(block, TextBlock) and indexes and columns and not is_dead_letter(block.columns):
        batch, _ = read_batch(block_of(block, indexes), columns)
        rows = zip(*(batch.cells.column(name).to_pylist() for name in columns), strict=True)
        found = {
            indexes[at]: Record(cells) for at, cells in zip(batch.index.tolist(), rows, strict=True)
        }
    return {
        index: found[index] if index in found else read_record(block, index, columns)
        for index in indexes
    }
