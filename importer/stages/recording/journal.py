"""Appends every row that did not make it to the run's journal, as it happens.

The journal is the truth of the dead letter, which is made from it in row order at the end.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from importer.errors import StateError
from importer.stages.recording.appended_file import AppendedFile


@dataclass(frozen=True, slots=True)
class DeadRow:
    """A row on its way to the dead letter, with all its reasons.

    ordinal: its place in the run, from 0; row and line: its place in its file, from 1 (a Parquet
        file has no lines: 0).
    cells: the source's cells as text, in the source's order; None where the row has none.
    stages, codes, columns, found, expected: of each reason; expected is "" for what the API said.
    raw: the record itself, where it could not be split or decoded.
    origin: its place in the run that read it from its file, where that is another one (a retry).
    doubts: what the reading could not tell of cells that the mapping did not ask for; of each its
        code, its column, what was found and what was expected.
    kinds: which cells the source holds as numbers, one letter a cell (see reading/natives.py).
    """

    ordinal: int
    fate: str
    file: str
    row: int
    line: int
    cells: tuple[str | None, ...] | None
    stages: tuple[str, ...]
    codes: tuple[str, ...]
    columns: tuple[str, ...]
    found: tuple[str, ...]
    expected: tuple[str, ...]
    raw: str = ""
    http_status: int = 0
    attempts: int = 0
    request_id: str = ""
    origin: int | None = None
    doubts: tuple[tuple[str, str, str, str], ...] = ()
    kinds: str = ""

    @property
    def place(self) -> int:
        """Give its place in the run that read it from its file."""
        return self.ordinal if self.origin is None else self.origin

    @property
    def messages(self) -> tuple[str, ...]:
        """Give each reason in words, with its code."""
        return tuple(
            f"found {found}, expected {expected} [{code}]" if expected else f"{found} [{code}]"
            for found, expected, code in zip(self.found, self.expected, self.codes, strict=True)
        )


class Journal:
    """An append-only file of JSON lines, and where in it each dead row stands (16 bytes a row).

    What stands in the file already belongs to the same run; rows wait in memory until they are
    flushed, or taken and written by whoever commits them.
    """

    def __init__(self, path: Path) -> None:
        """Create the journal, or go on with it; StateError if the disk refuses."""
        self.file = AppendedFile(path)
        self._ordinals = array("q")
        self._offsets = array("q")
        for offset, row in _rows(path, self.file.written):
            self._ordinals.append(row.ordinal)
            self._offsets.append(offset)

    @property
    def path(self) -> Path:
        return self.file.path

    def __len__(self) -> int:
        return len(self._ordinals)

    @property
    def rows_on_disk(self) -> int:
        """Count the rows that `in_row_order` gives: those that came to the disk."""
        return int((np.array(self._offsets, dtype=np.int64) < self.file.written).sum())

    def write(self, row: DeadRow) -> None:
        """Add one row, which waits in memory."""
        self._ordinals.append(row.ordinal)
        self._offsets.append(self.file.length)
        self.file.add(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def flush(self) -> None:
        """Write what waits; StateError if the disk refuses."""
        self.file.flush()

    def close(self) -> None:
        self.file.close()

    def in_row_order(self) -> Iterator[DeadRow]:
        """Read the rows back, by their place in the run; flush or close first.

        What never came to the disk (it was full) is left out.
        """
        offsets = np.array(self._offsets, dtype=np.int64)
        order = np.argsort(np.array(self._ordinals, dtype=np.int64), kind="stable")
        with self.path.open("rb") as stream:
            for offset in offsets[order]:
                if offset < self.file.written:
                    stream.seek(int(offset))
                    yield _row(self.path, stream.readline())


def read_journal(path: Path, length: int) -> list[DeadRow]:
    """Read the first `length` bytes of a run's journal, in row order, without touching it."""
    return sorted((row for _, row in _rows(path, length)), key=lambda row: row.ordinal)


def journal_rows(path: Path, length: int) -> Iterator[DeadRow]:
    """Read the first `length` bytes of a run's journal as they were written, row by row."""
    return (row for _, row in _rows(path, length))


def find_dead_row(path: Path, length: int, ordinal: int) -> DeadRow | None:
    """Find the row of this place in the run in the first `length` bytes; None if it is not there.

    Looks for the bytes with which its line begins, which is far quicker than reading each line.
    """
    if not length or not path.exists() or not path.stat().st_size:
        return None
    begins = b'{"ordinal":%d,' % ordinal
    with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
        offset = data.find(begins, 0, length)
        while offset > 0 and data[offset - 1 : offset] != b"\n":
            # What a cell says cannot follow a line end: there, line ends are escaped.
            offset = data.find(begins, offset + 1, length)
        if offset < 0:
            return None
        return _row(path, data[offset : data.find(b"\n", offset) + 1])


def rows_with_offsets(path: Path, length: int | None = None) -> Iterator[tuple[int, DeadRow]]:
    """Read a journal as it was written, up to a length in bytes; each row with its offset."""
    size = path.stat().st_size if path.exists() else 0
    return _rows(path, size if length is None else min(size, length))


def row_at(path: Path, offset: int) -> DeadRow:
    """Read the row at an offset that `rows_with_offsets` gave."""
    with path.open("rb") as stream:
        stream.seek(offset)
        return _row(path, stream.readline())


def _rows(path: Path, length: int) -> Iterator[tuple[int, DeadRow]]:
    """Give each row with its offset."""
    if not length:
        return
    offset = 0
    with path.open("rb") as stream:
        while offset < length:
            line = stream.readline()
            yield offset, _row(path, line)
            offset += len(line)


def _row(path: Path, line: bytes) -> DeadRow:
    try:
        record: dict[str, Any] = orjson.loads(line)
        for key in ("cells", "stages", "codes", "columns", "found", "expected"):
            if record[key] is not None:
                record[key] = tuple(record[key])
        record["doubts"] = tuple(map(tuple, record.get("doubts", ())))
        return DeadRow(**record)
    except (ValueError, KeyError, TypeError):
        raise StateError(
            str(path),
            "a line that is not what was written",
            "the journal as the run left it",
            "restore it from a backup, or import the source anew",
        ) from None
