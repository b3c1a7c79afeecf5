"""Reads one record by RFC 4180, exactly, where the quick way cannot be proven right."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from importer.records import Dialect

RECORD_BYTES = 1 << 20
"""A longer record is refused: an open quote would otherwise eat the memory (P5)."""

Trouble = Literal["", "quote-open", "quote-stray", "unfinished"]


class Grammar(NamedTuple):
    """The two bytes that give a delimited text its shape."""

    delimiter: bytes
    quote: bytes


def grammar_of(dialect: Dialect) -> Grammar:
    """Give the dialect's characters as bytes (one each: see detection.py)."""
    encoding = dialect.encoding
    return Grammar(dialect.delimiter.encode(encoding), dialect.quote.encode(encoding))


class Scan(NamedTuple):
    """One record as the exact reading finds it.

    end: where its text ends, before the line end.  after: where the next record begins.
    cells: how many there are; with trouble, how many are sound before it.
    strict: no cell needs lenience: no quote inside an unquoted cell, no CR alone.
    trouble: why it is no record; "unfinished" if the bytes end before that can be known.
    at: where the trouble is.
    """

    end: int
    after: int
    cells: int
    strict: bool
    trouble: Trouble = ""
    at: int = 0


class _Cell(NamedTuple):
    """One cell: its text, and `edge`, the place of the delimiter or line end after it."""

    start: int
    end: int
    edge: int
    quoted: bool
    strict: bool
    trouble: Trouble = ""


def scan(data: bytes, start: int, stop: int, grammar: Grammar, *, is_end: bool) -> Scan:
    """Read the record that begins at `start`, looking no further than `stop`.

    is_end: the file ends at `stop`; otherwise a record that reaches `stop` is "unfinished".
    A quote inside an unquoted cell is text (`5" pipe`); text after a closing quote is trouble.
    """
    at, cells, strict = start, 0, True
    while True:
        cell = _cell(data, at, stop, grammar)
        if cell.edge == stop and not is_end:
            return Scan(stop, stop, cells, strict, "unfinished", at)
        if cell.trouble:
            return Scan(stop, stop, cells, strict, cell.trouble, cell.edge)
        strict = strict and cell.strict
        cells += 1
        if not data.startswith(grammar.delimiter, cell.edge, stop):
            return Scan(cell.end + cell.quoted, min(cell.edge + 1, stop), cells, strict)
        at = cell.edge + 1


def read_cells(record: bytes, grammar: Grammar) -> list[bytes]:
    """Give the unescaped cells of one record that `scan` found to be sound."""
    cells, at, stop = [], 0, len(record)
    while True:
        cell = _cell(record, at, stop, grammar)
        text = record[cell.start : cell.end]
        cells.append(text.replace(grammar.quote * 2, grammar.quote) if cell.quoted else text)
        if cell.edge == stop:
            return cells
        at = cell.edge + 1


def _cell(data: bytes, at: int, stop: int, grammar: Grammar) -> _Cell:
    if data.startswith(grammar.quote, at, stop):
        return _quoted(data, at + 1, stop, grammar)
    matched = _plain_text(grammar.delimiter).match(data, at, stop)
    edge = matched.end() if matched else at
    ends_line = edge == stop or data[edge] == ord("\n")
    # Every CR before a line end belongs to it: some programs on Windows write CR CR LF.
    end = _without_crs(data, at, edge) if ends_line else edge
    plain = data.find(grammar.quote, at, end) < 0 and data.find(b"\r", at, end) < 0
    return _Cell(at, end, edge, False, plain and edge - end <= 1)


def _quoted(data: bytes, start: int, stop: int, grammar: Grammar) -> _Cell:
    closing = _closing_quote(data, start, stop, grammar.quote)
    if closing < 0:
        return _Cell(start, stop, stop, True, False, "quote-open")
    edge = closing + 1
    if data.startswith(grammar.delimiter, edge, stop):
        return _Cell(start, closing, edge, True, True)
    while data.startswith(b"\r", edge, stop):
        edge += 1
    if edge < stop and data[edge] != ord("\n"):
        return _Cell(start, closing, edge, True, False, "quote-stray")
    return _Cell(start, closing, edge, True, edge - closing <= 2)


def _closing_quote(data: bytes, at: int, stop: int, quote: bytes) -> int:
    """Find the quote that closes a cell whose text begins at `at`; -1 if none does."""
    while (found := data.find(quote, at, stop)) >= 0:
        if not data.startswith(quote, found + 1, stop):
            return found
        at = found + 2
    return -1


def _without_crs(data: bytes, start: int, end: int) -> int:
    while end > start and data[end - 1] == ord("\r"):
        end -= 1
    return end


@lru_cache(maxsize=16)
def _plain_text(delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(b"[^\\n" + re.escape(delimiter) + b"]*")
