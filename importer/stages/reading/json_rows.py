"""Reads lines of JSON as rows of text: numbers keep their digits, nested values stay JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from importer.records import Batch, JsonBlock, NumberText, Rejection

LINE_BYTES = 1 << 20
Row = dict[str, str | None]

_SPACE = re.compile(r"[ \t\r]*")
_EXPECTED = "one JSON object"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is no row: the rule's code, what was found, what was expected."""

    code: str
    found: str
    expected: str = _EXPECTED


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text}, which JSON does not know")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def row_of(line: bytes) -> Row | Fault:
    """Give the text of each key's value; null is None.

    Texts come as they are, numbers and nested values as the file writes them.
    """
    if len(line) > LINE_BYTES:
        return Fault("cell-too-long", f"{len(line):,} bytes", f"at most {LINE_BYTES:,}")
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        return Fault("undecodable", f"the byte \\x{line[error.start]:02x}", "text in utf-8")
    try:
        return _object(text)
    except RecursionError:
        return Fault("json-line", "values nested too deeply")
    except ValueError as error:
        return Fault("json-line", str(error).split(":", 1)[0])


def _object(text: str) -> Row:
    """Read one object; ValueError says what is wrong."""
    at = _past_space(text, 0)
    if text[at : at + 1] != "{":
        raise ValueError("no JSON object")
    row: Row = {}
    at = _past_space(text, at + 1)
    if text[at : at + 1] != "}":
        at = _pairs(text, at, row)
    if _past_space(text, at + 1) != len(text):
        raise ValueError("text after the object")
    return row


def _pairs(text: str, at: int, row: Row) -> int:
    """Read the keys and values; give the place of the closing brace."""
    while True:
        if text[at : at + 1] != '"':
            raise ValueError("something other than a key in quotes")
        key, at = _DECODER.raw_decode(text, at)
        at = _past_space(text, at)
        if text[at : at + 1] != ":":
            raise ValueError("a key without a colon")
        start = _past_space(text, at + 1)
        value, at = _DECODER.raw_decode(text, start)
        if key in row:
            raise ValueError("a key that stands twice")
        row[key] = _text(value, text[start:at])
        at = _past_space(text, at)
        mark = text[at : at + 1]
        if mark == "}":
            return at
        if mark != ",":
            raise ValueError("a value without a comma or a brace after it")
        at = _past_space(text, at + 1)


def _text(value: object, written: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return NumberText(written) if is_number else written
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("half of a surrogate pair")
    return value


def _past_space(text: str, at: int) -> int:
    matched = _SPACE.match(text, at)
    return matched.end() if matched else at


def line_of(block: JsonBlock, index: int) -> bytes:
    """Give the bytes of one line, without its end."""
    return block.data[int(block.starts[index]) : int(block.ends[index])]


def read_json_block(
    block: JsonBlock, columns: Collection[str]
) -> tuple[Batch, tuple[Rejection, ...]]:
    """Give the text of these columns; a line that is no row is a Rejection."""
    names = [name for name in block.columns if name in columns]
    known = frozenset(block.columns)
    index: list[int] = []
    rows: list[Row] = []
    rejections: list[Rejection] = []
    for at in range(block.rows):
        row = row_of(line_of(block, at))
        fault = row if isinstance(row, Fault) else _unknown_key(row, known)
        if fault is not None:
            rejections.append(_rejection(block, at, fault))
        elif not isinstance(row, Fault):
            index.append(at)
            rows.append(row)
    cells = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    native = {
        name: pa.array([isinstance(row.get(name), NumberText) for row in rows], pa.bool_())
        for name in names
    }
    batch = Batch(np.array(index, np.int64), pa.table(cells), pa.table(native) if native else None)
    return batch, tuple(rejections)


def _unknown_key(row: Row, known: frozenset[str]) -> Fault | None:
    """Refuse a key that was not there when the columns were looked up: nothing goes unsaid."""
    further = next((key for key in row if key not in known), None)
    return None if further is None else Fault("json-line", f"the new key {further!r}")


def _rejection(block: JsonBlock, index: int, fault: Fault) -> Rejection:
    raw = raw_line(block, index)
    return Rejection(index, "reading", fault.code, "", fault.found, fault.expected, raw)


def raw_line(block: JsonBlock, index: int) -> str:
    r"""Give one line as text that loses nothing: bad bytes as \xNN, a backslash doubled."""
    return line_of(block, index).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def json_kinds(block: JsonBlock, index: int) -> str:
    """Give which cells of one row are numbers (see natives.py)."""
    cells = cells_of_json(block, index) or [None] * len(block.columns)
    return "".join("n" if isinstance(cell, NumberText) else "m" for cell in cells)


def cells_of_json(block: JsonBlock, index: int) -> Sequence[str | None] | None:
    """Give all cells of one row as text; None if the row cannot be read."""
    row = row_of(line_of(block, index))
    if isinstance(row, Fault) or _unknown_key(row, frozenset(block.columns)):
        return None
    return [row.get(name) for name in block.columns]
