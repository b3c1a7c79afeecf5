"""Finds the bytes that give a delimited text its shape, and judges where its quotes stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from importer.records import Int64s
from importer.stages.reading.exact import Grammar

Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

_LF, _CR = 10, 13


@dataclass(frozen=True)
class Marks:
    """The line ends, delimiters, quotes and lone CRs of a buffer, in order.

    at: their offsets.  kinds: the bytes themselves.  A CR that a LF follows is no mark.
    """

    text: Bytes
    at: Int64s
    kinds: Bytes
    is_line_end: Bools
    is_quote: Bools
    has_quotes: bool
    has_lone_crs: bool
    delimiter: int
    quote: int

    def irregular(self, inside: Bools) -> Bools:
        """Tell which marks stand where RFC 4180 allows none, given which are inside quotes.

        A quote itself is `inside` when it opens.  It may open after a delimiter, a line end or
        the quote that it escapes; it may close before a delimiter, a line end or such a quote.
        """
        irregular = np.zeros(len(self.at), bool)
        if self.has_lone_crs:
            irregular |= (self.kinds == _CR) & ~inside
        if self.has_quotes:
            places = np.flatnonzero(self.is_quote)
            irregular[places] = ~self._is_well_placed(self.at[places], inside[places])
        return irregular

    def _is_well_placed(self, at: Int64s, opens: Bools) -> Bools:
        edges = [_LF, self.delimiter, self.quote]
        may_precede, may_follow = np.zeros(256, bool), np.zeros(256, bool)
        may_precede[edges] = True
        may_follow[[*edges, _CR]] = True
        last = len(self.text) - 1
        before = may_precede[self.text[np.maximum(at - 1, 0)]] | (at == 0)
        after = may_follow[self.text[np.minimum(at + 1, last)]] | (at == last)
        is_well_placed: Bools = (opens & before) | (~opens & after)
        return is_well_placed


def find_marks(data: bytes, grammar: Grammar) -> Marks:
    """Find the marks of a buffer; one pass for each kind that it has."""
    text = np.frombuffer(data, np.uint8)
    delimiter, quote = grammar.delimiter[0], grammar.quote[0]
    shape = (text == _LF) | (text == delimiter)
    has_quotes = grammar.quote in data
    if has_quotes:
        shape |= text == quote
    has_lone_crs = False
    if b"\r" in data:
        lone = text == _CR
        lone[:-1] &= text[1:] != _LF
        has_lone_crs = bool(lone.any())
        shape |= lone
    at = np.flatnonzero(shape)
    kinds = text[at]
    return Marks(
        text=text,
        at=at,
        kinds=kinds,
        is_line_end=kinds == _LF,
        is_quote=kinds == quote,
        has_quotes=has_quotes,
        has_lone_crs=has_lone_crs,
        delimiter=delimiter,
        quote=quote,
    )


def inside_by_parity(marks: Marks) -> Bools:
    """Tell which marks an odd number of quotes precedes (an opening quote counts itself)."""
    if not marks.has_quotes:
        return np.zeros(len(marks.at), bool)
    inside: Bools = np.cumsum(marks.is_quote) & 1 == 1
    return inside


def inside_by_line(marks: Marks) -> Bools:
    """Tell the same as if every physical line stood alone."""
    if not marks.has_quotes:
        return np.zeros(len(marks.at), bool)
    quotes = np.cumsum(marks.is_quote)
    before_line = np.concatenate([[0], quotes[marks.is_line_end]])
    inside: Bools = (quotes - before_line[line_of_marks(marks)]) & 1 == 1
    return inside


def line_of_marks(marks: Marks) -> Int64s:
    """Give each mark's physical line, from 0; a line end belongs to the line that it ends."""
    return np.cumsum(marks.is_line_end) - marks.is_line_end


@dataclass(frozen=True)
class Pieces:
    """A buffer cut at some of its line ends.

    starts, ends, line_ends: offsets; `ends` leaves a CR before the line end out.
    lines: each piece's first physical line, from 0.  cells: how many cells it has.
    consumed, consumed_lines: bytes and physical lines up to the last cut.
    """

    starts: Int64s
    ends: Int64s
    line_ends: Int64s
    lines: Int64s
    cells: Int64s
    consumed: int
    consumed_lines: int


def pieces_at(marks: Marks, inside: Bools, cuts: Bools) -> Pieces:
    """Cut at the line ends for which `cuts` is true; count delimiters that are not inside."""
    chosen = np.flatnonzero(cuts)
    line_ends = marks.at[chosen]
    starts = np.concatenate([[0], line_ends + 1])
    if marks.has_quotes or marks.has_lone_crs:
        delimiters = np.cumsum((marks.kinds == marks.delimiter) & ~inside)[chosen]
        cells = np.diff(delimiters, prepend=0) + 1
        lines = np.concatenate([[0], np.cumsum(marks.is_line_end)[chosen]])
    else:
        cells = np.diff(chosen, prepend=-1)
        lines = np.arange(len(chosen) + 1)
    has_cr = (marks.text[np.maximum(line_ends - 1, 0)] == _CR) & (line_ends > starts[:-1])
    return Pieces(
        starts=starts[:-1],
        ends=line_ends - has_cr,
        line_ends=line_ends,
        lines=lines[:-1],
        cells=cells,
        consumed=int(starts[-1]),
        consumed_lines=int(lines[-1]),
    )
