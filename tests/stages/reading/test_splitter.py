from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.stages.reading.exact import RECORD_BYTES, Grammar
from importer.stages.reading.splitter import split

COMMA = Grammar(b",", b'"')


@dataclass
class Records:
    """(bytes, line from 0, is odd) of each record, and what lies between them."""

    found: list[tuple[bytes, int, bool]]
    between: bytes
    blank_lines: int


def split_in(data: bytes, width: int, size: int, record_bytes: int = RECORD_BYTES) -> Records:
    """Split as a reader does that gets `size` bytes at a time."""
    pieces = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
    records, waiting, line, passes_over = Records([], b"", 0), b"", 0, False
    for number, piece in enumerate(pieces, 1):
        if passes_over:
            _, line_end, piece = piece.partition(b"\n")
            if not line_end:
                continue
            line += 1
        waiting += piece
        cut = split(waiting, COMMA, width, final=number == len(pieces), record_bytes=record_bytes)
        odd, at = set(cut.odd.tolist()), 0
        for index, (start, end) in enumerate(
            zip(cut.starts.tolist(), cut.ends.tolist(), strict=True)
        ):
            records.found.append((waiting[start:end], line + int(cut.lines[index]), index in odd))
            records.between += waiting[at:start]
            at = end
        records.between += waiting[at : cut.consumed]
        records.blank_lines += cut.blank_lines
        line += cut.consumed_lines
        waiting, passes_over = waiting[cut.consumed :], cut.is_cut
    assert waiting == b""
    return records


def texts_of(data: bytes, width: int) -> list[bytes]:
    return [text for text, _, _ in split_in(data, width, max(len(data), 1)).found]


@pytest.mark.parametrize(
    ("data", "width", "records"),
    [
        (b"", 2, []),
        (b"a,b\nc,d\n", 2, [(b"a,b", 0, False), (b"c,d", 1, False)]),
        (b"a,b\r\nc,d", 2, [(b"a,b", 0, False), (b"c,d", 1, False)]),
        (b"a,b\n\n\r\nc,d\n", 2, [(b"a,b", 0, False), (b"c,d", 3, False)]),
        (b'a,"b\n\nc"\nd,e\n', 2, [(b'a,"b\n\nc"', 0, False), (b"d,e", 3, False)]),
        (b"a\nb,c\n", 2, [(b"a", 0, True), (b"b,c", 1, False)]),
        (b"a,b,c\nb,c\n", 2, [(b"a,b,c", 0, True), (b"b,c", 1, False)]),
        (b'5" x,1\n6,2\n', 2, [(b'5" x,1', 0, True), (b"6,2", 1, False)]),
        (b'""\n\n""\n', 1, [(b'""', 0, False), (b'""', 2, False)]),
        (b"a\rb,c\nd,e\n", 2, [(b"a\rb,c", 0, True), (b"d,e", 1, False)]),
        (b'"a\rb",c\r\nd,e\r\n', 2, [(b'"a\rb",c', 0, False), (b"d,e", 1, False)]),
        (b"a,b\r\r\nc,d\n", 2, [(b"a,b", 0, True), (b"c,d", 1, False)]),
        (b"\x00,b\n", 2, [(b"\x00,b", 0, False)]),
    ],
)
def test_records_are_cut_at_their_ends(
    data: bytes, width: int, records: list[tuple[bytes, int, bool]]
) -> None:
    assert split_in(data, width, max(len(data), 1)).found == records


def test_blank_lines_are_counted_only_outside_records() -> None:
    assert split_in(b'\na,"\n\nb"\n\r\n\n5",x\n\n', 2, 100).blank_lines == 4
    assert split_in(b"a,b\n\r\r\nc,d\n", 2, 100).blank_lines == 1


