from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import Source, open_source, read_batch, read_record


def opened(path: Path, table: pa.Table, block_bytes: int | None = None, **options: Any) -> Source:
    pq.write_table(table, path, **options)
    return open_source([path], SourceOptions(), block_bytes=block_bytes)


@pytest.mark.parametrize("block_bytes", [1, 200, None])
def test_rows_come_in_order_over_row_groups(
    tmp_path: Path, read_open: Callable[..., Any], block_bytes: int | None
) -> None:
    table = pa.table({"id": list(range(500)), "name": [f"n{row}" for row in range(500)]})
    source = opened(tmp_path / "a.parquet", table, block_bytes, row_group_size=60)
    reading = read_open(source)
    assert reading.rows == [(row + 1, 0, (str(row), f"n{row}")) for row in range(500)]
    assert (source.count_rows(), source.count_rows(7)) == (500, 7)
    assert source.files[0].describe() == "a.parquet: Parquet, 2 columns, 500 rows"


def test_a_row_with_bytes_that_are_no_text_is_refused(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2, 3], "blob": pa.array([b"a", b"\xff\\", None])})
    (block,) = opened(tmp_path / "a.parquet", table).blocks()
    batch, (bad,) = read_batch(block, ["id", "blob"])
    assert batch.index.tolist() == [0, 2]
    assert batch.cells.to_pydict() == {"id": ["1", "3"], "blob": ["a", None]}
    assert (bad.index, bad.code, bad.column) == (1, "undecodable", "blob")
    assert bad.raw == "id=2; blob=\\xff\\\\"
    assert read_record(block, 1).cells is None
    assert read_record(block, 2).cells == ("3", None)
    assert read_batch(block, ["id"])[0].rows == 3


def test_a_type_without_text_stops_only_a_mapping_that_uses_it(tmp_path: Path) -> None:
    table = pa.table({"id": [1], "wait": pa.array([5], pa.duration("s"))})
    source = opened(tmp_path / "a.parquet", table)
    source.require(["id"])
    with pytest.raises(SourceError, match=r"column 'wait': the type duration\[s\]"):
        source.require(["id", "wait"])
    (block,) = source.blocks()
    assert read_record(block, 0).cells == ("1", None)


def test_int96_instants_keep_their_nanoseconds_and_their_centuries(
    tmp_path: Path, read_open: Callable[..., Any]
) -> None:
    days = [datetime(9999, 12, 31), datetime(1, 1, 1), None, datetime(2021, 7, 1)]  # noqa: DTZ001 - INT96 has no zone
    far = pa.table({"at": pa.array(days, pa.timestamp("us"))})
    source = opened(tmp_path / "far.parquet", far, use_deprecated_int96_timestamps=True)
    texts = ["9999-12-31T00:00:00", "0001-01-01T00:00:00", None, "2021-07-01T00:00:00"]
    assert read_open(source).cells == [(text,) for text in texts]

    near = pa.table({"id": [1], "at": pa.array([1], pa.timestamp("ns"))})
    source = opened(tmp_path / "near.parquet", near, use_deprecated_int96_timestamps=True)
    assert read_open(source).cells == [("1", "1970-01-01T00:00:00.000000001")]


def test_a_broken_file_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + b"x" * 50)
    with pytest.raises(SourceError, match=r"a\.parquet: a broken Parquet file"):
        open_source([path], SourceOptions())


def test_a_file_that_is_broken_midway_gives_its_rows_and_then_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": list(range(10_000))}), path, row_group_size=5000)
    data = bytearray(path.read_bytes())
    second = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    data[second : second + 20] = b"\xff" * 20
    path.write_bytes(data)
    rows = list[int]()
    source = open_source([path], SourceOptions(), block_bytes=1000)
    with pytest.raises(SourceError, match="a broken Parquet file"):
        rows.extend(block.rows for block in source.blocks())
    assert 4000 < sum(rows) <= 5000


def test_a_csv_and_its_parquet_give_the_same_cells(
    tmp_path: Path, read: Callable[..., Any], read_open: Callable[..., Any]
) -> None:
    texts = {"id": ["1", "2"], "paid": ["1234.50", "0.10"], "since": ["2021-04-03", "2020-02-29"]}
    rows = "\n".join(",".join(row) for row in zip(*texts.values(), strict=True))
    from_csv = read(f"id,paid,since\n{rows}\n".encode())
    typed = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "paid": pa.array([Decimal("1234.50"), Decimal("0.10")]),
            "since": pa.array(texts["since"]).cast(pa.date32()),
        }
    )
    assert read_open(opened(tmp_path / "a.parquet", typed)).cells == from_csv.cells
