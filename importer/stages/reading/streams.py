"""Opens source files as streams of plain bytes, and turns what can go wrong into one clear error."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from importer.errors import SourceChanged, SourceError

Compression = Literal["", "gzip"]

_GZIP = b"\x1f\x8b"
_SKIPPED = ("_", ".")
"""Files of a folder that begin so are notes of the tool that wrote it (_SUCCESS, .crc)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file that exists and can be read, as it was when it was found."""

    path: str
    size_bytes: int
    changed_ns: int

    @property
    def name(self) -> str:
        return Path(self.path).name


def find_files(paths: tuple[str, ...]) -> tuple[Place, ...]:
    """Look every path up; a folder stands for its Parquet files, by name.  Raises SourceError."""
    found = [place for path in paths for place in _look_up(path)]
    if not found:
        raise SourceError("SOURCE", "no file", "at least one", "name the table to import")
    return tuple(found)


def _look_up(path: str) -> list[Place]:
    with explained(path):
        info = os.stat(path)
        if not stat.S_ISDIR(info.st_mode):
            return [_place(path, info)]
        names = sorted(
            name
            for name in os.listdir(path)
            if name.endswith(".parquet") and not name.startswith(_SKIPPED)
        )
        if not names:
            raise SourceError(
                path,
                "a folder without Parquet files",
                "a file, or a folder of *.parquet files",
                "name the files instead",
            )
        return [_place(inner, os.stat(inner)) for inner in (os.path.join(path, n) for n in names)]


def _place(path: str, info: os.stat_result) -> Place:
    if not stat.S_ISREG(info.st_mode):
        raise SourceError(path, "no regular file", "a file on disk", "save it as a file first")
    if info.st_size == 0:
        raise SourceError(path, "an empty file", "a header and rows", "export the table again")
    return Place(path, info.st_size, info.st_mtime_ns)


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn the system's errors about this file into a SourceError."""
    try:
        yield
    except FileNotFoundError:
        raise SourceError(path, "no such file", "a file", "check the spelling") from None
    except PermissionError:
        raise SourceError(
            path, "no permission to read it", "a readable file", f"try: ls -l {path}"
        ) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(
            path, f"a broken gzip file ({error})", "a whole one", "copy or export it again"
        ) from None
    except (OSError, ValueError) as error:
        raise SourceError(path, f"it cannot be read ({error})", "a readable file", "") from None


class ByteStream:
    """The plain bytes of a file, decompressed by what its content says, not its name.

    Use as a context manager.  Every error is a SourceError that names the file.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        with explained(place.path):
            self._file = open(place.path, "rb")  # noqa: SIM115 - closed by __exit__
            magic = self._file.read(len(_GZIP))
            self._file.seek(0)
        self.compression: Compression = "gzip" if magic == _GZIP else ""
        self._plain: IO[bytes] | gzip.GzipFile = self._file
        if self.compression:
            self._plain = gzip.GzipFile(fileobj=self._file)

    def read(self, size: int) -> bytes:
        """Give the next bytes: exactly so many, fewer only at the end."""
        pieces: list[bytes] = []
        with explained(self._place.path):
            while size > 0 and (piece := self._plain.read(size)):
                pieces.append(piece)
                size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    @property
    def position_bytes(self) -> int:
        """How much of the file on disk has been read."""
        return self._file.tell()

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def require_unchanged(place: Place) -> None:
    """Raise SourceChanged if the file is no longer as it was found."""
    with explained(place.path):
        info = os.stat(place.path)
    if (info.st_size, info.st_mtime_ns) != (place.size_bytes, place.changed_ns):
        raise SourceChanged(
            place.path,
            "a file that changed while it was read",
            "the same file until the end",
            "wait until it is complete, then run the import again",
        )
