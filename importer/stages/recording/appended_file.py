"""Appends to a file of a run's folder in pieces that belong to commits of the ledger."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from importer.errors import StateError
from importer.plurals import counted
from importer.stages.recording.private_files import refused


class AppendedFile:
    """A file, 0600, that only grows; what is added waits in memory until it is written.

    `add` and `take` belong to one thread, `write` may belong to another.
    length: bytes in the file and waiting; written: bytes in the file.
    """

    def __init__(self, path: Path) -> None:
        """Create it, or go on behind what stands there; StateError if the disk refuses."""
        self.path = path
        self._waiting: list[bytes] = []
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self.written = os.fstat(self._descriptor).st_size
        except OSError as error:
            raise refused(path, error) from None
        self.length = self.written
        self._is_open = True
        self._refusal: StateError | None = None

    def add(self, data: bytes) -> None:
        """Add to what waits."""
        self._waiting.append(data)
        self.length += len(data)

    def take(self) -> bytes:
        """Give what waits, and forget it."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        return data

    def write(self, data: bytes, *, durably: bool = False) -> None:
        """Append all of it or nothing; StateError if the disk refuses, from then on always."""
        if self._refusal is not None:
            raise self._refusal
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._descriptor, view) :]
            if durably and data:
                os.fsync(self._descriptor)
        except OSError as error:
            self._refusal = refused(self.path, error)
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.written)
            raise self._refusal from None
        self.written += len(data)

    def flush(self) -> None:
        """Write what waits."""
        self.write(self.take())

    def close(self) -> None:
        """Write what waits, and close; harmless the second time."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            self.flush()
        finally:
            os.close(self._descriptor)


def require_length(path: Path, length: int) -> None:
    """Raise StateError if a file is shorter than what was committed of it, or cannot be read."""
    try:
        size = path.stat().st_size if path.exists() else 0
    except OSError as error:
        raise refused(path, error) from None
    if size < length:
        raise StateError(
            str(path),
            f"{counted(size, 'byte')} where {length:,} had been committed",
            "the file as the run left it",
            "restore it from a backup, or import the source anew: a user who is sent twice is "
            "only updated twice",
        )


def cut_back(path: Path, length: int) -> None:
    """Cut a file back to a length that was committed; StateError if it is shorter than that."""
    try:
        if path.exists() and path.stat().st_size > length:
            os.truncate(path, length)
    except OSError as error:
        raise refused(path, error) from None
    require_length(path, length)
