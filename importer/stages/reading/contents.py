"""Says what a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re
from typing import Literal

from importer.errors import SourceError

Format = Literal["csv", "parquet"]

_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"PARE", "an encrypted Parquet file"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x1f\x8b", "a gzip file inside a gzip file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xff\xfe\x00\x00", "UTF-32 text"),
    (b"\x00\x00\xfe\xff", "UTF-32 text"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
_TEXTS = (
    (re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.I), "an HTML page"),
    (re.compile(rb"<\?xml", re.I), "an XML file"),
    (re.compile(rb'\{\s*("[^"]*"\s*:|\})|\[\s*[\[\{\]]'), "a JSON file"),
)


def format_of(path: str, head: bytes, *, is_compressed: bool) -> Format:
    """Give the format of a file from its first bytes (64 KiB do); SourceError for any other."""
    if head.startswith(b"PAR1"):
        if is_compressed:
            raise _refusal(path, "a Parquet file inside a gzip file")
        return "parquet"
    kind = _kind(head)
    if kind:
        raise _refusal(path, kind)
    return "csv"


def _kind(head: bytes) -> str:
    """Name what the bytes are, if they are no delimited text that can be read."""
    if not head:
        return "an empty file"
    if head.startswith(b"PK\x03\x04") and b"xl/" in head:
        return "an Excel workbook (.xlsx)"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, name in _TEXTS:
        if pattern.match(text):
            return name
    for magic, name in _MAGIC:
        # A header may begin with such letters (ORCID,name); the rest of a table is text, too.
        if head.startswith(magic) and not (magic.isalnum() and _is_text(head)):
            return name
    if not text:
        return "a file of blanks only"
    return _unreadable_text(head)


def _is_text(head: bytes) -> bool:
    return not any(byte < 0x20 and byte not in b"\t\r\n" for byte in head[:4096])


def _unreadable_text(head: bytes) -> str:
    line = head.lstrip(b"\r\n").split(b"\n", 1)[0]
    if b"\x00" in line:
        zeros = (line[0:200:2].count(0), line[1:200:2].count(0))
        looks_wide = max(zeros) > 0 and min(zeros) == 0
        return "text that looks like UTF-16" if looks_wide else "binary data"
    if b"\n" not in head and b"\r" in head.rstrip(b"\r"):
        return "text whose lines end in CR alone"
    return ""


def _refusal(path: str, kind: str) -> SourceError:
    expected = "delimited text in UTF-8 or cp1252, or Parquet"
    if path.endswith(".parquet"):
        kind += ", which is not a Parquet file"
    return SourceError(path, kind, expected, "export the table as CSV (UTF-8) or Parquet")
