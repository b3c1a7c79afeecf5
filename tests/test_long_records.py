"""Promises of records about as long as one may be: what is written of them is read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer import RetryChoice, RunConfig, RunReport, check_source, retry_rows
from importer.errors import SourceError
from importer.mapping_file import parse_mapping
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.reading.exact import DEAD_RECORD_BYTES, RECORD_BYTES
from tests.journeys import fates, profiles, run, target_of

MAPPING = """
mapping: 1
source: {delimiter: ",", encoding: utf-8}
customer_id: ID
attributes:
  nm: Name
  n: {column: N, type: integer}
"""
SHORT = b"U1,a,x"
LONG = {
    "too long": b"U2," + b"b" * 1_100_000 + b",5",
    "a cell too long": b"U2," + b"b" * (RECORD_BYTES - 126) + b",5",
    "quotes": b'U2,"' + b'""' * (RECORD_BYTES // 2 - 9) + b'",x',
    "bad bytes": b"U2," + b"\xff" * (RECORD_BYTES - 9) + b",x",
    "an open quote": b'U2,"' + b"b" * 1_100_000 + b",5",
    "a bad cell": b"U2,b," + b"\x01\\" * (RECORD_BYTES // 2 - 9),
}


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield running


def written(folder: Path, *rows: bytes) -> Path:
    path = folder / "users.csv"
    path.write_bytes(b"\n".join([b"ID,Name,N", *rows, b"U3,c,3", b""]))
    return path


def mended(path: Path) -> Path:
    """Put a number into the short row, and touch nothing else."""
    before = path.read_bytes()
    assert before.count(SHORT) == 1
    path.write_bytes(before.replace(SHORT, b"U1,a,1"))
    return path


def imported(sandbox: SandboxThread, source: Path, state: Path, **settings: Any) -> RunReport:
    return run(sandbox, source, MAPPING, state, **settings)


def dead_letter_of(report: RunReport) -> Path:
    assert report.dead_letter is not None
    return Path(report.dead_letter)


def codes_of(report: Any) -> set[str]:
    return {reason.code for reason in report.reasons}


@pytest.mark.parametrize("kind", LONG)
def test_a_dead_letter_is_read_again_however_long_its_rows_are(
    sandbox: SandboxThread, tmp_path: Path, kind: str
) -> None:
    source, state = written(tmp_path, LONG[kind], SHORT), tmp_path / "state"
    report = imported(sandbox, source, state)
    assert fates(report) == {"delivered": 1, "invalid": 2}
    codes = {*codes_of(report), "not-mended"}
    path = mended(dead_letter_of(report))
    for again in (
        retry_rows("last", target_of(sandbox), state_dir=state),
        retry_rows(path, target_of(sandbox), state_dir=state, choice=RetryChoice(anew=True)),
        imported(sandbox, path, tmp_path / "other"),
    ):
        assert fates(again) == {"delivered": 1, "invalid": 1}
        assert codes_of(again) <= codes
    assert sorted(profiles(sandbox)) == ["U1", "U3"]


@pytest.mark.parametrize("kind", ["too long", "a cell too long", "quotes"])
def test_fixes_are_read_however_long_their_rows_are(
    sandbox: SandboxThread, tmp_path: Path, kind: str
) -> None:
    source, problems = written(tmp_path, SHORT, LONG[kind]), tmp_path / "problems.csv"
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    checked = check_source(source, mapping, RunConfig(), problems=problems)
    report = imported(sandbox, source, tmp_path / "state", fixes=(mended(problems),))
    assert fates(report) == {"delivered": 2, "invalid": 1}
    assert codes_of(report) <= codes_of(checked)


def test_a_row_longer_than_any_text_source_has_is_named_with_the_way_round_it(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    names = ["a", "b" * DEAD_RECORD_BYTES, "c"]
    table = pa.table({"ID": ["U1", "U2", "U3"], "Name": names, "N": ["x", "5", "3"]})
    pq.write_table(table, tmp_path / "users.parquet")
    state = tmp_path / "state"
    report = imported(sandbox, tmp_path / "users.parquet", state)
    assert fates(report) == {"delivered": 1, "invalid": 2}
    path = mended(dead_letter_of(report))
    with pytest.raises(SourceError, match="take the row out of this file: its run keeps it"):
        retry_rows("last", target_of(sandbox), state_dir=state)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if not line.startswith(b"U2")))
    assert fates(retry_rows("last", target_of(sandbox), state_dir=state)) == {"delivered": 1}
