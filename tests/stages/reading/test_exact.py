from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.stages.reading.exact import Grammar, read_cells, scan

COMMA = Grammar(b",", b'"')


@pytest.mark.parametrize(
    ("data", "cells", "end", "after", "strict"),
    [
        (b"a,b\nc", [b"a", b"b"], 3, 4, True),
        (b"a,b\r\nc", [b"a", b"b"], 3, 5, True),
        (b"a,b", [b"a", b"b"], 3, 3, True),
        (b"a,", [b"a", b""], 2, 2, True),
        (b",\n", [b"", b""], 1, 2, True),
        (b'"a,b",c\n', [b"a,b", b"c"], 7, 8, True),
        (b'"a""b","",""""\n', [b'a"b', b"", b'"'], 14, 15, True),
        (b'"a\nb",c\nd', [b"a\nb", b"c"], 7, 8, True),
        (b'"a"\r\n', [b"a"], 3, 5, True),
        (b'5" pipe,b\n', [b'5" pipe', b"b"], 9, 10, False),
        (b' "a",b\n', [b"a", b"b"], 6, 7, False),
        (b' "a" x,b\n', [b' "a" x', b"b"], 8, 9, False),
        (b' "a\n', [b' "a'], 3, 4, False),
        (b"a\rb,c\n", [b"a\rb", b"c"], 5, 6, False),
        (b"a,b\r\r\n", [b"a", b"b"], 3, 6, False),
        (b'a,"b"\r\r\n', [b"a", b"b"], 5, 8, False),
        (b"a\x00,b\n", [b"a\x00", b"b"], 4, 5, True),
    ],
)
def test_a_sound_record_is_read_exactly(
    data: bytes, cells: list[bytes], end: int, after: int, strict: bool
) -> None:
    found = scan(data, 0, len(data), COMMA, is_end=True)
    assert (found.trouble, found.cells) == ("", len(cells))
    assert (found.end, found.after, found.strict) == (end, after, strict)
    assert read_cells(data[: found.end], COMMA) == cells


@pytest.mark.parametrize(
    ("data", "is_end", "trouble"),
    [
        (b'"a\nb', True, "quote-open"),
        (b'"a""', True, "quote-open"),
        (b'"a"b,c\n', True, "quote-stray"),
        (b'"a" ,c\n', True, "quote-stray"),
        (b'"a"\rb\n', True, "quote-stray"),
        (b"a,b", False, "unfinished"),
        (b'"a"', False, "unfinished"),
        (b'"a"\r', False, "unfinished"),
        (b'"a', False, "unfinished"),
        (b"a,", False, "unfinished"),
    ],
)
def test_what_is_no_record_is_named(data: bytes, is_end: bool, trouble: str) -> None:
    assert scan(data, 0, len(data), COMMA, is_end=is_end).trouble == trouble


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r")), min_size=1))
def test_what_python_writes_is_read_back(cells: list[str]) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    data = stream.getvalue().encode()
    found = scan(data, 0, len(data), COMMA, is_end=True)
    assert not found.trouble
    assert found.after == len(data)
    assert [cell.decode() for cell in read_cells(data[: found.end], COMMA)] == cells
