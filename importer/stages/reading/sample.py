"""Holds the first bytes of a delimited file, and what one reading or another makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from importer.errors import SourceError
from importer.records import DEAD_LETTER_COLUMNS, Dialect
from importer.stages.reading.exact import Grammar, Scan, grammar_of, read_cells, scan

_SAMPLE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is written, and where its first row is.

    columns: every name of the header.  header_line: counted from 1.
    data_offset, data_line: where the first record after the header begins.
    has_rows: the sample has at least one.
    line_bytes: how long the sample's physical lines are on average.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    header_line: int
    data_offset: int
    data_line: int
    has_rows: bool
    line_bytes: float

    @property
    def is_dead_letter(self) -> bool:
        return self.columns[-len(DEAD_LETTER_COLUMNS) :] == DEAD_LETTER_COLUMNS


@dataclass(frozen=True, slots=True)
class _Header:
    at: int
    line: int
    found: Scan


class Sample:
    """The first bytes of a file, and what one reading or another makes of them."""

    def __init__(self, path: str, data: bytes, start: int, is_whole: bool) -> None:
        self.path, self.data, self.start, self.is_whole = path, data, start, is_whole

    def splits(self, delimiter: str) -> bool:
        return delimiter.encode() in self.data

    def header(self, grammar: Grammar) -> _Header:
        """Read the first record that is not a blank line."""
        at, line = self.start, 1
        while True:
            found = scan(self.data, at, len(self.data), grammar, is_end=self.is_whole)
            if found.trouble or found.end > at or found.after >= len(self.data):
                return _Header(at, line, found)
            at, line = found.after, line + 1

    def widths(self, grammar: Grammar) -> tuple[int, list[int], int]:
        """Give the header's width, those of the first rows, and how many rows are strict too."""
        header = self.header(grammar)
        at, widths, strict = header.found.after, list[int](), 0
        while at < len(self.data) and len(widths) < _SAMPLE_ROWS:
            found = scan(self.data, at, len(self.data), grammar, is_end=self.is_whole)
            if found.trouble:
                break
            if found.end > at:
                widths.append(found.cells)
                strict += found.strict and found.cells == header.found.cells
            at = found.after
        return header.found.cells, widths, strict

    def layout(self, dialect: Dialect) -> Layout | None:
        """Give the layout in this dialect, or None if its header is no record."""
        grammar = grammar_of(dialect)
        header = self.header(grammar)
        if header.found.trouble or header.found.end == header.at:
            return None
        record = self.data[header.at : header.found.end]
        try:
            columns = [cell.decode(dialect.encoding) for cell in read_cells(record, grammar)]
        except UnicodeDecodeError:
            return None
        after = header.found.after
        return Layout(
            dialect=dialect,
            columns=tuple(columns),
            header_line=header.line,
            data_offset=after,
            data_line=header.line + self.data.count(b"\n", header.at, after),
            line_bytes=len(self.data) / (self.data.count(b"\n") + 1),
            has_rows=not self.is_whole or bool(self.data[after:].strip(b"\r\n")),
        )

    def require_layout(self, dialect: Dialect) -> Layout:
        """Give the layout in this dialect; SourceError if its header cannot be read."""
        layout = self.layout(dialect)
        if layout is None:
            raise SourceError(
                f"{self.path} line {self.header(grammar_of(dialect)).line}",
                "a first line that is no header: empty, too long, not "
                f"{dialect.encoding}, or with a quote that is not closed",
                f"the column names, separated by {show(dialect.delimiter)}",
                "mend the header, or say how the file is written under `source:` in the mapping",
            )
        return layout


def show(delimiter: str) -> str:
    """Name a delimiter for people."""
    return "TAB" if delimiter == "\t" else f"`{delimiter}`"
