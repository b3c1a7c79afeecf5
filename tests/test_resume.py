"""Promises of a run that ends before its rows do, and is gone on with."""

from __future__ import annotations

import csv
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer import Fate, RunConfig, RunReport, Stop, StopSignal, run_import
from importer.errors import SourceChanged, StateError, TargetError, UsageError
from importer.history.past_runs import find_past_run
from importer.mapping_file import parse_mapping
from importer.observer import Silence
from importer.records import TextBlock
from importer.resume import find_unfinished, open_unfinished, resume_run
from importer.retry import retry_rows
from importer.runs.checkpoints import Checkpoints
from importer.runs.run_options import takes_all_of
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.reading.blocks import DelimitedFile
from importer.stages.recording import RunRecord, open_for_reading, read_row_log, runs
from tests.journeys import FAST, dead_letter, fates, profiles, target_of, write_csv

MAPPING = (
    "mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}, name: name}\n"
    "where: {keep: [y]}\n"
)
ROWS = 3000
HEADER = ["id", "seq", "name", "keep"]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(
        SandboxConfig(rate_limit_per_minute=None, order_by="seq", seed=7)
    ) as running:
        yield running


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Write rows of 1,000 users in turn; every 50th is invalid, every 60th is filtered.

    The name of every 100th looks null.
    """
    rows = [
        (
            f"user-{n % 1000:04}",
            "x" if n % 50 == 7 else n,
            "NULL" if n % 100 == 5 else f"Näme {n}",
            "n" if n % 60 == 9 else "y",
        )
        for n in range(ROWS)
    ]
    return write_csv(tmp_path / "users.csv", HEADER, rows)


class StopsAfter(Silence):
    """Asks a run to stop, or breaks it off, when so many rows are delivered."""

    def __init__(self, rows: int, stop: StopSignal, *, brutally: bool = False) -> None:
        self.left = rows
        self.stop = stop
        self.brutally = brutally

    def progressed(self, fate: Fate, rows: int) -> None:
        self.left -= rows if fate is Fate.DELIVERED else 0
        if self.left <= 0:
            if self.brutally:
                raise KeyboardInterrupt
            self.stop.request(Stop("interrupted", "a test", "", 130))


def config_of(state: Path, **settings: Any) -> RunConfig:
    return RunConfig(sending=FAST, state_dir=state, block_bytes=4096, **settings)


def begin(
    sandbox: SandboxThread, source: Path, state: Path, rows: int, **settings: Any
) -> RunReport:
    """Run until about so many rows are delivered."""
    stop = StopSignal()
    return run_import(
        source,
        parse_mapping(MAPPING, "mapping.yaml"),
        target_of(sandbox),
        config_of(state, **settings),
        observer=StopsAfter(rows, stop),
        stop=stop,
    )


EXPECTED = {"delivered": 2890, "filtered": 50, "invalid": 60}


def whole(sandbox: SandboxThread, report: RunReport, superseded: int = 0) -> None:
    """Check that a run that went on came to what an undisturbed one comes to.

    superseded: rows behind which a trial had sent a newer one of the same user.
    """
    found = {"superseded": 0, **fates(report)}
    found["delivered"] += found.pop("superseded")
    assert found == EXPECTED
    assert report.fates[Fate.SUPERSEDED] == superseded
    (warned,) = (one for one in report.warnings if one.code != "stale")
    assert (warned.code, warned.column, warned.rows) == ("looks-null", "name", ROWS // 100)
    assert (Path(warned.file).name, warned.row, warned.line) == ("users.csv", 6, 7)
    assert sorted(int(row["_row"]) for row in dead_letter(report)) == [
        n + 1 for n in range(ROWS) if n % 50 == 7
    ]
    last = {f"user-{n % 1000:04}": n for n in range(ROWS) if n % 50 != 7 and n % 60 != 9}
    assert {user: found["seq"] for user, found in profiles(sandbox).items()} == last
    assert report.folder is not None
    log = read_row_log(report.folder / "rows.bin")
    assert sorted(log["ordinal"].tolist()) == list(range(ROWS))


def test_a_run_that_was_stopped_goes_on_and_its_report_is_that_of_the_whole(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = begin(sandbox, users, state, 700)
    assert first.exit == 130
    assert 700 <= first.fates[Fate.DELIVERED] < 2890
    assert first.next == f"moengage-import resume {first.run} --state-dir {state}"
    unfinished = find_unfinished(state)
    second = resume_run(unfinished, target_of(sandbox))
    assert second.run == first.run
    whole(sandbox, second)
    # Nothing was in flight when the first one ended: nobody is sent twice.
    assert sandbox.stats()["requests"] == second.requests == 2890
    assert sandbox.stats()["order_violations"] == 0
    with pytest.raises(UsageError, match="no unfinished run"):
        find_unfinished(state)
    with pytest.raises(UsageError, match="a run that is finished"):
        find_unfinished(state, first.run)


def test_a_run_that_was_broken_off_goes_on_from_its_last_commit(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, stop = tmp_path / "state", StopSignal()
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    for rows in (300, 900):
        with pytest.raises(KeyboardInterrupt):
            run_import(
                users,
                mapping,
                target_of(sandbox),
                config_of(state),
                observer=StopsAfter(rows, stop, brutally=True),
            )
    whole(sandbox, run_import(users, mapping, target_of(sandbox), config_of(state)))
    assert sandbox.stats()["order_violations"] == 0


def test_the_same_call_again_goes_on_unless_something_changed(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = begin(sandbox, users, state, 700)
    again = begin(sandbox, users, state, 10_000, if_unfinished="resume")
    assert again.run == first.run
    assert any("goes on with run" in note for note in again.notes)
    whole(sandbox, again)
    third = begin(sandbox, users, state, 100)
    with pytest.raises(UsageError, match="an unfinished run of the same source") as refused:
        begin(sandbox, users, state, 100, if_unfinished="refuse")
    assert f"resume {third.run} --state-dir {state})" in refused.value.problem.remedy
    with pytest.raises(UsageError, match="the option --limit changed"):
        begin(sandbox, users, state, 100, if_unfinished="resume", limit=50)
    fourth = begin(sandbox, users, state, 100)
    assert fourth.run == third.run
    changed = parse_mapping(f"{MAPPING}unmapped: ignore\n", "mapping.yaml")
    fifth = run_import(users, changed, target_of(sandbox), config_of(state))
    (note,) = (note for note in fifth.notes if third.run in note)
    assert "is closed by this run, which takes its place, because the mapping has changed" in note
    connection = open_for_reading(state)
    assert connection is not None
    states = {record.run: record.state for record in runs(connection)}
    connection.close()
    assert states == {first.run: "finished", third.run: "closed", fifth.run: "finished"}


def test_it_is_said_in_one_sentence_why_an_unfinished_run_is_closed(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = begin(sandbox, users, state, 100)
    size = users.stat().st_size
    with users.open("a") as stream:
        stream.write("user-x,1\n")
    second = begin(sandbox, users, state, 100)
    (note,) = (note for note in second.notes if first.run in note)
    sizes = f"{size:,} bytes then, {size + 9:,} now"
    assert f"because the source ({users}: {sizes}) has changed; with" in note
    with users.open("a") as stream:
        stream.write("user-y,1\n")
    changed = parse_mapping(f"{MAPPING}unmapped: ignore\n", "mapping.yaml")
    third = run_import(users, changed, target_of(sandbox), config_of(state, force=True))
    (note,) = (note for note in third.notes if second.run in note)
    assert "because the option --force, the mapping and the source (" in note
    assert ") have changed; with --if-unfinished refuse it would stay, and `moen" in note


@pytest.mark.parametrize("part", [{"limit": 50}, {"only": frozenset(["user-0001", "user-0002"])}])
def test_a_trial_of_some_rows_leaves_the_unfinished_run_to_be_gone_on_with(
    sandbox: SandboxThread, users: Path, tmp_path: Path, part: dict[str, Any]
) -> None:
    state = tmp_path / "state"
    big = begin(sandbox, users, state, 700)
    trial = begin(sandbox, users, state, 10_000, **part)
    assert trial.run != big.run
    (note,) = (note for note in trial.notes if big.run in note)
    assert f"stays unfinished ({big.fates[Fate.PENDING]:,} rows pending)" in note
    assert f"`moengage-import resume {big.run} --state-dir {state}` goes on with it" in note
    assert find_unfinished(state).record.run == big.run
    again = begin(sandbox, users, state, 10_000)
    assert again.run == big.run
    # Also the later rows of those users of whom the trial has sent the first.
    whole(sandbox, again, superseded=2 if "only" in part else 0)


@pytest.mark.parametrize("part", [{"limit": 3}, {"only": frozenset(["twice", "mended"])}])
def test_neither_a_trial_nor_a_retry_puts_older_rows_over_those_of_the_unfinished_run(
    sandbox: SandboxThread, tmp_path: Path, part: dict[str, Any]
) -> None:
    first = [("twice", 1, "Old", "y"), ("mended", "x", "Old", "y"), ("third", 3, "Old", "y")]
    second = [("twice", 4, "New", "y"), ("mended", 5, "New", "y")]
    others = [(f"user-{n}", n, "any", "y") for n in range(6, 400)]
    users = write_csv(tmp_path / "few.csv", HEADER, [*first, *second, *others])
    state = tmp_path / "state"
    big = begin(sandbox, users, state, 100)
    trial = begin(sandbox, users, state, 10_000, **part)
    assert [(one.code, one.rows) for one in trial.warnings] == [("stale", 1)]
    assert trial.fates[Fate.SUPERSEDED] == 1
    again = begin(sandbox, users, state, 10_000)
    assert again.run == big.run
    for report in (trial, again):
        assert report.dead_letter is not None
        text = report.dead_letter.read_text(encoding="utf-8-sig")
        report.dead_letter.write_text(text.replace(",x,", ",2,"), encoding="utf-8-sig")
        retried = retry_rows(report.run, target_of(sandbox), state_dir=state)
        assert fates(retried) == {"superseded": 1}
    names = {user: found["name"] for user, found in profiles(sandbox).items()}
    assert (names["twice"], names["mended"], names["third"]) == ("New", "New", "Old")


def test_rows_of_a_newer_source_stay_the_newer_ones(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    big = begin(sandbox, users, state, 700)
    begin(sandbox, users, state, 10_000, limit=50)
    newer = [("user-1", 9_999, "New", "y"), ("user-0999", 9_999, "New", "y")]
    begin(sandbox, write_csv(tmp_path / "newer.csv", HEADER, newer), state, 10_000)
    again = begin(sandbox, users, state, 10_000)
    assert again.run == big.run
    assert again.fates[Fate.SUPERSEDED]
    assert profiles(sandbox)["user-0999"]["seq"] == 9_999


def test_a_run_of_all_rows_takes_the_place_of_every_unfinished_part(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    big = begin(sandbox, users, state, 300)
    part = begin(sandbox, users, state, 100, limit=2000)
    shorter = begin(sandbox, users, state, 10, limit=1000)
    assert [one.state for one in _records(state)] == ["stopped"] * 3
    longer = begin(sandbox, users, state, 10_000, limit=2000, force=True)
    states = {one.run: one.state for one in _records(state)}
    assert states == {
        big.run: "stopped",
        part.run: "closed",
        shorter.run: "closed",
        longer.run: "finished",
    }
    last = begin(sandbox, users, state, 10_000, if_unfinished="new")
    assert [one.run for one in _records(state) if one.state == "closed"] == [
        shorter.run,
        part.run,
        big.run,
    ]
    assert find_past_run(state, big.run).successor == last.run
    assert find_past_run(state, part.run).successor == longer.run


def _records(state: Path) -> list[RunRecord]:
    connection = open_for_reading(state)
    assert connection is not None
    with closing(connection):
        return runs(connection)


@pytest.mark.parametrize(
    ("now", "then", "takes_all"),
    [
        ((None, None), (None, None), True),
        ((None, None), (10, None), True),
        ((None, None), (None, "a"), True),
        ((None, None), (10, "a"), True),
        ((10, None), (None, None), False),
        ((10, None), (10, None), True),
        ((20, None), (10, None), True),
        ((10, None), (20, None), False),
        ((None, "a"), (None, None), False),
        ((None, "a"), (None, "a"), True),
        ((None, "a"), (None, "b"), False),
        ((10, "a"), (None, "a"), False),
        ((10, None), (10, "a"), True),
    ],
)
def test_a_run_replaces_what_takes_no_more_rows_than_itself(
    now: tuple[int | None, str | None], then: tuple[int | None, str | None], takes_all: bool
) -> None:
    own, other = ({"limit": limit, "only": only} for limit, only in (now, then))
    assert takes_all_of(own, other) is takes_all


def test_the_same_source_written_anew_is_gone_on_with_by_who_says_that_it_is_the_same(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, second = tmp_path / "state", 1_700_000_000 * 10**9
    os.utime(users, ns=(second, second + 1000))
    first = begin(sandbox, users, state, 300)
    os.utime(users, ns=(second, second + 2000))
    unfinished = find_unfinished(state)
    told = r"22:13:20\.000001000 UTC then, .* 22:13:20\.000002000 UTC now; its size and what"
    with pytest.raises(SourceChanged, match=told) as refused:
        resume_run(unfinished, target_of(sandbox))
    words = f"`moengage-import resume {first.run} --source {users} --state-dir {state}`"
    assert words in refused.value.problem.remedy
    job = open_unfinished(unfinished, [str(users)])
    whole(sandbox, resume_run(unfinished, target_of(sandbox), job=job))


def test_a_source_that_changed_is_not_gone_on_with(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = begin(sandbox, users, state, 300)
    users.write_text(users.read_text().replace("Näme 2999", "Name 2999"))
    with pytest.raises(SourceChanged, match=r"users\.csv: \d.* bytes then, "):
        resume_run(find_unfinished(state), target_of(sandbox))
    second = begin(sandbox, users, state, 10_000)
    assert second.run != first.run
    assert fates(second) == EXPECTED


@pytest.mark.parametrize("change", ["grows", "is cut"])
def test_a_source_that_changes_while_it_is_read_stops_the_run_until_it_is_whole_again(
    sandbox: SandboxThread,
    users: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    state, data, written = tmp_path / "state", users.read_bytes(), users.stat()
    read_blocks = DelimitedFile.read_blocks

    def changed_under_way(file: DelimitedFile, *args: Any) -> Iterator[TextBlock]:
        for block in read_blocks(file, *args):
            yield block
            if block.number == 5:
                users.write_bytes(data + b"new" if change == "grows" else data[:-3000])

    with monkeypatch.context() as patched:
        patched.setattr(DelimitedFile, "read_blocks", changed_under_way)
        first = begin(sandbox, users, state, 10_000)
    assert first.exit == 3
    assert first.as_dict()["stopped_because"] == "source-changed"
    assert 0 < first.fates[Fate.DELIVERED] < 2890
    with pytest.raises(SourceChanged):
        resume_run(find_unfinished(state), target_of(sandbox))
    users.write_bytes(data)
    os.utime(users, ns=(written.st_atime_ns, written.st_mtime_ns))
    whole(sandbox, resume_run(find_unfinished(state), target_of(sandbox)))
    assert sandbox.stats()["requests"] == 2890


def test_another_workspace_is_refused(sandbox: SandboxThread, users: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    begin(sandbox, users, state, 300)
    other = SandboxConfig(app_id="OTHER", rate_limit_per_minute=None)
    with (
        SandboxThread(other) as running,
        pytest.raises(TargetError, match="a run into the workspace"),
    ):
        resume_run(find_unfinished(state), target_of(running))


def test_a_damaged_progress_is_told_and_not_believed(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    begin(sandbox, users, state, 300)
    with sqlite3.connect(state / "ledger.sqlite") as connection:
        connection.execute("UPDATE progress SET watermark = watermark + 1")
    connection.close()
    with pytest.raises(StateError, match="a damaged ledger"):
        resume_run(find_unfinished(state), target_of(sandbox))


def test_a_journal_that_lost_its_end_is_told_and_not_believed(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    report = begin(sandbox, users, state, 700)
    assert report.folder is not None
    journal = report.folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-10])
    with pytest.raises(StateError, match="had been committed"):
        resume_run(find_unfinished(state), target_of(sandbox))


def test_what_was_written_and_never_committed_is_cut_off(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    report = begin(sandbox, users, state, 700)
    assert report.folder is not None
    for name in ("journal.jsonl", "rows.bin"):
        path = report.folder / name
        # Half of a record: the process ended in the middle of a write.
        path.write_bytes(path.read_bytes() + path.read_bytes()[:777])
    whole(sandbox, resume_run(find_unfinished(state), target_of(sandbox)))


def test_a_ledger_that_the_disk_refuses_ends_the_run_and_is_believed_as_far_as_it_goes(
    sandbox: SandboxThread, users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Checkpoints, progress: Any) -> Any:
        def work(connection: sqlite3.Connection) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        return work

    state = tmp_path / "state"
    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "_work", refuse)
        first = begin(sandbox, users, state, 10_000)
    assert first.exit == 3
    assert fates(first) == {"pending": ROWS}
    assert first.stop is not None
    assert "disk is full" in first.stop.message
    whole(sandbox, resume_run(find_unfinished(state), target_of(sandbox)))


def test_a_run_that_was_begun_with_a_relative_path_goes_on_in_another_folder(
    sandbox: SandboxThread, users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)
    begin(sandbox, Path(users.name), state, 300)
    monkeypatch.chdir(elsewhere)
    whole(sandbox, resume_run(find_unfinished(state), target_of(sandbox)))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_file_has_the_name_that_the_run_gave_it_wherever_that_leads_to_it(
    elsewhere: bool,
    sandbox: SandboxThread,
    users: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state, other = tmp_path / "state", tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(tmp_path)
    begin(sandbox, Path(users.name), state, 700, receipt=tmp_path / "receipt.csv")
    if elsewhere:
        # Another file of that name.
        (other / users.name).write_text("id,seq,name,keep\n")
        monkeypatch.chdir(other)
    second = resume_run(find_unfinished(state), target_of(sandbox))
    whole(sandbox, second)
    now = {str(users)} if elsewhere else set()
    assert {row["_file"] for row in dead_letter(second)} == {users.name} | now
    with (tmp_path / "receipt.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert {row["file"] for row in csv.DictReader(stream)} == {users.name} | now


class CutsOff(Silence):
    """Has the sandbox break every connection once so many rows are delivered."""

    def __init__(self, rows: int, sandbox: SandboxThread) -> None:
        self._left = rows
        self._sandbox = sandbox

    def progressed(self, fate: Fate, rows: int) -> None:
        self._left -= rows if fate is Fate.DELIVERED else 0
        if self._left == 0:
            self._sandbox.set_faults({"reset_rate": 1.0})


def test_a_target_that_stops_answering_stops_the_run_and_costs_no_row(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, sending = tmp_path / "state", replace(FAST, retries=1)
    config = replace(config_of(state), sending=sending)
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    first = run_import(users, mapping, target_of(sandbox), config, observer=CutsOff(700, sandbox))
    assert first.stop is not None
    assert (first.exit, first.stop.code) == (3, "target")
    assert "stopped answering" in first.stop.message
    assert first.fates[Fate.UNDELIVERED] == 0
    assert first.fates[Fate.PENDING] > 2000
    sandbox.set_faults({})
    whole(sandbox, resume_run(find_unfinished(state), target_of(sandbox)))
    assert sandbox.stats()["order_violations"] == 0
