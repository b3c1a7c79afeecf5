from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEADER = b"id,name,city\n"


@pytest.mark.parametrize(
    ("rows", "good", "bad"),
    [
        # An open quote ends before the next row that fits.
        (b'1,"a,x\n2,b,y\n3,c,z\n', [2, 3], [(1, 2, "quote-open", '1,"a,x')]),
        # The last row, too.
        (b'1,a,x\n2,"b,y', [1], [(2, 3, "quote-open", '2,"b,y')]),
        # An open quote that a later row's quote seems to close.
        (b'1,"a,x\n2,b,y\n3,"c",z\n', [2, 3], [(1, 2, "quote-open", '1,"a,x')]),
        # The bad row's own further lines stay with it, and blank lines between them.
        (
            b'1,"a\nmore\n\n2,b,y\n',
            [2],
            [(1, 2, "quote-open", '1,"a\nmore')],
        ),
        # A stray text that leaves no quote open spoils only its line.
        (b'1,"a"b,x\n2,5" b,y\n', [2], [(1, 2, "quote-stray", '1,"a"b,x')]),
        (b'1,"a "b,x\n2,b,y\n', [2], [(1, 2, "quote-stray", '1,"a "b,x')]),
        # A record of several lines with a cell too many ends before the next row that fits.
        (b'1,"a\nb",x,x\n2,b,y\n', [2], [(1, 2, "ragged-row", '1,"a\nb",x,x')]),
        # The next row that fits may have several lines itself.
        (b'1,"a" b",x\n2,"b\nc",y\n', [2], [(1, 2, "quote-stray", '1,"a" b",x')]),
        # So too if a row that fits stands between its own lines.
        (
            b'1,"a\n2,b,y\n",x,x\n',
            [2],
            [(1, 2, "quote-open", '1,"a'), (3, 4, "quote-open", '",x,x')],
        ),
        # What an odd number of quotes leaves open cannot be told apart from the next lines.
        (
            b'1,"a"b,"x\nmore 5" x,b,y\n3,c,z\n',
            [2],
            [(1, 2, "quote-stray", '1,"a"b,"x\nmore 5" x,b,y')],
        ),
        (b'5" x,"a\nb"c,y\n3,c,z\n', [2], [(1, 2, "quote-stray", '5" x,"a\nb"c,y')]),
        # What fits by itself is a row, even where an open quote stands before it.
        (b'1,"a\n2,b,y\n",x\n3,c,z\n', [1, 2], []),
    ],
)
def test_one_bad_row_costs_no_other(
    read: Callable[..., Any], rows: bytes, good: list[int], bad: list[tuple[int, int, str, str]]
) -> None:
    for block_bytes in (None, 1, 7):
        reading = read(HEADER + rows, block_bytes)
        assert [row for row, _, _ in reading.rows] == good
        assert reading.bad == bad


@pytest.mark.parametrize("every", [1, 2, 50])
def test_many_odd_rows_are_all_read_exactly(read: Callable[..., Any], every: int) -> None:
    lines = [
        b'%d,5" pipe,x' % row if row % every == 0 else b'%d,"a, b",x' % row for row in range(300)
    ]
    reading = read(HEADER + b"\n".join(lines), 1000)
    expected = [(str(row), '5" pipe' if row % every == 0 else "a, b", "x") for row in range(300)]
    assert reading.cells == expected
    assert reading.bad == []


@pytest.mark.parametrize("block_bytes", [1, 9, 40, None])
def test_an_apostrophe_in_a_word_costs_no_other_row(
    read: Callable[..., Any], block_bytes: int | None
) -> None:
    data = (
        b"id,note,city\n1,'I won't, ever',x\n2,'kids' toys, too',y\n3,Men's,z\n"
        b"4,'a, b',v\n5,'it isn't',w\n6,'two\nlines',u\n"
    )
    reading = read(data, block_bytes, quote="'", delimiter=",", header=1)
    assert reading.cells == [("3", "Men's", "z"), ("4", "a, b", "v"), ("6", "two\nlines", "u")]
    assert [(line, code) for _, line, code, _ in reading.bad] == [
        (2, "quote-stray"),
        (3, "quote-stray"),
        (6, "quote-stray"),
    ]
