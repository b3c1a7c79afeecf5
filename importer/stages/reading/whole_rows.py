"""Gives one row whole, whatever its source is: its cells, or its own text if it cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from importer.records import (
    DEAD_LETTER_COLUMNS,
    ArrowBlock,
    Block,
    MendedBlock,
    ReadBlock,
    Rejection,
    TextBlock,
)
from importer.stages.reading.json_rows import json_kinds
from importer.stages.reading.natives import kinds_at
from importer.stages.reading.readers import cells_at
from importer.stages.reading.unmended import is_dead_letter, unfilled_raw, unmended


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


def read_record(block: Block, index: int, columns: Sequence[str] | None = None) -> Record:
    """Read one row whole, for the dead letter.

    columns: which cells, in which order; None gives all in the block's own order, without those
    that a dead letter adds.
    """
    block, index = _place_of(block, index)
    if columns is None:
        own = (*block.columns, *(name for name, _ in block.constants))
        columns = [name for name in dict.fromkeys(own) if name not in DEAD_LETTER_COLUMNS]
    record = _record(block, index, columns)
    return replace(record, kinds=_kinds(block, index, columns))


def _place_of(block: Block, index: int) -> tuple[ReadBlock, int]:
    """Give the block that a row is read from, and its position there."""
    if not isinstance(block, MendedBlock):
        return block, index
    at = int(np.searchsorted(block.positions, index))
    if at < len(block.positions) and block.positions[at] == index:
        return block.mended, at
    return block.read, index


def _record(block: ReadBlock, index: int, columns: Sequence[str]) -> Record:
    if isinstance(block, ArrowBlock):
        raws = (one.raw for one in block.refused_at.get(index, ()) if one.raw)
        if unfilled := next(raws, ""):
            return Record(None, unfilled)
    cells, raw = cells_at(block, index)
    if cells is None:
        return Record(None, raw)
    cells |= dict(block.constants)
    if is_dead_letter(block.columns) and (unfilled := unfilled_raw(cells)):
        return Record(None, unfilled)
    return Record(tuple(cells[name] for name in columns))


def _kinds(block: ReadBlock, index: int, columns: Sequence[str]) -> str:
    if isinstance(block, TextBlock):
        return ""
    own = kinds_at(block, index) if isinstance(block, ArrowBlock) else json_kinds(block, index)
    of = dict(zip(block.columns, own, strict=bool(own))) | {
        name: "t" for name, _ in block.constants
    }
    found = "".join(of.get(name, "t") for name in columns)
    return found if found.strip("t") else ""


def cell_faults(block: Block, index: int) -> tuple[Rejection, ...]:
    """Give what the reading cannot tell of single cells of a row, asked for or not.

    The row has a record all the same, of which nobody can see that these cells are in doubt.
    """
    block, index = _place_of(block, index)
    found: tuple[Rejection, ...] = ()
    if isinstance(block, ArrowBlock):
        refused = block.refused_at.get(index, ())
        found = tuple(one for one in refused if one.stage == "reading" and not one.raw)
    if is_dead_letter(block.columns) and (cells := cells_at(block, index)[0]) is not None:
        known = {(one.code, one.column) for one in found}
        further = (replace(one, index=index) for one in unmended(cells))
        found += tuple(one for one in further if (one.code, one.column) not in known)
    return found