@given(
    st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b"\r", b" ", b'","', b"\n\n"]), max_size=60),
    st.integers(1, 3),
    st.integers(1, 13),
    st.sampled_from([4, 9, RECORD_BYTES]),
)
@example([b'"a\n', b"a,a\n"], 2, 1, RECORD_BYTES)
@example([b'"a"b"\n', b"a\n", b"a\n", b"a,a\n"], 2, 7, RECORD_BYTES)
def test_rows_do_not_depend_on_where_the_buffers_are_cut(
    parts: list[bytes], width: int, size: int, record_bytes: int
) -> None:
    data = b"".join(parts)
    whole = split_in(data, width, max(len(data), 1), record_bytes)
    cut = split_in(data, width, size, record_bytes)
    assert (cut.found, cut.blank_lines) == (whole.found, whole.blank_lines)


@given(
    st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b"\r", b'","']), max_size=60),
    st.integers(1, 3),
)
def test_every_byte_belongs_to_one_record_or_to_a_line_end(parts: list[bytes], width: int) -> None:
    data = b"".join(parts)
    records = split_in(data, width, max(len(data), 1))
    assert set(records.between) <= set(b"\r\n")
    assert sum(len(text) for text, _, _ in records.found) + len(records.between) == len(data)


@given(
    st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b'"\n"', b'","', b'""']), max_size=40),
    st.integers(1, 3),
)
@example([b'a,"b\n', b"c,d\n", b'e,f"\n'], 2)
@example([b"a", b'"\n"'], 1)
def test_the_quick_reading_agrees_with_a_slow_one(parts: list[bytes], width: int) -> None:
    data = b"".join(parts)
    assert texts_of(data, width) == slow_texts(data, width)


def slow_texts(data: bytes, width: int) -> list[bytes]:
    """Read line by line and byte by byte, by the rules alone; for lines that end in LF."""
    lines = data.split(b"\n")
    found, at = [], 0
    while at < len(lines):
        if lines[at] == b"":
            at += 1
            continue
        height, cells, trouble = slow_record(lines[at:])
        if trouble in ("", "literal") and (cells == width or height == 1):
            found.append(b"\n".join(lines[at : at + height]))
            at += height
            continue
        if trouble == "stray" and height == 1 and lines[at].count(b'"') % 2 == 0:
            found.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and not slow_fits(lines[end:], width):
            end += 1
        found.append(b"\n".join(lines[at:end]).rstrip(b"\n"))
        at = end
    return found


def slow_fits(lines: list[bytes], width: int) -> bool:
    _, cells, trouble = slow_record(lines)
    return lines[0] != b"" and trouble == "" and cells == width


def slow_record(lines: list[bytes]) -> tuple[int, int, str]:
    """Give (lines, cells, trouble) of the first record; trouble "literal" is a sound record."""
    state, cells, literal = "start", 1, False
    for height, line in enumerate(lines, 1):
        for byte in [*line, 10]:
            mark = bytes([byte])
            if state == "quoted":
                state = "closing" if mark == b'"' else "quoted"
            elif state == "closing" and mark == b'"':
                state = "quoted"
            elif mark == b",":
                state, cells = "start", cells + 1
            elif mark == b"\n":
                return height, cells, "literal" * literal if height > 1 or literal else ""
            elif state == "closing":
                return height, cells, "stray"
            elif mark == b'"':
                literal = literal or state == "plain"
                state = "plain" if state == "plain" else "quoted"
            else:
                state = "plain"
    return len(lines), cells, "open"


def test_a_line_that_is_too_long_is_one_record_cut_short() -> None:
    data = b"a,b\n" + b"x" * 50 + b"\nc,d\n"
    for size in (1, 7, 100):
        found = split_in(data, 2, size, record_bytes=10).found
        assert found == [(b"a,b", 0, False), (b"x" * 11, 1, True), (b"c,d", 2, False)]


def test_a_quoted_cell_that_is_too_long_costs_no_row_after_it() -> None:
    data = b'a,"' + b"x\n" * 30 + b'"\nc,d\n'
    found = split_in(data, 2, 9, record_bytes=20).found
    assert found[-1] == (b"c,d", 31, False)
    assert all(is_odd for _, _, is_odd in found[:-1])
    assert all(len(text) <= 21 for text, _, _ in found)
