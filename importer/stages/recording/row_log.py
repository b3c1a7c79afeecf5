"""Appends each settled row's fate to the run's row log, 24 bytes a row, for questions afterwards."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from importer.records import Fate, Int64s
from importer.stages.recording.appended_file import AppendedFile

ROW = np.dtype(
    [
        ("ordinal", "<i8"),
        ("key", "<u8"),
        ("at", "<u4"),
        ("http_status", "<u2"),
        ("fate", "u1"),
        ("attempts", "u1"),
    ]
)
"""key: the first word of the keyed hash of the customer id, 0 where there is none.
at: seconds since 1970.  fate: its place in FATES.  attempts: 255 stands for more, too."""

FATES: Sequence[Fate] = tuple(Fate)
_PLACES = {fate: place for place, fate in enumerate(FATES)}
_ONE = struct.Struct("<qQIHBB")
_MOST_ATTEMPTS = 255


class RowLog:
    """The log of one run; rows stand in it in the order in which they were settled."""

    def __init__(self, path: Path) -> None:
        """Create it, or go on behind what stands there; StateError if the disk refuses."""
        self.file = AppendedFile(path)

    def add(
        self, ordinal: int, key: int, at: float, fate: Fate, attempts: int, http_status: int
    ) -> None:
        """Note one row."""
        tries = min(attempts, _MOST_ATTEMPTS)
        self.file.add(_ONE.pack(ordinal, key, int(at), http_status, _PLACES[fate], tries))

    def add_all(
        self, ordinals: Int64s, keys: npt.NDArray[np.uint64], at: float, fate: Fate
    ) -> None:
        """Note rows that were never sent."""
        rows = np.zeros(len(ordinals), dtype=ROW)
        rows["ordinal"], rows["key"] = ordinals, keys
        rows["at"], rows["fate"] = int(at), _PLACES[fate]
        self.file.add(rows.tobytes())


def read_row_log(path: Path, length: int | None = None) -> npt.NDArray[np.void]:
    """Map a run's log (see ROW), up to a length in bytes; empty if it is not there."""
    size = path.stat().st_size if path.exists() else 0
    rows = min(size, size if length is None else length) // ROW.itemsize
    if not rows:
        return np.zeros(0, dtype=ROW)
    return np.memmap(path, dtype=ROW, mode="r", shape=(rows,))
