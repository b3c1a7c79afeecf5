"""What can be seen of runs that are over, and of one that goes on."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from importer import Fate, RunConfig, Stop, StopSignal, retry_rows, run_import
from importer.errors import UsageError
from importer.history.past_runs import PastRun, Standing, find_past_run, list_runs
from importer.history.pruning import prune_runs
from importer.mapping_file import parse_mapping
from importer.observer import Silence
from importer.resume import find_unfinished, resume_run
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.recording import state_lock
from tests.journeys import FAST, run, target_of, write_csv

MAPPING = "mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}}\n"
LATER = datetime.now(UTC) + timedelta(days=100)


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None, seed=7)) as running:
        yield running


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Write 400 users; every 50th is invalid."""
    rows = [(f"user-{n:03}", "x" if n % 50 == 7 else n) for n in range(400)]
    return write_csv(tmp_path / "users.csv", ["id", "seq"], rows)


class Watches(Silence):
    """Looks at the runs once, in the midst of one, and then breaks it off or asks it to stop."""

    def __init__(self, state: Path, stop: StopSignal | None = None) -> None:
        self.state = state
        self.stop = stop
        self.seen: PastRun | None = None
        self.delivered = 0

    def progressed(self, fate: Fate, rows: int) -> None:
        self.delivered += rows if fate is Fate.DELIVERED else 0
        if self.delivered >= 100 and self.seen is None:
            (self.seen,) = list_runs(self.state)
            if self.stop is None:
                raise KeyboardInterrupt
            self.stop.request(Stop("interrupted", "a test", "", 130))


def broken_off(sandbox: SandboxThread, users: Path, state: Path) -> PastRun:
    """Break a run off in its midst, and give what was seen of it just before."""
    watcher = Watches(state)
    config = RunConfig(sending=FAST, state_dir=state)
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    with pytest.raises(KeyboardInterrupt):
        run_import(users, mapping, target_of(sandbox), config, observer=watcher)
    assert watcher.seen is not None
    return watcher.seen


