from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from importer.errors import SourceChanged, SourceError
from importer.records import SourceOptions
from importer.stages.reading import Source, open_source, read_batch, read_record
from importer.stages.reading.workbooks import Value, cell_text

SILENT = SourceOptions()


def written(tmp_path: Path, *sheets: Sequence[Any], formats: dict[str, str] | None = None) -> Path:
    book = Workbook()
    for number, rows in enumerate(sheets, 1):
        sheet = book.active if number == 1 else book.create_sheet()
        sheet.title = f"Table {number}"
        for row in rows:
            sheet.append(list(row))
        for cell, code in (formats or {}).items():
            sheet[cell].number_format = code
    path = tmp_path / "users.xlsx"
    book.save(path)
    return path


def rows_of(source: Source) -> list[tuple[int, tuple[str | None, ...]]]:
    return [
        (block.line(int(index)), tuple(row.values()))
        for block in source.blocks()
        for batch in [read_batch(block, source.columns)[0]]
        for index, row in zip(batch.index, batch.cells.to_pylist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("02134", "02134"),
        (911234567890.0, "911234567890"),
        (999999999999999.0, "999999999999999"),
        (17850.0, "17850"),
        (12.5, "12.5"),
        (1e-7, "0.0000001"),
        (-0.25, "-0.25"),
        (True, "true"),
        (date(2024, 3, 1), "2024-03-01"),
        (datetime(2024, 3, 1, 12, 30), "2024-03-01T12:30:00"),  # noqa: DTZ001 - a workbook has no zones
        (time(8, 5), "08:05:00"),
        (timedelta(hours=30, minutes=2), "30:02:00"),
        ("", ""),
    ],
)
def test_a_cell_is_the_text_that_a_person_sees(value: Value, text: str) -> None:
    assert cell_text(value) == (text, None)


@pytest.mark.parametrize("value", [1e15, -1.23e18, 911234567890123456.0])
def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_refused(value: float) -> None:
    _, fault = cell_text(value)
    assert fault
    assert fault[0] == "cell-rounded"


def test_a_sheet_is_a_table_and_its_rows_keep_their_numbers(tmp_path: Path) -> None:
    rows = [[], ["id", "name"], [1, "Ann"], [], [None, None], [2, "two\nlines"]]
    source = open_source([written(tmp_path, rows)], SILENT)
    assert source.columns == ("id", "name")
    assert source.files[0].describe() == (
        "users.xlsx: workbook, sheet 'Table 1', 2 columns, 2 rows"
    )
    assert rows_of(source) == [(3, ("1", "Ann")), (6, ("2", "two\nlines"))]
    assert (source.count_rows(), source.count_rows(1), source.blank_lines) == (2, 1, 2)
    assert [block.rows for block in source.blocks(1)] == [1]


def test_a_table_may_begin_anywhere_in_its_sheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet
    for cell, value in {"C4": "id", "D4": "zip", "C5": 1, "D5": 2134}.items():
        sheet[cell] = value
    sheet["D5"].number_format = "00000"
    book.save(tmp_path / "a.xlsx")
    source = open_source([tmp_path / "a.xlsx"], SILENT)
    assert (source.columns, rows_of(source)) == (("id", "zip"), [(5, ("1", "02134"))])


def test_the_named_sheet_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, [["a"], [1]], [["b"], [2]])
    assert open_source([path], SILENT).columns == ("a",)
    assert open_source([path], SourceOptions(sheet="Table 2")).columns == ("b",)
    with pytest.raises(SourceError, match=r"no sheet called 'C'; expected one of 'Table 1', 'Tab"):
        open_source([path], SourceOptions(sheet="C"))


def test_a_bad_cell_spoils_its_row_only_where_its_column_is_asked_for(tmp_path: Path) -> None:
    rows = [["id", "big", "sum"], ["a", 1, "x"], ["b", 12345678901234567890, "=A1"]]
    source = open_source([written(tmp_path, rows)], SILENT)
    (block,) = source.blocks()
    batch, rejections = read_batch(block, ["id", "big", "sum"])
    assert batch.index.tolist() == [0]
    assert [(one.index, one.code, one.column) for one in rejections] == [
        (1, "cell-rounded", "big"),
        (1, "cell-not-computed", "sum"),
    ]
    assert read_batch(block, ["id"])[0].index.tolist() == [0, 1]
    assert read_record(block, 0).cells == ("a", "1", "x")


def test_an_error_is_text_and_a_zip_code_keeps_its_zeros(tmp_path: Path) -> None:
    rows = [["zip", "error"], [2134, "#N/A"], [2134.5, "#DIV/0!"]]
    path = written(tmp_path, rows, formats={"A2": "00000", "A3": "00000"})
    assert [cells for _, cells in rows_of(open_source([path], SILENT))] == [
        ("02134", "#N/A"),
        ("2134.5", "#DIV/0!"),
    ]


def test_columns_without_a_name_and_without_cells_are_no_columns(tmp_path: Path) -> None:
    path = written(tmp_path, [["id", None, None], [1, None, None]], formats={"C2": "0.00"})
    assert open_source([path], SILENT).columns == ("id",)
    with pytest.raises(SourceError, match=r"sheet 'Table 1' row 1: no name for column 2"):
        open_source([written(tmp_path, [["id", None], [1, "x"]])], SILENT)


@pytest.mark.parametrize("rows", [[], [["id"]]])
def test_a_sheet_without_rows_is_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    with pytest.raises(SourceError, match="no rows"):
        open_source([written(tmp_path, rows)], SILENT)


def test_a_workbook_that_changed_since_it_was_opened_is_noticed(tmp_path: Path) -> None:
    source = open_source([written(tmp_path, [["id"], [1]])], SILENT)
    written(tmp_path, [["id"], [1], [2]])
    with pytest.raises(SourceChanged):
        list(source.blocks())


def test_a_broken_workbook_is_one_clear_error(tmp_path: Path) -> None:
    data = written(tmp_path, [["id"], [1]]).read_bytes()
    for broken in (b"\xd0\xcf\x11\xe0" + bytes(600), data.replace(b"xl/workbook", b"xl/wurkbook")):
        (tmp_path / "a.xls").write_bytes(broken)
        with pytest.raises(SourceError, match=r"a broken workbook|no sheet at all"):
            open_source([tmp_path / "a.xls"], SILENT)


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, [["id"], [1]])
    monkeypatch.setattr("importer.stages.reading.workbooks.MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(SourceError, match="a workbook that unpacks to"):
        open_source([path], SILENT)


def test_a_workbook_comes_through_a_pipe_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(tmp_path, [["id"], [7]]).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert [cells for _, cells in rows_of(open_source(["-"], SILENT))] == [("7",)]


def test_columns_without_a_name_of_their_own_get_one_if_it_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, [["id", None, "id"], [1, 2, 3]])
    with pytest.raises(SourceError, match="no name for column 2") as caught:
        open_source([path], SILENT)
    assert "rename_columns" in caught.value.problem.remedy
    source = open_source([path], SourceOptions(rename_columns=True))
    assert source.columns == ("id", "column_2", "id_2")
    assert rows_of(source) == [(2, ("1", "2", "3"))]
