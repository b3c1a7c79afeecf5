"""What a run's folder that was damaged or changed makes of it: said before anything is sent."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from importer import Fate, RunConfig, Stop, StopSignal, check_source, plan_import, retry_rows
from importer.errors import StateError
from importer.history.past_runs import find_past_run, list_runs
from importer.history.verify import verify_run
from importer.history.why import explain_row, explain_user
from importer.mapping_file import load_mapping, parse_mapping
from importer.resume import find_unfinished, resume_run
from importer.retry import open_retry
from importer.run import run_import
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import FAST, fates, run, target_of, write_csv
from tests.test_damaged_state import damage

MAPPING = (
    "mapping: 1\r\ncustomer_id: id\r\nattributes: {seq: {column: seq, type: integer}, name: name}\n"
)
ROWS = 300


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield running


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Write 300 users; every 50th is invalid."""
    rows = [(f"u{n:03}", "x" if n % 50 == 0 else n, f"n{n}") for n in range(ROWS)]
    return write_csv(tmp_path / "users.csv", ["id", "seq", "name"], rows)


@pytest.fixture
def fixes(users: Path, tmp_path: Path) -> Path:
    """Mend the invalid rows in a table of their own."""
    problems = tmp_path / "problems.csv"
    check_source(users, parse_mapping(MAPPING, "mapping.yaml"), RunConfig(), problems=problems)
    with problems.open(encoding="utf-8-sig", newline="") as stream:
        rows = [{**row, "seq": "7"} for row in csv.DictReader(stream)]
    return write_csv(tmp_path / "mended.csv", list(rows[0]), [list(row.values()) for row in rows])


@pytest.fixture
def stopped(sandbox: SandboxThread, users: Path, fixes: Path, tmp_path: Path) -> Path:
    """Give the folder of a run with fixes and ids of choice that was stopped before its first row."""
    stop = StopSignal()
    stop.request(Stop("interrupted", "a test", "", 130))
    mapping = tmp_path / "mapping.yaml"
    mapping.write_bytes(MAPPING.encode())
    only = frozenset(f"u{n:03}" for n in range(100))
    config = RunConfig(sending=FAST, state_dir=tmp_path / "state", fixes=(fixes,), only=only)
    report = run_import(users, load_mapping(mapping), target_of(sandbox), config, stop=stop)
    assert report.folder is not None
    return report.folder


def resumed(sandbox: SandboxThread, folder: Path) -> dict[str, int]:
    return fates(resume_run(find_unfinished(folder.parent.parent), target_of(sandbox)))


def test_a_run_goes_on_with_the_copies_that_it_made(sandbox: SandboxThread, stopped: Path) -> None:
    (stopped / "fixes-02.csv").write_text("nobody gave these")
    assert resumed(sandbox, stopped) == {"delivered": 100, "filtered": 200}


COPIES = ("mapping.yaml", "fixes-01.csv", "only.json")
FOUND = {
    "gone": "no such file",
    "empty": "changed since|not what was written",
    "half": "changed since|not what was written",
    "garbage": "changed since|not what was written",
}


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("how", FOUND)
def test_a_copy_that_is_not_as_it_was_is_said_before_anything_is_sent(
    sandbox: SandboxThread, stopped: Path, name: str, how: str
) -> None:
    damage(stopped / name, how)
    with pytest.raises(StateError, match=FOUND[how]) as raised:
        resumed(sandbox, stopped)
    problem = raised.value.problem
    assert problem.place == str(stopped / name)
    assert "as the run was given" in problem.expected
    assert "import the source anew" in problem.remedy
    assert sandbox.stats()["requests"] == 0


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("mapping.yaml", b"name: name", b"name: seq"),
        ("mapping.yaml", b"\r\n", b"\n"),
        ("fixes-01.csv", b",7,", b",8,"),
        ("only.json", b"u001", b"u201"),
    ],
)
def test_a_copy_that_somebody_edited_is_not_taken(
    sandbox: SandboxThread, stopped: Path, name: str, before: bytes, after: bytes
) -> None:
    copy = stopped / name
    data = copy.read_bytes()
    copy.write_bytes(data.replace(before, after, 1))
    assert copy.read_bytes() != data
    with pytest.raises(StateError, match="changed since"):
        resumed(sandbox, stopped)
    assert sandbox.stats()["requests"] == 0


@pytest.fixture
def state(sandbox: SandboxThread, users: Path, tmp_path: Path) -> Path:
    """Give the state folder of one finished run."""
    run(sandbox, users, MAPPING, tmp_path / "state")
    return tmp_path / "state"


def _retry(state: Path, _: SandboxThread) -> object:
    with open_retry("last", state) as retry:
        return retry


