from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import open_source
from importer.stages.reading.blocks import suitable_bytes

DIALECTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(["utf-8", "cp1252"]),
        "delimiter": st.sampled_from([",", ";", "\t"]),
        "line_end": st.sampled_from(["\n", "\r\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    }
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[str]]]:
    dialect = draw(DIALECTS)
    letters = st.characters(codec=dialect["encoding"], exclude_categories=["Cs"])
    cells = st.text(st.one_of(letters, st.sampled_from(',;\t"\r\n a')), max_size=8)
    if dialect["line_end"] == "\n" and dialect["quoting"] == csv.QUOTE_MINIMAL:
        # Python does not quote a lone CR here, and then nobody can tell it from a line end.
        cells = cells.map(lambda text: text.replace("\r", ""))
    width = draw(st.integers(1, 4))
    return dialect, draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1))


@given(tables(), st.sampled_from([1, 5, 64, None]))
def test_what_python_writes_is_read_back_equal(
    read: Callable[..., Any], table: tuple[dict[str, Any], list[list[str]]], block_bytes: int | None
) -> None:
    dialect, rows = table
    stream = io.StringIO()
    writer = csv.writer(
        stream,
        delimiter=dialect["delimiter"],
        lineterminator=dialect["line_end"],
        quoting=dialect["quoting"],
    )
    names = [f"column {at}" for at in range(len(rows[0]))]
    writer.writerows([names, *rows])
    reading = read(
        stream.getvalue().encode(dialect["encoding"]),
        block_bytes,
        encoding=dialect["encoding"],
        delimiter=dialect["delimiter"],
    )
    assert reading.source.columns == tuple(names)
    assert reading.cells == [tuple(row) for row in rows]
    assert reading.bad == []
    assert [row for row, _, _ in reading.rows] == list(range(1, len(rows) + 1))


WRITTEN: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|", " ", "x", "§", "\x1f"]),
        "quotechar": st.sampled_from(['"', "'", "`", "“"]),
        "escapechar": st.sampled_from(["\\", "~"]),
        "doublequote": st.booleans(),
        "quoting": st.sampled_from(
            [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE]
        ),
        "lineterminator": st.sampled_from(["\n", "\r\n", "\r", "&|\n"]),
    }
)
ENCODINGS = [
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030", "cp1252", "latin-1"),
    *("cp1250", "koi8-r", "shift_jis", "big5", "mac-roman", "cp850", "cp500", "iso2022_jp"),
]
CHARACTERS = ("delimiter", "quotechar", "escapechar", "lineterminator")


def fitting(text: str, encoding: str) -> str:
    """Give what an encoding has of a text, and reads back as the same."""
    return "".join(one for one in text if reads_back(one, encoding))


@cache
def reads_back(one: str, encoding: str) -> bool:
    try:
        return one.encode(encoding).decode(encoding) == one
    except UnicodeError:
        return False


CELL = st.text(st.sampled_from(",;\t|x§\"'`“\\~&a 0é\x1f\x1e\ufdd0\n"), max_size=6)


@given(
    WRITTEN,
    st.sampled_from(ENCODINGS),
    st.integers(2, 3).flatmap(lambda width: st.lists(st.tuples(*[CELL] * width), min_size=1)),
    st.sampled_from([1, 7, None]),
)
def test_what_python_writes_in_any_dialect_is_read_back_equal_if_the_dialect_is_said(
    read: Callable[..., Any],
    dialect: dict[str, Any],
    encoding: str,
    rows: list[tuple[str, ...]],
    block_bytes: int | None,
) -> None:
    if dialect["lineterminator"] != "\n":
        # Python quotes and escapes the characters of its own line end alone.
        rows = [tuple(cell.replace("\n", "") for cell in row) for row in rows]
    assume(all(fitting(dialect[name], encoding) == dialect[name] for name in CHARACTERS))
    rows = [tuple(fitting(cell, encoding) for cell in row) for row in rows]
    stream = io.StringIO(newline="")
    names = [f"c{at}" for at in range(len(rows[0]))]
    csv.writer(stream, **dialect).writerows([names, *rows])
    reading = read(
        stream.getvalue().encode(encoding),
        block_bytes,
        encoding=encoding,
        delimiter=dialect["delimiter"],
        quote=dialect["quotechar"],
        escape=dialect["escapechar"],
        line_end=dialect["lineterminator"],
        header=1,
    )
    assert reading.source.columns == tuple(names)
    assert reading.bad == []
    assert reading.cells == rows


