"""Hands a block to the reader of its kind: some columns of all its rows, or the cells of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.records import ArrowBlock, Batch, JsonBlock, ReadBlock, Rejection
from importer.stages.reading.delimited import cells_of, raw_of, read_text_block
from importer.stages.reading.json_rows import cells_of_json, raw_line, read_json_block
from importer.stages.reading.parquet import cells_of_arrow, read_arrow_block


def read_columns(block: ReadBlock, columns: Collection[str]) -> tuple[Batch, tuple[Rejection, ...]]:
    """Read these columns as the file has them: no constants, nothing made of a dead letter.

    Gives the readable rows, and one Rejection for each of the others.
    """
    if isinstance(block, ArrowBlock):
        return read_arrow_block(block, columns)
    if isinstance(block, JsonBlock):
        return read_json_block(block, columns)
    return read_text_block(block, columns)


def kept(batch: Batch, stays: npt.NDArray[np.bool_]) -> Batch:
    """Give the rows of a batch that stay."""
    cells, native = batch.cells, batch.native
    # A table without columns has no rows that Arrow could filter.
    if cells.column_names:
        cells = cells.filter(pa.array(stays))
    if native is not None:
        native = native.filter(pa.array(stays))
    return Batch(batch.index[stays], cells, native)


def cells_at(block: ReadBlock, index: int) -> tuple[dict[str, str | None] | None, str]:
    r"""Give all cells of a row by their columns, and "".

    If it cannot be read: None, and the row's own text with bad bytes as \xNN.
    """
    cells: Sequence[str | None] | None
    if isinstance(block, ArrowBlock):
        cells, raw = cells_of_arrow(block, index)
    elif isinstance(block, JsonBlock):
        cells = cells_of_json(block, index)
        raw = raw_line(block, index) if cells is None else ""
    else:
        cells = cells_of(block, index)
        raw = raw_of(block, index) if cells is None else ""
    return None if cells is None else dict(zip(block.columns, cells, strict=True)), raw
