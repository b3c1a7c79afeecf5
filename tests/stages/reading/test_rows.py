from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.records import DEAD_LETTER_COLUMNS, Block, SourceOptions
from importer.stages.reading import Record, open_source, read_batch, read_record, read_records


def block_of(path: Path, data: bytes) -> Block:
    path.write_bytes(data)
    options = SourceOptions(delimiter=",", encoding="utf-8", quote='"', header=1)
    (block,) = open_source([path], options).blocks()
    return block


@pytest.mark.parametrize(
    ("row", "record"),
    [
        (b"1,2", Record(("1", "2"))),
        (b'"1,""x""\n",', Record(('1,"x"\n', ""))),
        (b'5" x,2', Record(('5" x', "2"))),
        (b"1", Record(None, "1")),
        (b"1,\xff\\", Record(None, "1,\\xff\\\\")),
        (b'"1', Record(None, '"1')),
    ],
)
def test_one_row_is_given_whole(tmp_path: Path, row: bytes, record: Record) -> None:
    block = block_of(tmp_path / "a.csv", b"a,b\n0,0\n" + row + b"\n")
    assert read_record(block, 1) == record
    assert read_record(block, 0, ["b", "a"]) == Record(("0", "0"))


def test_what_a_dead_letter_added_is_left_out(tmp_path: Path) -> None:
    header = ",".join(["id", "b", *DEAD_LETTER_COLUMNS])
    row = ",".join(["1", "x", *"z" * len(DEAD_LETTER_COLUMNS)])
    block = block_of(tmp_path / "a.csv", f"{header}\n{row}\n".encode())
    assert read_record(block, 0).cells == ("1", "x")
    batch, _ = read_batch(block, ["id", "b"])
    assert batch.cells.to_pydict() == {"id": ["1"], "b": ["x"]}


CELLS = st.sampled_from(
    [b"", b"x", b" ", b'"', b'"a,b"', b'"a""b"', b'"a\nb"', "\u00e9".encode(), b"\xff"]
)
LINES = st.lists(
    st.one_of(
        st.lists(CELLS, min_size=3, max_size=3),
        st.lists(CELLS, max_size=4),
        st.just([b"a", b"b", b"c"]),
    ).map(b",".join),
    max_size=8,
)


@given(lines=LINES, every=st.integers(1, 3))
def test_many_rows_are_read_at_once_as_each_is_alone(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], every: int
) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    block = block_of(path, b"\n".join([b"a,b,c", *[b"1,2,3"] * 30, *lines, b""]))
    asked = range(0, block.rows, every)
    for columns in (["a", "b", "c"], ["c", "a"], []):
        each = {index: read_record(block, index, columns) for index in asked}
        assert read_records(block, asked, columns) == each
