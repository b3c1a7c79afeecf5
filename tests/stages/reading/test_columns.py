from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.errors import SourceError
from importer.mapping_file import parse_mapping
from importer.records import SourceOptions
from importer.stages.reading import Source, open_source, read_batch, read_record


def rows_of(source: Source) -> list[tuple[str | None, ...]]:
    rows: list[tuple[str | None, ...]] = []
    for block in source.blocks():
        batch, _ = read_batch(block, source.columns)
        rows += [tuple(row[name] for name in source.columns) for row in batch.cells.to_pylist()]
        assert read_record(block, 0, source.columns).cells == rows[-batch.rows]
    return rows


@pytest.fixture
def mixed(tmp_path: Path) -> list[Path]:
    """Write the same table four times, its columns in different orders."""
    names = ("a.csv", "b.csv", "c.parquet", "d.jsonl")
    paths = [tmp_path / name for name in names]
    paths[0].write_text("id,name\n1,Ann\n")
    paths[1].write_text("name;id\nBob;2\n")
    pq.write_table(pa.table({"name": ["Cid"], "id": [3]}), paths[2])
    paths[3].write_text('{"name": "Dan", "id": 4}\n')
    return paths


def test_columns_in_another_order_and_another_format_are_the_same_table(
    mixed: list[Path],
) -> None:
    source = open_source(mixed, SourceOptions())
    assert rows_of(source) == [("1", "Ann"), ("2", "Bob"), ("3", "Cid"), ("4", "Dan")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id\n5\n", "a table without 'name'"),
        ("id,name,city\n5,Eve,Rome\n", "a table with a further 'city'"),
        ("id,city\n5,Rome\n", "a table without 'name' and with a further 'city'"),
    ],
)
def test_a_missing_column_is_an_error_that_names_the_file(
    mixed: list[Path], tmp_path: Path, text: str, found: str
) -> None:
    (tmp_path / "odd.csv").write_text(text)
    with pytest.raises(SourceError, match=rf"odd\.csv: {found}") as caught:
        open_source([*mixed, tmp_path / "odd.csv"], SourceOptions())
    assert "missing_columns: blank" in caught.value.problem.remedy


def test_a_missing_column_is_null_where_the_mapping_says_so(
    mixed: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "odd.csv").write_text("id,city\n5,Rome\n")
    source = open_source([mixed[0], tmp_path / "odd.csv"], SourceOptions(missing_columns="blank"))
    assert source.columns == ("id", "name", "city")
    assert rows_of(source) == [("1", "Ann", None), ("5", None, "Rome")]


def test_the_mapping_says_what_a_missing_column_is_and_which_sheet_is_meant() -> None:
    text = "mapping: 1\ncustomer_id: id\nsource: {missing_columns: blank, sheet: Users}\n"
    options = parse_mapping(text, "m.yaml").source
    assert (options.missing_columns, options.sheet) == ("blank", "Users")
