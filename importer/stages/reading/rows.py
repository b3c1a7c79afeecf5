"""Gives a block's rows as text: all of some columns, or one row whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from importer.records import DEAD_LETTER_COLUMNS, ArrowBlock, Batch, Block, Rejection
from importer.stages.reading.delimited import cells_of, raw_of, read_text_block
from importer.stages.reading.parquet import cells_of_arrow, read_arrow_block


@dataclass(frozen=True, slots=True)
class Record:
    r"""One row as its source has it.

    cells: the text of each column; a null of the source is None.  The whole is None if the row
        cannot be read.
    raw: the row's own text if it cannot be read, with bad bytes as \xNN; otherwise "".
    """

    cells: tuple[str | None, ...] | None
    raw: str = ""


def read_batch(block: Block, columns: Collection[str]) -> tuple[Batch, tuple[Rejection, ...]]:
    """Read these columns of a block as text, without touching the world.

    Gives the readable rows, their columns in the block's order, and one Rejection for each of
    the others; every row of the block is in exactly one of both.
    """
    if isinstance(block, ArrowBlock):
        return read_arrow_block(block, columns)
    return read_text_block(block, columns)


def read_record(block: Block, index: int, columns: Sequence[str] | None = None) -> Record:
    """Read one row whole, for the dead letter.

    columns: which cells, in which order; None gives all in the block's own order, without those
    that a dead letter adds.
    """
    cells: Sequence[str | None] | None
    if isinstance(block, ArrowBlock):
        cells, raw = cells_of_arrow(block, index)
    else:
        cells = cells_of(block, index)
        raw = raw_of(block, index) if cells is None else ""
    if cells is None:
        return Record(None, raw)
    by_name = dict(zip(block.columns, cells, strict=True))
    if columns is None:
        columns = [name for name in block.columns if name not in DEAD_LETTER_COLUMNS]
    return Record(tuple(by_name[name] for name in columns), "")
