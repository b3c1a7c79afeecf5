"""Keeps a run's accounts: which rows are open, which fate each one got, and that none is missing."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from dataclasses import dataclass

from importer.losses import Losses
from importer.observer import Observer
from importer.records import DEAD_FATES, Block, Fate, Outcome, Prepared
from importer.stages.recording import Tally, require_partition

ROWS_AHEAD = 200_000
"""Reading stops when the newest row is so far above the oldest that is not settled (P5)."""


@dataclass
class _OpenBlock:
    """A block whose rows are not all settled; `first` is the place of its first row in the run."""

    block: Block
    first: int
    unsettled: int


class Accounts:
    """Every row's way from its block to its fate.

    Three counts are kept apart, so that their sum proves something: what the splitter gave
    (`rows_opened`), what was drawn to be sent, and what was settled (`tally`).
    """

    def __init__(self, losses: Losses, observer: Observer) -> None:
        self.tally = Tally()
        self.rows_opened = 0
        self._rows_to_send = 0
        self._rows_drawn = 0
        self._losses = losses
        self._observer = observer
        self._open: list[_OpenBlock] = []
        self._room = asyncio.Event()

    def open(self, block: Block, prepared: Prepared) -> int:
        """Open a block, settle its invalid and filtered rows, and give its first row's place.

        Raises Defect if preparing lost or doubled a row, StateError if the disk refuses.
        """
        require_partition(prepared)
        first = self.rows_opened
        self.rows_opened += block.rows
        self._rows_to_send += len(prepared.index)
        if len(prepared.index):
            self._open.append(_OpenBlock(block, first, len(prepared.index)))
        self._losses.take(block, prepared, first)
        invalid = sorted({reason.index for reason in prepared.rejections})
        for fate, indexes in ((Fate.INVALID, invalid), (Fate.FILTERED, prepared.filtered.tolist())):
            self.tally.settle_all((first + index for index in indexes), fate)
            self._observer.progressed(fate, len(indexes))
        return first

    async def room_for(self, ordinal: int) -> None:
        """Wait until this row is not too far above the oldest that is not settled."""
        while ordinal - self.tally.watermark > ROWS_AHEAD:
            self._room.clear()
            await self._room.wait()

    def draw(self) -> None:
        """Count a row that is handed to the sender."""
        self._rows_drawn += 1

    def settle(self, outcome: Outcome) -> None:
        """Give a drawn row its fate; Defect if it has one, StateError if the disk refuses."""
        at = bisect_right(self._open, outcome.ordinal, key=lambda opened: opened.first) - 1
        opened = self._open[at]
        if outcome.fate in DEAD_FATES:
            self._losses.refused(opened.block, outcome.ordinal - opened.first, outcome)
        self.tally.settle(outcome.ordinal, outcome.fate)
        opened.unsettled -= 1
        if not opened.unsettled:
            del self._open[at]
        self._room.set()
        if outcome.fate is not Fate.PENDING:
            self._observer.progressed(outcome.fate, 1)

    def settle_unseen(self, rows: int, *, forgiving: bool = False) -> None:
        """Count as pending what was never drawn: rows of open blocks, and rows never read.

        forgiving: count whatever has no fate, where settling itself had failed.
        """
        unseen = self._rows_to_send - self._rows_drawn + rows - self.rows_opened
        if forgiving:
            unseen = rows - sum(self.tally.fates.values())
        self.tally.add(Fate.PENDING, unseen)
