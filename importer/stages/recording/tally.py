"""Counts the fates and proves that every row has exactly one (promise P1)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from importer.errors import Defect
from importer.plurals import counted
from importer.prepared import Prepared
from importer.records import Fate, Int64s
from importer.stages.recording.progress import Settled


class Tally:
    """The fate of each row by its place in the run, kept as a watermark and what is above it.

    A row that is settled twice, or a sum that is off at the end, raises Defect.
    """

    def __init__(
        self, settled: Settled | None = None, fates: Mapping[str, int] | None = None
    ) -> None:
        """Begin with nothing, or where an earlier process of the same run ended."""
        begun = settled or Settled()
        self.fates: dict[Fate, int] = {fate: (fates or {}).get(fate, 0) for fate in Fate}
        self._watermark = begun.watermark
        self._above: set[int] = set(begun.above.tolist())

    @property
    def watermark(self) -> int:
        """The number of rows, from the first on, that are all settled."""
        return self._watermark

    @property
    def settled(self) -> Settled:
        """The rows that have a final fate now."""
        return Settled.of(self._watermark, self._above)

    def settle(self, ordinal: int, fate: Fate) -> None:
        """Give one row its fate; a pending row is only counted, for its fate is yet to come."""
        if ordinal < self._watermark or ordinal in self._above:
            raise _defect(f"row number {ordinal + 1} of the run got two fates")
        self.fates[fate] += 1
        if fate is Fate.PENDING:
            return
        self._above.add(ordinal)
        while self._watermark in self._above:
            self._above.remove(self._watermark)
            self._watermark += 1

    def settle_all(self, ordinals: Int64s, fate: Fate) -> None:
        """Give many rows one final fate, all at once."""
        if not len(ordinals):
            return
        above = np.fromiter(self._above, np.int64, len(self._above))
        every = np.sort(np.concatenate([above, ordinals]))
        if every[0] < self._watermark or (every[1:] == every[:-1]).any():
            raise _defect("a row got two fates")
        self.fates[fate] += len(ordinals)
        steady = int((every == self._watermark + np.arange(len(every))).sum())
        self._watermark += steady
        self._above = set(every[steady:].tolist())

    def add(self, fate: Fate, rows: int) -> None:
        """Count rows that are not looked at one by one: a whole block's, or those never reached."""
        self.fates[fate] += rows

    def require_sum(self, rows: int) -> None:
        """Check that the fates add up to the rows that the splitter counted."""
        total = sum(self.fates.values())
        if total != rows:
            raise _defect(f"the fates add up to {total:,} for {counted(rows, 'row')}")


def require_partition(prepared: Prepared) -> None:
    """Check that preparing lost no row of a block and gave none of them two ways to go."""
    seen = np.concatenate([prepared.index, *prepared.fated.values()])
    ways = np.bincount(seen, minlength=prepared.rows)
    if len(ways) != prepared.rows or (ways != 1).any():
        raise _defect(f"block {prepared.number}: rows were lost or doubled while preparing")


def _defect(found: str) -> Defect:
    return Defect(
        "conservation of rows",
        found,
        "exactly one fate for each row",
        "this is a defect of the program: please report it with the run's report.json",
    )
