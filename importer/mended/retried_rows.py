"""Decides which rows a retry sends and how they are now, and keeps them in a file of its run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
import orjson
import pyarrow as pa

from importer.errors import SourceError
from importer.mended.standing import each_once, faults_of, still_standing
from importer.mended.table import MendedRow, MendedTable, at_fault
from importer.records import ArrowBlock, Fate, Rejection
from importer.stages.mending import STAGE, judged
from importer.stages.reading import mended_kinds, native_of
from importer.stages.recording import DeadRow, DeadRows, Journal

_UNFILLED = "not-mended"
_BLOCK_ROWS = 20_000
_FLUSH_ROWS = 1_000

Digests = Mapping[int, bytes]
"""Place in the run that read the file -> what its cells were when they were delivered."""


@dataclass(frozen=True)
class RetryChoice:
    """Which rows are to be sent again, and how.

    only_undelivered: no others.  accept_cells: do not look for what a spreadsheet did.
    anew: send also what MoEngage refused and nobody mended, and what was delivered since.
    """

    only_undelivered: bool = False
    accept_cells: bool = False
    anew: bool = False


@dataclass
class Counts:
    """What became of the rows of a dead letter when they were put together."""

    kept: int = 0
    absent: int = 0
    not_asked: int = 0
    delivered_since: int = 0


@dataclass(frozen=True)
class Retried:
    """The rows of a dead letter, as its journal has them.

    columns: of the source.  delivered: what earlier retries have delivered of them.
    sends_refused: send rows as well that MoEngage refused and nobody mended.
    """

    run: str
    columns: tuple[str, ...]
    dead: DeadRows
    choice: RetryChoice
    delivered: Digests = field(default_factory=dict)
    sends_refused: bool = False

    def keep(self, table: MendedTable | None, store: Journal) -> Counts:
        """Write the rows to send into the store; those of the table, or all as they were.

        Raises SourceError for a row that is none of the dead letter, or stands there twice.
        """
        counts, seen = Counts(), set[int]()
        for dead, mended in self._pairs(table):
            if dead.place in seen and mended is not None:
                raise _twice(mended)
            seen.add(dead.place)
            if self.choice.only_undelivered and dead.fate != Fate.UNDELIVERED:
                counts.not_asked += 1
                continue
            row = self._retried(dead, mended)
            counts.kept += 1
            counts.delivered_since += row.fate == Fate.UNCHANGED
            store.write(row)
            if counts.kept % _FLUSH_ROWS == 0:
                store.flush()
        store.flush()
        counts.absent = len(self.dead) - len(seen)
        return counts

    def _pairs(self, table: MendedTable | None) -> Iterator[tuple[DeadRow, MendedRow | None]]:
        if table is None:
            yield from ((dead, None) for dead in self.dead)
            return
        for mended in table.rows():
            dead = self.dead.find(mended.file, mended.row)
            if dead is None:
                raise _unknown(mended, self.run)
            yield dead, mended

    def _retried(self, dead: DeadRow, mended: MendedRow | None) -> DeadRow:
        cells, refused, raw = self._judged(dead, mended)
        fate = dead.fate
        doubts = {doubt[:2] for doubt in dead.doubts}
        if any((one.code, one.column) not in doubts for one in refused):
            pass
        elif not self.choice.anew and self.delivered.get(dead.place) == digest_of(cells):
            fate = str(Fate.UNCHANGED)
        elif not self.sends_refused and fate == Fate.REJECTED and cells == dead.cells:
            refused.append(_not_changed(dead))
        return DeadRow(
            ordinal=dead.place,
            fate=fate,
            file=dead.file,
            row=dead.row,
            line=dead.line,
            cells=cells,
            stages=tuple(one.stage for one in refused),
            codes=tuple(one.code for one in refused),
            columns=tuple(one.column for one in refused),
            found=tuple(one.found for one in refused),
            expected=tuple(one.expected for one in refused),
            raw=raw,
            kinds=_kinds(dead, cells, mended),
        )

    def _judged(
        self, dead: DeadRow, mended: MendedRow | None
    ) -> tuple[tuple[str | None, ...] | None, list[Rejection], str]:
        """Give the cells to send, what is wrong with them, and the record if there are none."""
        if dead.cells is None:
            if mended is None or not any(mended.cells):
                return None, _unfilled(dead), dead.raw
            return mended.cells, list(mended.faults.values()), ""
        if mended is None:
            standing = still_standing(self.columns, dead.cells, dead.cells, _reasons(dead))
            return dead.cells, each_once(standing), ""
        found = judged(
            self.columns,
            dead.cells,
            mended.cells,
            at_fault(dead.codes, dead.columns),
            accept=self.choice.accept_cells,
        )
        rewritten, unsure = faults_of(self.columns, dead.cells, found, mended.faults)
        standing = still_standing(self.columns, dead.cells, found.cells, _reasons(dead))
        return found.cells, each_once((*rewritten, *unsure, *standing)), ""


def _kinds(dead: DeadRow, cells: Sequence[str | None] | None, mended: MendedRow | None) -> str:
    if cells is None or mended is None:
        return dead.kinds
    return mended_kinds(dead.cells, dead.kinds, cells, mended.kinds)


def digest_of(cells: Sequence[str | None] | None) -> bytes:
    """Give what tells later whether a row's cells are the same."""
    return blake2b(orjson.dumps(cells), digest_size=16).digest()


