"""Real files of other projects: Parquet of every kind, archives, workbooks, folders."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import Source, open_source, read_batch

Rows = list[dict[str, str | None]]

# Reads each file whole in a process of its own: a crash of a library would end the tests, too.
READ_EACH = """
import json, signal, sys
from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import open_source, read_batch, read_record
for path in sys.stdin.read().splitlines():
    print(json.dumps({"begins": path}), flush=True)
    signal.alarm(20)  # a file that takes longer ends this process
    try:
        source = open_source([path], SourceOptions())
        rows = 0
        for block in source.blocks():
            batch, rejections = read_batch(block, source.columns)
            rows += batch.rows + len({one.index for one in rejections})
            read_record(block, 0)
        assert rows == source.count_rows()
        result = {"rows": rows}
    except SourceError as error:
        result = {"error": error.problem.found}
    print(json.dumps({"ends": path, **result}), flush=True)
"""


def whole(paths: list[Path], **options: Any) -> tuple[Source, Rows]:
    source = open_source(paths, SourceOptions(**options))
    rows: Rows = []
    for block in source.blocks():
        batch, rejections = read_batch(block, source.columns)
        assert not rejections
        rows += batch.cells.to_pylist()
    return source, rows


@pytest.fixture(scope="module")
def parquet_results(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    folder = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real third-party files is not beside the project")
    names = ("parquet-testing", "duckdb-parquet", "kylo-parquet-fixtures")
    paths = [path for name in names for path in sorted((folder / name).rglob("*.parquet"))]
    done = subprocess.run(
        [sys.executable, "-c", READ_EACH],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        timeout=300,
        cwd=Path(__file__).resolve().parent.parent,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"{lines[-1]} {done.stderr[-500:]}"
    results = {
        Path(line["ends"]).relative_to(folder).as_posix(): line for line in lines if "ends" in line
    }
    assert len(results) == len(paths) > 200
    return results


def test_every_parquet_file_is_read_or_refused_with_one_clear_error(
    parquet_results: dict[str, dict[str, Any]],
) -> None:
    errors = [line["error"] for line in parquet_results.values() if "error" in line]
    kinds = Counter(error.split("(")[0].strip() for error in errors)
    assert set(kinds) == {
        "a broken Parquet file",
        "a header and no rows",
        "no name for column 2",
        "two columns called 'column'",
    }
    assert len(errors) < 20


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("parquet_column_num_values_mismatch", "its footer counts 8 rows, and it has 0"),
        ("rle_malicious_bitwidth", "bit_width 63"),
        ("plaintext_footer_crypto_metadata", "encrypted"),
        ("empty", "a header and no rows"),
        ("bug13053-2", "two columns called 'column'"),
    ],
)
def test_a_parquet_file_broken_on_purpose_is_refused(
    parquet_results: dict[str, dict[str, Any]], name: str, error: str
) -> None:
    assert error in parquet_results[f"duckdb-parquet/parquet-testing/{name}.parquet"]["error"]


@pytest.mark.parametrize(
    "name",
    ["delta_binary_packed", "delta_encoding_optional_column", "delta_encoding_required_column"],
)
def test_a_parquet_file_equals_the_csv_beside_it(shared_data: Path, name: str) -> None:
    folder = shared_data / "parquet-testing/data"
    _, found = whole([folder / f"{name}.parquet"])
    with open(folder / f"{name}_expect.csv", newline="", encoding="utf-8") as file:
        expected = list(csv.reader(file))[1:]
    assert [[text or "" for text in row.values()] for row in found] == expected


def test_csv_and_parquet_of_one_table_are_equal(shared_data: Path) -> None:
    _, as_csv = whole([shared_data / "dlt-samples/csv/mlb_players.csv"])
    _, as_parquet = whole([shared_data / "dlt-samples/parquet/mlb_players.parquet"])
    assert len(as_csv) == len(as_parquet) == 1034
    for one, other in zip(as_csv, as_parquet, strict=True):
        # This Parquet file keeps whole years of an age that the CSV has to the hundredth.
        assert (one.pop("Age") or "").split(".")[0] == (other.pop("Age") or "")
        assert one == {name: text or "" for name, text in other.items()}


def test_an_id_written_as_a_float_arrives_as_it_is_written(shared_data: Path) -> None:
    source, rows = whole(sorted((shared_data / "online-retail").glob("*.csv")))
    assert len(source.files) == 8
    assert rows[0]["CustomerID"] == "17850.0"
    assert any(row["CustomerID"] == "" for row in rows)
    total = sum(_records(file.path) for file in source.files)
    assert len(rows) == total == source.count_rows()


def _records(path: str) -> int:
    with open(path, newline="", encoding="utf-8") as file:
        return sum(1 for row in csv.reader(file) if row) - 1


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["csvkit/dummy.csv", "csvkit/dummy.csv.gz", "csvkit/dummy.csv.bz2"], 1),
        (["csvkit/dummy.csv", "csvkit/dummy.xls", "csvkit/dummy.xlsx"], 1),
        (["frictionless/table.csv", "frictionless/table.csv.gz", "frictionless/table.csv.zip"], 2),
    ],
)
def test_a_table_is_the_same_in_every_wrapping(
    shared_data: Path, tmp_path: Path, names: list[str], rows: int
) -> None:
    found = [whole([shared_data / name])[1] for name in names]
    assert len(found[0]) == rows
    assert all(one == found[0] for one in found)
    for name, expected in zip(names, found, strict=True):
        wrong = tmp_path / "users.parquet.csv.xz"
        wrong.write_bytes((shared_data / name).read_bytes())
        assert whole([wrong])[1] == expected


@pytest.mark.parametrize(
    ("name", "header", "rows"),
    [
        ("duckdb-csv/test/bgzf.gz", 1, 7),
        ("duckdb-csv/test/concat.gz", 1, 14),
        ("dlt-samples/gzip/taxi.csv.gz", 0, 10),
    ],
)
def test_gzip_of_several_members_is_read_whole(
    shared_data: Path, name: str, header: int, rows: int
) -> None:
    source, found = whole([shared_data / name], header=header)
    assert (source.files[0].compression, len(found)) == ("gzip", rows)


def test_a_large_sheet_is_read_with_its_codes_as_text(shared_data: Path) -> None:
    _, rows = whole([shared_data / "csvkit/realdata/ne_1033_data.xlsx"])
    assert len(rows) == 1036
    assert (rows[0]["fips"], rows[0]["nsn"]) == ("31001", "1005-00-589-1271")
    assert not any(str(text).endswith(".0") for row in rows for text in row.values())


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("frictionless/table-multiple-files.zip", r"2 files \(table-reverse\.csv, table\.csv\)"),
        ("kylo-userdata/orc/userdata1_orc", "an ORC file"),
        ("kylo-userdata/avro/userdata1.avro", "an Avro file"),
        ("duckdb-parquet/parquet-testing/hive-partitioning/simple", "Parquet and delimited text"),
        (
            "duckdb-parquet/parquet-testing/hive-partitioning/union_by_name",
            "a table without 'i' and with a further 'k'",
        ),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(
    shared_data: Path, name: str, found: str
) -> None:
    with pytest.raises(SourceError, match=found):
        open_source([shared_data / name], SourceOptions())


def test_hive_partitions_are_columns(shared_data: Path) -> None:
    folder = shared_data / "duckdb-parquet/parquet-testing/hive-partitioning"
    _, rows = whole([folder / "simple/*/*/*.parquet"])
    assert {(row["part"], row["date"]) for row in rows} == {
        ("a", "2012-01-01"),
        ("b", "2013-01-01"),
    }
    source, rows = whole([folder / "union_by_name"], missing_columns="blank")
    assert {row["x"] for row in rows} == {"1", "2"}
    assert {"i", "k"} <= set(source.columns)


def test_a_page_named_parquet_is_refused(shared_data: Path, tmp_path: Path) -> None:
    pages = [
        path
        for path in (shared_data / "userdata1-variant").glob("*.parquet")
        if not path.read_bytes().startswith(b"PAR1")
    ]
    made = tmp_path / "userdata1.parquet"
    made.write_bytes(b"\n\n\n<!DOCTYPE html>\n<html lang=en>\n")
    for page in (*pages, made):
        with pytest.raises(SourceError, match="an HTML page, which is not a Parquet file"):
            open_source([page], SourceOptions())


def test_a_folder_of_parquet_files_equals_its_csv_files(shared_data: Path) -> None:
    _, parquet = whole([shared_data / "kylo-userdata/parquet"])
    _, text = whole([shared_data / "kylo-userdata/csv/*.csv"])
    assert len(parquet) == len(text) == 3000
    for name in ("first_name", "last_name"):
        assert [row[name] or "" for row in parquet] == [row[name] for row in text]
