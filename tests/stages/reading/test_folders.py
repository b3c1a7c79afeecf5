from __future__ import annotations

import pytest

from importer.errors import SourceError
from importer.stages.reading.folders import tables_among


@pytest.mark.parametrize(
    ("names", "tables"),
    [
        (["b.csv", "a.csv"], ["a.csv", "b.csv"]),
        (["a.csv.gz", "b.tsv", "c.TXT"], ["a.csv.gz", "b.tsv", "c.TXT"]),
        (["part-00000", "_SUCCESS", "_metadata"], ["part-00000"]),
        (["c=1/p.snappy.parquet", "_c=2/p.parquet"], ["_c=2/p.parquet", "c=1/p.snappy.parquet"]),
        (["a.parquet", "_temporary/0/b.parquet", ".x.parquet"], ["a.parquet"]),
        (["a.parquet", "README.txt", "LICENSE", "a.md5", "notes.txt"], ["a.parquet"]),
        (["a.xlsx"], ["a.xlsx"]),
        (["a.ndjson.zst"], ["a.ndjson.zst"]),
    ],
)
def test_the_tables_of_a_folder_are_found(names: list[str], tables: list[str]) -> None:
    assert tables_among("users", names) == tables


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], "a folder without files"),
        (["_SUCCESS"], r"a folder without tables \(only _SUCCESS\)"),
        (["a.csv", "b.parquet"], "a folder with Parquet and delimited text"),
        (["a.csv", "users.dat"], r"files that may be no tables: users\.dat"),
        ([f"{n}.bin" for n in range(5)], r"0\.bin, 1\.bin, 2\.bin and 2 more"),
        (["a.parquet", "_delta_log/0.json"], "a Delta Lake table"),
        (["data/a.parquet", "metadata/v1.metadata.json"], "an Iceberg table"),
        ([".hoodie/x", "a.parquet"], "a Hudi table"),
    ],
)
def test_a_folder_that_may_hold_something_else_is_refused(names: list[str], found: str) -> None:
    with pytest.raises(SourceError, match=found):
        tables_among("users", names)
