"""Writes what a survey found of single rows, by their place in the run, to be mapped into memory."""

from __future__ import annotations

import os
from bisect import bisect_left
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from importer.records import Int64s
from importer.stages.recording import Spill, private_bytes

Records = npt.NDArray[Any]

LOSER = np.dtype([("ordinal", "<i8"), ("winner", "<i8")])
"""A superseded row, and the row that is sent instead of it."""

WINNER = np.dtype([("ordinal", "<i8"), ("other", "<i8"), ("rows", "<i8")])
"""A row that stands for several: the first of the others, and how many these are."""

CLASH = np.dtype([("ordinal", "<i8"), ("field", "<i8"), ("other", "<i8")])
"""A row that is invalid because of another; field: 0 for the user, else which unique attribute."""

_PART_SHIFT = 20
_READ_BYTES = 1 << 20


class RowTable:
    """Records that are added in any order, and stand in the file by their `ordinal`."""

    def __init__(self, path: Path, dtype: np.dtype[Any]) -> None:
        self.path = path
        self._tie = dtype.names[1] if dtype.names else ""
        self._spill = Spill(path.parent, f"{path.name}-spill", dtype, _by_ordinal)

    def add(self, records: Records) -> None:
        """Add records; StateError if the disk refuses."""
        self._spill.add(records)

    def write(self) -> None:
        """Write the file; StateError if the disk refuses."""
        with private_bytes(self.path) as stream:
            for part in self._spill.parts():
                records = np.concatenate(list(part.chunks()))
                order = np.lexsort((records[self._tie], records["ordinal"]))
                stream.write(records[order].tobytes())
            stream.flush()
            os.fsync(stream.fileno())


def _by_ordinal(records: Records) -> Int64s:
    return np.asarray(records["ordinal"] >> _PART_SHIFT)


def fingerprint(path: Path) -> str:
    """Give a checksum of a whole file."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as stream:
        while piece := stream.read(_READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def mapped(path: Path, dtype: np.dtype[Any]) -> Records:
    """Map a table into memory."""
    rows = path.stat().st_size // dtype.itemsize
    return np.memmap(path, dtype, "r", shape=(rows,)) if rows else np.zeros(0, dtype)


def between(table: Records, first: int, rows: int) -> Records:
    """Give the records of these rows, which are read from the disk alone."""
    ordinals: Any = table["ordinal"]
    start = bisect_left(ordinals, first)
    return np.asarray(table[start : bisect_left(ordinals, first + rows, start)])
