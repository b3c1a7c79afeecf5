from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from importer.errors import StateError
from importer.stages.recording import dead_workbook, write_dead_letter
from importer.stages.recording.dead_workbook import write_workbook
from tests.stages.recording.conftest import MakeRow

PATH = Path("dead.xlsx")


def written(*rows: list[Any]) -> bytes:
    stream = io.BytesIO()
    write_workbook(PATH, stream, rows)
    return stream.getvalue()


def read(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")),
        min_size=2,
        max_size=2,
    )
)
@example(["02134", "=1+1"])
@example(["_x0041_", "_x005F_x0041_"])
@example([" a\r\n\tb ", "\x00\x0b\x1f"])
@example(["9112345678901234567", "1E+02"])
@settings(max_examples=60)
def test_any_text_reads_back_equal(cells: list[str]) -> None:
    assert read(written(["id", "name"], [*cells, "end"]))[1] == [*cells, "end"]


def test_every_cell_is_text_also_one_that_a_person_fills_later() -> None:
    sheet = load_workbook(io.BytesIO(written(["id"], ["=1+1", "", 7]))).active
    assert [cell.number_format for cell in sheet[2]] == ["@"] * 3
    assert [cell.data_type for cell in sheet[2] if cell.value] == ["s", "s"]


@pytest.mark.parametrize(
    ("cell", "fits"),
    [("x" * 32_767, True), ("x" * 32_768, False), ("🦆" * 16_383, True), ("🦆" * 16_384, False)],
)
def test_a_cell_is_never_cut(cell: str, fits: bool) -> None:
    if fits:
        assert read(written(["id"], [cell]))[1] == [cell]
        return
    with pytest.raises(StateError, match="characters in its row 2") as caught:
        written(["id"], [cell])
    assert ".csv" in caught.value.problem.remedy


@pytest.mark.parametrize("cell", ["\ufffe", "a\uffff", "\ud800"])
def test_a_code_point_that_is_no_character_is_an_error(cell: str) -> None:
    with pytest.raises(StateError, match=r"U\+(FFF[EF]|D800) in its row 2"):
        written(["id"], [cell])


def test_rows_and_columns_that_no_sheet_has_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StateError, match="16,385 columns"):
        written(["id"] * 16_385)
    monkeypatch.setattr(dead_workbook, "MAX_ROWS", 2)
    assert len(read(written(["id"], ["u1"]))) == 2
    with pytest.raises(StateError, match="3 rows or more"):
        written(["id"], ["u1"], ["u2"])
    monkeypatch.undo()
    monkeypatch.setattr(dead_workbook, "MAX_SHEET_BYTES", 1000)
    with pytest.raises(StateError, match="more than 0 MiB"):
        written(["id"], ["u" * 1000], ["u2"])


def test_what_stood_before_stays_when_it_does_not_fit(tmp_path: Path, dead_row: MakeRow) -> None:
    path = tmp_path / PATH
    path.write_text("old")
    with pytest.raises(StateError, match="what no workbook can hold"):
        write_dead_letter(path, "r", ("id",), [dead_row(0, cells=None, raw="x" * 40_000)])
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]
