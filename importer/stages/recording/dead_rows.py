"""Finds rows of a run's journal by their place in their file, without keeping them in memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from importer.stages.recording.journal import DeadRow, row_at, rows_with_offsets


class DeadRows:
    """The rows of a journal that nobody writes any more; 24 bytes of memory a row."""

    def __init__(self, path: Path, length: int | None = None) -> None:
        """Read it once, up to a length in bytes; StateError if it is damaged.

        A journal that is not there has no rows.
        """
        self.path = path
        self._length = length
        self._files: dict[str, int] = {}
        files, rows, offsets = array("q"), array("q"), array("q")
        for offset, row in rows_with_offsets(path, length):
            files.append(self._files.setdefault(row.file, len(self._files)))
            rows.append(row.row)
            offsets.append(offset)
        numbers = np.array(rows, np.int64)
        file_ids = np.array(files, np.int64)
        order = np.lexsort((numbers, file_ids))
        self._numbers, self._offsets = numbers[order], np.array(offsets, np.int64)[order]
        counts = np.bincount(file_ids, minlength=len(self._files))
        self._starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[DeadRow]:
        """Give all rows, as they were written."""
        return (row for _, row in rows_with_offsets(self.path, self._length))

    def find(self, file: str, row: int) -> DeadRow | None:
        """Give the row of this number of this file, if it did not make it."""
        if file not in self._files:
            return None
        start, end = self._starts[self._files[file] : self._files[file] + 2].tolist()
        at = start + int(np.searchsorted(self._numbers[start:end], row))
        if at >= end or int(self._numbers[at]) != row:
            return None
        return row_at(self.path, int(self._offsets[at]))
