"""Reads files of other projects whose content is known, cell by cell."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import open_source, read_batch

Cells = tuple[str, ...]


def read(path: Path, **options: Any) -> tuple[list[Cells], list[int]]:
    """Give the header and the rows, and the lines of the rows that are refused."""
    source = open_source([path], SourceOptions(**options))
    table, bad = [source.columns], list[int]()
    for block in source.blocks():
        batch, rejections = read_batch(block, source.columns)
        columns = [batch.cells.column(name).to_pylist() for name in source.columns]
        rows = zip(*columns, strict=True)
        table += [tuple(cell or "" for cell in cells) for cells in rows]
        bad += [block.line(rejection.index) for rejection in rejections]
    return table, bad


def python_reads(path: Path, encoding: str = "utf-8-sig", **dialect: Any) -> list[Cells]:
    with path.open(encoding=encoding, newline="") as stream:
        return [tuple(row) for row in csv.reader(stream, **dialect) if row]


# --- commons-csv ---------------------------------------------------------------------------------


def expected_by_commons(path: Path) -> list[Cells]:
    """Give the records that stand in a control file of commons-csv, `4:[a, b, c, d]` each."""
    found = re.findall(r"(?m)^(\d+):\[(.*?)\]", path.read_text("utf-8"))
    return [tuple(text.split(", ")) for count, text in found if int(count) > 1]


@pytest.mark.parametrize(
    ("name", "control", "options"),
    [
        ("testCSV85.csv", "testCSV85_ignoreEmpty.txt", {"comment": "#"}),
        ("testCSV246.csv", "testCSV85_ignoreEmpty.txt", {"comment": "#"}),
    ],
)
def test_commons_csv_is_read_as_its_control_files_say(
    shared_data: Path, name: str, control: str, options: dict[str, Any]
) -> None:
    folder = shared_data / "commons-csv/CSVFileParser"
    assert read(folder / name, **options) == (expected_by_commons(folder / control), [])


def test_commons_csv_keeps_blanks_of_plain_cells(shared_data: Path) -> None:
    """Quotes after blanks quote here; the control file has them as text."""
    table, bad = read(shared_data / "commons-csv/CSVFileParser/test.csv", comment="#")
    assert table == [
        ("A", "B", "C", "D"),
        ("a", "b", "c", "d"),
        (" e ", "f ", " g", "h "),
        (" i ", " j ", " k ", " l "),
        ("", "", "", ""),
        ("", "", "", ""),
    ] or (len(table), bad) == (5, [7])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("CSVFileParser/bom.csv", {}),
        ("CSV-196/japanese.csv", {}),
        ("CSV-196/emoji.csv", {}),
    ],
)
def test_commons_csv_is_read_as_python_reads_it(
    shared_data: Path, name: str, options: dict[str, Any]
) -> None:
    path = shared_data / "commons-csv" / name
    assert read(path, **options) == (python_reads(path), [])


# --- univocity -----------------------------------------------------------------------------------

CARS: list[Cells] = [
    ("Year", "Make", "Model", "Description", "Price"),
    ("1997", "Ford", "E350", "ac, abs, moon", "3000.00"),
    ("1999", "Chevy", 'Venture "Extended Edition"', "", "4900.00"),
    ("1996", "Jeep", "Grand Cherokee", "MUST SELL!\nair, moon roof, loaded", "4799.00"),
    ("1999", "Chevy", 'Venture "Extended Edition, Very Large"', "", "5000.00"),
    ("", "", 'Venture "Extended Edition"', "", "4900.00"),
]


@pytest.mark.parametrize(
    ("name", "change", "bad", "options"),
    [
        ("example.csv", ("", ""), [9, 11], {"comment": "#"}),
        ("example.tsv", ("\n", "\\n"), [8, 10], {"comment": "#", "quote": ""}),
        ("european.csv", (",", ";"), [], {}),
    ],
)
def test_univocitys_cars_are_read_as_its_outputs_say(
    shared_data: Path,
    name: str,
    change: tuple[str, str],
    bad: list[int],
    options: dict[str, Any],
) -> None:
    """Lines of blanks alone are ragged rows; univocity passes over them."""
    found = read(shared_data / "univocity-parsers/examples" / name, **options)
    expected = [tuple(cell.replace(*change) for cell in row) for row in CARS]
    if name == "european.csv":
        expected = [(*row[:4], row[4].replace(".", ",")) for row in expected]
    assert found == (expected, bad)


@pytest.mark.parametrize("kind", ["csv/essential", "tsv/essential"])
def test_univocitys_files_are_the_same_with_every_line_end(shared_data: Path, kind: str) -> None:
    folder, ending = shared_data / "univocity-parsers", kind[:3]
    found = []
    for end in ("", "-dos", "-mac"):
        table, bad = read(folder / f"{kind}{end}.{ending}")
        rows = [[re.sub("\r\n?", "\n", cell) for cell in row] for row in table]
        found.append((rows, bad))
    assert found[0] == found[1] == found[2]
    assert len(found[0][0]) > 10


# --- frictionless --------------------------------------------------------------------------------

ENGLISH_CHINESE: list[Cells] = [("id", "name"), ("1", "english"), ("2", "中国人")]


@pytest.mark.parametrize(
    "name",
    [
        "table.csv",
        "[table].csv",
        "Table With Data.csv",
        "bom.csv",
        "delimiter.csv",
        "table.csv.gz",
        "table.csv.zip",
        "compression/implicit-gz.csv",
        "compression/implicit-zip.csv",
        "skip-rows-before-headers.csv",
        "table-delimiter.csv",
    ],
)
def test_frictionless_table_is_the_same_in_every_file(shared_data: Path, name: str) -> None:
    table, bad = read(shared_data / "frictionless" / name)
    assert bad == []
    assert table[0] == ENGLISH_CHINESE[0]
    assert set(table[1:]) >= {("1", "english")}
    assert len(table) == 3


@pytest.mark.parametrize(
    ("name", "encoding", "dialect"),
    [
        ("issue-811.csv", "cp1252", {"delimiter": ";"}),
        ("issue-647.csv.txt", "cp1252", {"delimiter": ";"}),
        ("table-with-accents.csv", "cp1252", {"delimiter": ";"}),
        ("encoding-issue-274.csv", "utf-8", {}),
        ("doublequote.csv", "utf-8", {}),
        ("issue-1341.csv", "utf-8", {}),
        ("issue-277.csv", "utf-8", {}),
        ("table-10x10k.csv", "utf-8", {}),
        ("latin1.csv", "latin-1", {}),
        ("long.csv", "utf-8", {}),
        ("matrix.csv", "utf-8", {}),
    ],
)
def test_frictionless_files_are_read_as_python_reads_them(
    shared_data: Path, name: str, encoding: str, dialect: dict[str, Any]
) -> None:
    path = shared_data / "frictionless" / name
    assert read(path) == (python_reads(path, encoding, **dialect), [])


def test_greek_names_are_not_read_as_russian_ones(shared_data: Path) -> None:
    path = shared_data / "frictionless/table-infer-iso-8859-7.csv"
    truth = python_reads(path, "iso8859-7")
    assert read(path, encoding="iso8859-7") == (truth, [])
    try:
        assert read(path) == (truth, [])
    except SourceError as error:
        assert "encoding cannot be told" in error.problem.found


# --- duckdb --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("titanic.csv", {}),
        ("weather.csv", {}),
        ("timings.csv", {"delimiter": "|"}),
        ("tpcds_14.csv", {"delimiter": "|"}),
        ("venue_pipe_big.csv", {"delimiter": "|"}),
        ("soccer_kaggle.csv", {}),
        ("drug_exposure.csv", {}),
        ("aws_locations.csv", {}),
    ],
)
def test_duckdbs_files_are_read_as_python_reads_them(
    shared_data: Path, name: str, dialect: dict[str, Any]
) -> None:
    path = shared_data / "duckdb-csv" / name
    assert read(path) == (python_reads(path, **dialect), [])


def test_one_stray_quote_of_a_file_costs_one_row(shared_data: Path) -> None:
    path = shared_data / "duckdb-csv/auto/titlebasicsdebug.tsv"
    truth = python_reads(path, delimiter="\t", quoting=csv.QUOTE_NONE)
    table, bad = read(path)
    assert (len(table) + 1, bad) == (len(truth), [2528])
    assert set(table) < set(truth)
    assert read(path, quote="") == (truth, [])


def test_titles_with_quotes_are_read_when_it_is_said_that_nothing_quotes(shared_data: Path) -> None:
    path = shared_data / "duckdb-csv/page_namespacepage_title_sample.csv"
    with pytest.raises(SourceError, match="no quote at all"):
        read(path)
    truth = python_reads(path, delimiter="\t", quoting=csv.QUOTE_NONE)
    assert read(path, quote="") == (truth, [])


# --- csvkit --------------------------------------------------------------------------------------


def as_csvkit_writes(cell: str) -> str:
    """Give a cell as csvkit's converter writes it, which has types: `True`, `1.0`, dates."""
    text = {"true": "True", "false": "False"}.get(cell, cell)
    text = re.sub(r"T00:00:00$", "", text.replace(" ", "T") if re.match(r"\d{4}-", text) else text)
    return re.sub(r"^(-?\d+)\.0$", r"\1", text)


