"""Tells a table of users that was given in place of a mapping, so that no row of it is quoted."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path

SWAPPED = "were the source and the mapping swapped? The mapping's path stands behind --mapping"

_TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".parquet", ".jsonl", ".ndjson")
_COMPRESSED = (".gz", ".zip", ".zst", ".bz2", ".xz")
# Parquet, a workbook or another archive, gzip, zstd, bzip2, xz, and a workbook of old.
_MAGIC = (
    b"PAR1",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"\xfd7zXZ",
    b"\xd0\xcf\x11",
)

_DELIMITERS = ",;\t|"
_LINES = 10
_KEY = re.compile(
    r"[\s{\"']*(?:mapping|customer_id|attributes)[\"']?\s*(?::|\d|$)", re.IGNORECASE | re.MULTILINE
)

_KEYED = re.compile(r"\s*(?:- +)?[\w -]+:(?:\s|$)")


def is_table(path: Path, data: bytes) -> bool:
    """Tell whether a file is a table by its name or by its beginning, and not a mapping."""
    if _is_named_as_table(path) or data.startswith(_MAGIC):
        return True
    if path.suffix.lower() == ".json":
        # What is said of JSON quotes none of it.
        return False
    text = _decoded(data)
    return not any(map(_KEY.match, text.splitlines())) and _has_rows(text)


def _is_named_as_table(path: Path) -> bool:
    bare = path.with_suffix("") if path.suffix.lower() in _COMPRESSED else path
    return bare.suffix.lower() in _TABLES


def _decoded(data: bytes) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if marked else "utf-8-sig", errors="replace")


def _has_rows(text: str) -> bool:
    """Tell whether most lines have a delimiter that the first has, or are objects of JSON."""
    lines = [line for line in text.splitlines() if line.strip()][:_LINES]
    if len(lines) < 2:
        return False
    if all(map(_is_object, lines[:2])):
        return True
    if 2 * sum(bool(_KEYED.match(line)) for line in lines) > len(lines):
        return False
    marks = [mark for mark in _DELIMITERS if mark in lines[0]]
    return any(2 * sum(mark in line for line in lines) > len(lines) for mark in marks)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
