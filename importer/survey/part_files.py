"""Keeps what payloads are made of in files until all rows of each user are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from importer.errors import StateError
from importer.stages.building import GROUP
from importer.stages.recording import disk_refused

BUFFER_BYTES = 32 * 1024 * 1024
"""What waits in memory before it is written."""

_PART_SHIFT = 15


class PartFiles:
    """Tables whose groups are rows of the run; groups that lie close together share a file.

    The files stand in `folder`, 0600, and each is removed when it is done with.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[pa.Table] = []
        self._bytes = 0
        self._files: dict[int, Path] = {}

    def add(self, parts: pa.Table) -> None:
        """Add rows, which come in the order of the run; StateError if the disk refuses."""
        if not parts.num_rows:
            return
        self._waiting.append(parts)
        self._bytes += parts.nbytes
        if self._bytes >= BUFFER_BYTES:
            self._write()

    def all(self) -> Iterator[Iterator[pa.Table]]:
        """Give the files by their groups, each as tables in the order of the run."""
        self._write()
        for number in sorted(self._files):
            path = self._files[number]
            yield _tables(path)
            path.unlink(missing_ok=True)

    def _write(self) -> None:
        if not self._waiting:
            return
        parts = pa.concat_tables(self._waiting)
        self._waiting, self._bytes = [], 0
        numbers = parts[GROUP].to_numpy() >> _PART_SHIFT
        order = np.argsort(numbers, kind="stable")
        parts, numbers = parts.take(pa.array(order)), numbers[order]
        starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True):
            self._append(int(numbers[start]), parts.slice(start, end - start))

    def _append(self, number: int, parts: pa.Table) -> None:
        path = self._files.setdefault(number, self._folder / f"parts-{number:05}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            with (
                os.fdopen(os.open(path, flags, 0o600), "ab") as stream,
                pa.ipc.new_stream(stream, parts.schema) as writer,
            ):
                writer.write_table(parts)
        except OSError as error:
            raise disk_refused(path, error) from None


def _tables(path: Path) -> Iterator[pa.Table]:
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            while stream.tell() < size:
                yield _next(stream)
    except (OSError, pa.ArrowInvalid) as error:
        raise StateError(
            str(path),
            f"a file that cannot be read back ({error})",
            "the file as it was written a moment ago",
            "check the disk, or choose another --state-dir, then run the command again",
        ) from None


def _next(stream: BinaryIO) -> pa.Table:
    with pa.ipc.open_stream(stream) as reader:
        return reader.read_all()
