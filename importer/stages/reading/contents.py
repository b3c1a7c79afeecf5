"""Says what a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import json
import re
from typing import Literal

from importer.errors import SourceError
from importer.stages.reading.archives import Compression
from importer.stages.reading.encodings import MARKS, is_wide

Format = Literal["csv", "jsonl", "parquet", "workbook"]

_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"PARE", "an encrypted Parquet file"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
)
_BINARY: tuple[tuple[bytes, Format, str], ...] = (
    (b"PAR1", "parquet", "a Parquet file"),
    (b"PK\x03\x04", "workbook", "a ZIP archive or workbook"),
    (b"\xd0\xcf\x11\xe0", "workbook", "an old workbook"),
)
_BINARY_DATA = "binary data"
_PROMISES = {
    ".parquet": "a Parquet file",
    ".xlsx": "a workbook",
    ".xlsm": "a workbook",
    ".xls": "a workbook",
}
_TEXT_BYTES_A_CONTROL = 50
_TEXTS = (
    (re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.I), "an HTML page"),
    (re.compile(rb"<\?xml", re.I), "an XML file"),
    (
        re.compile(rb'\{\s*("[^"]*"\s*:|\})|\[\s*[\[\{\]]'),
        "a JSON file that has not one object a line",
    ),
)


def format_of(
    path: str, head: bytes, compression: Compression, *, is_said_text: bool = False
) -> Format:
    """Give the format of a file from its first plain bytes (1 MiB); SourceError for any other.

    is_said_text: a person has said its encoding, so that zeros among its bytes prove nothing.
    """
    for magic, form, name in _BINARY:
        if head.startswith(magic):
            if compression:
                raise _refusal(path, f"{name} inside a {compression} file")
            return form
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _is_json_lines(path, text):
        return "jsonl"
    kind = _kind(head) or (_BINARY_DATA if _promised(path) and _is_noise(head) else "")
    if kind and not (is_said_text and kind == _BINARY_DATA):
        raise _refusal(path, f"{kind} inside a {compression} file" if compression else kind)
    return "csv"


def _is_json_lines(path: str, text: bytes) -> bool:
    if not text.startswith(b"{"):
        return False
    if path.lower().endswith((".jsonl", ".ndjson")):
        return True
    try:
        return isinstance(json.loads(text.split(b"\n", 1)[0]), dict)
    except (ValueError, RecursionError):
        return False


def _kind(head: bytes) -> str:
    """Name what the bytes are, if they are no delimited text that can be read."""
    if not head:
        return "an empty file"
    if any(head == mark for mark, _ in MARKS):
        return "an empty file (nothing but a byte-order mark)"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, name in _TEXTS:
        if pattern.match(text):
            return name
    for magic, name in _MAGIC:
        # A header may begin with such letters (ORCID,name); the rest of a table is text, too.
        if head.startswith(magic) and not (magic.isalnum() and _is_text(head)):
            return name
    if not text:
        has_blanks = head.removeprefix(b"\xef\xbb\xbf").strip(b"\r\n") != b""
        return "a file of blanks only" if has_blanks else "a file of empty lines only"
    return _unreadable_text(head)


def _is_text(head: bytes) -> bool:
    return not any(byte < 0x20 and byte not in b"\t\r\n" for byte in head[:4096])


def _is_noise(head: bytes) -> bool:
    """Tell whether bytes have more control characters than a text may have by accident."""
    start = head[:4096]
    controls = sum(byte < 0x20 and byte not in b"\t\r\n" for byte in start)
    return controls * _TEXT_BYTES_A_CONTROL > len(start) and not is_wide(head)


def _promised(path: str) -> str:
    """Say what a file's name promises, if that is no text: a Parquet file, or a workbook."""
    return next((kind for end, kind in _PROMISES.items() if path.lower().endswith(end)), "")


def _unreadable_text(head: bytes) -> str:
    line = head.lstrip(b"\r\n").split(b"\n", 1)[0]
    if b"\x00" in line:
        return "" if is_wide(head) else _BINARY_DATA
    return ""


def _refusal(path: str, kind: str) -> SourceError:
    expected = "delimited text, Parquet, JSON lines or a workbook"
    remedy = "export the table as CSV (UTF-8) or Parquet"
    promised = _promised(path)
    if promised:
        kind += f", which is not {promised}"
    if promised and kind.startswith(_BINARY_DATA):
        kind += " as its name says, nor a text that can be read"
        remedy = f"copy it again, since it may be damaged or encrypted, or {remedy}"
    return SourceError(path, kind, expected, remedy)
