from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from importer.records import Block
from importer.stages.reading import read_record, read_records

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