def _reasons(dead: DeadRow) -> list[Rejection]:
    """Give what was said of a row, and what is to be said of the cells nobody asked for."""
    reasons = zip(dead.stages, dead.codes, dead.columns, dead.found, dead.expected, strict=True)
    doubts = (Rejection(0, "reading", *doubt) for doubt in dead.doubts)
    return [*(Rejection(0, *reason, dead.raw) for reason in reasons), *doubts]


def _unfilled(dead: DeadRow) -> list[Rejection]:
    """Say that nobody has put the record into cells, and why it could not be read."""
    own = _reasons(dead)
    expected = "cells filled from what stands in `_raw`"
    unfilled = Rejection(0, "reading", _UNFILLED, "", "empty cells", expected, dead.raw)
    return [unfilled, *(reason for reason in own if reason.code != _UNFILLED)]


def _not_changed(dead: DeadRow) -> Rejection:
    found = f"the row that MoEngage refused, unchanged ({'; '.join(dead.found)})"
    expected = "a mended row, another --mapping, or --force to send it as it is"
    return Rejection(0, STAGE, "not-changed", "", found, expected)


def _unknown(mended: MendedRow, run: str) -> SourceError:
    return SourceError(
        mended.place,
        f"row {mended.row} of {mended.file or 'no file'}, which is not in the dead letter of {run}",
        "rows of that dead letter, with `_file` and `_row` as they were",
        "put them back; a row that is not of the dead letter goes into a table of its own, for "
        "`run`",
    )


def _twice(mended: MendedRow) -> SourceError:
    return SourceError(
        mended.place,
        f"row {mended.row} of {mended.file} a second time",
        "each row of the dead letter once",
        "remove one of them; a further user goes into a table of its own, for `run`",
    )


def stored_blocks(store: Journal, columns: Sequence[str]) -> Iterator[ArrowBlock]:
    """Give kept rows in the order of the run that read them; each block is of one file."""
    waiting: list[DeadRow] = []
    for row in store.in_row_order():
        if waiting and (row.file != waiting[0].file or len(waiting) == _BLOCK_ROWS):
            yield _block(waiting, columns)
            waiting = []
        waiting.append(row)
    if waiting:
        yield _block(waiting, columns)


def _block(rows: list[DeadRow], columns: Sequence[str]) -> ArrowBlock:
    nothing = (None,) * len(columns)
    cells = [row.cells or nothing for row in rows]
    return ArrowBlock(
        number=0,
        file=rows[0].file,
        first_row=rows[0].row,
        columns=tuple(columns),
        table=pa.table(
            {
                name: pa.array([row[at] for row in cells], pa.string())
                for at, name in enumerate(columns)
            }
        ),
        lines=np.array([row.line for row in rows], np.int64),
        refused=tuple(_refusals(rows)),
        numbers=np.array([row.row for row in rows], np.int64),
        places=np.array([row.ordinal for row in rows], np.int64),
        native=native_of([row.kinds for row in rows], columns),
    )


def _refusals(rows: Iterable[DeadRow]) -> Iterator[Rejection]:
    for index, row in enumerate(rows):
        reasons = zip(row.stages, row.codes, row.columns, row.found, row.expected, strict=True)
        for reason in reasons:
            yield Rejection(index, *reason, row.raw)


def unchanged_flags(store: Journal) -> np.typing.NDArray[np.bool_]:
    """Flag the kept rows, in their order, that were delivered since."""
    return np.array([row.fate == Fate.UNCHANGED for row in store.in_row_order()], dtype=bool)
