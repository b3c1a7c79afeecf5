"""Appends every row that did not make it to the run's journal, as it happens.

The journal is the truth of the dead letter, which is made from it in row order at the end.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from importer.stages.recording.private_files import open_private, refused


@dataclass(frozen=True, slots=True)
class DeadRow:
    """A row on its way to the dead letter, with all its reasons.

    ordinal: its place in the run, from 0; row and line: its place in its file, from 1 (a Parquet
        file has no lines: 0).
    cells: the source's cells as text, in the source's order; None where the row has none.
    raw: the record itself, where it could not be split or decoded.
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
    messages: tuple[str, ...]
    raw: str = ""
    http_status: int = 0
    attempts: int = 0
    request_id: str = ""


class Journal:
    """An append-only file of JSON lines, and where in it each dead row stands (16 bytes a row)."""

    def __init__(self, path: Path) -> None:
        """Create the journal; StateError if the disk refuses."""
        self.path = path
        self._ordinals = array("q")
        self._offsets = array("q")
        self._end = 0
        try:
            self._stream = open_private(path, append=True)
        except OSError as error:
            raise refused(path, error) from None

    def __len__(self) -> int:
        return len(self._ordinals)

    def write(self, row: DeadRow) -> None:
        """Append one row; StateError if the disk refuses."""
        line = orjson.dumps(asdict(row), option=orjson.OPT_APPEND_NEWLINE)
        try:
            self._stream.buffer.write(line)
        except OSError as error:
            raise refused(self.path, error) from None
        self._ordinals.append(row.ordinal)
        self._offsets.append(self._end)
        self._end += len(line)

    def flush(self) -> None:
        """Hand what was written to the operating system, so that a killed run keeps it."""
        try:
            self._stream.flush()
        except OSError as error:
            raise refused(self.path, error) from None

    def close(self) -> None:
        try:
            self._stream.close()
        except OSError as error:
            raise refused(self.path, error) from None

    def in_row_order(self) -> Iterator[DeadRow]:
        """Read the rows back, by their place in the run; flush or close first."""
        offsets = np.array(self._offsets, dtype=np.int64)
        order = np.argsort(np.array(self._ordinals, dtype=np.int64), kind="stable")
        with self.path.open("rb") as stream:
            for offset in offsets[order]:
                stream.seek(int(offset))
                yield _row(orjson.loads(stream.readline()))


def _row(record: dict[str, Any]) -> DeadRow:
    for key in ("cells", "stages", "codes", "columns", "messages"):
        if record[key] is not None:
            record[key] = tuple(record[key])
    return DeadRow(**record)
