from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.records import Dialect
from importer.stages.reading.wire import Wire, WireEncoder, wire_of

ODD = "\ufdd0\x1f\x1e\x1d\"'\\+|&,;\r\n§a0nNé"

dialects = st.builds(
    Dialect,
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16-le", "utf-32-be", "shift_jis", "gb18030"]),
    delimiter=st.sampled_from([",", "+|", "§", "||", "\x1f"]),
    quote=st.sampled_from(['"', "'", "", "“"]),
    escape=st.sampled_from(["", "\\", "~"]),
    line_end=st.sampled_from(["", "\r", "\n", "&|\n", ";;"]),
)


@example(Dialect(line_end="\r"), "a\r\n\r\r\n\nb", 1)
@given(dialects, st.text(st.sampled_from(ODD), max_size=30), st.integers(1, 7))
def test_the_wire_form_is_a_bijection_however_the_bytes_come(
    dialect: Dialect, text: str, size: int
) -> None:
    wire = Wire(dialect)
    data = text.encode(dialect.encoding, "ignore")
    if wire.is_plain:
        return
    text = data.decode(dialect.encoding)
    whole = wire.encode(data, final=True)
    encoder = WireEncoder(wire)
    pieces = [encoder.encode(data[at : at + size]) for at in range(0, len(data), size)]
    assert b"".join([*pieces, encoder.finish()]) == whole
    if not dialect.line_end.startswith("&"):
        # The last line may lack the end of its line end, which is then supplied.
        assert wire.raw(whole) == text.replace("\\", "\\\\")


def test_bytes_that_are_no_text_are_kept() -> None:
    wire = wire_of(Dialect("utf-16-le", ","))
    text = wire.encode("a,".encode("utf-16-le") + b"\x00\xd8" + "b".encode("utf-16-le"), final=True)
    assert wire.raw(text) == "a,\\x00\\xd8b"
    assert wire.bad_byte(text) == 0
    assert wire.bad_byte(b"a,b") is None


TABLE = [
    ["id", "name", "note"],
    ["1", 'say "hi"', "a,b;c"],
    ["2", "two\nlines", "C:\\x"],
    ["3", "+| &| §", "it's"],
    ["4", "\ufdd0n\x1f\x1e", "ü"],
]


def written(table: list[list[str]], **options: Any) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, **options).writerows(table)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "gb18030"])
@pytest.mark.parametrize("line_end", ["\r", "\r\n", "\n"])
@pytest.mark.parametrize("block_bytes", [1, 20, None])
def test_a_table_in_any_writing_is_read_equal(
    read: Callable[..., Any], encoding: str, line_end: str, block_bytes: int | None
) -> None:
    data = written(TABLE, lineterminator=line_end, quoting=csv.QUOTE_ALL).encode(encoding)
    reading = read(data, block_bytes, encoding=encoding)
    assert [list(cells) for cells in reading.cells] == TABLE[1:]
    assert [(row, line) for row, line, _ in reading.rows] == [(1, 2), (2, 3), (3, 5), (4, 6)]


@pytest.mark.parametrize("block_bytes", [1, None])
def test_several_characters_may_part_cells_and_end_lines(
    read: Callable[..., Any], block_bytes: int | None
) -> None:
    rows = [
        "+|".join(cells) for cells in [["id", "name"], ["1", "two\nlines"], ["2", 'a "b'], ["3"]]
    ]
    data = "&|\r\n".join([*rows, "4+|x"]).encode("utf-16") + "&|".encode("utf-16-le")
    reading = read(data, block_bytes, delimiter="+|", quote="", line_end="&|")
    assert reading.rows == [(1, 2, ("1", "two\nlines")), (2, 4, ("2", 'a "b')), (4, 6, ("4", "x"))]
    assert reading.bad == [(3, 5, "ragged-row", "3")]


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        (b'1,"a\\"b"', ("1", 'a"b')),
        (b'1,"a\\\\"', ("1", "a\\")),
        (b"1,a\\,b", ("1", "a,b")),
        (b"1,a\\\nb", ("1", "a\nb")),
        (b"1,it\\'s", ("1", "it\\'s")),
        (b"1,C:\\new", ("1", "C:\\new")),
        (b'1,"a""b"', ("1", 'a"b')),
    ],
)
def test_an_escape_takes_the_meaning_from_what_follows(
    read: Callable[..., Any], record: bytes, cells: tuple[str, ...]
) -> None:
    reading = read(b"id,name\n" + record + b"\n2,z\n", escape="\\")
    assert reading.cells == [cells, ("2", "z")]


def test_a_bad_record_comes_out_as_the_file_has_it(read: Callable[..., Any]) -> None:
    data = 'id+|name\r1+|a\\"b+|c\r2+|x\r'.encode("utf-16")
    reading = read(data, delimiter="+|", escape="\\")
    assert reading.bad == [(1, 2, "ragged-row", '1+|a\\\\"b+|c')]
    assert reading.rows == [(2, 3, ("2", "x"))]


def test_comments_are_no_records_outside_quotes(read: Callable[..., Any]) -> None:
    data = b'# it"s\nid,name\n1,"a\n#b"\n# "x\n\n2,c\n3\n#\n4,d\n'
    for block_bytes in (1, 7, None):
        reading = read(data, block_bytes, comment="#")
        assert reading.rows == [(1, 3, ("1", "a\n#b")), (2, 7, ("2", "c")), (4, 10, ("4", "d"))]
        assert [bad[:3] for bad in reading.bad] == [(3, 8, "ragged-row")]
        assert reading.source.blank_lines == 1


def test_a_delimiter_at_the_end_of_each_row_is_no_column(read: Callable[..., Any]) -> None:
    rows = b"".join(b"%d,x,\n" % row for row in range(20))
    for header, said in ((b"id,name\n", True), (b"id,name,\n", None), (b"id,name,\n", True)):
        reading = read(header + rows + b"20,y,z\n21,w\n", trailing_delimiter=said)
        assert reading.source.columns == ("id", "name")
        assert reading.cells[19] == ("19", "x")
        assert [(row, code, raw) for row, _, code, raw in reading.bad] == [
            (21, "ragged-row", "20,y,z"),
            (22, "ragged-row", "21,w"),
        ]
    assert read(b"id,name,\n1,x\n2,y\n").cells == [("1", "x"), ("2", "y")]


def test_rows_that_end_with_a_delimiter_under_a_header_that_does_not_are_asked_about(
    read: Callable[..., Any],
) -> None:
    # A header that lacks a name looks the same, and all its cells would be moved.
    with pytest.raises(SourceError, match="rows of 3 cells") as caught:
        read(b"id,mailname\n1,x,\n2,y,\n")
    assert "--trailing-delimiter" in caught.value.problem.remedy


def test_a_crlf_in_a_file_whose_lines_end_in_cr_is_kept(read: Callable[..., Any]) -> None:
    reading = read(b'id,n\r1,"a\r\nb\rc\nd"\r2,x\r')
    assert reading.cells == [("1", "a\r\nb\rc\nd"), ("2", "x")]
