from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from importer.records import ArrowBlock, Block, MendedBlock, TextBlock
from importer.stages.reading import read_batch, read_record, read_records

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
    text_block: Callable[[bytes], Block], lines: list[bytes], every: int
) -> None:
    block = text_block(b"\n".join([b"a,b,c", *[b"1,2,3"] * 30, *lines, b""]))
    asked = range(0, block.rows, every)
    for columns in (["a", "b", "c"], ["c", "a"], []):
        each = {index: read_record(block, index, columns) for index in asked}
        assert read_records(block, asked, columns) == each


def test_mended_rows_stand_in_place_of_the_files(text_block: Callable[[bytes], Block]) -> None:
    read = text_block(b"a,b\n0,0\n1\n2,2\n3,3\n")
    assert isinstance(read, TextBlock)
    table = pa.table({"a": ["one", "two"], "b": ["1", "2"]})
    mended = ArrowBlock(0, "a.csv", 2, ("a", "b"), table)
    block = MendedBlock(0, read, np.array([1, 2]), mended)
    batch, rejections = read_batch(block, ["a"])
    assert rejections == ()
    assert batch.cells.to_pydict() == {"a": ["0", "one", "two", "3"]}
    batch, _ = read_batch(block, [])
    assert batch.index.tolist() == [0, 1, 2, 3]