def _plan(state: Path, sandbox: SandboxThread) -> object:
    mapping, config = parse_mapping(MAPPING, "mapping.yaml"), RunConfig(state_dir=state)
    return plan_import(state.parent / "users.csv", mapping, sandbox.app_id, config)


QUESTIONS: dict[str, Callable[[Path, SandboxThread], object]] = {
    "why": lambda state, _: explain_user(state, "u050"),
    "why of nobody": lambda state, _: explain_user(state, "nobody"),
    "why --row": lambda state, _: explain_row(state, "last", 51),
    "runs show": lambda state, _: find_past_run(state, "last").require_whole(),
    "verify": lambda state, sandbox: verify_run(state, "last", target_of(sandbox), sample=5),
    "retry": _retry,
    "plan": _plan,
}
CUT = "had been committed"
TOLD = [
    ("ledger.key", "gone", "no such file, where the ledger's secret should be", "why"),
    ("ledger.key", "garbage", "the secret of another ledger", "why"),
    ("ledger.key", "garbage", "the secret of another ledger", "why of nobody"),
    ("ledger.key", "garbage", "the secret of another ledger", "plan"),
    ("rows.bin", "half", CUT, "why"),
    ("rows.bin", "empty", CUT, "why of nobody"),
    ("rows.bin", "half", CUT, "why --row"),
    ("rows.bin", "gone", CUT, "why"),
    ("rows.bin", "gone", CUT, "why of nobody"),
    ("rows.bin", "gone", CUT, "why --row"),
    ("rows.bin", "gone", CUT, "runs show"),
    ("rows.bin", "half", CUT, "verify"),
    ("rows.bin", "gone", CUT, "verify"),
    ("journal.jsonl", "half", CUT, "why"),
    ("journal.jsonl", "gone", CUT, "why --row"),
    ("journal.jsonl", "gone", CUT, "runs show"),
    ("journal.jsonl", "empty", CUT, "retry"),
    ("mapping.yaml", "garbage", "not what was written", "verify"),
    ("mapping.yaml", "half", "a mapping that was changed since", "verify"),
    ("mapping.yaml", "half", "a mapping that was changed since", "retry"),
    ("mapping.yaml", "gone", "no such file", "retry"),
]


@pytest.mark.parametrize(("name", "how", "found", "question"), TOLD)
def test_questions_about_a_damaged_run_are_answered_with_the_damage(
    sandbox: SandboxThread, state: Path, name: str, how: str, found: str, question: str
) -> None:
    QUESTIONS[question](state, sandbox)
    before = sandbox.stats()["requests"]
    (path,) = [*state.glob(name), *state.glob(f"runs/*/{name}")]
    damage(path, how)
    with pytest.raises(StateError, match=found) as raised:
        QUESTIONS[question](state, sandbox)
    assert raised.value.problem.place == str(path)
    assert raised.value.problem.remedy
    assert sandbox.stats()["requests"] == before


def test_a_later_run_that_is_damaged_is_told_before_users_are_compared(
    sandbox: SandboxThread, users: Path, state: Path
) -> None:
    earlier = list_runs(state)[0].run
    later = run(sandbox, users, MAPPING, state)
    assert later.folder is not None
    damage(later.folder / "rows.bin", "gone")
    with pytest.raises(StateError, match=CUT):
        verify_run(state, earlier, target_of(sandbox))


def test_a_mapping_that_was_changed_leaves_why_without_steps_and_says_so(state: Path) -> None:
    (copy,) = state.glob("runs/*/mapping.yaml")
    copy.write_bytes(copy.read_bytes().replace(b"name: name", b"name: id"))
    (row,) = explain_user(state, "u001").rows
    assert (row.fate, row.steps) == (Fate.DELIVERED, None)
    assert row.source == f"{copy}: a mapping that was changed since"


def test_a_retry_with_a_mapping_of_its_own_does_not_ask_for_the_runs_copy(
    sandbox: SandboxThread, state: Path
) -> None:
    (copy,) = state.glob("runs/*/mapping.yaml")
    copy.unlink()
    mapping = parse_mapping("mapping: 1\ncustomer_id: id\nattributes: {name: name}\n", "new.yaml")
    report = retry_rows("last", target_of(sandbox), state_dir=state, mapping=mapping)
    assert report.fates[Fate.DELIVERED] == ROWS // 50


def test_a_copy_of_another_form_is_refused_like_a_changed_one(
    sandbox: SandboxThread, stopped: Path
) -> None:
    (stopped / "only.json").write_text(json.dumps({"ids": None}))
    with pytest.raises(StateError, match="not what was written"):
        resumed(sandbox, stopped)
