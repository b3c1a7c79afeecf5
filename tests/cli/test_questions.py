"""What becomes of an unfinished run is said, or asked, before anything is sent."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from importer.history.past_runs import find_past_run
from importer.sandbox import SandboxThread
from tests.cli.conftest import Call


class Typed(io.StringIO):
    """Standard input with a person behind it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def stopped(
    call: Call, users: str, own_target: SandboxThread, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Give a run that ended with two rows pending, because its key was wrong."""
    with monkeypatch.context() as context:
        context.setenv("MOENGAGE_API_KEY", "wrong")
        said = call("run", users, "-m", "m.yaml", "--json")
    assert said.json["fates"]["pending"] == 2
    return str(said.json["run"])


def standing(run: str) -> str:
    return str(find_past_run(Path(".moengage-import"), run).standing)


def change_the_mapping() -> None:
    path = Path("m.yaml")
    path.write_text(path.read_text() + "unmapped: ignore\n")


def test_a_trial_says_that_the_unfinished_run_stays(call: Call, users: str, stopped: str) -> None:
    said = call("run", users, "-m", "m.yaml", "--limit", "1")
    (line,) = (line for line in said.out.splitlines() if line.startswith("Unfinished:"))
    assert f"run {stopped} of this source stays unfinished (2 rows pending), because" in line
    assert f"`moengage-import resume {stopped}` goes on with it" in line
    assert said.out.index(line) < said.out.index("delivered")
    assert standing(stopped) == "stopped"
    resumed = call("resume", "--json")
    assert (resumed.json["run"], resumed.json["fates"]["pending"]) == (stopped, 0)


def test_without_a_terminal_it_is_said_that_an_unfinished_run_is_closed(
    call: Call, users: str, stopped: str
) -> None:
    change_the_mapping()
    said = call("run", users, "-m", "m.yaml", "--allow-failures", "1")
    assert said.exit == 0
    (line,) = (line for line in said.out.splitlines() if line.startswith("Unfinished:"))
    assert f"run {stopped} of this source, unfinished (2 rows pending), is closed by" in line
    assert ", because the mapping has changed; with --if-unfinished refuse it would stay" in line
    assert standing(stopped) == "closed"


def test_as_data_it_is_a_warning(call: Call, users: str, stopped: str) -> None:
    report = call("run", users, "-m", "m.yaml", "--limit", "1", "--json").json
    assert any(stopped in warning["message"] for warning in report["warnings"])


@pytest.mark.parametrize(("typed", "code", "stands"), [("n", 2, "stopped"), ("y", 1, "closed")])
def test_on_a_terminal_it_is_asked_whether_an_unfinished_run_may_be_closed(
    call: Call,
    users: str,
    stopped: str,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
    stands: str,
) -> None:
    change_the_mapping()
    monkeypatch.setattr("sys.stdin", Typed(f"{typed}\n"))
    said = call("run", users, "-m", "m.yaml")
    assert said.exit == code
    assert (
        f"Run {stopped} of this source is unfinished (2 rows pending), and the mapping has "
        "changed. Close it and begin anew? [y/N]"
    ) in said.err
    assert (f"moengage-import resume {stopped}" in said.err) == (typed == "n")
    assert standing(stopped) == stands


def test_nobody_is_asked_to_close_what_a_trial_leaves_or_what_was_said(
    call: Call, users: str, stopped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Typed("n\n"))
    assert "[y/N]" not in call("run", users, "-m", "m.yaml", "--limit", "1").err
    change_the_mapping()
    assert "[y/N]" not in call("run", users, "-m", "m.yaml", "--if-unfinished", "new").err
    assert standing(stopped) == "closed"


@pytest.mark.parametrize(("typed", "same"), [("", True), ("y", True), ("n", False)])
def test_on_a_terminal_it_is_asked_whether_to_go_on(
    call: Call,
    users: str,
    stopped: str,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    same: bool,
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(f"{typed}\n"))
    said = call("run", users, "-m", "m.yaml")
    assert f"Go on with {stopped}, an unfinished run of this source? (n closes it" in said.err
    assert (standing(stopped) == "finished") is same
    assert (standing(stopped) == "closed") is not same
