from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from importer import Defect, RunConfig, Stop, StopSignal, check_source
from importer.pipeline import Preparer
from importer.records import Block, Prepared
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
