from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from importer import Defect, RunConfig, Stop, StopSignal, UsageError, check_source
from importer.observer import Silence
from importer.pipeline import Preparer
from importer.prepared import Prepared
from importer.records import Block
from tests.journeys import fates, write_csv

MAPPING = "mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}}\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(MAPPING)
    return write_csv(tmp_path / "u.csv", ["id", "seq"], [(f"user-{n}", n) for n in range(100)])


def test_a_check_that_is_stopped_says_that_it_is_not_complete(source: Path) -> None:
    stop = StopSignal()
    stop.request(Stop("interrupted", "SIGINT", "", 130))
    config = RunConfig(block_bytes=200)
    report = check_source(source, source.parent / "m.yaml", config, stop=stop)
    assert (report.exit, report.rows_complete) == (130, False)
    # The block that was under way is counted whole.
    assert 0 < fates(report)["pending"] == report.rows < 100
    assert report.next.startswith("moengage-import check ")


@pytest.mark.parametrize(("word", "warned"), [("Active", []), ("active", ["where-nothing"])])
def test_a_where_that_lets_nothing_through_is_warned_of(
    tmp_path: Path, word: str, warned: list[str]
) -> None:
    source = write_csv(tmp_path / "w.csv", ["id", "s"], [("u-1", "Active"), ("u-2", "Gone")])
    (tmp_path / "w.yaml").write_text(f"mapping: 1\ncustomer_id: id\nwhere: {{s: [{word}]}}\n")
    report = check_source(source, tmp_path / "w.yaml")
    assert [
        caution.code for caution in report.warnings if caution.code == "where-nothing"
    ] == warned
    assert report.next.startswith(f"moengage-import {'preview' if warned else 'run'} ")


@pytest.mark.parametrize(
    ("only", "where", "noted", "warned"),
    [
        ({"u-9"}, "", "no row of 2 has an id of --only; ids are compared", []),
        ({"u-9"}, "where: {s: [active]}", "no row of 2 has an id of --only and passes", []),
        ({"u-2"}, "where: {s: [Active]}", "no row of 2 has an id of --only and passes", []),
        ({"u-9", "u-1"}, "where: {s: [Active]}", "", []),
        (None, "where: {s: [active]}", "", ["where-nothing"]),
    ],
)
def test_ids_of_which_no_row_has_one_are_noted(
    tmp_path: Path, only: set[str] | None, where: str, noted: str, warned: list[str]
) -> None:
    source = write_csv(tmp_path / "w.csv", ["id", "s"], [("u-1", "Active"), ("u-2", "Gone")])
    (tmp_path / "w.yaml").write_text(
        f"mapping: 1\ncustomer_id: id\nattributes: {{a: s}}\n{where}\n"
    )
    config = RunConfig(only=None if only is None else frozenset(only))
    report = check_source(source, tmp_path / "w.yaml", config)
    assert [note[: len(noted)] for note in report.notes] == ([noted] if noted else [])
    assert [caution.code for caution in report.warnings] == warned


def test_a_row_that_preparing_loses_is_a_defect(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(self: Preparer, block: Block) -> Prepared:
        prepared = original(self, block)
        return replace(prepared, index=prepared.index[1:])

    original = Preparer.prepare
    monkeypatch.setattr(Preparer, "prepare", lossy)
    with pytest.raises(Defect, match="lost or doubled"):
        check_source(source, source.parent / "m.yaml")


def test_workers_change_nothing(source: Path, tmp_path: Path) -> None:
    found = []
    for workers in (0, 1):
        payloads = tmp_path / f"{workers}.jsonl"
        config = RunConfig(workers=workers, block_bytes=300)
        report = check_source(source, source.parent / "m.yaml", config, payloads=payloads)
        found.append((replace(report, seconds=0), payloads.read_bytes()))
    assert found[0] == found[1]
    assert found[0][1].count(b"\n") == 100


@pytest.mark.parametrize("name", ["u.csv", "m.yaml"])
@pytest.mark.parametrize("option", ["problems", "payloads"])
def test_an_output_never_replaces_what_is_read(tmp_path: Path, name: str, option: str) -> None:
    (tmp_path / "u.csv").write_text("id,name\nu1,Ann\n", encoding="utf-8")
    (tmp_path / "m.yaml").write_text("mapping: 1\ncustomer_id: id\n", encoding="utf-8")
    before = (tmp_path / name).read_bytes()
    problems, payloads = (
        tmp_path / name if option == one else None for one in ("problems", "payloads")
    )
    with pytest.raises(UsageError, match=f"--{option}"):
        check_source(tmp_path / "u.csv", tmp_path / "m.yaml", problems=problems, payloads=payloads)
    assert (tmp_path / name).read_bytes() == before


def test_mended_problems_are_kept_when_they_are_written_again(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id,name\n7,Ann\n", encoding="utf-8")
    (tmp_path / "m.yaml").write_text("mapping: 1\ncustomer_id: id\n", encoding="utf-8")
    problems = tmp_path / "p.csv"
    problems.write_text("my repairs", encoding="utf-8")
    check_source(tmp_path / "u.csv", tmp_path / "m.yaml", problems=problems)
    assert (tmp_path / "p.csv.old").read_text(encoding="utf-8") == "my repairs"
    assert "id-short" in problems.read_text(encoding="utf-8-sig")


def test_a_workbook_of_another_kind_is_not_promised(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.csv or \.xlsx"):
        check_source(source, tmp_path / "m.yaml", problems=tmp_path / "p.ods")
    assert not (tmp_path / "p.ods").exists()


def test_problems_as_a_workbook_are_mended_there_and_checked_again(tmp_path: Path) -> None:
    rows = [("02134", "x1"), ("=user", "2"), ("9112345678901234567", "3x"), ("u\r\n4", "y")]
    source = write_csv(tmp_path / "u.csv", ["id", "seq"], rows)
    (tmp_path / "m.yaml").write_text(MAPPING + "source: {sheet: Users}\n")
    problems = tmp_path / "p.XLSX"
    assert check_source(source, tmp_path / "m.yaml", problems=problems).dead_letter == problems
    book = load_workbook(problems)
    assert [cell.value for cell in book.active["A"]][:3] == ["id", rows[0][0], rows[2][0]]
    for cell in book.active["B"][1:]:
        cell.value = "7"
    book.save(problems)
    payloads = tmp_path / "mended.jsonl"
    assert check_source(problems, tmp_path / "m.yaml", payloads=payloads).exit == 0
    sent = [json.loads(line)["payload"] for line in payloads.read_text().splitlines()]
    assert [one["customer_id"] for one in sent] == ["02134", "9112345678901234567", "u\r\n4"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_check_tells_its_observer_how_much_is_read(tmp_path: Path, packed: bool) -> None:
    source = write_csv(tmp_path / "u.csv", ["id", "seq"], [(f"user-{n}", n) for n in range(9999)])
    if packed:
        source.write_bytes(gzip.compress(source.read_bytes()))
    (tmp_path / "m.yaml").write_text(MAPPING)
    size_bytes, seen = source.stat().st_size, list[tuple[int, int]]()

    class Listens(Silence):
        def read(self, bytes_read: int, bytes_total: int) -> None:
            seen.append((bytes_read, bytes_total))

    check_source(source, tmp_path / "m.yaml", RunConfig(block_bytes=50_000), observer=Listens())
    assert len(seen) > 2
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (size_bytes, size_bytes)
