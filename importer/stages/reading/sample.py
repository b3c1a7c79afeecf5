"""Holds the first bytes of a delimited file, and cuts them into records by one dialect or another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from importer.records import DEAD_LETTER_COLUMNS, Dialect
from importer.stages.reading.exact import Scan, grammar_of, read_cells, scan
from importer.stages.reading.wire import wire_of

SAMPLE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited file is written, and where its first row is.

    columns: every name of the header.
    is_closed: each record ends with a delimiter, after which there is nothing; `columns` then ends
        with "", which is no column.
    header_line: counted from 1; 0 if there is no header.
    data_offset, data_line: where the first record after the header begins, in the wire form.
    has_rows: the sample has at least one.
    line_bytes: how long the sample's physical lines are on average.
    warning: what a person should look at; "" if nothing.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    header_line: int
    data_offset: int
    data_line: int
    has_rows: bool
    line_bytes: float
    is_closed: bool = False
    warning: str = ""

    @property
    def is_dead_letter(self) -> bool:
        return self.columns[-len(DEAD_LETTER_COLUMNS) :] == DEAD_LETTER_COLUMNS


class SampleRecord(NamedTuple):
    """One record of the sample; `cells` is empty if it cannot be read."""

    at: int
    line: int
    after: int
    cells: tuple[str, ...]
    strict: bool
    trouble: str

    @property
    def width(self) -> int:
        return len(self.cells)

    @property
    def filled(self) -> int:
        """How many cells are not blank."""
        return sum(bool(cell.strip()) for cell in self.cells)


class Sample:
    """The first bytes of a file."""

    def __init__(self, path: str, data: bytes, start: int, is_whole: bool) -> None:
        self.path, self.data, self.start, self.is_whole = path, data, start, is_whole

    def splits(self, delimiter: str) -> bool:
        return delimiter.encode() in self.data

    def cut(self, dialect: Dialect, skip_lines: int = 0, rows: int = SAMPLE_ROWS) -> Cut:
        """Give the sample's records as this dialect has them."""
        wire = wire_of(dialect)
        text = self.data if wire.is_plain else wire.encode(self.data, final=self.is_whole)
        start = self.start if wire.is_plain else 0
        return Cut(self, dialect, text, start, skip_lines, rows)


class Cut:
    """The records of a sample by one dialect; a record that cannot be read ends with its line.

    text: the sample in its wire form.  blank lines and comments are no records.
    """

    def __init__(
        self, sample: Sample, dialect: Dialect, text: bytes, start: int, skip: int, rows: int
    ) -> None:
        self.sample, self.dialect, self.text = sample, dialect, text
        self._wire, self._grammar = wire_of(dialect), grammar_of(dialect)
        self.records: list[SampleRecord] = []
        at, line = start, 1
        for _ in range(skip):
            found = text.find(b"\n", at)
            at, line = (found + 1, line + 1) if found >= 0 else (len(text), line)
        self._read(at, line, rows)

    def _read(self, at: int, line: int, rows: int) -> None:
        text, size, comment = self.text, len(self.text), self._grammar.comment
        while at < size and len(self.records) < rows:
            if comment and text.startswith(comment, at):
                at, line = self._next_line(at), line + 1
                continue
            found = scan(text, at, size, self._grammar, is_end=self.sample.is_whole)
            if found.trouble == "unfinished":
                return
            after = self._next_line(at) if found.trouble else found.after
            if found.trouble or found.end > at:
                self.records.append(self._record(at, line, after, found))
            line += text.count(b"\n", at, after) + len(self._wire.newlines(text[at:after]))
            at = after

    def _next_line(self, at: int) -> int:
        found = self.text.find(b"\n", at)
        return found + 1 if found >= 0 else len(self.text)

    def _record(self, at: int, line: int, after: int, found: Scan) -> SampleRecord:
        if found.trouble:
            return SampleRecord(at, line, after, (), False, found.trouble)
        try:
            raw = read_cells(self.text[at : found.end], self._grammar)
            cells = tuple(self._wire.cell(cell) for cell in raw)
        except UnicodeDecodeError:
            return SampleRecord(at, line, after, (), False, "undecodable")
        return SampleRecord(at, line, after, cells, found.strict, "")

    def lines(self, count: int) -> list[str]:
        """Give the text of some records, as the file has it."""
        some = self.records[:count]
        return [self._wire.raw(self.text[record.at : record.after]) for record in some]

    @property
    def line_bytes(self) -> float:
        return len(self.text) / (self.text.count(b"\n") + 1)

    def line_after(self, record: SampleRecord) -> int:
        """Give the physical line after a record."""
        piece = self.text[record.at : record.after]
        return record.line + piece.count(b"\n") + len(self._wire.newlines(piece))


def show(delimiter: str) -> str:
    """Name a delimiter for people."""
    return {"\t": "TAB", " ": "space"}.get(delimiter, f"`{delimiter}`")
