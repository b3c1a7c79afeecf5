"""What a state folder that was damaged, cut, mixed up or full makes of a run: said, never wrong."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from importer import RunConfig, plan_import, run_import
from importer.errors import ImporterError, StateError, UsageError
from importer.history.past_runs import find_past_run, list_runs
from importer.history.verify import verify_run
from importer.history.why import explain_user
from importer.job import open_job
from importer.mapping_file import parse_mapping
from importer.memory.opening import show_memory
from importer.observer import Silence
from importer.records import Fate
from importer.resume import find_unfinished, resume_run
from importer.runs.registration import begin
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.recording import Ledger, latest_begin, open_for_reading, runs
from tests.journeys import FAST, profiles, run, target_of, write_csv
from tests.torture.checker import ask, complaints, expected
from tests.torture.table import make_table
from tests.torture.torturer import running_sandbox

MAPPING = "mapping: 1\ncustomer_id: id\nattributes: {name: name}\n"
ROWS = 300


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield running


@pytest.fixture
def users(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "users.csv", ["id", "name"], [(f"u{n:03}", f"n{n}") for n in range(ROWS)]
    )


@pytest.fixture
def killed_state(sandbox: SandboxThread, users: Path, tmp_path: Path) -> Path:
    """Copy the state folder of a run of which only the first commits are in the log of SQLite."""
    state = tmp_path / "state"
    seen = RunConfig(sending=FAST, state_dir=state, block_bytes=512, limit=None)
    job = open_job([users], parse_mapping(MAPPING, "m.yaml"), seen)
    with Ledger(state) as ledger:
        begun = begin(ledger, job, target_of(sandbox), seen, datetime.now(UTC))
        (begun.folder.path / "rows.bin").write_bytes(bytes(24))
        return Path(shutil.copytree(state, tmp_path / "killed"))


DAMAGE = {
    ("ledger.sqlite", "empty"): "a damaged ledger",
    ("ledger.sqlite", "half"): "a damaged ledger",
    ("ledger.sqlite", "garbage"): "a damaged ledger",
    ("ledger.sqlite-wal", "gone"): "a damaged ledger",
    ("ledger.sqlite-wal", "empty"): "a damaged ledger",
    ("ledger.sqlite-wal", "garbage"): "a damaged ledger",
    ("ledger.key", "gone"): "where the ledger's secret should be",
    ("ledger.key", "empty"): "where the ledger's secret should be",
    ("ledger.key", "garbage"): "the secret of another ledger",
}


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    path.unlink()
    if how != "gone":
        garbage = random.Random(1).randbytes(len(data))  # noqa: S311 - a test
        path.write_bytes({"empty": b"", "half": data[: len(data) // 2], "garbage": garbage}[how])


@pytest.mark.parametrize(("what", "found"), DAMAGE.items(), ids=map(" ".join, DAMAGE))
def test_damage_is_said_before_anything_is_sent(
    sandbox: SandboxThread,
    users: Path,
    killed_state: Path,
    what: tuple[str, str],
    found: str,
) -> None:
    name, how = what
    damage(killed_state / name, how)
    with pytest.raises(StateError, match=found):
        resume_run(find_unfinished(killed_state), target_of(sandbox))
    with pytest.raises(StateError, match=found):
        run(sandbox, users, MAPPING, killed_state)
    assert sandbox.stats()["requests"] == 0


@pytest.fixture(scope="module")
def known_users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a source of 2,000 users and the state folder of a run that sent them."""
    folder = tmp_path_factory.mktemp("known")
    source = write_csv(
        folder / "users.csv", ["id", "name"], [(f"u{n}", f"n{n}") for n in range(2000)]
    )
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as sandbox:
        run(sandbox, source, MAPPING, folder / "state")
    return folder


@pytest.mark.parametrize("seed", range(20))
def test_who_only_looks_is_told_of_bytes_that_changed_in_the_ledger(
    known_users: Path, tmp_path: Path, seed: int
) -> None:
    state, chance = tmp_path / "state", random.Random(seed)  # noqa: S311 - a test
    shutil.copytree(known_users / "state", state)
    data = bytearray((state / "ledger.sqlite").read_bytes())
    for _ in range(300):
        data[chance.randrange(4096, len(data))] ^= chance.randrange(1, 256)
    (state / "ledger.sqlite").write_bytes(data)
    config = RunConfig(state_dir=state, only_changed=True)
    looks: tuple[Callable[[], object], ...] = (
        lambda: plan_import(
            known_users / "users.csv", parse_mapping(MAPPING, "m.yaml"), "SANDBOX", config
        ),
        lambda: show_memory(state),
        lambda: list_runs(state),
        lambda: explain_user(state, "u7"),
    )
    for look in looks:
        with suppress(StateError):
            look()


