"""Picks single rows out of a block, for questions about them that need no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from importer.records import (
    ArrowBlock,
    Block,
    Int64s,
    JsonBlock,
    MendedBlock,
    ReadBlock,
    TextBlock,
)


def picked(block: Block, indexes: Int64s) -> Block:
    """Give a block of these rows alone (positions in the block, ascending, at least one).

    Its row numbers are right for the first of them; lines are right for all.
    """
    if isinstance(block, MendedBlock):
        return _picked_mended(block, indexes)
    return _picked(block, indexes)


def _picked_mended(block: MendedBlock, indexes: Int64s) -> Block:
    read = _picked(block.read, indexes)
    chosen = np.flatnonzero(np.isin(block.positions, indexes))
    if not len(chosen):
        return read
    positions = np.searchsorted(indexes, block.positions[chosen]).astype(np.int64)
    mended = _picked_arrow(block.mended, chosen, 1)
    return MendedBlock(block.number, read, positions, mended)


def _picked(block: ReadBlock, indexes: Int64s) -> ReadBlock:
    first_row = block.row(int(indexes[0]))
    if isinstance(block, ArrowBlock):
        return _picked_arrow(block, indexes, first_row)
    pieces = [block.data[int(block.starts[at]) : int(block.ends[at])] for at in indexes]
    sizes = np.array([len(piece) for piece in pieces], np.int64)
    ends = np.cumsum(sizes + 1) - 1
    whole = replace(
        block,
        first_row=first_row,
        data=b"\n".join(pieces) + b"\n",
        starts=ends - sizes,
        ends=ends,
        lines=block.lines[indexes],
    )
    return _with_odd(whole, block, indexes)


def _with_odd(picked_block: TextBlock | JsonBlock, block: ReadBlock, indexes: Int64s) -> ReadBlock:
    if not isinstance(block, TextBlock) or not isinstance(picked_block, TextBlock):
        return picked_block
    return replace(picked_block, odd=np.flatnonzero(np.isin(indexes, block.odd)).astype(np.int64))


def _picked_arrow(block: ArrowBlock, indexes: Int64s, first_row: int) -> ArrowBlock:
    places = {int(index): place for place, index in enumerate(indexes)}
    return replace(
        block,
        first_row=first_row,
        table=block.table.take(pa.array(indexes)),
        native=None if block.native is None else block.native.take(pa.array(indexes)),
        lines=None if block.lines is None else block.lines[indexes],
        numbers=None if block.numbers is None else block.numbers[indexes],
        places=None if block.places is None else block.places[indexes],
        refused=tuple(
            replace(rejection, index=places[rejection.index])
            for rejection in block.refused
            if rejection.index in places
        ),
    )
