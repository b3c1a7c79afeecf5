"""Promises of cells that a source itself holds as numbers: no mark of a mapping changes them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer import RunConfig, check_source, retry_rows, run_import
from importer.job import job_of
from importer.mapping_file import parse_mapping
from importer.records import Batch, SourceOptions
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.coercing import coerce
from importer.stages.reading import open_source
from tests.journeys import FAST, dead_letter, fates, profiles, run, target_of

GERMAN = 'decimal: ",", thousands: "."'
Write = Callable[[Path, dict[str, list[Any]]], Path]


def write_parquet(folder: Path, columns: dict[str, list[Any]]) -> Path:
    pq.write_table(pa.table(columns), folder / "users.parquet")
    return folder / "users.parquet"


def write_workbook(folder: Path, columns: dict[str, list[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(columns))
    for row in zip(*columns.values(), strict=True):
        sheet.append(row)
    book.save(folder / "users.xlsx")
    return folder / "users.xlsx"


def write_lines(folder: Path, columns: dict[str, list[Any]]) -> Path:
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    path = folder / "users.jsonl"
    whole = {3.0: 3, 12345.0: 12345}
    rows = ({name: whole.get(cell, cell) for name, cell in row.items()} for row in rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


FORMATS = {"parquet": write_parquet, "xlsx": write_workbook, "jsonl": write_lines}


@pytest.fixture(params=FORMATS)
def write(request: pytest.FixtureRequest) -> Write:
    return FORMATS[request.param]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield running


def mapping_of(options: str) -> str:
    return f"mapping: 1\ncustomer_id: id\nattributes:\n  a: {{{options}}}\n"


def results(path: Path, options: str) -> list[str]:
    """Give what becomes of each row: the attribute's JSON, or the code of its refusal."""
    source = open_source([str(path)], SourceOptions())
    mapping = parse_mapping(mapping_of(options), "mapping.yaml")
    job = job_of(source, mapping, RunConfig(), (str(path),))
    found: dict[int, str] = {}
    for block in source.blocks():
        typed = job.preparer.coerced(block)
        for index, text in zip(
            typed.batch.index.tolist(), typed.attributes[0].json.to_pylist(), strict=True
        ):
            found[block.row(index)] = text
        found |= {block.row(one.index): one.code for one in typed.rejections}
    return [found[row] for row in sorted(found)]


def ids(cells: list[Any]) -> list[str]:
    return [f"user-{n}" for n in range(len(cells))]


@pytest.mark.parametrize(
    ("options", "cells", "expected"),
    [
        (f"type: number, {GERMAN}", [12.345, 12.5, 1234.567, 3.0], ["12.345", "12.5", "1234.567"]),
        ('type: number, decimal: ","', [12.345, -0.5, 7.25, 3.0], ["12.345", "-0.5", "7.25"]),
        (f"type: money, currency: EUR, {GERMAN}", [12.345, 0.5, 1234.5, 3.0],
            ["12.345", "0.5", "1234.5"]),
        ("type: money, currency: EUR", [12.345, 0.5, 1234.5, 3.0], ["12.345", "0.5", "1234.5"]),
        ('type: integer, thousands: "."', [12.345, 12.5, 12345.0, 3.0],
            ["not-integer", "not-integer", "12345"]),
        (f'type: number, {GERMAN}, transform: [{{replace: {{".": ","}}}}]',
            [12.345, 12.5, 1234.567, 3.0], ["12.345", "12.5", "1234.567"]),
        (f'type: number, {GERMAN}, values: {{"12.345": "1.000", "0.5": "0,7"}}, otherwise: keep',
            [12.345, 0.5, 1234.567, 3.0], ["1000", "0.7", "1234.567"]),
        (f"type: number, {GERMAN}, first_valid: [a, b]", [12.345, 12.5, 1.5, 3.0],
            ["12.345", "12.5", "1.5"]),
    ],
)  # fmt: skip
def test_a_number_of_the_source_is_that_number_whatever_marks_the_mapping_states(
    tmp_path: Path, write: Write, options: str, cells: list[float], expected: list[str]
) -> None:
    options = options if "first_valid" in options else f"column: a, {options}"
    path = write(tmp_path, {"id": ids(cells), "b": [0.5] * len(cells), "a": cells})
    assert results(path, options) == [*expected, "3"]


