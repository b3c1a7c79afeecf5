"""Keeps what comes through a pipe in a private temporary file, so that it can be read twice."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import IO, BinaryIO

from importer.errors import SourceError
from importer.stages.reading.places import Place, explained

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class SpooledFile(Place):
    """What came through a pipe or a server that only streams; the file has no name on disk."""

    _file: IO[bytes] = field(repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        weakref.finalize(self, self._file.close)

    def open(self) -> BinaryIO:
        return io.BufferedReader(_View(self._file, self._lock), _PIECE_BYTES)

    def require_unchanged(self) -> None:
        """Do nothing: nobody else can write to it."""


def spooled_stdin() -> SpooledFile:
    """Read standard input to its end; SourceError if it is a terminal."""
    if sys.stdin is None or sys.stdin.isatty():
        raise SourceError(
            "-",
            "nothing on standard input but a keyboard",
            "a table piped in",
            "pipe it in (zcat users.csv.gz | ... -), or name a file",
        )
    return spooled("-", lambda file: shutil.copyfileobj(sys.stdin.buffer, file, _PIECE_BYTES))


def spooled_pipe(path: str) -> SpooledFile:
    """Read a named pipe to its end; waits for its writer, as every reader of a pipe does."""

    def copy(file: IO[bytes]) -> None:
        with open(path, "rb") as pipe:
            shutil.copyfileobj(pipe, file, _PIECE_BYTES)

    return spooled(path, copy)


def spooled(path: str, write: Callable[[IO[bytes]], None]) -> SpooledFile:
    """Keep what `write` writes; the disk's space is the only limit."""
    file = tempfile.TemporaryFile(prefix="moengage-import-")  # noqa: SIM115 - the place keeps it
    try:
        with explained(path):
            write(file)
            file.flush()
            size_bytes = file.seek(0, io.SEEK_END)
        if not size_bytes:
            raise SourceError(path, "no data at all", "a header and rows", "check what writes it")
    except BaseException:
        file.close()
        raise
    return SpooledFile(path, size_bytes, file)


class _View(io.RawIOBase):
    """One reader's position in a file that several read."""

    def __init__(self, file: IO[bytes], lock: Lock) -> None:
        self._file, self._lock, self._at = file, lock, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        with self._lock:
            size = self._file.seek(0, io.SEEK_END)
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: size}[whence]
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override] # typeshed asks for its own Buffer
        with self._lock:
            self._file.seek(self._at)
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
