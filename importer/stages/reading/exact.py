"""Reads one record by RFC 4180, exactly, where the quick way cannot be proven right."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Literal, NamedTuple

from importer.records import Dialect
from importer.stages.reading.unmended import tells_rows
from importer.stages.reading.wire import wire_of

RECORD_BYTES = 1 << 20
"""A longer record is refused: an open quote would otherwise eat the memory (P5)."""

DEAD_RECORD_BYTES = 16 << 20
"""A dead letter repeats a record's bytes (as \\xNN: four for one) and what is said of its cells."""

Trouble = Literal["", "quote-open", "quote-stray", "unfinished"]


class Grammar(NamedTuple):
    """The two bytes that give a delimited text its shape, and how a comment line begins."""

    delimiter: bytes
    quote: bytes
    comment: bytes = b""


def longest_record(columns: Collection[str]) -> int:
    """Give how many bytes a record may have in a file of these columns."""
    return DEAD_RECORD_BYTES if tells_rows(columns) else RECORD_BYTES


def grammar_of(dialect: Dialect) -> Grammar:
    """Give what gives this dialect's wire form its shape (see wire.py)."""
    wire = wire_of(dialect)
    return Grammar(wire.delimiter, wire.quote, wire.comment)


class Scan(NamedTuple):
    """One record as the exact reading finds it.

    end: where its text ends, before the line end.  after: where the next record begins.
    cells: how many there are; with trouble, how many are sound before it.
    strict: no cell needs lenience: no quote inside an unquoted cell, no CR alone, no blank before
        a quote.
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


def has_torn_quotes(record: bytes, grammar: Grammar) -> bool:
    """Tell whether a quote opens within one unquoted cell and closes at the end of another.

    `Boots"These are warm, and light"` is a cell whose delimiter before the quote was lost, cut
    where it must not be; `5" pipe` and `rock "n" roll` are text.
    """
    at, is_open = 0, False
    while True:
        cell = _cell(record, at, len(record), grammar)
        text = record[cell.start : cell.end]
        if not cell.quoted and text.count(grammar.quote) % 2:
            if is_open and text.endswith(grammar.quote):
                return True
            following = text[text.find(grammar.quote) + 1 :][:1]
            is_open = is_open or following.strip() != b""
        if cell.edge == len(record):
            return False
        at = cell.edge + 1


def _cell(data: bytes, at: int, stop: int, grammar: Grammar) -> _Cell:
    if data.startswith(grammar.quote, at, stop):
        return _quoted(data, at + 1, stop, grammar)
    if data.startswith(b" ", at, stop) and (found := _after_blanks(data, at, stop, grammar)):
        return found
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


def _after_blanks(data: bytes, at: int, stop: int, grammar: Grammar) -> _Cell | None:
    """Read a cell that is quoted after blanks, if it is whole on its line; else it is plain text.

    The blanks are no part of the cell: `1, "Ann"` is a way of writing, not a name with quotes.
    """
    while data.startswith(b" ", at, stop):
        at += 1
    if b" " in (grammar.delimiter, grammar.quote) or not data.startswith(grammar.quote, at, stop):
        return None
    cell = _quoted(data, at + 1, stop, grammar)
    is_whole = not cell.trouble and data.find(b"\n", at, cell.end) < 0
    return cell._replace(strict=False) if is_whole else None


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