@pytest.mark.parametrize("seed", range(20))
def test_bytes_that_changed_anywhere_in_the_ledger_lose_nobody(
    sandbox: SandboxThread, users: Path, tmp_path: Path, seed: int
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state, limit=100)
    chance, ledger = random.Random(seed), state / "ledger.sqlite"  # noqa: S311 - a test
    data = bytearray(ledger.read_bytes())
    for _ in range(chance.choice([1, 5, 50])):
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    ledger.write_bytes(data)
    try:
        report = run(sandbox, users, MAPPING, state)
    except ImporterError as error:
        assert error.problem.remedy
    else:
        # What the memory needs of it is read while rows are sent: then the run stops and says so.
        told = report.stop is not None and report.stop.code == "state" and report.stop.remedy
        assert told or len(profiles(sandbox)) == ROWS


@pytest.mark.parametrize(
    "change", ["options = replace(options, 'null', '7')", "begun = begun + 1", "state = 'lost'"]
)
def test_a_runs_record_that_is_not_what_was_written_is_not_believed(
    killed_state: Path, change: str
) -> None:
    with sqlite3.connect(killed_state / "ledger.sqlite") as connection:
        connection.execute(f"UPDATE runs SET {change}")  # noqa: S608 - our own words
    connection.close()
    with pytest.raises(StateError, match="a damaged ledger"):
        find_unfinished(killed_state)


