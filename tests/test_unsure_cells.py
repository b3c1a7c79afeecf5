"""Promises of cells that no reading can be sure of: they stay refused until a person fills them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from importer import RetryChoice, RunConfig, RunReport, check_source, retry_rows
from importer.mapping_file import parse_mapping
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import dead_letter, fates, profiles, run, target_of, write_csv

MAPPING = """
mapping: 1
customer_id: id
attributes:
  email: email
  score: {column: score, type: integer}
"""
MORE = MAPPING + "  card: {column: card, type: string}\n"
HEADER = ["id", "email", "score", "card"]
ROUNDED = "1234567890123457000"
EXACT = "1234567890123456789"
Row = dict[str, str]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield running


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def workbook(path: Path, *rows: Sequence[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(list(row))
    book.save(path)
    return path


def begin(sandbox: SandboxThread, folder: Path, state: Path) -> RunReport:
    """Import a rounded id, a formula without a result, and a whole row."""
    source = workbook(
        folder / "users.xlsx",
        (int(EXACT), "a@example.com", 1, "x"),
        ("user-2", "b@example.com", "=1+1", "x"),
        ("user-3", "c@example.com", 3, "x"),
    )
    report = run(sandbox, source, MAPPING, state)
    assert fates(report) == {"delivered": 1, "invalid": 2}
    return report


def again(sandbox: SandboxThread, state: Path, asked: str | Path, **settings: Any) -> RunReport:
    return retry_rows(asked, target_of(sandbox), state_dir=state, **settings)


def codes(report: RunReport) -> list[str]:
    return [row["_code"] for row in dead_letter(report)]


def save(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    return write_csv(path, list(rows[0]), [list(row.values()) for row in rows])


def type_into(path: Path, row: int, column: str, value: object) -> None:
    """Type into a cell of a workbook; rows count from 1 below the header."""
    book = openpyxl.load_workbook(path)
    names = [cell.value for cell in book.active[1]]
    book.active.cell(row + 1, names.index(column) + 1).value = value
    book.save(path)


def test_a_retry_of_cells_that_nobody_mended_refuses_them_again_however_often(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    report = begin(sandbox, tmp_path, state)
    for choice in (RetryChoice(), RetryChoice(anew=True), RetryChoice(accept_cells=True)):
        report = again(sandbox, state, report.run, choice=choice)
        assert (fates(report), report.exit) == ({"invalid": 2}, 1)
        assert codes(report) == ["cell-rounded", "cell-not-computed"]
        assert [row["_column"] for row in dead_letter(report)] == ["id", "score"]
        assert dead_letter(report)[0]["id"] == ROUNDED
    assert set(profiles(sandbox)) == {"user-3"}


def test_a_retry_without_its_dead_letter_file_refuses_them_too(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    report = begin(sandbox, tmp_path, state)
    assert report.dead_letter is not None
    report.dead_letter.unlink()
    assert codes(again(sandbox, state, report.run)) == ["cell-rounded", "cell-not-computed"]


def test_a_cell_is_taken_once_that_very_cell_was_mended(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    report = begin(sandbox, tmp_path, state)
    rows = [{**row, "email": "other@example.com"} for row in dead_letter(report)]
    report = again(sandbox, state, save(tmp_path / "m.csv", rows))
    assert codes(report) == ["cell-rounded", "cell-not-computed"]
    rows = dead_letter(report)
    assert [row["email"] for row in rows] == ["other@example.com"] * 2
    rows[0]["id"], rows[1]["score"] = EXACT, "2"
    report = again(sandbox, state, save(tmp_path / "m.csv", rows))
    assert fates(report) == {"delivered": 2}
    assert profiles(sandbox)[EXACT]["score"] == 1
    assert profiles(sandbox)["user-2"]["score"] == 2


@pytest.mark.parametrize("written", ["1.23457E+18", "1234567890123460000"])
def test_a_rounded_cell_that_a_spreadsheet_wrote_anew_is_still_rounded_later(
    sandbox: SandboxThread, tmp_path: Path, state: Path, written: str
) -> None:
    rows = dead_letter(begin(sandbox, tmp_path, state))[:1]
    report = again(sandbox, state, save(tmp_path / "m.csv", [{**rows[0], "id": written}]))
    assert codes(report) == ["cell-rewritten; cell-rounded"]
    assert codes(again(sandbox, state, report.run)) == ["cell-rounded"]


@pytest.mark.parametrize(("column", "value"), [("score", "=2+2"), ("card", "=A2&1")])
def test_a_formula_that_was_typed_into_a_dead_letter_stays_refused_until_it_has_a_value(
    sandbox: SandboxThread, tmp_path: Path, state: Path, column: str, value: str
) -> None:
    source = write_csv(tmp_path / "u.csv", HEADER, [("user-1", "bad", "5", "")])
    mended = tmp_path / "dead.xlsx"
    report = run(sandbox, source, MORE, state, dead_letter=mended)
    type_into(mended, 1, "email", "a@example.com")
    type_into(mended, 1, column, value)
    for asked in (mended, "last", "last"):
        asked_run = report.run if asked == "last" else asked
        report = again(sandbox, state, asked_run)
        assert codes(report) == ["cell-not-computed"]
    assert not profiles(sandbox)
    report = again(
        sandbox, state, save(tmp_path / "m.csv", [{**dead_letter(report)[0], column: "4"}])
    )
    assert fates(report) == {"delivered": 1}


def test_fixes_of_other_cells_do_not_vouch_for_them(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    begin(sandbox, tmp_path, tmp_path / "first")
    source, problems, left = (tmp_path / name for name in ("users.xlsx", "p.csv", "left.xlsx"))
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    check_source(source, mapping, RunConfig(), problems=problems)
    rows = [{**row, "email": "other@example.com"} for row in read(problems)]
    save(problems, rows)
    report = run(sandbox, source, MAPPING, state, fixes=(problems,))
    assert fates(report) == {"delivered": 1, "invalid": 2}
    assert codes(report) == ["cell-rounded", "cell-not-computed"]
    # A formula is typed in, and the problems after that mend another cell.
    check_source(source, mapping, RunConfig(fixes=(problems,)), problems=left)
    type_into(left, 1, "id", EXACT)
    type_into(left, 2, "score", "=1+2")
    last = tmp_path / "last.csv"
    check_source(source, mapping, RunConfig(fixes=(problems, left)), problems=last)
    (row,) = read(last)
    assert row["_code"] == "cell-not-computed"
    save(last, [{**row, "email": "third@example.com"}])
    report = run(sandbox, source, MAPPING, tmp_path / "next", fixes=(problems, left, last))
    assert codes(report) == ["cell-not-computed"]
    save(last, [{**row, "score": "3"}])
    report = run(sandbox, source, MAPPING, tmp_path / "third", fixes=(problems, left, last))
    assert fates(report) == {"delivered": 3}
    assert profiles(sandbox)[EXACT]["score"] == 1


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_dead_letter_that_is_a_source_of_its_own_tells_of_them(
    sandbox: SandboxThread, tmp_path: Path, state: Path, suffix: str
) -> None:
    rows = dead_letter(begin(sandbox, tmp_path, state))
    again_rows = [{**row, "email": "other@example.com"} for row in rows]
    for text in (ROUNDED, "1.23457E+18", "1234567890123460000", "1,234,567,890,123,457,000"):
        again_rows[0]["id"] = text
        path = table(tmp_path / f"d{suffix}", again_rows)
        report = run(sandbox, path, MAPPING, tmp_path / text)
        assert codes(report) == ["cell-rounded", "cell-not-computed"]
    again_rows[0]["id"], again_rows[1]["score"] = EXACT, "2"
    report = run(sandbox, table(tmp_path / f"m{suffix}", again_rows), MAPPING, tmp_path / "end")
    assert fates(report) == {"delivered": 2}


def table(path: Path, rows: Sequence[Row]) -> Path:
    if path.suffix == ".csv":
        return save(path, rows)
    book = openpyxl.Workbook()
    for row in (list(rows[0]), *(list(row.values()) for row in rows)):
        book.active.append(row)
    book.save(path)
    return path


def test_a_formula_in_a_dead_letter_that_is_a_source_is_refused(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    path = table(tmp_path / "d.xlsx", dead_letter(begin(sandbox, tmp_path, state)))
    type_into(path, 2, "score", "=1+1")
    assert codes(run(sandbox, path, MAPPING, tmp_path / "next")) == [
        "cell-rounded",
        "cell-not-computed",
    ]


def test_a_dead_letter_whose_own_columns_were_changed_is_not_guessed_at(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    rows = dead_letter(begin(sandbox, tmp_path, state))
    rows[0] |= {"id": EXACT, "_message": ""}
    rows[1] |= {"score": "2", "_column": "gone"}
    report = run(sandbox, save(tmp_path / "d.csv", rows), MAPPING, tmp_path / "next")
    assert codes(report) == ["cell-rounded", "cell-not-computed"]
    rows = [{**row, "email": "other@example.com"} for row in dead_letter(report)]
    assert all("`retry`" in row["_message"] for row in rows)
    report = again(sandbox, tmp_path / "next", save(tmp_path / "m.csv", rows))
    assert codes(report) == ["cell-rounded", "cell-not-computed"]


def test_a_mapping_that_asks_for_a_further_column_does_not_get_its_rounded_number(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    source = workbook(tmp_path / "u.xlsx", ("user-1", "bad", 1, int(EXACT)))
    report = run(sandbox, source, MAPPING, state)
    assert codes(report) == ["not-email"]
    rows = [{**row, "email": "a@example.com", "score": "x"} for row in dead_letter(report)]
    report = again(sandbox, state, save(tmp_path / "m.csv", rows))
    rows = [{**row, "score": "1"} for row in dead_letter(report)]
    mapping = parse_mapping(MORE, "mapping.yaml")
    report = again(sandbox, state, save(tmp_path / "m.csv", rows), mapping=mapping)
    assert codes(report) == ["cell-rounded"]


def test_a_doubt_about_a_cell_that_nobody_asked_for_does_not_send_a_row_twice(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    source = workbook(tmp_path / "u.xlsx", ("user-1", "bad", 1, int(EXACT)))
    first = run(sandbox, source, MAPPING, state)
    (row,) = dead_letter(first)
    mended = save(tmp_path / "m.csv", [{**row, "email": "a@example.com"}])
    assert fates(again(sandbox, state, mended)) == {"delivered": 1}
    assert fates(again(sandbox, state, mended)) == {"unchanged": 1}


def test_a_header_that_stood_among_the_rows_is_no_user_at_its_retry(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    mapping = "mapping: 1\nsource: {header: 1}\ncustomer_id: id\nattributes:\n  card: {column: card, type: string}\n"
    source = write_csv(tmp_path / "u.csv", ["id", "card"], [("u1", "x"), ("id", "card")])
    report = run(sandbox, source, mapping, state)
    assert codes(report) == ["header-repeated"]
    again_report = again(sandbox, state, report.run)
    assert codes(again_report) == ["header-repeated"]
    assert report.dead_letter is not None
    report = run(sandbox, report.dead_letter, mapping, tmp_path / "next")
    assert codes(report) == ["header-repeated"]
    assert set(profiles(sandbox)) == {"u1"}
