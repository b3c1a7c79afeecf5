from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.errors import UsageError
from importer.pipeline import Preparer
from importer.preview import PreviewRow, preview_source
from importer.records import Block
from importer.stages.reading import Source
from tests.journeys import write_csv

COLUMNS = ["id", "Mail", "N", "Kind"]
ROWS = [(f"u{n}", f" A{n}@X.com ", str(n), "user") for n in range(1, 41)]
ROWS[6] = ("u7", "nobody", "7", "user")
ROWS[7] = ("u8", "", "x", "user")
ROWS[8] = ("u9", "", "9", "test")
ROWS[9] = ("u10", "", "NULL", "user")

MAPPING = (
    "mapping: 1\n"
    "customer_id: id\n"
    "attributes:\n"
    "  email: {column: Mail, transform: [strip, lower], bad_value: leave_out}\n"
    "  n: {column: N, type: integer, check: {max: 30}}\n"
    "  n_text: N\n"
    "where: {Kind: [user]}\n"
)


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path / "m.yaml"


def as_csv(path: Path) -> None:
    write_csv(path, COLUMNS, ROWS)


def as_parquet(path: Path) -> None:
    columns = list(zip(*ROWS, strict=True))
    pq.write_table(pa.table(dict(zip(COLUMNS, columns, strict=True))), path, row_group_size=6)


def as_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (COLUMNS, *ROWS):
        book.active.append(row)
    book.save(path)


WRITERS = {"u.csv": as_csv, "u.parquet": as_parquet, "u.xlsx": as_workbook}


@pytest.fixture(params=WRITERS)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    WRITERS[request.param](tmp_path / request.param)
    return tmp_path / str(request.param)


def numbered(table: Path, mapping: Path, *numbers: int) -> list[PreviewRow]:
    return list(preview_source(table, mapping, row_numbers=numbers))


def test_rows_are_shown_by_their_numbers_in_the_files_order(table: Path, mapping: Path) -> None:
    shown = numbered(table, mapping, 40, 3)
    assert [row.row for row in shown] == [3, 40]
    assert [row.values[0].json for row in shown] == ["u3", "u40"]
    assert shown[0].line == (0 if table.suffix == ".parquet" else 4)


def test_a_row_shows_its_steps_its_warnings_and_why_it_is_refused(
    table: Path, mapping: Path
) -> None:
    good, left_out, bad, filtered, null, checked = numbered(table, mapping, 1, 7, 8, 9, 10, 31)
    assert [(step.name, step.text) for step in good.values[1].steps] == [
        ("strip", "A1@X.com"),
        ("lower", "a1@x.com"),
        ("email", '"a1@x.com"'),
    ]
    assert good.values[2].checked == ("max",)
    assert good.warnings == ()
    (warning,) = left_out.warnings
    assert warning.startswith('column "Mail": found "nobody"')
    assert warning.endswith("[not-email]; the value is left out")
    assert left_out.payload is not None
    assert [value.problem != "" for value in bad.values] == [False, False, True, False]
    assert (bad.payload, filtered.payload, filtered.filtered) == (None, None, True)
    assert filtered.problems == ()
    assert null.warnings == ()
    assert "[not-integer]" in null.problems[0]
    assert "[check-failed]" in checked.values[2].problem


def test_a_check_is_called_by_the_word_that_the_mapping_has_for_it(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id,n\nu-1,5\n", encoding="utf-8")
    mapping = tmp_path / "m.yaml"
    for check, names in [("min: 0", ("min",)), ("ge: 0, max: 9", ("ge", "max"))]:
        mapping.write_text(
            "mapping: 1\ncustomer_id: id\n"
            f"attributes: {{n: {{column: n, type: integer, check: {{{check}}}}}}}\n",
            encoding="utf-8",
        )
        (row,) = preview_source(tmp_path / "u.csv", mapping)
        assert row.values[1].checked == names


def test_only_the_rows_that_are_shown_are_prepared(
    table: Path, mapping: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[int] = []
    prepare = Preparer.prepare

    def counted(self: Preparer, block: Block) -> Any:
        prepared.append(block.rows)
        return prepare(self, block)

    monkeypatch.setattr(Preparer, "prepare", counted)
    numbered(table, mapping, 39, 40)
    assert prepared == [1, 1]


def test_nothing_behind_the_last_row_is_read(tmp_path: Path, mapping: Path) -> None:

    as_csv(tmp_path / "u.csv")
    limits: list[int | None] = []
    blocks = Source.blocks

    def watched(self: Source, limit: int | None = None, *rest: Any) -> Iterator[Block]:
        limits.append(limit)
        return blocks(self, limit, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Source, "blocks", watched)
        numbered(tmp_path / "u.csv", mapping, 3, 12)
    assert limits == [12]


def test_a_row_that_no_file_has_is_named_with_those_there_are(table: Path, mapping: Path) -> None:
    with pytest.raises(UsageError) as caught:
        numbered(table, mapping, 3, 41)
    assert caught.value.problem.place == "--row 41"
    assert caught.value.problem.expected == "1 to 40"


def test_each_file_has_its_own_numbers(tmp_path: Path, mapping: Path) -> None:
    (tmp_path / "t").mkdir()
    as_csv(tmp_path / "t/a.csv")
    shutil.copy(tmp_path / "t/a.csv", tmp_path / "t/b.csv")
    shown = numbered(tmp_path / "t", mapping, 40)
    assert [(Path(row.file).name, row.row) for row in shown] == [("a.csv", 40), ("b.csv", 40)]


def test_a_row_that_cannot_be_read_shows_why(tmp_path: Path, mapping: Path) -> None:
    (tmp_path / "u.csv").write_text("id,Mail,N,Kind\nu1,a@x.com,1,user\nu2,too,short\n")
    (row,) = numbered(tmp_path / "u.csv", mapping, 2)
    assert (row.values, row.payload) == ((), None)
    assert "[ragged-row]" in row.problems[0]


@pytest.mark.parametrize(
    ("more", "first", "last"),
    [
        ("duplicates: each", '{"n":"N1","c":"C1"}', '{"n":"N3"}'),
        ("duplicates: last", "it gives way to row 3 of the same user", '{"n":"N3"}'),
        ("duplicates: merge", "it is merged into row 3 of the same user", '{"n":"N3","c":"C1"}'),
        ("duplicates: invalid", "[user-repeated]", "[user-repeated]"),
        ("duplicates: {first, by: at}", "it gives way to row 3 of the same user", '{"n":"N3"}'),
    ],
)
def test_a_row_shows_what_becomes_of_it_beside_the_others(
    tmp_path: Path, more: str, first: str, last: str
) -> None:
    (tmp_path / "u.csv").write_text(
        "id,n,c,at\nu-1,N1,C1,2024-01-02\nu-2,N2,,2024-01-01\nu-1,N3,,2024-01-01\n"
    )
    (tmp_path / "m.yaml").write_text(
        f"mapping: 1\ncustomer_id: id\nattributes: {{n: n, c: c}}\n{more}\n"
    )
    for number, expected in ((1, first), (3, last)):
        (row,) = numbered(tmp_path / "u.csv", tmp_path / "m.yaml", number)
        found = [*row.problems, *filter(None, [row.superseded, row.payload])]
        assert len(found) == 1
        assert expected in found[0]
