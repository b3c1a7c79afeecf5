from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.records import SourceOptions
from importer.stages.reading import open_source, read_batch, read_record
from importer.stages.reading.hive import partitions_of


@pytest.mark.parametrize(
    ("path", "partitions"),
    [
        ("users/a.parquet", ()),
        ("users/country=IN/a.parquet", (("country", "IN"),)),
        ("u/year=2024/m=01/a.parquet", (("year", "2024"), ("m", "01"))),
        ("env=prod/users/m=01/a.csv", (("m", "01"),)),
        ("u/city=New%20York%2FNY/a.parquet", (("city", "New York/NY"),)),
        ("u/caf%C3%A9=a=b/a.parquet", (("café", "a=b"),)),
        ("u/c=__HIVE_DEFAULT_PARTITION__/a.parquet", (("c", None),)),
        ("u/c=/a.parquet", (("c", ""),)),
        ("s3://bucket/c=1/a.parquet", (("c", "1"),)),
        ("a=b.csv", ()),
    ],
)
def test_the_folders_directly_above_a_file_are_columns(
    path: str, partitions: tuple[tuple[str, str | None], ...]
) -> None:
    assert partitions_of(path) == partitions


def partitioned(folder: Path) -> Path:
    for country in ("IN", "D%20E", "__HIVE_DEFAULT_PARTITION__"):
        inner = folder / f"country={country}"
        inner.mkdir(parents=True)
        pq.write_table(pa.table({"id": [7]}), inner / "part-0.parquet")
    (folder / "_SUCCESS").touch()
    return folder


def test_partition_columns_are_text_columns(tmp_path: Path) -> None:
    folder = partitioned(tmp_path / "users")
    rows: list[dict[str, str]] = []
    expected = [
        {"id": "7", "country": "D E"},
        {"id": "7", "country": "IN"},
        {"id": "7", "country": None},
    ]
    for source in (
        open_source([folder], SourceOptions()),
        open_source([f"{folder}/*/*.parquet"], SourceOptions()),
        open_source(sorted(folder.glob("*/*.parquet")), SourceOptions()),
    ):
        assert source.columns == ("id", "country")
        rows = []
        for block in source.blocks():
            rows += read_batch(block, source.columns)[0].cells.to_pylist()
            assert read_record(block, 0).cells == tuple(rows[-1].values())
        assert sorted(rows, key=str) == sorted(expected, key=str)


def test_a_partition_that_is_not_asked_for_is_not_read(tmp_path: Path) -> None:
    source = open_source([partitioned(tmp_path / "users")], SourceOptions())
    block = next(iter(source.blocks()))
    assert read_batch(block, ["id"])[0].cells.column_names == ["id"]


def test_a_column_of_the_file_itself_wins(tmp_path: Path) -> None:
    inner = tmp_path / "id=8"
    inner.mkdir()
    pq.write_table(pa.table({"id": [7]}), inner / "a.parquet")
    source = open_source([tmp_path], SourceOptions())
    (block,) = source.blocks()
    assert source.columns == ("id",)
    assert read_batch(block, ["id"])[0].cells.to_pydict() == {"id": ["7"]}
