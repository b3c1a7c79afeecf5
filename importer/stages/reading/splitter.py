"""Cuts bytes into records: by numpy where that is provably right, line by line where it is not.

The reading by parity takes a whole buffer at once.  A line end that an even number of quotes
precedes ends a record; this holds if every quote stands where RFC 4180 allows it, which is
checked for each.  If one quote fails, resync.py reads the buffer by its physical lines.
What a row is depends on its bytes alone, never on where the buffer was cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from importer.records import Int64s
from importer.stages.reading.exact import RECORD_BYTES, Grammar
from importer.stages.reading.marks import Bools, Pieces, find_marks, inside_by_parity, pieces_at
from importer.stages.reading.resync import LineWalk


@dataclass(frozen=True)
class Split:
    """The records of a buffer.

    starts, ends: byte offsets (int64); `ends` is before the line end.
    lines: each record's first physical line, counted from 0 at the buffer's start.
    odd: positions of the records that are not provably regular.
    consumed: the bytes that are dealt with; the rest waits for more.
    consumed_lines: how many physical lines that is.
    blank_lines: how many of them are empty and outside any record (comments are not counted).
    is_cut: the buffer ends inside a line that is too long; what follows of that line is to be
        passed over.
    """

    starts: Int64s
    ends: Int64s
    lines: Int64s
    odd: Int64s
    consumed: int
    consumed_lines: int
    blank_lines: int
    is_cut: bool = False


def split(
    data: bytes, grammar: Grammar, width: int, *, final: bool, record_bytes: int = RECORD_BYTES
) -> Split:
    """Find the records of a buffer that begins at a record's edge.

    width: cells of a regular record.  final: the file ends with this buffer.
    """
    size = len(data)
    if final and data and not data.endswith(b"\n"):
        data += b"\n"
    marks = find_marks(data, grammar)
    inside = inside_by_parity(marks)
    pieces = pieces_at(marks, inside, marks.is_line_end & ~inside)
    odd = pieces.cells != width
    has_comments = bool(grammar.comment) and grammar.comment in data
    if (
        has_comments
        or marks.irregular(inside).any()
        or not _is_sound(pieces, odd, len(data), final, record_bytes)
    ):
        walk = LineWalk(data, grammar, width, marks, final=final, record_bytes=record_bytes)
        return _read_by_line(walk, size)
    is_record = pieces.ends > pieces.starts
    return Split(
        starts=pieces.starts[is_record],
        ends=pieces.ends[is_record],
        lines=pieces.lines[is_record],
        odd=np.flatnonzero(odd[is_record]),
        consumed=min(pieces.consumed, size),
        consumed_lines=pieces.consumed_lines,
        blank_lines=int(np.count_nonzero(~is_record)),
    )


def _is_sound(pieces: Pieces, odd: Bools, size: int, final: bool, record_bytes: int) -> bool:
    """Tell whether the pieces are records: none too long, none odd over several lines."""
    rest = size - pieces.consumed
    longest = max(int((pieces.line_ends - pieces.starts).max(initial=0)), rest)
    if longest > record_bytes + 1 or (final and rest):
        return False
    height = np.diff(pieces.lines, append=pieces.consumed_lines)
    return not bool((odd & (height > 1)).any())


def _read_by_line(walk: LineWalk, size: int) -> Split:
    walk.run()
    starts = np.concatenate([walk.lines.starts[walk.kept], _column(walk.exact, 0)])
    ends = np.concatenate([walk.lines.ends[walk.kept], _column(walk.exact, 1)])
    lines = np.concatenate([np.flatnonzero(walk.kept), _column(walk.exact, 2)])
    odd = np.concatenate([~walk.fits[walk.kept], _column(walk.exact, 3).astype(bool)])
    order = np.argsort(starts, kind="stable")
    return Split(
        starts=starts[order],
        ends=ends[order],
        lines=lines[order],
        odd=np.flatnonzero(odd[order]),
        consumed=min(walk.consumed, size),
        consumed_lines=walk.consumed_lines,
        blank_lines=int(np.count_nonzero(walk.blank & ~walk.comment)),
        is_cut=walk.is_cut,
    )


def _column(records: list[tuple[int, int, int, bool]], index: int) -> Int64s:
    return np.array([record[index] for record in records], dtype=np.int64)
