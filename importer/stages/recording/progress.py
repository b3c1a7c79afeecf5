"""Says how far a run is, exactly: the rows that are settled, and what was written for them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from importer.errors import StateError
from importer.records import Int64s


@dataclass(frozen=True)
class Settled:
    """The rows that have a final fate: all below the watermark, and a set above it (ascending)."""

    watermark: int = 0
    above: Int64s = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def of(cls, watermark: int, above: Iterable[int]) -> Settled:
        """Take the set in any order."""
        return cls(watermark, np.sort(np.fromiter(above, np.int64)))

    def __contains__(self, ordinal: int) -> bool:
        return bool(self.among(np.array([ordinal], np.int64))[0])

    def among(self, ordinals: Int64s) -> npt.NDArray[np.bool_]:
        """Flag those of the ordinals that are settled."""
        return (ordinals < self.watermark) | np.isin(ordinals, self.above)

    def has_all(self, first: int, rows: int) -> bool:
        """Tell whether all of so many rows from `first` on are settled."""
        if first + rows <= self.watermark:
            return True
        return bool(self.among(np.arange(first, first + rows, dtype=np.int64)).all())

    def count_from(self, ordinal: int) -> int:
        """Count the settled rows from this one on."""
        return max(self.watermark - ordinal, 0) + int((self.above >= ordinal).sum())

    def packed(self) -> bytes:
        """Write the set as bits counted from the watermark."""
        if not len(self.above):
            return b""
        bits = np.zeros(int(self.above[-1]) - self.watermark + 1, dtype=np.bool_)
        bits[self.above - self.watermark] = True
        return np.packbits(bits).tobytes()

    @classmethod
    def unpacked(cls, watermark: int, data: bytes) -> Settled:
        """Read what `packed` wrote."""
        bits = np.unpackbits(np.frombuffer(data, np.uint8))
        return cls(watermark, np.flatnonzero(bits).astype(np.int64) + watermark)


@dataclass(frozen=True)
class Progress:
    """Everything that a run needs to go on after its process ended, as of one moment.

    rows_opened: rows of blocks whose invalid and filtered rows are settled, from the first on.
    fates: word -> rows; pending rows are none of them.
    lengths: file of the run's folder -> bytes that belong to the settled rows.
    warnings: rule code -> what was counted of it, as plain data.
    seconds: how long the run has worked, in all its processes.
    files: where each file of the source begins: (ordinal of its first row, its path).
    """

    settled: Settled = field(default_factory=Settled)
    rows_opened: int = 0
    fates: Mapping[str, int] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    warnings: Mapping[str, Any] = field(default_factory=dict)
    requests: int = 0
    retries: int = 0
    paused_seconds: float = 0.0
    seconds: float = 0.0
    files: tuple[tuple[int, str], ...] = ()


def save_progress(connection: sqlite3.Connection, run: str, progress: Progress) -> None:
    """Replace what is known of a run's progress."""
    facts = asdict(progress)
    del facts["settled"]
    text, above = json.dumps(facts), progress.settled.packed()
    watermark = progress.settled.watermark
    connection.execute(
        "INSERT INTO progress (run, watermark, above, facts, checksum) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (run) DO UPDATE SET watermark = excluded.watermark, above = excluded.above, "
        "facts = excluded.facts, checksum = excluded.checksum",
        (run, watermark, above, text, _checksum(run, watermark, above, text)),
    )


def load_progress(connection: sqlite3.Connection, run: str, path: Path) -> Progress:
    """Read a run's progress; nothing was settled if there is none.

    path: of the ledger.  Raises StateError if what stands there is not what was written.
    """
    row = connection.execute(
        "SELECT watermark, above, facts, checksum FROM progress WHERE run = ?", (run,)
    ).fetchone()
    if row is None:
        return Progress()
    watermark, above, text, checksum = row
    if checksum != _checksum(run, watermark, above, text):
        raise StateError(
            str(path),
            f"a damaged ledger: the progress of run {run} is not what was written",
            "the ledger as it was written",
            "restore it from a backup, or import the source anew: a user who is sent twice is "
            "only updated twice",
        )
    facts = json.loads(text)
    facts["files"] = tuple((ordinal, file) for ordinal, file in facts["files"])
    return Progress(settled=Settled.unpacked(watermark, above), **facts)


def _checksum(run: str, watermark: int, above: bytes, text: str) -> bytes:
    return blake2b(f"{run} {watermark} {text} ".encode() + above, digest_size=8).digest()
