"""Reads a buffer by its physical lines, where quotes do not stand as RFC 4180 wants them.

A line that is whole in itself is a record.  Only the others are read exactly, one by one: a sound
record of several lines is taken as such, and one that is not sound ends before the next line
that fits by itself, so that one bad row costs no other.
"""

from __future__ import annotations

import re

import numpy as np

from importer.stages.reading.exact import Grammar, Scan, scan
from importer.stages.reading.marks import (
    Bools,
    Marks,
    inside_by_line,
    line_of_marks,
    pieces_at,
)

_APOSTROPHE = re.compile(rb"(?<=[0-9A-Za-z\x80-\xff])'(?=[ 0-9A-Za-z\x80-\xff])")


class LineWalk:
    """One walk over a buffer's lines.

    After `run`: `kept` are the lines that are records by themselves (regular where `fits`);
    `exact` holds (start, end, line, is_odd) of the records that were read exactly; `blank` are
    the empty lines outside any record, `comment` those of them that are comments; what lies after `consumed` waits for more bytes.
    """

    def __init__(
        self,
        data: bytes,
        grammar: Grammar,
        width: int,
        marks: Marks,
        *,
        final: bool,
        record_bytes: int,
    ) -> None:
        self._data, self._grammar, self._width = data, grammar, width
        self._final = final
        # The line end, CR included, may stand one byte beyond the longest record.
        self._reach = record_bytes + 1
        inside = inside_by_line(marks)
        self.lines = pieces_at(marks, inside, marks.is_line_end)
        self._count = len(self.lines.starts)
        is_whole = np.ones(self._count + 1, bool)
        is_whole[line_of_marks(marks)[marks.irregular(inside) | (marks.is_line_end & inside)]] = (
            False
        )
        self.comment = self._comments()
        self._whole = self.comment | (
            is_whole[:-1] & (self.lines.line_ends - self.lines.starts <= self._reach)
        )
        self.blank = self.comment | (self._whole & (self.lines.ends == self.lines.starts))
        self.kept = self._whole & ~self.blank
        self.fits = self.kept & (self.lines.cells == width)
        self.exact: list[tuple[int, int, int, bool]] = []
        self.consumed, self.consumed_lines = self.lines.consumed, self.lines.consumed_lines
        self.is_cut = False

    def _comments(self) -> Bools:
        """Find the lines that begin as comments do; inside quotes they are none (see _add)."""
        found = np.zeros(self._count, bool)
        if self._grammar.comment:
            begins = re.compile(b"(?m)^" + re.escape(self._grammar.comment))
            at = [match.start() for match in begins.finditer(self._data)]
            lines = np.searchsorted(self.lines.starts, at)
            found[lines[lines < self._count]] = True
        return found

    def run(self) -> None:
        edge = 0
        for line in np.flatnonzero(~self._whole).tolist():
            if line >= edge:
                edge = self._take(line)
                if edge == line:
                    self._wait_at(line)
                    return
        rest = len(self._data) - self.consumed
        if rest > self._reach:
            start = self.consumed
            self.exact.append((start, start + self._reach, self.consumed_lines, True))
            self.consumed, self.is_cut = len(self._data), True

    def _take(self, line: int) -> int:
        """Read the record that begins at this line; give the line after it, or the same to wait."""
        start, line_end = self._bounds(line)
        if line_end - start > self._reach:
            return self._add(line, line + 1, start + self._reach, is_odd=True)
        found = self._scan(line)
        if found.trouble == "unfinished":
            return line
        if not found.trouble:
            following = line + self._data.count(b"\n", start, found.after)
            is_right = found.cells == self._width
            if found.end == start:
                self.blank[line] = True
                return line + 1
            if is_right or following == line + 1:
                return self._add(line, following, found.end, is_odd=not (is_right and found.strict))
        elif self._is_closed_in_line(line, found):
            return self._add(line, line + 1, self._text_end(line), is_odd=True)
        following = self._next_fitting(line)
        if following == line:
            return line
        last = following - 1
        while self.blank[last]:
            last -= 1
        self._add(line, last + 1, self._text_end(last), is_odd=True)
        return following

    def _is_closed_in_line(self, line: int, found: Scan) -> bool:
        """Tell whether a stray text leaves no quote open at its line's end, in any reading."""
        start, line_end = self._bounds(line)
        quotes = self._data.count(self._grammar.quote, start, line_end)
        return found.trouble == "quote-stray" and found.at < line_end and quotes % 2 == 0

    def _next_fitting(self, line: int) -> int:
        """Find where the bad record that begins at this line ends; the same line means: wait."""
        start, _ = self._bounds(line)
        for following in range(line + 1, self._count):
            if int(self.lines.line_ends[following]) - start > self._reach or self.fits[following]:
                return following
            if not self._whole[following]:
                if self._has_apostrophes(following):
                    return following
                found = self._scan(following)
                if found.trouble == "unfinished":
                    return line
                if not found.trouble and found.strict and found.cells == self._width:
                    return following
        is_known = self._final or len(self._data) - start > self._reach
        return self._count if is_known else line

    def _has_apostrophes(self, line: int) -> bool:
        """Tell whether a line fits, but for quotes within words: `'won't'` where `'` quotes."""
        if self._grammar.quote != b"'":
            return False
        start, _ = self._bounds(line)
        text = _APOSTROPHE.sub(b"x", self._data[start : self._text_end(line)])
        found = scan(text, 0, len(text), self._grammar, is_end=True)
        return not found.trouble and found.strict and found.cells == self._width

    def _scan(self, line: int) -> Scan:
        start, size = int(self.lines.starts[line]), len(self._data)
        # One more byte than a record may have tells a record that ends there from one that goes on.
        stop = min(size, start + self._reach + 1)
        found = scan(self._data, start, stop, self._grammar, is_end=self._final and stop == size)
        if found.trouble == "unfinished" and stop < size:
            return found._replace(trouble="quote-open")
        return found

    def _add(self, line: int, following: int, end: int, *, is_odd: bool) -> int:
        self.exact.append((int(self.lines.starts[line]), end, line, is_odd))
        self.kept[line:following] = False
        self.blank[line:following] = False
        self.comment[line:following] = False
        return following

    def _wait_at(self, line: int) -> None:
        self.consumed, self.consumed_lines = int(self.lines.starts[line]), line
        self.kept[line:] = False
        self.blank[line:] = False
        self.comment[line:] = False

    def _bounds(self, line: int) -> tuple[int, int]:
        return int(self.lines.starts[line]), int(self.lines.line_ends[line])

    def _text_end(self, line: int) -> int:
        start, end = int(self.lines.starts[line]), int(self.lines.ends[line])
        while end > start and self._data[end - 1] == ord("\r"):
            end -= 1
        return end