@given(st.binary(min_size=1, max_size=200), st.sampled_from([1, 16, None]))
def test_any_bytes_are_rows_or_one_clear_error(
    read: Callable[..., Any], data: bytes, block_bytes: int | None
) -> None:
    for header in (b"", b"a,b\n"):
        try:
            reading = read(header + data, block_bytes)
        except SourceError as error:
            assert len(error.problems) == 1
        else:
            numbers = sorted(row for row, *_ in [*reading.rows, *reading.bad])
            assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("block_bytes", [1, 10, None])
def test_rows_and_lines_are_numbered_as_a_person_counts_them(
    read: Callable[..., Any], block_bytes: int | None
) -> None:
    data = b'\na,b\n\n1,x\n"2\n2",y\r\n\r\n3\n4,z'
    reading = read(data, block_bytes)
    assert [(row, line) for row, line, _ in reading.rows] == [(1, 4), (2, 5), (4, 9)]
    assert [(row, line) for row, line, *_ in reading.bad] == [(3, 8)]
    assert reading.source.blank_lines == 2


def test_a_text_mark_at_a_blocks_start_is_kept(read: Callable[..., Any]) -> None:
    data = "a,b\n\ufeff1,x\n\ufeff2,y\n".encode()
    for block_bytes in (1, None):
        assert read(data, block_bytes).cells == [("\ufeff1", "x"), ("\ufeff2", "y")]


def test_gzip_is_read_like_plain_text(read: Callable[..., Any]) -> None:
    data = b"a,b\n" + b"".join(b"%d,x\n" % row for row in range(1000))
    plain, zipped = read(data, 100), read(gzip.compress(data), 100)
    assert zipped.rows == plain.rows
    assert zipped.source.files[0].describe().startswith("users.csv: gzip, utf-8, `,`")


def test_a_gzip_file_cut_short_gives_its_rows_and_then_an_error(tmp_path: Path) -> None:
    data = b"a,b\n" + b"".join(b"%d,%d\n" % (row, row**5) for row in range(200_000))
    (tmp_path / "a.gz").write_bytes(gzip.compress(data, 1)[:-2000])
    source = open_source([tmp_path / "a.gz"], SourceOptions(), block_bytes=100_000)
    rows = list[int]()
    with pytest.raises(SourceError, match=r"a\.gz: a broken gzip file"):
        rows.extend(block.rows for block in source.blocks())
    assert sum(rows) > 100_000


def test_a_line_without_end_is_one_bad_row_in_little_memory(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.gz", "wb", 1) as stream:
        stream.write(b"a,b\n1,2\n")
        for _ in range(40):
            stream.write(b"x" * (1 << 20))
        stream.write(b"\n3,4\n")
    source = open_source([tmp_path / "a.gz"], SourceOptions(), block_bytes=1 << 20)
    blocks = list(source.blocks())
    assert sum(block.rows for block in blocks) == 3
    assert max(len(block.data) for block in blocks if hasattr(block, "data")) < 4 << 20
    assert blocks[-1].line(blocks[-1].rows - 1) == 4


def test_progress_adds_up_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 1000)
    source, told = open_source([path], SourceOptions(), block_bytes=100), list[int]()
    for _ in source.blocks(on_bytes=told.append):
        pass
    assert sum(told) == source.bytes_total == path.stat().st_size


@pytest.mark.parametrize(
    ("row_bytes", "block_bytes"),
    [(160, 8 << 20), (250, 12_500_000), (1_000, 16 << 20), (5, 1_000_000)],
)
def test_blocks_are_large_enough_for_pandera_and_no_larger(
    row_bytes: float, block_bytes: int
) -> None:
    assert suitable_bytes(row_bytes) == block_bytes
