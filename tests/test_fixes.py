"""Promises of rows that are mended before anything of their source is sent."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer import Fate, RunConfig, Stop, StopSignal, check_source, run_import
from importer.errors import SourceChanged, SourceError
from importer.mapping_file import parse_mapping
from importer.resume import find_unfinished, resume_run
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import FAST, dead_letter, fates, profiles, run, target_of, write_csv

MAPPING = """
mapping: 1
customer_id: id
attributes:
  email: email
  zip: {column: zip, type: string}
  seq: {column: seq, type: integer}
"""
HEADER = ["id", "email", "zip", "seq"]
Row = dict[str, str]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None, order_by="seq")) as running:
        yield running


def row(n: int) -> tuple[str, str, str, int]:
    """Give one row; every third has a bad address."""
    email = f"u{n}.example.com" if n % 3 == 0 else f"u{n}@example.com"
    return f"user-{n % 7}", email, f"0{n}134", n


@pytest.fixture
def users(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "users.csv", HEADER, map(row, range(21)))


def checked(source: Path, problems: Path | None = None, **settings: Any) -> Any:
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    return check_source(source, mapping, RunConfig(**settings), problems=problems)


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, rows: list[Row]) -> Path:
    return write_csv(path, list(rows[0]), [list(one.values()) for one in rows])


def mended_file(source: Path, folder: Path) -> Path:
    """Check a source, mend the problems but one, lose one, and save them in another order."""
    problems = folder / "problems.csv"
    checked(source, problems)
    rows = [{**one, "email": one["email"].replace(".", "@", 1)} for one in read(problems)]
    rows[1]["email"] = "still bad"
    return write(folder / "mended.csv", rows[:0:-1])


def sources(folder: Path) -> dict[str, Path]:
    """Write the same table in several formats."""
    rows = [row(n) for n in range(21)]
    table = pa.table({name: [str(one[at]) for one in rows] for at, name in enumerate(HEADER)})
    pq.write_table(table, folder / "users.parquet")
    book = openpyxl.Workbook()
    for one in (HEADER, *rows):
        book.active.append([str(cell) for cell in one])
    book.save(folder / "users.xlsx")
    write_csv(folder / "users.csv", HEADER, rows)
    return {path.suffix: path for path in folder.glob("users.*")}


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_mended_rows_are_sent_in_their_own_place_and_the_others_keep_their_state(
    sandbox: SandboxThread, tmp_path: Path, suffix: str
) -> None:
    source = sources(tmp_path)[suffix]
    fixes = mended_file(source, tmp_path)
    report = run(sandbox, source, MAPPING, tmp_path / "state", fixes=(fixes,), block_bytes=200)
    # Seven rows are bad: one was deleted from the file, one is still bad.
    assert fates(report) == {"delivered": 19, "invalid": 2}
    assert [(one["_row"], one["email"]) for one in dead_letter(report)] == [
        ("1", "u0.example.com"),
        ("4", "still bad"),
    ]
    assert {user: found["seq"] for user, found in profiles(sandbox).items()} == {
        f"user-{n % 7}": n for n in range(14, 21)
    }
    assert profiles(sandbox)["user-4"]["email"] == "u18@example.com"
    assert sandbox.stats()["order_violations"] == 0


def test_a_check_with_fixes_writes_what_is_left_and_both_files_together_mend_all(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    fixes, left = mended_file(users, tmp_path), tmp_path / "left.csv"
    report = checked(users, left, fixes=(fixes,))
    assert report.fates[Fate.INVALID] == 2
    rows = read(left)
    assert [one["email"] for one in rows] == ["u0.example.com", "still bad"]
    for one in rows:
        one["email"] = "now@example.com"
    second = write(tmp_path / "second.csv", rows)
    assert checked(users, fixes=(fixes, second)).fates[Fate.INVALID] == 0
    done = run(sandbox, users, MAPPING, tmp_path / "state", fixes=(fixes, second))
    assert fates(done) == {"delivered": 21}


def test_a_rewritten_cell_makes_the_row_invalid_unless_cells_are_accepted(
    users: Path, tmp_path: Path
) -> None:
    path = tmp_path / "problems.xlsx"
    checked(users, path)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for at in range(2, sheet.max_row + 1):
        sheet.cell(at, 2).value = sheet.cell(at, 2).value.replace(".", "@", 1)
    sheet.cell(3, 3).value = int(sheet.cell(3, 3).value)
    book.save(path)
    left = tmp_path / "left.csv"
    report = checked(users, left, fixes=(path,))
    assert [reason.code for reason in report.reasons] == ["cell-rewritten"]
    ((found),) = read(left)
    assert (found["_row"], found["zip"], found["email"]) == ("4", "03134", "u3@example.com")
    assert checked(users, fixes=(path,), accept_cells=True).fates[Fate.INVALID] == 0


def test_fixes_of_a_source_that_was_written_anew_are_refused(users: Path, tmp_path: Path) -> None:
    fixes = mended_file(users, tmp_path)
    moved = tmp_path / "moved" / "users.csv"
    moved.parent.mkdir()
    users.rename(moved)
    assert checked(moved, fixes=(fixes,)).fates[Fate.INVALID] == 2
    lines = moved.read_text().splitlines(keepends=True)
    moved.write_text("".join([lines[0], *lines[2:], lines[1]]))
    with pytest.raises(SourceChanged, match="not of this source as it is now"):
        checked(moved, fixes=(fixes,))


def test_a_runs_own_dead_letter_mends_its_source(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = run(sandbox, users, MAPPING, state)
    rows = [{**one, "email": "a@example.com"} for one in dead_letter(first)]
    fixes = write(tmp_path / "mended.csv", rows)
    assert checked(users, fixes=(fixes,), state_dir=state).fates[Fate.INVALID] == 0
    with pytest.raises(SourceChanged, match="no run here is called"):
        checked(users, fixes=(fixes,), state_dir=tmp_path / "other")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("_file", "other.csv", "other.csv"),
        ("_row", "x", "'x'"),
        ("_row", "7", "a second time"),
        ("_run", "check-0000000000000000", "not of this source"),
    ],
)
def test_a_row_of_fixes_that_cannot_be_placed_is_refused(
    users: Path, tmp_path: Path, name: str, value: str, words: str
) -> None:
    rows = read(mended_file(users, tmp_path))
    rows[0][name] = value
    with pytest.raises(SourceError, match=words):
        checked(users, fixes=(write(tmp_path / "wrong.csv", rows),))


def test_a_run_goes_on_with_its_own_copy_of_the_fixes(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, fixes = tmp_path / "state", mended_file(users, tmp_path)
    mapping, stop = parse_mapping(MAPPING, "mapping.yaml"), StopSignal()
    stop.request(Stop("interrupted", "a test", "", 130))
    config = RunConfig(sending=FAST, state_dir=state, fixes=(fixes,))
    first = run_import(users, mapping, target_of(sandbox), config, stop=stop)
    assert first.fates[Fate.PENDING] > 0
    # The same call goes on with it; other fixes make it another run.
    unfinished = find_unfinished(state)
    fixes.write_text("lost")
    report = resume_run(unfinished, target_of(sandbox))
    assert (report.run, fates(report)) == (first.run, {"delivered": 19, "invalid": 2})


def test_the_same_call_goes_on_only_with_the_same_fixes(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, fixes = tmp_path / "state", mended_file(users, tmp_path)
    mapping, stop = parse_mapping(MAPPING, "mapping.yaml"), StopSignal()
    stop.request(Stop("interrupted", "a test", "", 130))
    config = RunConfig(sending=FAST, state_dir=state, fixes=(fixes,))
    target = target_of(sandbox)
    first = run_import(users, mapping, target, config, stop=stop)
    assert run_import(users, mapping, target, config, stop=stop).run == first.run
    write(fixes, [{**one, "email": "new@example.com"} for one in read(fixes)])
    second = run_import(users, mapping, target, config)
    assert second.run != first.run
    assert fates(second) == {"delivered": 20, "invalid": 1}