def test_a_ledger_that_is_older_than_its_runs_is_not_believed(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, backup = tmp_path / "state", tmp_path / "backup"
    run(sandbox, users, MAPPING, state)
    backup.mkdir()
    for path in state.glob("ledger.sqlite*"):
        shutil.copy2(path, backup / path.name)
    report = run(sandbox, users, MAPPING, state)
    for path in state.glob("ledger.sqlite*"):
        path.unlink()
    shutil.copytree(backup, state, dirs_exist_ok=True)
    with pytest.raises(StateError, match=f"does not know the run {report.run}"):
        run(sandbox, users, MAPPING, state)
    with pytest.raises(StateError, match=f"does not know the run {report.run}"):
        open_for_reading(state)


def test_a_ledger_that_is_gone_from_beside_its_runs_is_said_to_whoever_looks(
    known_users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    shutil.copytree(known_users / "state", state)
    (state / "ledger.sqlite").unlink()
    looks: tuple[Callable[[], object], ...] = (
        lambda: list_runs(state),
        lambda: find_past_run(state, "last"),
        lambda: find_unfinished(state),
        lambda: show_memory(state),
        lambda: explain_user(state, "u7"),
    )
    for look in looks:
        with pytest.raises(StateError, match="no such file, beside the folders of 1 run"):
            look()


@pytest.mark.parametrize("name", ["a file/state", "a file"])
def test_a_state_folder_that_cannot_be_is_refused_as_a_wrong_call(
    sandbox: SandboxThread, users: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "a file").write_text("")
    with pytest.raises(UsageError, match=r"--state-dir: .*, where nothing can be written"):
        run(sandbox, users, MAPPING, tmp_path / name)
    assert sandbox.stats()["requests"] == 0


def test_a_ledger_that_was_moved_away_is_begun_anew(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state)
    for path in state.glob("ledger.sqlite*"):
        path.unlink()
    assert run(sandbox, users, MAPPING, state).exit == 0


def test_a_clock_that_is_put_back_makes_no_new_run_an_old_one(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    config = RunConfig(state_dir=tmp_path / "state")
    job = open_job([users], parse_mapping(MAPPING, "m.yaml"), config)
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    with Ledger(config.state_dir) as ledger:
        earlier = begin(ledger, job, target_of(sandbox), config, now)
        other = RunConfig(state_dir=config.state_dir, limit=5)
        later = begin(ledger, job, target_of(sandbox), other, now - timedelta(days=400))
        assert later.record.begun > earlier.record.begun
        assert ledger.do(latest_begin) == later.record.begun
        assert [record.run for record in ledger.do(runs)] == [later.record.run, earlier.record.run]
        # The later one is the one to go on with, whatever the clock said.
        again = begin(ledger, job, target_of(sandbox), other, now)
        assert again.record.run == later.record.run


def imported(
    words: list[str], environment: dict[str, str], most_bytes: int | None = None
) -> tuple[int, dict[str, Any], str]:
    def narrow() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))

    done = subprocess.run(
        [sys.executable, "-m", "importer", *words, "--json", "--yes", "--allow-failures", "100%"],
        env=environment,
        capture_output=True,
        text=True,
        preexec_fn=narrow,
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("most_bytes", [1_000, 60_000])
def test_a_disk_that_fills_up_ends_the_run_and_the_same_call_finishes_it(
    tmp_path: Path, most_bytes: int
) -> None:
    table = make_table(tmp_path, 600, random.Random(most_bytes))  # noqa: S311 - a test
    words = ["run", str(table.path), "-m", str(table.mapping), "--rate", "none", "--retries", "12"]
    with running_sandbox(tmp_path) as (base_url, environment):
        code, report, err = imported(words, environment, most_bytes)
        assert "Traceback" not in err
        if code == 3:
            assert report.get("stopped_because", "state") == "state"
            before = ask(base_url, "stats")["requests"]
            code, report, err = imported(words, environment)
            assert complaints(expected(table.path), base_url, report, before) == []
        assert code == 0, err


class Usurper(Silence):
    """Puts a file where a folder was as soon as a row is through."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def progressed(self, fate: Fate, rows: int) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.touch()


def test_a_report_that_cannot_be_put_in_place_is_put_there_by_a_resume_that_sends_nothing(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    folder, state = tmp_path / "reports", tmp_path / "state"
    folder.mkdir()
    config = RunConfig(sending=FAST, state_dir=state, report=folder / "report.json")
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    found = run_import(users, mapping, target_of(sandbox), config, observer=Usurper(folder))
    assert found.stop is not None
    assert (found.exit, found.stop.code) == (StateError.exit_code, "state")
    assert str(folder) in found.stop.message
    (known,) = list_runs(state)
    assert known.standing == "stopped"
    assert known.report["exit"] == found.exit
    assert found.folder is not None
    assert json.loads((found.folder / "report.json").read_bytes())["run"] == found.run
    folder.unlink()
    sent = sandbox.stats()["requests"]
    again = resume_run(find_unfinished(state), target_of(sandbox))
    assert (again.exit, again.fates) == (0, found.fates)
    assert sandbox.stats()["requests"] == sent
    assert json.loads((folder / "report.json").read_bytes())["run"] == found.run
    assert [known.standing for known in list_runs(state)] == ["finished"]


def test_a_dead_letter_that_cannot_be_written_keeps_not_the_receipt_from_its_place(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    folder, state, receipt = tmp_path / "letters", tmp_path / "state", tmp_path / "receipt.csv"
    folder.mkdir()
    config = RunConfig(
        sending=FAST, state_dir=state, dead_letter=folder / "dead.csv", receipt=receipt
    )
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    found = run_import(users, mapping, target_of(sandbox), config, observer=Usurper(folder))
    assert (found.exit, found.receipt) == (StateError.exit_code, receipt)
    assert len(receipt.read_text(encoding="utf-8").splitlines()) > found.fates[Fate.DELIVERED]
    folder.unlink()
    again = resume_run(find_unfinished(state), target_of(sandbox))
    assert (again.fates, again.dead_letter) == (found.fates, None)
    assert (folder / "dead.csv").is_file()


NOBODY = 65534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that other users can come to."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write to a folder, also not root, who may write everywhere."""
    is_root = os.geteuid() == 0
    inside = [folder, *folder.rglob("*")]
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
        if is_root:
            os.chown(path, NOBODY, NOBODY)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path in inside:
            if path.is_dir():
                path.chmod(0o755)


def test_what_only_reads_works_in_a_state_folder_that_may_not_be_written_to(
    sandbox: SandboxThread, open_folder: Path
) -> None:
    state = open_folder / "state"
    rows = [(f"u{n:03}", f"n{n}") for n in range(ROWS)]
    users = write_csv(open_folder / "users.csv", ["id", "name"], rows)
    report = run(sandbox, users, MAPPING, state)
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    with read_only(state):
        assert [past.run for past in list_runs(state)] == [report.run]
        assert find_past_run(state, "last").fates == report.fates
        assert len(explain_user(state, "u007").rows) == 1
        assert [entry.known for entry in show_memory(state)] == [ROWS]
        plan = plan_import(users, mapping, sandbox.app_id, RunConfig(state_dir=state))
        assert plan.comparison.unchanged == ROWS
        assert len(verify_run(state, "last", target_of(sandbox), sample=5).users) == 5
        with pytest.raises(UsageError, match="may be written to"):
            run(sandbox, users, MAPPING, state)


def test_a_log_that_cannot_be_read_without_writing_beside_it_is_said(
    killed_state: Path, open_folder: Path
) -> None:
    state = open_folder / "state"
    shutil.copytree(killed_state, state)
    (state / "ledger.sqlite-shm").unlink()
    with read_only(state), pytest.raises(StateError) as raised:
        list_runs(state)
    assert "whose last writes stand in ledger.sqlite-wal" in str(raised.value)
    assert "copy the folder" in str(raised.value)