def test_a_run_that_goes_on_is_told_from_one_that_was_killed(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    seen = broken_off(sandbox, users, state)
    assert seen.standing is Standing.RUNNING
    assert seen.holder is not None
    assert seen.holder.pid == os.getpid()
    assert seen.rows == 400
    (killed,) = list_runs(state)
    assert killed.standing is Standing.KILLED
    assert killed.exit is None
    assert sum(killed.fates.values()) == 400
    assert killed.next == f"moengage-import resume {killed.run} --state-dir {state}"
    with pytest.raises(UsageError, match="goes on, or was killed") as refused:
        retry_rows(killed.run, target_of(sandbox), state_dir=state)
    assert refused.value.problem.remedy.endswith(killed.next)
    report = resume_run(find_unfinished(state), target_of(sandbox))
    (finished,) = list_runs(state)
    assert finished.standing is Standing.FINISHED
    assert finished.exit == report.exit == 1
    assert finished.fates == report.fates
    assert finished.next == report.next
    assert [(one.code, one.count) for one in finished.reasons()] == [("not-integer", 8)]


def test_a_killed_process_whose_name_still_stands_in_the_lock_is_not_running(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    seen = broken_off(sandbox, users, state)
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    signature = {"what": "a run", "host": socket.gethostname(), "since": "now", "run": seen.run}
    for pid in (child, os.getpid()):  # one that is gone, and one that has its number but no lock
        (state / "lock").write_text(json.dumps({**signature, "pid": pid}), encoding="utf-8")
        assert [past.standing for past in list_runs(state)] == [Standing.KILLED]
    with state_lock(state, "something else"):
        assert [past.standing for past in list_runs(state)] == [Standing.KILLED]
    with state_lock(state, "this run") as lock:
        lock.carries(seen.run)
        assert [past.standing for past in list_runs(state)] == [Standing.RUNNING]


def test_a_run_is_found_by_its_beginning_and_by_last(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    with pytest.raises(UsageError, match="no run yet"):
        find_past_run(state, "last")
    with pytest.raises(UsageError, match="`2026`, which is no run here"):
        find_past_run(state, "2026")
    assert list_runs(state) == ()
    first, second = (run(sandbox, users, MAPPING, state, limit=n) for n in (3, 4))
    assert find_past_run(state, "last").run in (first.run, second.run)
    assert find_past_run(state, first.run[:-1]).run == first.run
    assert {past.run for past in list_runs(state)} == {first.run, second.run}


def test_pruning_removes_the_rows_and_keeps_the_counts(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    copy = tmp_path / "dead.csv"
    report = run(sandbox, users, MAPPING, state, dead_letter=copy)
    assert report.folder is not None
    assert prune_runs(state) == ()  # it is not ninety days old
    (would,) = prune_runs(state, dry_run=True, now=LATER)
    assert would.files == ("journal.jsonl", "rows.bin", "dead_letter.csv")
    assert (report.folder / "rows.bin").exists()
    (pruned,) = prune_runs(state, now=LATER)
    assert pruned == would
    assert pruned.bytes > 400 * 24
    left = {path.name for path in report.folder.iterdir()}
    assert left == {"options.json", "mapping.yaml", "report.json", "pruned.json"}
    assert stat.S_IMODE((report.folder / "pruned.json").stat().st_mode) == 0o600
    assert copy.exists()
    (past,) = list_runs(state)
    assert past.pruned is not None
    assert past.fates == report.fates
    assert past.reasons() == ()
    assert past.report["reasons"][0]["code"] == "not-integer"
    assert prune_runs(state, now=LATER) == ()


def test_what_can_be_resumed_is_pruned_only_if_asked_and_cannot_be_resumed_then(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    broken_off(sandbox, users, state)
    assert prune_runs(state, now=LATER) == ()
    with state_lock(state, "a run"), pytest.raises(UsageError, match="in use"):
        prune_runs(state, now=LATER, unfinished=True)
    (pruned,) = prune_runs(state, now=LATER, unfinished=True)
    assert pruned.closed
    (past,) = list_runs(state)
    assert past.standing is Standing.CLOSED
    assert (past.successor, past.next) == ("", f"moengage-import runs --state-dir {state}")
    with pytest.raises(UsageError, match="no unfinished run"):
        find_unfinished(state)


def test_a_closed_run_names_the_one_that_took_its_place(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    old = broken_off(sandbox, users, state)
    new = run(sandbox, users, MAPPING, state, if_unfinished="new")
    run(sandbox, users, MAPPING, state)
    closed = find_past_run(state, old.run)
    assert closed.standing is Standing.CLOSED
    assert closed.successor == new.run
    assert closed.next == f"moengage-import runs show {new.run} --state-dir {state}"


def test_a_run_that_stopped_says_why_and_what_its_report_said_to_do(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, stop = tmp_path / "state", StopSignal()
    config = RunConfig(sending=FAST, state_dir=state)
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    watcher = Watches(state, stop)
    report = run_import(users, mapping, target_of(sandbox), config, observer=watcher, stop=stop)
    (past,) = list_runs(state)
    assert (past.standing, past.next) == (Standing.STOPPED, report.next)
    assert past.report["stopped_because"] == "interrupted"
    assert past.fates == report.fates


def test_a_run_with_pending_rows_is_still_to_be_resumed_after_its_dead_letter_was_retried(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, stop = tmp_path / "state", StopSignal()
    config = RunConfig(sending=FAST, state_dir=state, block_bytes=512)
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    watcher = Watches(state, stop)
    report = run_import(users, mapping, target_of(sandbox), config, observer=watcher, stop=stop)
    assert report.fates[Fate.PENDING]
    retry_rows(report.run, target_of(sandbox), state_dir=state)
    past = find_past_run(state, report.run)
    assert past.retries
    assert past.next == f"moengage-import resume {report.run} --state-dir {state}"
    resume_run(find_unfinished(state, report.run), target_of(sandbox))
    assert find_past_run(state, report.run).next == f"moengage-import runs --state-dir {state}"


def test_what_a_look_at_the_whole_source_left_is_pruned_too(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    report = run(sandbox, users, MAPPING, state)
    assert report.folder is not None
    (report.folder / "survey").mkdir(exist_ok=True)
    (report.folder / "survey" / "rows").write_bytes(b"12345")
    (pruned,) = prune_runs(state, now=LATER)
    assert "survey" in pruned.files
    assert not (report.folder / "survey").exists()
