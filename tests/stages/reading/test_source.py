from __future__ import annotations

import csv
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.errors import SourceChanged, SourceError
from importer.records import SourceOptions
from importer.stages.reading import open_source, read_batch, read_record

SILENT = SourceOptions()


def files(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_bytes(text.encode())
    return paths


def test_a_file_is_described_in_one_line(tmp_path: Path) -> None:
    (path,) = files(tmp_path, customers="\n\na\tb\n1\t2\n")
    (file,) = open_source([path], SILENT).files
    assert file.describe() == 'customers.csv: utf-8, TAB, `"`, header on line 3, 2 columns'


def test_several_files_are_one_table_whatever_the_order_of_their_columns(
    tmp_path: Path, read_open: Callable[..., Any]
) -> None:
    paths = files(tmp_path, a="id,name\n1,Ann\n\n2,Bob\n", b="name;id\nCem;3\n\n")
    source = open_source(paths, SILENT)
    assert read_open(source).rows == [
        (1, 2, ("1", "Ann")),
        (2, 4, ("2", "Bob")),
        (1, 2, ("3", "Cem")),
    ]
    assert source.count_rows() == 3
    assert source.blank_lines == 2
    list(source.blocks(limit=1))
    assert source.blank_lines == 1
    records = [read_record(block, 0, source.columns).cells for block in source.blocks()]
    assert records == [("1", "Ann"), ("3", "Cem")]


def test_a_file_with_other_columns_is_named(tmp_path: Path) -> None:
    paths = files(tmp_path, a="id,name\n1,Ann\n", b="id,mail\n1,x\n")
    with pytest.raises(
        SourceError, match=r"b\.csv: a table without 'name' and with a further 'mail'"
    ):
        open_source(paths, SILENT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id,name\n", "a header and no rows"),
        ("id,name\n\n\r\n", "a header and no rows"),
        ("id,,name, \n1,2,3,4\n", "no name for column 2, 4"),
        ("id,a,b,a\n1,2,3,4\n", "two columns called 'a'"),
    ],
)
def test_a_table_without_names_or_rows_is_refused(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        open_source(files(tmp_path, a=text), SILENT)


def test_one_of_several_files_may_have_no_rows(tmp_path: Path) -> None:
    paths = files(tmp_path, a="id,name\n", b="id,name\n1,Ann\n")
    assert open_source(paths, SILENT).count_rows() == 1


def test_a_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array([], pa.int64())}), tmp_path / "a.parquet")
    with pytest.raises(SourceError, match="a header and no rows"):
        open_source([tmp_path], SILENT)


@pytest.mark.parametrize("limit", [0, 1, 3, 4, 5, 99])
@pytest.mark.parametrize("block_bytes", [1, None])
def test_a_limit_makes_the_source_so_many_rows_long(
    tmp_path: Path, limit: int, block_bytes: int | None
) -> None:
    paths = files(tmp_path, a='id,b\n1,x\n2,5" x\n3,"y\n', b="id,b\n4,x\n5,x\n")
    source = open_source(paths, SILENT, block_bytes=block_bytes)
    rows = 0
    for block in source.blocks(limit):
        batch, bad = read_batch(block, source.columns)
        assert block.rows == batch.rows + len(bad)
        rows += block.rows
    assert rows == source.count_rows(limit) == min(limit, 5)


def test_a_file_that_was_read_to_its_end_is_not_read_again_to_be_counted(tmp_path: Path) -> None:
    (path,) = files(tmp_path, a="id\n1\n2\n3\n")
    source = open_source([path], SourceOptions())
    assert len(list(source.blocks(2))) == 1
    assert source.count_rows() == sum(block.rows for block in source.blocks()) == 3
    path.unlink()
    assert (source.count_rows(), source.count_rows(2)) == (3, 2)


def test_a_limit_holds_for_parquet_too(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": list(range(10))}), tmp_path / "a.parquet")
    source = open_source([tmp_path], SILENT)
    assert [block.rows for block in source.blocks(7)] == [7]


def test_a_file_that_changes_under_way_stops_the_reading(tmp_path: Path) -> None:
    (path,) = files(tmp_path, a="id,b\n1,x\n2,y\n")
    source = open_source([path], SILENT, block_bytes=1)
    blocks = source.blocks()
    next(blocks)
    path.write_text("id,b\n1,x\n2,y\n3,z\n")
    with pytest.raises(SourceChanged, match="changed"):
        list(blocks)


def test_blocks_travel_between_processes(tmp_path: Path) -> None:
    (path,) = files(tmp_path, a="id,b\n1,x\n")
    other = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["1"], "b": ["x"]}), other)
    for source in (open_source([path], SILENT), open_source([other], SILENT)):
        (block,) = source.blocks()
        batch, _ = read_batch(pickle.loads(pickle.dumps(block)), source.columns)
        assert batch.cells.to_pydict() == {"id": ["1"], "b": ["x"]}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("kylo-userdata/csv/userdata1.csv", 1000),
        ("kylo-userdata/csv/userdata2.csv", 1000),
        ("kylo-userdata/csv/userdata3.csv", 1000),
        ("municipios-brasileiros/municipios.csv", 5571),
        ("telco-churn/Telco-Customer-Churn.csv", 7043),
    ],
)
@pytest.mark.parametrize("block_bytes", [20_000, None])
def test_real_files_are_read_as_python_reads_them(
    shared_data: Path,
    read_open: Callable[..., Any],
    name: str,
    rows: int,
    block_bytes: int | None,
) -> None:
    with (shared_data / name).open(encoding="utf-8-sig", newline="") as stream:
        header, *expected = [tuple(row) for row in csv.reader(stream)]
    reading = read_open(open_source([shared_data / name], SILENT, block_bytes=block_bytes))
    assert reading.source.columns == header
    assert len(expected) == rows
    assert reading.cells == expected
    assert reading.bad == []


def test_kylos_parquet_files_are_read(shared_data: Path, read_open: Callable[..., Any]) -> None:
    reading = read_open(open_source([shared_data / "kylo-userdata/parquet"], SILENT))
    assert len(reading.rows) == 3000
    assert reading.cells[0][0] == "2016-02-03T07:55:29"
