"""Reads a delimited file into blocks that end at a record's edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from importer.records import Int64s, TextBlock
from importer.stages.reading.exact import grammar_of, longest_record
from importer.stages.reading.sample import Layout
from importer.stages.reading.splitter import Split, split
from importer.stages.reading.streams import ByteStream, Compression, Place, require_unchanged
from importer.stages.reading.wire import WireStream, wire_of

BLOCK_BYTES = 8 << 20
MAX_BLOCK_BYTES = 16 << 20
BLOCK_ROWS = 50_000
"""pandera costs by the call: a block has at least so many rows if MAX_BLOCK_BYTES allow it."""

MAX_BLOCK_ROWS = 200_000
"""P5: memory goes by rows as well, where each has a fate or a Rejection."""

OnBytes = Callable[[int], None]


@dataclass(frozen=True)
class _Piece:
    """Some records, with the bytes that they stand in.

    first_line: the physical line, in the file, of the first byte.
    """

    data: bytes
    split: Split
    first_line: int


class DelimitedFile:
    """One delimited file of a source.  Memory is bounded by the block and the longest record.

    blank_lines: how many lines without a record the last reading has passed over so far.
    rows: how many there are, once the file has been read or counted to its end.
    """

    def __init__(self, place: Place, layout: Layout, compression: Compression) -> None:
        self.place, self.layout, self.compression = place, layout, compression
        self.columns = layout.columns
        self.has_rows = layout.has_rows
        self.blank_lines = 0
        self.rows: int | None = None
        self._record_bytes = longest_record(layout.columns)

    def read_blocks(
        self, block_bytes: int | None = None, on_bytes: OnBytes | None = None
    ) -> Iterator[TextBlock]:
        """Give the rows in blocks that are numbered from 0.

        block_bytes: about how large a block is; None chooses it by the length of the rows.
        on_bytes: is told how many bytes of the file on disk were read since the last call.
        Raises SourceError, SourceChanged.
        """
        number, row = 0, 1
        self.blank_lines = 0
        for piece in self._pieces(block_bytes, on_bytes):
            self.blank_lines += piece.split.blank_lines
            rows = len(piece.split.starts)
            if rows:
                yield self._block(piece, number, row)
                number, row = number + 1, row + rows
        self.rows = row - 1

    def count_rows(self, limit: int | None = None) -> int:
        """Count the records, if that is not done yet; stops soon after `limit`.

        A file that changes after it was counted is found out when it is read again.
        """
        if self.rows is not None:
            return self.rows
        rows = 0
        for piece in self._pieces(None, None):
            rows += len(piece.split.starts)
            if limit is not None and rows >= limit:
                return rows
        self.rows = rows
        return rows

    def _block(self, piece: _Piece, number: int, row: int) -> TextBlock:
        return TextBlock(
            number=number,
            file=self.place.path,
            first_row=row,
            columns=self.columns,
            dialect=self.layout.dialect,
            data=piece.data,
            starts=piece.split.starts,
            ends=piece.split.ends,
            lines=piece.split.lines + piece.first_line + self._hidden_lines(piece),
            odd=piece.split.odd,
        )

    def _hidden_lines(self, piece: _Piece) -> Int64s | int:
        """Count, before each record, the line breaks that are no line ends on the wire."""
        newlines = wire_of(self.layout.dialect).newlines(piece.data)
        return np.searchsorted(newlines, piece.split.starts) if newlines else 0

    def _pieces(self, block_bytes: int | None, on_bytes: OnBytes | None) -> Iterator[_Piece]:
        grammar, width = grammar_of(self.layout.dialect), len(self.columns)
        size = block_bytes or suitable_bytes(self.layout.line_bytes)
        line, told = self.layout.data_line, 0
        wire = wire_of(self.layout.dialect)
        with ByteStream(self.place) as file:
            stream = file if wire.is_plain else WireStream(file, wire)
            waiting = stream.read(self.layout.data_offset + 1)[self.layout.data_offset :]
            while True:
                # A record that did not fit gets twice the room, so that reading stays linear.
                asked = max(size - len(waiting), len(waiting), 1)
                data = waiting + stream.read(asked)
                final = len(data) < len(waiting) + asked
                found = split(data, grammar, width, final=final, record_bytes=self._record_bytes)
                yield _Piece(data[: found.consumed], found, line)
                line += found.consumed_lines + len(wire.newlines(data[: found.consumed]))
                waiting = data[found.consumed :]
                if on_bytes is not None:
                    on_bytes(stream.position_bytes - told)
                    told = stream.position_bytes
                if final:
                    break
                if found.is_cut:
                    waiting, line = _after_line(stream, size), line + 1
        require_unchanged(self.place)


def _after_line(stream: ByteStream | WireStream, size: int) -> bytes:
    """Pass over the rest of the line."""
    while data := stream.read(size):
        found = data.find(b"\n")
        if found >= 0:
            return data[found + 1 :]
    return b""


def suitable_bytes(row_bytes: float) -> int:
    """Give the size of a block for rows of this average length."""
    size = min(max(BLOCK_ROWS * row_bytes, BLOCK_BYTES), MAX_BLOCK_BYTES)
    return int(min(size, MAX_BLOCK_ROWS * row_bytes))