@pytest.mark.parametrize(
    ("name", "converted"),
    [
        ("test.xlsx", "testxlsx_converted.csv"),
        ("test.xlsx", "testxlsx_noinference_converted.csv"),
        ("test.xls", "testxls_converted.csv"),
    ],
)
def test_csvkits_workbooks_equal_their_converted_tables(
    shared_data: Path, name: str, converted: str
) -> None:
    table, bad = read(shared_data / "csvkit" / name, rename_columns=True)
    truth = python_reads(shared_data / "csvkit" / converted)
    assert bad == []
    assert table[0] == (*truth[0][:7], "column_8")
    assert [tuple(map(as_csvkit_writes, row)) for row in table[1:]] == [
        tuple(map(as_csvkit_writes, row)) for row in truth[1:]
    ]


def test_csvkits_named_sheet_equals_its_converted_table(shared_data: Path) -> None:
    for name in ("sheets.xlsx", "sheets.xls"):
        found = read(shared_data / "csvkit" / name, sheet="ʤ")
        assert found == (python_reads(shared_data / "csvkit/testxlsx_unicode_converted.csv"), [])


@pytest.mark.parametrize(
    ("name", "converted", "options"),
    [
        ("blanks.csv", "blanks_converted.csv", {}),
        ("test_locale.csv", "test_locale_converted.csv", {}),
        ("test_date_format.csv", "test_date_format_converted.csv", {}),
    ],
)
def test_csvkits_pairs_have_the_same_shape_and_their_text_is_as_it_is(
    shared_data: Path, name: str, converted: str, options: dict[str, Any]
) -> None:
    """What csvkit converts (`1,7`, 02/01/2014, NULL) is a matter of the mapping here."""
    path = shared_data / "csvkit" / name
    table, bad = read(path, **options)
    assert (table, bad) == (python_reads(path), [])
    truth, _ = read(shared_data / "csvkit" / converted)
    assert [len(row) for row in table] == [len(row) for row in truth]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("testdbf.dbf", "binary data"),
        ("testjson.json", "a JSON file that has not one object a line"),
        ("testfixed", "delimiter cannot be told"),
    ],
)
def test_what_csvkit_converts_from_other_formats_is_refused_by_what_it_is(
    shared_data: Path, name: str, found: str
) -> None:
    with pytest.raises(SourceError, match=found):
        read(shared_data / "csvkit" / name)


# --- counts --------------------------------------------------------------------------------------


def test_the_municipalities_are_read_whole_with_coordinates_in_range(shared_data: Path) -> None:
    path = shared_data / "municipios-brasileiros/municipios.csv"
    table, bad = read(path)
    assert (len(table) - 1, len(table[0]), bad) == (5571, 9, [])
    assert table == python_reads(path)
    lat, lng = table[0].index("latitude"), table[0].index("longitude")
    assert all(-34 < float(row[lat]) < 6 and -74 < float(row[lng]) < -28 for row in table[1:])


def test_blanks_of_telco_stay_blanks(shared_data: Path) -> None:
    (path,) = (shared_data / "telco-churn").glob("*.csv")
    table, bad = read(path)
    place = table[0].index("TotalCharges")
    assert (len(table) - 1, len(table[0]), bad) == (7043, 21, [])
    assert sum(row[place] == " " for row in table[1:]) == 11


def test_tabs_inside_a_file_called_csv_are_found(shared_data: Path) -> None:
    for path in sorted((shared_data / "meltano-sdk").rglob("*.csv")):
        table, bad = read(path)
        assert (table, bad) == (python_reads(path, delimiter="\t"), [])
