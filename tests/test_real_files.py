"""Reads tables that nobody here wrote: each row is exact, or refused with its reason."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import open_source, read_batch

Cells = tuple[str, ...]


@dataclass
class Read:
    """What became of a file's rows: their cells by row number, or the code of their refusal."""

    columns: Cells
    rows: dict[int, Cells] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)

    @property
    def table(self) -> list[Cells]:
        return [self.columns, *self.rows.values()]


def read(path: Path, **options: Any) -> Read:
    source = open_source([path], SourceOptions(**options))
    found = Read(source.columns)
    for block in source.blocks():
        batch, rejections = read_batch(block, source.columns)
        columns = [batch.cells.column(name).to_pylist() for name in source.columns]
        for index, cells in zip(batch.index.tolist(), zip(*columns, strict=True), strict=True):
            found.rows[block.row(index)] = tuple(cell or "" for cell in cells)
            found.lines[block.row(index)] = block.line(index)
        for rejection in rejections:
            assert rejection.raw
            found.bad[block.row(rejection.index)] = rejection.code
    return found


def python_reads(path: Path, encoding: str = "utf-8-sig", **dialect: Any) -> list[Cells]:
    with path.open(encoding=encoding, newline="") as stream:
        return [tuple(row) for row in csv.reader(stream, **dialect) if row]


# --- pollock -------------------------------------------------------------------------------------

SAID: dict[str, dict[str, Any]] = {
    "file_header_multirow_2.csv": {"header": 2},
    "file_no_header.csv": {"header": 0},
    "file_quotation_char_0x27.csv": {"quote": "'"},
}
"""What a person says where detection stops, or warns (a file without a header)."""

REFUSED = {
    "file_header_only.csv": "a header and no rows",
    "row_less_sep_row0_col5.csv": "a header of 8 names over rows of 9 cells",
}

UNESCAPED = "file_quotation_char_0x27.csv"
"""Its apostrophes (won't) close quotes, so that a bad record takes the rows up to the next whole
line with it; what is read must still be right.  Its `48""` is two quotes, now that they quote
nothing."""


def compared(path: Path, clean: list[Cells]) -> str:
    """Say what came of one polluted file: exact, rejected or different."""
    polluted = re.search(r"row_\w+?(\d+)_", path.name)
    try:
        found = read(path, **SAID.get(path.name, {}))
    except SourceError as error:
        assert error.problem.found.startswith(REFUSED[path.name])
        return "rejected"
    header, *rows = clean
    if path.name == "file_no_header.csv":
        header, rows = tuple(f"column_{at}" for at in range(1, 10)), clean
    if path.name == UNESCAPED:
        right = {*rows, *python_reads(path, quotechar="'")}
        return "rejected" if set(found.rows.values()) <= right else "different"
    if found.columns != header or len(found.rows) + len(found.bad) != len(rows):
        return "different"
    if any(cells != rows[row - 1] for row, cells in found.rows.items()):
        return "different"
    if found.bad:
        assert polluted is not None
        assert len(found.bad) == 1, (path.name, found.bad)
        return "rejected"
    return "exact"


def test_no_polluted_file_is_silently_different(shared_data: Path) -> None:
    folder = shared_data / "pollock/polluted_files"
    counts: Counter[str] = Counter()
    for path in sorted((folder / "csv").iterdir()):
        truth = folder / "clean" / path.name
        if path.name == "file_multitable_same.csv" or not truth.exists():
            continue
        outcome = compared(path, python_reads(truth))
        assert outcome != "different", path.name
        counts[outcome] += 1
    assert counts == {"exact": 11, "rejected": 152}


def test_the_second_table_of_a_file_is_read_but_for_its_header(shared_data: Path) -> None:
    path = shared_data / "pollock/polluted_files/csv/file_multitable_same.csv"
    found = read(path)
    _, *rows = python_reads(path)
    assert found.bad[84] == "header-repeated"
    assert set(found.bad) - {84} == {105}
    assert all(cells == rows[row - 1] for row, cells in found.rows.items())


def test_a_first_line_that_looks_like_a_row_is_warned_of(shared_data: Path) -> None:
    path = shared_data / "pollock/polluted_files/csv/file_no_header.csv"
    (file,) = open_source([path], SourceOptions()).files
    assert "header: none" in file.warning


# --- tables with a known content -----------------------------------------------------------------


def test_csv_spectrum_is_read_as_its_json_says(shared_data: Path) -> None:
    folder = shared_data / "csv-spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        truth = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        found = read(path)
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows.values()]
        assert rows == truth, path.name
        assert not found.bad


