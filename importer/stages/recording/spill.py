"""Keeps records that outgrow memory in files, parted so that each part can be looked at alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from importer.errors import StateError
from importer.records import Int64s
from importer.stages.recording.private_files import refused

Records = npt.NDArray[Any]
"""A structured array."""

BUFFER_BYTES = 32 * 1024 * 1024
"""What waits in memory before it is spilled; less than that never comes to the disk."""

CHUNK_BYTES = 8 * 1024 * 1024
"""What of a part is looked at together."""


class Part:
    """Some of the records, which may be gone through more than once."""

    def __init__(self, kept: Records | Path, dtype: np.dtype[Any]) -> None:
        self._kept = kept
        self._dtype = dtype

    def chunks(self) -> Iterator[Records]:
        """Give the records in the order in which they were added; StateError if the disk fails."""
        rows = max(1, CHUNK_BYTES // self._dtype.itemsize)
        if not isinstance(self._kept, Path):
            for start in range(0, len(self._kept), rows):
                yield self._kept[start : start + rows]
            return
        try:
            with self._kept.open("rb") as stream:
                while len(chunk := np.fromfile(stream, self._dtype, rows)):
                    yield chunk
        except OSError as error:
            raise _unreadable(self._kept, error) from None


class Spill:
    """Records of one kind, each in the part that `part_of` names by a number from 0.

    Files are made in `folder` as `<name>-<part>`, 0600, and removed when their part is done with.
    """

    def __init__(
        self, folder: Path, name: str, dtype: np.dtype[Any], part_of: Callable[[Records], Int64s]
    ) -> None:
        self._folder = folder
        self._name = name
        self._dtype = dtype
        self._part_of = part_of
        self._waiting: list[Records] = []
        self._bytes = 0
        self._files: dict[int, Path] = {}

    def add(self, records: Records) -> None:
        """Add records; StateError if the disk refuses."""
        if not len(records):
            return
        self._waiting.append(records)
        self._bytes += records.nbytes
        if self._bytes >= BUFFER_BYTES:
            self._spill()

    def parts(self) -> Iterator[Part]:
        """Give the parts by their numbers; a part is gone when the next one is asked for."""
        if not self._files:
            if self._waiting:
                yield Part(np.concatenate(self._waiting), self._dtype)
            return
        self._spill()
        for number in sorted(self._files):
            yield Part(self._files[number], self._dtype)
            self._files[number].unlink(missing_ok=True)

    def _spill(self) -> None:
        if not self._waiting:
            return
        records = np.concatenate(self._waiting)
        self._waiting, self._bytes = [], 0
        numbers = self._part_of(records)
        order = np.argsort(numbers, kind="stable")
        records, numbers = records[order], numbers[order]
        starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True):
            self._append(int(numbers[start]), records[start:end])

    def _append(self, number: int, records: Records) -> None:
        path = self._files.setdefault(number, self._folder / f"{self._name}-{number:05}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            with os.fdopen(os.open(path, flags, 0o600), "ab", buffering=0) as stream:
                view = memoryview(records.tobytes())
                while view:
                    view = view[stream.write(view) :]
        except OSError as error:
            raise refused(path, error) from None


def _unreadable(path: Path, error: OSError) -> StateError:
    return StateError(
        str(path),
        f"a file that cannot be read back ({error.strerror or error})",
        "the file as it was written a moment ago",
        "check the disk, or choose another --state-dir, then run the command again",
    )