def test_decimals_of_parquet_keep_their_digits_under_any_marks(tmp_path: Path) -> None:
    cells = [Decimal("12.345"), None, Decimal("99999999999999999999.123")]
    path = write_parquet(tmp_path, {"id": ids(cells), "a": cells})
    options = f"column: a, type: number, {GERMAN}"
    assert results(path, options) == ["12.345", None, "99999999999999999999.123"]


def test_texts_beside_numbers_are_still_read_by_the_marks(tmp_path: Path) -> None:
    cells = ["12.345", 12.345, "1.234,5", 0.5, None]
    for write in (write_workbook, write_lines):
        path = write(tmp_path, {"id": ids(cells), "a": cells})
        found = results(path, f"column: a, type: number, {GERMAN}")
        assert found == ["12345", "12.345", "1234.5", "0.5", None]


def test_two_columns_of_coordinates_may_be_numbers_or_texts(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {
        "id": ["a", "b"],
        "lat": [12.25, "12,25"],
        "lon": ["77,5", 77.5],
    }
    for write in (write_workbook, write_lines):
        found = results(write(tmp_path, columns), 'lat: lat, lon: lon, type: geo, decimal: ","')
        assert found == ['{"lat":12.25,"lon":77.5}'] * 2


numbers = st.decimals(-(10**6), 10**6, places=3, allow_nan=False)


@given(st.lists(st.tuples(numbers, st.sampled_from([True, False, None])), min_size=1))
def test_no_text_that_may_be_a_number_is_ever_taken_for_another_one(
    cells: list[tuple[Decimal, bool | None]],
) -> None:
    mapping = parse_mapping(mapping_of(f"column: a, type: number, {GERMAN}"))
    texts = [f"{number:f}" for number, _ in cells]
    batch = Batch(
        pa.array(range(len(cells))).to_numpy(),
        pa.table({"id": texts, "a": texts}),
        pa.table({"a": pa.array([kind for _, kind in cells], pa.bool_())}),
    )
    typed = coerce(batch, mapping)
    bad = {one.index: one.code for one in typed.rejections}
    for at, (number, kind) in enumerate(cells):
        value = typed.attributes[0].json[at].as_py()
        if kind or (kind is None and value is not None):
            assert Decimal(value) == number
        elif kind is None:
            assert bad[at] == "number-ambiguous"


def mended(path: Path, values: dict[str, str]) -> Path:
    """Change cells of a table of text, by id."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "a": values.get(row["id"], row["a"])} for row in rows)
    return path


RETRIED = mapping_of(f"column: a, type: number, {GERMAN}, check: {{max: 100}}") + "  email: email\n"
CELLS = [12.345, 200.125, 300.5, 400.5]
EMAILS = ["u.example.com", *["u@example.com"] * 3]


def begun(folder: Path, write: Write) -> Path:
    return write(folder, {"id": ids(CELLS), "a": CELLS, "email": EMAILS})


MENDED = {"user-1": "20.125", "user-2": "30.5", "user-3": "40,5"}
"""A text that is ambiguous, and two that are not."""


def test_a_retry_reads_cells_as_their_source_held_them_and_refuses_ambiguous_mending(
    tmp_path: Path, write: Write, sandbox: SandboxThread
) -> None:
    first = run(sandbox, begun(tmp_path, write), RETRIED, tmp_path / "state")
    assert fates(first) == {"invalid": 4}
    assert first.dead_letter is not None
    path = mended(first.dead_letter, MENDED)
    text = path.read_text("utf-8-sig").replace("u.example.com", "u@example.com")
    path.write_text(text, "utf-8-sig")
    second = retry_rows(path, target_of(sandbox), state_dir=tmp_path / "state")
    assert {one: of["a"] for one, of in profiles(sandbox).items()} == {
        "user-0": 12.345, "user-2": 30.5, "user-3": 40.5,
    }  # fmt: skip
    (left,) = dead_letter(second)
    assert (left["id"], left["_code"]) == ("user-1", "number-ambiguous")


def test_numbers_typed_into_a_dead_letter_that_is_a_workbook_are_these_numbers(
    tmp_path: Path, write: Write, sandbox: SandboxThread
) -> None:
    out = tmp_path / "dead.xlsx"
    state = tmp_path / "state"
    run(sandbox, begun(tmp_path, write), RETRIED, state, dead_letter=out)
    book = openpyxl.load_workbook(out)
    sheet = book.active
    assert sheet is not None
    for row, value in ((3, 20.125), (4, 30.5), (5, "40,5")):
        sheet.cell(row, 2).value = value
    sheet.cell(2, 3).value = "u@example.com"
    book.save(out)
    retry_rows(out, target_of(sandbox), state_dir=state)
    assert {one: of["a"] for one, of in profiles(sandbox).items()} == {
        "user-0": 12.345, "user-1": 20.125, "user-2": 30.5, "user-3": 40.5,
    }  # fmt: skip


def test_fixes_read_cells_as_their_source_holds_them_and_refuse_ambiguous_mending(
    tmp_path: Path, write: Write, sandbox: SandboxThread
) -> None:
    source, problems = begun(tmp_path, write), tmp_path / "problems.csv"
    mapping = parse_mapping(RETRIED, "mapping.yaml")
    check_source(source, mapping, RunConfig(), problems=problems)
    mended(problems, MENDED)
    text = problems.read_text("utf-8-sig").replace("u.example.com", "u@example.com")
    problems.write_text(text, "utf-8-sig")
    config = RunConfig(sending=FAST, state_dir=tmp_path / "state", fixes=(problems,))
    report = run_import(source, mapping, target_of(sandbox), config)
    assert {one: of["a"] for one, of in profiles(sandbox).items()} == {
        "user-0": 12.345, "user-2": 30.5, "user-3": 40.5,
    }  # fmt: skip
    (left,) = dead_letter(report)
    assert (left["id"], left["_code"]) == ("user-1", "number-ambiguous")


def test_a_second_retry_still_knows_which_cells_were_numbers(
    tmp_path: Path, write: Write, sandbox: SandboxThread
) -> None:
    state = tmp_path / "state"
    first = run(sandbox, begun(tmp_path, write), RETRIED, state)
    second = retry_rows(first.run, target_of(sandbox), state_dir=state)
    assert fates(second) == {"invalid": 4}
    assert second.dead_letter is not None
    mended(second.dead_letter, {"user-1": "20.125"})
    text = second.dead_letter.read_text("utf-8-sig").replace("u.example.com", "u@example.com")
    second.dead_letter.write_text(text, "utf-8-sig")
    third = retry_rows(second.dead_letter, target_of(sandbox), state_dir=state)
    assert {one: of["a"] for one, of in profiles(sandbox).items()} == {"user-0": 12.345}
    codes = {row["id"]: row["_code"] for row in dead_letter(third)}
    assert codes["user-1"] == "number-ambiguous"


def test_a_dead_letter_that_is_imported_as_a_table_refuses_numbers_of_two_readings(
    tmp_path: Path, write: Write, sandbox: SandboxThread
) -> None:
    first = run(sandbox, begun(tmp_path, write), RETRIED, tmp_path / "state")
    assert first.dead_letter is not None
    found = results(first.dead_letter, f"column: a, type: number, {GERMAN}")
    assert found == ["number-ambiguous", "number-ambiguous", "300.5", "400.5"]
    found = results(first.dead_letter, 'column: a, type: integer, thousands: "."')
    assert found == ["number-ambiguous", "number-ambiguous", "not-integer", "not-integer"]


def test_a_dead_letter_of_delimited_text_is_read_by_the_marks_alone(
    tmp_path: Path, sandbox: SandboxThread
) -> None:
    source = tmp_path / "users.csv"
    source.write_text("id;a;email\nuser-0;1.234;u.example.com\n", encoding="utf-8")
    first = run(sandbox, source, RETRIED.replace("max: 100", "max: 10000"), tmp_path / "state")
    path = first.dead_letter
    assert path is not None
    assert results(path, f"column: a, type: number, {GERMAN}") == ["1234"]
    text = path.read_text("utf-8-sig").replace("u.example.com", "u@example.com")
    path.write_text(text.replace("1.234", "1.235"), "utf-8-sig")
    retry_rows(path, target_of(sandbox), state_dir=tmp_path / "state")
    assert {one: of["a"] for one, of in profiles(sandbox).items()} == {"user-0": 1235}
