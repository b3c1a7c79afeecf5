"""Keeps a run's accounts: which rows are open, which fate each one got, and that none is missing."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.observer import Observer
from importer.prepared import Prepared
from importer.records import DEAD_FATES, Block, Fate, Int64s, Outcome
from importer.runs.losses import Losses
from importer.stages.reading import lasting_path
from importer.stages.recording import Progress, Receipt, RowLog, Tally, require_partition

ROWS_AHEAD = 200_000
"""Reading stops when the newest row is so far above the oldest that is not settled (P5)."""


@dataclass
class _OpenBlock:
    """A block whose rows are not all settled; `first` is the place of its first row in the run.

    ids: of its rows to send, which are at `index`; None where nobody asks for them.
    """

    block: Block
    first: int
    unsettled: int
    keys: npt.NDArray[np.uint64]
    index: Int64s
    ids: pa.StringArray | None

    def customer_id(self, index: int) -> str:
        assert self.ids is not None  # noqa: S101 - asked for where a receipt is written
        return str(self.ids[int(np.searchsorted(self.index, index))])


class Accounts:
    """Every row's way from its block to its fate.

    Three counts are kept apart, so that their sum proves something: what the splitter gave
    (`rows_opened`), what was drawn to be sent (`rows_drawn`), and what was settled (`tally`).

    begun: how far an earlier process of the same run came.
    row_log: where each fate is noted; None notes nothing.
    receipt: where each delivered row is noted with its id; None notes none.
    """

    def __init__(
        self,
        losses: Losses,
        observer: Observer,
        row_log: RowLog | None = None,
        begun: Progress | None = None,
        receipt: Receipt | None = None,
    ) -> None:
        self._begun = begun or Progress()
        self.tally = Tally(self._begun.settled, self._begun.fates)
        self.rows_opened = 0
        self.files = list(self._begun.files)
        self._rows_to_send = 0
        self.rows_drawn = 0
        self._losses = losses
        self._observer = observer
        self._row_log = row_log
        self._receipt = receipt
        self._open: list[_OpenBlock] = []
        self._room = asyncio.Event()

    def open(self, block: Block, prepared: Prepared, first: int) -> Int64s:
        """Open a block, settle its rows that need no sending, and say which are to be sent.

        first: the place of the block's first row in the run; blocks before it that have no rows
            to settle need not be opened.
        Gives places in `prepared.index`.
        Raises Defect if preparing lost or doubled a row, StateError if the disk refuses.
        """
        require_partition(prepared)
        self.rows_opened = first + block.rows
        file = lasting_path(block.file)
        if not self.files or (self.files[-1][1] != file and self.files[-1][0] < first):
            self.files.append((first, file))
        settled = self._settled_before(first, block.rows)
        keys = self._words(prepared)
        self._losses.take(block, prepared, first, settled)
        for fate, indexes in prepared.fated.items():
            fresh = indexes if settled is None else indexes[~settled[indexes]]
            self._settle_all(first + fresh, keys[fresh], fate)
        places = np.arange(len(prepared.index), dtype=np.int64)
        if settled is not None:
            places = places[~settled[prepared.index]]
        self._rows_to_send += len(places)
        if len(places):
            ids = None if self._receipt is None else prepared.customer_ids
            opened = _OpenBlock(block, first, len(places), keys, prepared.index, ids)
            self._open.append(opened)
        return places

    def _settled_before(self, first: int, rows: int) -> npt.NDArray[np.bool_] | None:
        """Flag what an earlier process settled of a block that it had opened; None if it had not."""
        if first >= self._begun.rows_opened:
            return None
        return self._begun.settled.among(np.arange(first, first + rows, dtype=np.int64))

    @staticmethod
    def _words(prepared: Prepared) -> npt.NDArray[np.uint64]:
        if prepared.keys is None:
            return np.zeros(prepared.rows, dtype=np.uint64)
        return np.asarray(prepared.keys[:, 0])

    def _settle_all(self, ordinals: Int64s, keys: npt.NDArray[np.uint64], fate: Fate) -> None:
        self.tally.settle_all(ordinals, fate)
        if self._row_log is not None and len(ordinals):
            self._row_log.add_all(ordinals, keys, time.time(), fate)
        self._observer.progressed(fate, len(ordinals))

    async def room_for(self, ordinal: int) -> None:
        """Wait until this row is not too far above the oldest that is not settled."""
        while ordinal - self.tally.watermark > ROWS_AHEAD:
            self._room.clear()
            await self._room.wait()

    def draw(self) -> None:
        """Count a row that is handed to the sender."""
        self.rows_drawn += 1

    def settle(self, outcome: Outcome) -> None:
        """Give a drawn row its fate; Defect if it has one, StateError if the disk refuses."""
        at = bisect_right(self._open, outcome.ordinal, key=lambda opened: opened.first) - 1
        opened = self._open[at]
        index = outcome.ordinal - opened.first
        if outcome.fate in DEAD_FATES:
            self._losses.refused(opened.block, index, outcome)
        self.tally.settle(outcome.ordinal, outcome.fate)
        if outcome.fate is not Fate.PENDING:
            self._log(outcome, int(opened.keys[index]))
            if outcome.fate is Fate.DELIVERED and self._receipt is not None:
                self._acknowledge(self._receipt, opened, index, outcome)
            self._observer.progressed(outcome.fate, 1)
        opened.unsettled -= 1
        if not opened.unsettled:
            del self._open[at]
        self._room.set()

    def _log(self, outcome: Outcome, key: int) -> None:
        if self._row_log is not None:
            self._row_log.add(
                outcome.ordinal,
                key,
                time.time(),
                outcome.fate,
                outcome.attempts,
                outcome.http_status,
            )

    @staticmethod
    def _acknowledge(receipt: Receipt, opened: _OpenBlock, index: int, outcome: Outcome) -> None:
        block = opened.block
        receipt.add(
            opened.customer_id(index),
            block.file,
            block.row(index),
            block.line(index),
            time.time(),
            outcome,
        )

    def settle_unseen(self, rows: int) -> None:
        """Count as pending what was never drawn: rows of open blocks, and rows never read."""
        unread = rows - self.rows_opened - self._begun.settled.count_from(self.rows_opened)
        self.tally.add(Fate.PENDING, self._rows_to_send - self.rows_drawn + unread)

    def fall_back(self, committed: Mapping[str, int], rows: int) -> None:
        """Count as pending whatever has not come to the disk, when the disk refuses."""
        self.tally.fates = {fate: committed.get(fate, 0) for fate in Fate}
        self.tally.add(Fate.PENDING, rows - sum(self.tally.fates.values()))
