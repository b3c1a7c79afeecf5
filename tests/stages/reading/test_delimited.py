from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from importer.records import SourceOptions
from importer.rules import RULES
from importer.stages.reading import open_source
from importer.stages.reading.delimited import read_text_block


@pytest.mark.parametrize(
    ("record", "code", "raw"),
    [
        (b"1,2,3", "ragged-row", "1,2,3"),
        (b"1", "ragged-row", "1"),
        (b'1,"x"y', "quote-stray", '1,"x"y'),
        (b'1,"x', "quote-open", '1,"x'),
        (b"1,\xff\\", "undecodable", "1,\\xff\\\\"),
        (b'\xff,5" pipe', "undecodable", '\\xff,5" pipe'),
        (b"1,2,\xff", "ragged-row", "1,2,\\xff"),
        (b"1," + b"x" * (1 << 20), "cell-too-long", "1," + "x" * ((1 << 20) - 1)),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_its_rule(
    read: Callable[..., Any], record: bytes, code: str, raw: str
) -> None:
    data = b"a,b\nBj\xc3\xb6rn,x\n" + record + b"\n9,z\n"
    reading = read(data, encoding="utf-8")
    assert reading.bad == [(2, 3, code, raw)]
    assert reading.rows == [(1, 2, ("Björn", "x")), (3, 4, ("9", "z"))]
    assert RULES[code].stage == "reading"


def test_a_file_that_stops_being_utf_8_after_the_sample_never_switches(
    read: Callable[..., Any],
) -> None:
    lines = [b"a,b", *[b"%d,x" % row for row in range(300_000)], b"Zo\xeb,y", b"Zo\xc3\xab,z"]
    reading = read(b"\n".join(lines))
    assert [row for row, *_ in reading.bad] == [300_001]
    assert reading.bad[0][2:] == ("undecodable", "Zo\\xeb,y")
    assert reading.cells[-1] == ("Zoë", "z")


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_the_bytes_that_cp1252_does_not_have_spoil_only_their_rows(
    read: Callable[..., Any], byte: int
) -> None:
    data = b"a,b\n" + b"Zo\xeb,1\n" * 9 + b"x" + bytes([byte]) + b",2\n\x80,3\n"
    reading = read(data)
    assert reading.source.files[0].dialect.encoding == "cp1252"
    assert reading.bad == [(10, 11, "undecodable", f"x\\x{byte:02x},2")]
    assert reading.cells[-2:] == [("Zoë", "1"), ("€", "3")]


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        (b'a,b\n"",\n,""\n', [("", ""), ("", "")]),
        (b"a,b\nNULL,nan\nN/A,#N/A\n", [("NULL", "nan"), ("N/A", "#N/A")]),
        (b"a,b\n02134, 1.230e+18 \n", [("02134", " 1.230e+18 ")]),
        (b"a,b\nx\x00y,\x00\n", [("x\x00y", "\x00")]),
        (b'a\n""\n\n" "\nx\n', [("",), (" ",), ("x",)]),
        (b'a,b\n5" x,1\n"q""q",2\n\n3" ,"4,5"\n', [('5" x', "1"), ('q"q', "2"), ('3" ', "4,5")]),
    ],
)
def test_a_cell_is_its_text_and_nothing_else(
    read: Callable[..., Any], data: bytes, cells: list[tuple[str, ...]]
) -> None:
    assert read(data, delimiter=",").cells == cells


def test_only_the_columns_that_are_asked_for_are_given(tmp_path: Any) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b,c\n1,2,3\n4,5" x,6\n')
    (block,) = open_source([path], SourceOptions()).blocks()
    batch, _ = read_text_block(block, {"c", "b"})  # type: ignore[arg-type]  # it is a text block
    assert batch.cells.to_pydict() == {"b": ["2", '5" x'], "c": ["3", "6"]}
    batch, _ = read_text_block(block, ())  # type: ignore[arg-type]  # it is a text block
    assert (batch.rows, batch.cells.num_columns) == (2, 0)
