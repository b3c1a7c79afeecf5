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
    "file_multitable_same.csv": {"header": 1},
    "file_no_header.csv": {"header": 0},
    "file_quotation_char_0x27.csv": {"quote": "'"},
}
"""What a person says where detection stops and asks."""

REFUSED = {
    "file_header_multirow_2.csv": "a header that stands there twice",
    "file_header_only.csv": "a header and no rows",
    "file_multitable_same.csv": "the header once more on line 85",
    "file_no_header.csv": "a first line that may be a header or a row",
    "file_quotation_char_0x27.csv": "a header of 9 names over rows of 10 cells",
    "row_less_sep_row0_col5.csv": "a header of 8 names over rows of 9 cells",
}
"""Where it does so, or no table can be read."""

POLLUTED_ROW = re.compile(r"row_(?:extra_quote|field_delimiter_|less_sep_row|more_sep_row)(\d+)_")


def compared(path: Path, clean: list[Cells], **said: Any) -> str:
    """Say what came of one polluted file: exact, rejected or silently different."""
    try:
        found = read(path, **said)
    except SourceError as error:
        assert error.problem.found.startswith(REFUSED[path.name])
        return "rejected"
    header, *rows = clean
    if said.get("header") == 0:
        header, rows = tuple(f"column_{at}" for at in range(1, 10)), clean
    if path.name == "file_multitable_same.csv":
        # Its truth ends with the first table; a person has said that this is one table.
        rows = python_reads(path)[1:]
    if path.name == "file_quotation_char_0x27.csv":
        # `48""` is two quotes, now that they quote nothing; its truth has one.
        rows = [tuple(cell.replace('48"', '48""') for cell in row) for row in rows]
    numbers = sorted([*found.rows, *found.bad])
    if found.columns != header or numbers != list(range(1, len(rows) + 1)):
        return "silently different"
    if any(cells != rows[row - 1] for row, cells in found.rows.items()):
        return "silently different"
    if found.bad and (polluted := POLLUTED_ROW.match(path.name)):
        assert list(found.bad) == [int(polluted[1])], path.name
    return "rejected" if found.bad else "exact"


def polluted_files(shared_data: Path) -> Iterator[tuple[Path, list[Cells]]]:
    folder = shared_data / "pollock/polluted_files"
    for path in sorted((folder / "csv").iterdir()):
        yield path, python_reads(folder / "clean" / path.name)


def test_no_polluted_file_is_silently_different(shared_data: Path) -> None:
    """Nothing is said: each row is exact or rejected by its line, or the file is asked about."""
    counts: Counter[str] = Counter()
    for path, clean in polluted_files(shared_data):
        outcome = compared(path, clean)
        assert outcome != "silently different", path.name
        counts[outcome] += 1
    assert (counts["exact"], counts["rejected"], counts["silently different"]) == (9, 155, 0)


def test_what_detection_asks_about_is_read_when_it_is_said(shared_data: Path) -> None:
    counts = {
        path.name: compared(path, clean, **SAID[path.name])
        for path, clean in polluted_files(shared_data)
        if path.name in SAID
    }
    assert counts == {
        "file_header_multirow_2.csv": "exact",
        "file_multitable_same.csv": "rejected",
        "file_no_header.csv": "exact",
        "file_quotation_char_0x27.csv": "rejected",
    }


def test_an_apostrophe_in_a_word_costs_its_own_row_alone(shared_data: Path) -> None:
    path = shared_data / "pollock/polluted_files/csv/file_quotation_char_0x27.csv"
    found = read(path, quote="'")
    assert (len(found.rows), set(found.bad.values())) == (50, {"quote-stray"})
    assert all(line == row + 1 for row, line in found.lines.items())


def test_the_second_table_of_a_file_is_read_but_for_its_header_if_it_is_said(
    shared_data: Path,
) -> None:
    found = read(shared_data / "pollock/polluted_files/csv/file_multitable_same.csv", header=1)
    assert found.bad == {84: "header-repeated", 105: "quote-stray"}


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
