from __future__ import annotations

from pathlib import Path

import pytest

from importer.records import DEAD_LETTER_COLUMNS, Block, SourceOptions
from importer.stages.reading import Record, open_source, read_batch, read_record


def block_of(path: Path, data: bytes) -> Block:
    path.write_bytes(data)
    (block,) = open_source([path], SourceOptions(delimiter=",", encoding="utf-8")).blocks()
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
