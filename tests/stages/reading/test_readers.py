from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.records import MendedBlock, SourceOptions
from importer.stages.reading import open_source
from importer.stages.reading.readers import cells_at, read_columns

COLUMNS = ("id", "name")


def write_parquet(path: Path) -> None:
    names = pa.array([b"Ann", b"\xff\\", None, b"Zo\xc3\xab"])
    pq.write_table(pa.table({"id": [1, 2, 3, 4], "name": names}), path)


def write_json(path: Path) -> None:
    lines = [b'"Ann"', b'"\xff\\\\"', b"null", '"Zo\u00eb"'.encode()]
    path.write_bytes(
        b"".join(b'{"id": %d, "name": %b}\n' % (at, line) for at, line in enumerate(lines, 1))
    )


def write_text(path: Path) -> None:
    path.write_bytes(b"id,name\n1,Ann\n2,\xff\\\n3\n4,Zo\xc3\xab\n")


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.parquet", write_parquet), ("a.jsonl", write_json), ("a.csv", write_text)],
)
def test_a_row_alone_is_what_all_rows_of_its_block_make_of_it(
    tmp_path: Path, name: str, write: Callable[[Path], None]
) -> None:
    write(tmp_path / name)
    options = SourceOptions(delimiter=",", encoding="utf-8", header=1)
    (block,) = open_source([tmp_path / name], options).blocks()
    assert not isinstance(block, MendedBlock)
    batch, rejections = read_columns(block, COLUMNS)
    rows = dict(zip(batch.index.tolist(), batch.cells.to_pylist(), strict=True))
    raws = {rejection.index: rejection.raw for rejection in rejections}
    assert raws
    assert sorted([*rows, *raws]) == list(range(4))
    for index in range(4):
        assert cells_at(block, index) == (rows.get(index), raws.get(index, ""))
