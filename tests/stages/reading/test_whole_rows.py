from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from importer.records import ArrowBlock, Block, JsonBlock, MendedBlock, Rejection, TextBlock
from importer.stages.reading import Record, cell_faults, read_record

TextBlockOf = Callable[[bytes], Block]


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
def test_one_row_is_given_whole(text_block: TextBlockOf, row: bytes, record: Record) -> None:
    block = text_block(b"a,b\n0,0\n" + row + b"\n")
    assert read_record(block, 1) == record
    assert read_record(block, 0, ["b", "a"]) == Record(("0", "0"))


def test_a_row_that_was_mended_is_given_as_it_is_now(text_block: TextBlockOf) -> None:
    read = text_block(b"a,b\n0,0\n1\n2,2\n")
    assert isinstance(read, TextBlock)
    fault = Rejection(0, "reading", "cell-rounded", "b", "the number 1", "text")
    table = pa.table({"a": ["1"], "b": ["mended"]})
    mended = ArrowBlock(0, "a.csv", 2, ("a", "b"), table, refused=(fault,))
    block = MendedBlock(0, read, np.array([1]), mended)
    cells = [read_record(block, index).cells for index in range(3)]
    assert cells == [("0", "0"), ("1", "mended"), ("2", "2")]
    assert [cell_faults(block, index) for index in range(3)] == [(), (fault,), ()]


def test_a_constant_is_a_text_beside_numbers() -> None:
    data = b'{"a": 1}'
    places = (np.array([0]), np.array([len(data)]), np.array([1]))
    block = JsonBlock(0, "a.jsonl", 1, ("a",), data, *places, constants=(("day", "5"),))
    assert read_record(block, 0) == Record(("1", "5"), "", "nt")
