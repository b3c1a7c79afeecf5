"""Single rows of a block read as they do in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.records import Block, SourceOptions
from importer.stages.reading import open_source, picked, read_batch, read_record

CSV = b'id,name\n1,Ann\n2,"a\nb"\n\n3,"x"y\n4,Zo\xc3\xab\n5,too,many\n6,"say ""hi"""\n'


def sources(folder: Path) -> dict[str, Path]:
    files = {
        "csv": folder / "u.csv",
        "utf-16": folder / "u16.csv",
        "jsonl": folder / "u.jsonl",
        "parquet": folder / "u.parquet",
    }
    files["csv"].write_bytes(CSV)
    files["utf-16"].write_bytes(CSV.decode().encode("utf-16"))
    files["jsonl"].write_text(
        "".join(f'{{"id": "{n}", "name": "N{n}"}}\n' for n in range(6)) + "nonsense\n",
        encoding="utf-8",
    )
    pq.write_table(
        pa.table({"id": ["1", "2", None, "4"], "name": ["a", "b", "c", None]}), files["parquet"]
    )
    return files


def one_block(path: Path) -> Block:
    (block,) = open_source([path], SourceOptions()).blocks()
    return block


@pytest.mark.parametrize("kind", ["csv", "utf-16", "jsonl", "parquet"])
def test_picked_rows_read_as_they_do_in_their_block(kind: str, tmp_path: Path) -> None:
    block = one_block(sources(tmp_path)[kind])
    whole, refused = read_batch(block, block.columns)
    for indexes in (*([at] for at in range(block.rows)), [0, 2, block.rows - 1]):
        few = picked(block, np.array(indexes, np.int64))
        assert few.rows == len(indexes)
        assert few.row(0) == block.row(indexes[0])
        assert [few.line(at) for at in range(few.rows)] == [block.line(at) for at in indexes]
        batch, few_refused = read_batch(few, few.columns)
        kept = [at for at, index in enumerate(whole.index.tolist()) if index in indexes]
        assert batch.cells.to_pylist() == whole.cells.take(pa.array(kept, pa.int64())).to_pylist()
        assert [indexes[one.index] for one in few_refused] == [
            one.index for one in refused if one.index in indexes
        ]
        for at, index in enumerate(indexes):
            assert read_record(few, at) == read_record(block, index)