def test_one_table_is_the_same_in_every_encoding(shared_data: Path) -> None:
    names = ["csvtext.csv", *(f"csvtext_BOM_{kind}.csv" for kind in ("UTF8", "UTF16BE", "UTF16LE"))]
    tables = [read(shared_data / "salesforce-dataloader" / name) for name in names]
    assert all(table.table == tables[0].table and not table.bad for table in tables)
    assert len(tables[0].rows) == 2
    for one, other in (("utf8", "utf8_bom"), ("utf16_big", "utf16_little")):
        left, right = (read(shared_data / f"csvkit/test_{kind}.csv") for kind in (one, other))
        assert left.table == right.table
        assert left.rows[2] == ("4", "5", "ʤ")


@pytest.mark.parametrize("ending", ["csv", "txt"])
def test_one_table_is_the_same_with_every_line_end(shared_data: Path, ending: str) -> None:
    found = [read(shared_data / f"readr/eol-{kind}.{ending}") for kind in ("lf", "crlf", "cr")]
    assert all((one.table, one.lines) == (found[0].table, found[0].lines) for one in found)
    assert list(found[0].lines.values()) == [2, 3, 4]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("blanks.csv", "blanks_converted.csv"),
        ("testxls_converted.csv", "testxlsx_noinference_converted.csv"),
        ("dummy.csv", "dummy.tsv"),
        ("test_skip_lines.csv", "dummy.csv"),
        ("mac_newlines.csv", "dummy3.csv"),
    ],
)
def test_csvkits_tables_are_read_as_python_reads_them(
    shared_data: Path, one: str, other: str
) -> None:
    for name in {one, other} - {"dummy.tsv", "test_skip_lines.csv", "mac_newlines.csv"}:
        found = read(shared_data / "csvkit" / name)
        assert found.table == python_reads(shared_data / "csvkit" / name)
    if "converted" not in other:
        columns = read(shared_data / "csvkit" / one).columns
        assert columns == read(shared_data / "csvkit" / other).columns == ("a", "b", "c")


# The tables of adventureworks: how they are written, rows, columns.
NONE: dict[str, Any] = {"header": 0}
WAREHOUSE: dict[str, Any] = {"header": 0, "delimiter": "+|", "line_end": "&|", "quote": ""}


@pytest.mark.parametrize(
    ("name", "options", "rows", "columns"),
    [
        ("oltp/EmailAddress.csv", WAREHOUSE, 19972, 5),
        ("oltp/BusinessEntityAddress.csv", WAREHOUSE, 19614, 5),
        ("oltp/PhoneNumberType.csv", WAREHOUSE, 3, 3),
        ("oltp/CreditCard.csv", NONE, 19118, 6),
        ("oltp/AddressType.csv", NONE, 6, 4),
        ("oltp/StateProvince.csv", NONE, 181, 8),
        ("dw/ProspectiveBuyer.csv", NONE, 2059, 24),
        ("dw/DimCurrency.csv", NONE, 105, 3),
        ("dw/FactCurrencyRate.csv", NONE, 14264, 5),
    ],
)
def test_the_tables_of_adventureworks_have_their_rows_and_columns(
    shared_data: Path, name: str, options: dict[str, Any], rows: int, columns: int
) -> None:
    path = shared_data / "adventureworks" / name
    found = read(path, **options)
    assert (len(found.rows), len(found.columns), found.bad) == (rows, columns, {})
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    end, mark = ("&|\n", "+|") if options is WAREHOUSE else ("\n", "\t" if "oltp" in name else "|")
    lines = [line for line in text.replace("\r\n", "\n").split(end) if line]
    assert [mark.join(cells) for cells in found.rows.values()] == lines


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-16-be"])
def test_a_table_with_several_characters_between_cells_may_be_in_utf_16(
    tmp_path: Path, encoding: str
) -> None:
    rows = [(str(row), f"Zoë {row}", "a\tb") for row in range(2000)]
    text = "".join("+|".join(cells) + "&|\r\n" for cells in rows)
    path = tmp_path / "Customer.csv"
    path.write_bytes(text.encode(encoding))
    assert list(read(path, **WAREHOUSE).rows.values()) == rows


# --- anything at all -----------------------------------------------------------------------------

FOLDERS = ["commons-csv", "frictionless", "univocity-parsers", "duckdb-csv", "clevercsv", "csvkit"]


def texts_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".csv", ".txt", ".tsv", ".psv"):
            yield path


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_gives_rows_or_one_clear_error(shared_data: Path, folder: str) -> None:
    """A row that is read has the same cells as for Python, where Python reads the file so."""
    seen = 0
    for path in texts_of(shared_data / folder):
        try:
            found = read(path)
        except SourceError as error:
            assert all((error.problem.place, error.problem.found, error.problem.expected))
            continue
        seen += 1
        assert sorted([*found.rows, *found.bad]) == list(
            range(1, len(found.rows) + len(found.bad) + 1)
        )
    assert seen > 1
