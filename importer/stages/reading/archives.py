"""Opens compressed files as streams of plain bytes, by what their content says."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, Literal, Protocol

import pyarrow as pa

from importer.errors import SourceError

Compression = Literal["", "gzip", "zstd", "bzip2", "xz", "zip"]


class Readable(Protocol):
    """Plain bytes, from the first to the last."""

    def read(self, size: int, /) -> bytes:
        """Give up to `size` bytes; none only at the end."""


MAGIC_BYTES = 16
BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What the libraries raise over a broken, truncated or unknown archive."""

_MAGIC: tuple[tuple[re.Pattern[bytes], Compression], ...] = (
    (re.compile(rb"\x1f\x8b"), "gzip"),
    # Parallel writers begin with a skippable frame (0x184D2A5?).
    (re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), "zstd"),
    (re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"), "bzip2"),
    (re.compile(rb"\xfd7zXZ\x00"), "xz"),
    (re.compile(rb"PK(\x03\x04|\x05\x06|\x07\x08)"), "zip"),
)
_XZ_MEMORY_BYTES = 256 << 20
_FEED_BYTES = 1 << 16
_ENCRYPTED = 0x1
_OFFICE = ("[Content_Types].xml", "mimetype")
"""A member that only the ZIP files of office programs begin with."""


def compression_of(file: BinaryIO) -> Compression:
    """Tell how a file is compressed; an office document counts as not compressed."""
    head = file.read(MAGIC_BYTES)
    file.seek(0)
    for pattern, name in _MAGIC:
        if pattern.match(head):
            return "" if name == "zip" and _is_office(file) else name
    return ""


def _is_office(file: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return any(name in _OFFICE for name in archive.namelist())
    except BROKEN:
        return False
    finally:
        file.seek(0)


def unpacked_bytes(file: BinaryIO) -> int:
    """Tell how large the members of a ZIP say that they are, together; 0 for any other file."""
    try:
        with zipfile.ZipFile(file) as archive:
            return sum(info.file_size for info in archive.infolist())
    except BROKEN:
        return 0
    finally:
        file.seek(0)


def opened(path: str, file: BinaryIO, compression: Compression) -> Readable:
    """Give the plain bytes of a file; SourceError for a ZIP without exactly one table.

    What is broken is raised as one of BROKEN, here or while reading.
    """
    if compression == "gzip":
        return gzip.GzipFile(fileobj=file)
    if compression == "zstd":
        plain: Readable = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
        return plain
    if compression == "bzip2":
        return _Chained(file, bz2.BZ2Decompressor)
    if compression == "xz":
        return _Chained(file, lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES))
    if compression == "zip":
        return _only_member(path, zipfile.ZipFile(file))
    return file


def _only_member(path: str, archive: zipfile.ZipFile) -> Readable:
    members = [
        info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        names = ", ".join(info.filename for info in members[:5])
        further = f" and {len(members) - 5} more" if len(members) > 5 else ""
        raise SourceError(
            path,
            f"a ZIP archive of {len(members)} files ({names}{further})"
            if members
            else "an empty ZIP archive",
            "one file in it",
            "unpack it, and name the table to import",
        )
    if members[0].flag_bits & _ENCRYPTED:
        raise SourceError(
            path,
            f"an encrypted ZIP archive ({members[0].filename})",
            "one without a password",
            "unpack it, and name the file in it",
        )
    return archive.open(members[0])


class _Chained:
    """Compressed streams one after the other, read as one.

    The standard library takes a broken stream that follows a whole one for padding, and ends
    without a word; rows would be lost.
    """

    def __init__(
        self, file: BinaryIO, new: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]
    ) -> None:
        self._file, self._new, self._engine = file, new, new()

    def read(self, size: int, /) -> bytes:
        """Give up to `size` bytes; none only at the end."""
        while True:
            feed = b""
            if self._engine.eof:
                # xz allows zeros between streams.
                feed = self._engine.unused_data.lstrip(b"\x00") or self._next().lstrip(b"\x00")
                if not feed:
                    return b""
                self._engine = self._new()
            elif self._engine.needs_input:
                feed = self._next()
                if not feed:
                    raise EOFError("it ends too early")
            if data := self._engine.decompress(feed, size):
                return data

    def _next(self) -> bytes:
        return self._file.read(_FEED_BYTES)
