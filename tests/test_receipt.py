"""The receipt has every delivered row once, whatever happened to the run's process."""

from __future__ import annotations

import csv
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from importer import Fate, RunConfig, run_import
from importer.errors import UsageError
from importer.mapping_file import parse_mapping
from importer.observer import Silence
from importer.resume import find_unfinished, resume_run
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.recording import read_row_log
from importer.stages.recording.row_log import FATES
from tests.journeys import FAST, run, target_of, write_csv

MAPPING = "mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}}\n"
ROWS = 2500
COLUMNS = [
    "customer_id",
    "file",
    "row",
    "line",
    "accepted_at",
    "attempts",
    "http_status",
    "request_id",
]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None, seed=7)) as running:
        yield running


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Write rows of 2,000 users, some of them twice; every 50th row is invalid."""
    rows = [(f'us"er,{n % 2000:04}', "x" if n % 50 == 7 else n) for n in range(ROWS)]
    return write_csv(tmp_path / "users.csv", ["id", "seq"], rows)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def is_whole(path: Path, users: Path) -> None:
    """Check that each valid row stands in a receipt once, with its own id and line."""
    found = read(path)
    expected = {
        str(n + 1): (f'us"er,{n % 2000:04}', str(n + 2)) for n in range(ROWS) if n % 50 != 7
    }
    assert len(found) == len(expected)
    assert {line["row"]: (line["customer_id"], line["line"]) for line in found} == expected
    assert {Path(line["file"]).name for line in found} == {users.name}
    assert {line["http_status"] for line in found} == {"200"}
    assert all(line["accepted_at"].endswith("Z") for line in found)
    assert all(int(line["attempts"]) >= 1 for line in found)


class BreaksOff(Silence):
    def __init__(self, rows: int) -> None:
        self.left = rows

    def progressed(self, fate: Fate, rows: int) -> None:
        self.left -= rows if fate is Fate.DELIVERED else 0
        if self.left <= 0:
            raise KeyboardInterrupt


def test_a_receipt_lists_every_delivered_row_and_is_for_its_owner_only(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    path = tmp_path / "receipts" / "r.csv"
    report = run(sandbox, users, MAPPING, tmp_path / "state", receipt=path)
    assert report.as_dict()["receipt"] == str(path)
    is_whole(path, users)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert report.folder is not None
    assert (report.folder / "receipt.csv").read_bytes() == path.read_bytes()


def test_a_receipt_of_nothing_delivered_has_its_header_alone(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    path = tmp_path / "r.csv"
    path.write_text("an old one")
    sandbox.set_faults({"fail_200_rate": 1.0})
    run(sandbox, users, MAPPING, tmp_path / "state", receipt=path, limit=3)
    assert read(path) == []


def test_a_run_that_was_broken_off_goes_on_with_its_receipt(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, path = tmp_path / "state", tmp_path / "r.csv"
    config = RunConfig(sending=FAST, state_dir=state, receipt=path, block_bytes=4096)
    for rows in (300, 900):
        with pytest.raises(KeyboardInterrupt):
            run_import(
                users,
                parse_mapping(MAPPING, "mapping.yaml"),
                target_of(sandbox),
                config,
                observer=BreaksOff(rows),
            )
    folder = state / "runs" / find_unfinished(state).record.run
    # Written and never committed: it must not be there afterwards.
    with (folder / "receipt.csv").open("ab") as stream:
        stream.write(b"half a li")
    resume_run(find_unfinished(state), target_of(sandbox))
    is_whole(path, users)


def test_after_sigkill_and_resume_each_delivered_row_stands_in_the_receipt_once(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, path = tmp_path / "state", tmp_path / "r.csv"
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    words = ["run", str(users), "--mapping", "m.yaml", "--rate", "30000/min", "--quiet"]
    words += ["--receipt", str(path), "--state-dir", str(state)]
    environment = {
        **os.environ,
        "MOENGAGE_APP_ID": sandbox.app_id,
        "MOENGAGE_API_KEY": sandbox.api_key,
        "MOENGAGE_BASE_URL": sandbox.base_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "importer", *words], cwd=tmp_path, env=environment
    )
    while sandbox.stats()["requests"] < 700 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not path.exists()
    begun = find_unfinished(state)
    report = resume_run(begun, target_of(sandbox), replace(begun.config, sending=FAST))
    is_whole(path, users)
    assert report.folder is not None
    log = read_row_log(report.folder / "rows.bin")
    delivered = log[log["fate"] == FATES.index(Fate.DELIVERED)]
    assert len(delivered) == len(read(path)) == report.fates[Fate.DELIVERED]


def test_a_receipt_cannot_begin_in_the_midst_of_a_run(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, path = tmp_path / "state", tmp_path / "r.csv"
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    config = RunConfig(sending=FAST, state_dir=state, block_bytes=4096)
    with pytest.raises(KeyboardInterrupt):
        run_import(users, mapping, target_of(sandbox), config, observer=BreaksOff(300))
    begun = find_unfinished(state)
    with pytest.raises(UsageError, match="began without a receipt"):
        resume_run(begun, target_of(sandbox), replace(begun.config, receipt=path))
    # The same call with a receipt is another run: it has all rows in it.
    report = run_import(users, mapping, target_of(sandbox), replace(config, receipt=path))
    assert report.run != begun.record.run
    is_whole(path, users)


def test_a_receipt_is_never_written_over_the_source(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="read by this very command"):
        run(sandbox, users, MAPPING, tmp_path / "state", receipt=users)
