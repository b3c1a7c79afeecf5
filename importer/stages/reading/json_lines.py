"""Reads a file with one JSON object a line into blocks; its columns are the keys of all lines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from importer.errors import SourceError
from importer.records import JsonBlock
from importer.stages.reading.blocks import BLOCK_BYTES, OnBytes
from importer.stages.reading.json_rows import LINE_BYTES, Fault, row_of
from importer.stages.reading.streams import ByteStream, Compression, Place, require_unchanged

_MARK = b"\xef\xbb\xbf"
_BLANKS = b" \t\r"
_MAX_COLUMNS = 10_000
_BLOCK_ROWS = 50_000


class JsonLinesFile:
    """One JSON-lines file of a source.  Opening it reads it once, for the keys of all lines.

    columns: in the order in which they first appear.
    rows: how many; lines that are no JSON object are rows, too (invalid ones).
    blank_lines: how many lines without a record the last reading has passed over so far.
    """

    def __init__(self, place: Place, compression: Compression) -> None:
        self.place, self.compression = place, compression
        self.blank_lines = 0
        self.rows = 0
        found: dict[str, None] = {}
        self.columns: tuple[str, ...] = ()
        for block in self.read_blocks():
            self.rows += block.rows
            for start, end in zip(block.starts.tolist(), block.ends.tolist(), strict=True):
                row = row_of(block.data[start:end])
                if not isinstance(row, Fault):
                    found.update(dict.fromkeys(row))
            if len(found) > _MAX_COLUMNS:
                raise SourceError(
                    place.path,
                    f"more than {_MAX_COLUMNS:,} different keys",
                    "a table, whose lines have the same keys",
                    "write what differs from line to line as a list or under one key",
                )
        self.columns = tuple(found)
        if self.rows and not found:
            raise SourceError(
                place.path,
                "no line that is a JSON object with keys",
                "one JSON object a line",
                "export the table as JSON lines, CSV or Parquet",
            )

    def read_blocks(
        self, block_bytes: int | None = None, on_bytes: OnBytes | None = None
    ) -> Iterator[JsonBlock]:
        """Give the rows in blocks that are numbered from 0.

        on_bytes: is told how many bytes of the file on disk were read since the last call.
        Raises SourceError, SourceChanged.
        """
        self.blank_lines = 0
        size, number, row, line, told = block_bytes or BLOCK_BYTES, 0, 1, 1, 0
        with ByteStream(self.place) as stream:
            waiting, is_first = b"", True
            while True:
                asked = max(size - len(waiting), len(waiting), 1)
                data = waiting + stream.read(asked)
                final = len(data) < len(waiting) + asked
                start = len(_MARK) if is_first and data.startswith(_MARK) else 0
                cut = len(data) if final else data.rfind(b"\n") + 1
                if not cut and len(data) > LINE_BYTES:
                    # The row is invalid whatever follows: its rest need not be kept.
                    piece = data[: LINE_BYTES + 1] + b"\n"
                    waiting = _rest_of_line(stream, size)
                else:
                    piece, waiting = data[:cut], data[cut:]
                for block in self._blocks(piece, start, number, row, line):
                    yield block
                    number, row = number + 1, row + block.rows
                line += piece.count(b"\n")
                is_first = is_first and not piece
                if on_bytes is not None:
                    on_bytes(stream.position_bytes - told)
                    told = stream.position_bytes
                if final:
                    break
        require_unchanged(self.place)

    def _blocks(
        self, data: bytes, start: int, number: int, row: int, line: int
    ) -> Iterator[JsonBlock]:
        breaks = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
        ends = breaks if data.endswith(b"\n") or not data else np.append(breaks, len(data))
        starts = np.concatenate([[start], ends[:-1] + 1]) if len(ends) else ends
        is_row = np.array(
            [bool(data[a:b].strip(_BLANKS)) for a, b in zip(starts, ends, strict=True)], bool
        )
        self.blank_lines += int(np.count_nonzero(~is_row))
        lines = np.flatnonzero(is_row) + line
        starts, ends = starts[is_row], ends[is_row]
        for at in range(0, len(starts), _BLOCK_ROWS):
            part = slice(at, at + _BLOCK_ROWS)
            yield JsonBlock(
                number + at // _BLOCK_ROWS,
                self.place.path,
                row + at,
                self.columns,
                data,
                starts[part],
                ends[part],
                lines[part],
            )

    def count_rows(self, limit: int | None = None) -> int:
        """Give the number of rows, which is known."""
        return self.rows if limit is None else min(self.rows, limit)


def _rest_of_line(stream: ByteStream, size: int) -> bytes:
    """Pass over the rest of a line; give what follows it."""
    while data := stream.read(size):
        found = data.find(b"\n")
        if found >= 0:
            return data[found + 1 :]
    return b""
