from __future__ import annotations

import json
from pathlib import Path

import pytest

from importer.memory.opening import show_memory
from importer.sandbox import SandboxThread
from importer.stages.recording import state_lock
from tests.cli.conftest import Call
from tests.cli.terminal import Terminal
from tests.cli.test_running import Start

STATE = Path(".moengage-import")


@pytest.fixture
def remembered(call: Call, users: str, target: SandboxThread) -> str:
    """Send two users, so that they are remembered; give the workspace."""
    assert call("run", users, "-m", "m.yaml").exit == 1
    return target.app_id


def test_what_is_remembered_is_shown_per_workspace_and_mapping(
    call: Call, remembered: str, folder: Path
) -> None:
    said = call("memory", "show")
    assert said.exit == 0
    assert f"mapping m into {remembered}: 2 users known, 0 unknown" in said.out
    assert said.out.rstrip().endswith("run SOURCE --mapping FILE --only-changed")
    content = call("memory", "show", "--json").json
    (entry,) = content["memory"]
    assert (entry["workspace"], entry["mapping_name"]) == (remembered, "m")
    assert (entry["known"], entry["unknown"], content["exit"]) == (2, 0, 0)


def test_where_nothing_is_remembered_that_is_said(call: Call, folder: Path) -> None:
    assert "Nothing is remembered in " in call("memory", "show").out
    assert call("memory", "show", "--json").json["memory"] == []
    assert "Nothing was remembered." in call("memory", "clear").out
    assert not STATE.exists()


def test_nothing_is_forgotten_without_a_yes(call: Call, remembered: str) -> None:
    said = call("memory", "clear", "--json")
    assert said.exit == 2
    assert "2 users are remembered" in said.json["error"]["found"]
    assert show_memory(STATE)[0].known == 2


def test_only_what_is_asked_for_is_forgotten(call: Call, remembered: str) -> None:
    assert call("memory", "clear", "--mapping", "other", "--yes", "--json").json["forgotten"] == []
    assert call("memory", "clear", "--workspace", "OTHER", "--yes").exit == 0
    assert show_memory(STATE)[0].known == 2
    said = call("memory", "clear", "--workspace", remembered, "--mapping", "m", "--yes")
    assert f"Forgotten: 2 users known, 0 unknown of mapping m into {remembered}." in said.out
    assert "Nothing is deleted in MoEngage." in said.out
    assert show_memory(STATE) == ()


def test_nothing_is_forgotten_while_a_run_goes_on(call: Call, remembered: str) -> None:
    with state_lock(STATE, "a run into SANDBOX", 0.0):
        said = call("memory", "clear", "--yes", "--json")
    assert said.exit == 2
    assert "a run into SANDBOX" in json.dumps(said.json["error"])
    assert show_memory(STATE)[0].known == 2


@pytest.mark.parametrize(("typed", "exit_code", "left"), [("n\n", 2, 1), ("y\n", 0, 0)])
def test_on_a_terminal_a_person_is_asked_before_anything_is_forgotten(
    start: Start,
    remembered: str,
    typed: str,
    exit_code: int,
    left: int,
) -> None:
    with Terminal() as terminal:
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.slave)
        process = start("memory", "clear", **streams, **terminal.controls)
        terminal.wait_for(f"Forget what 2 users of mapping m into {remembered} were last sent?")
        terminal.type(typed)
        assert process.wait(timeout=30) == exit_code
    assert len(show_memory(STATE)) == left


@pytest.mark.parametrize(("typed", "exit_code"), [("n\n", 2), ("y\n", 1)])
def test_on_a_terminal_an_empty_memory_is_asked_about(
    start: Start,
    users: str,
    own_target: SandboxThread,
    typed: str,
    exit_code: int,
) -> None:
    with Terminal() as terminal:
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.slave)
        process = start(
            "run", users, "-m", "m.yaml", "--only-changed", **streams, **terminal.controls
        )
        terminal.wait_for("Nothing is remembered of earlier runs. Send all 3 rows? [y/N]")
        terminal.type(typed)
        assert process.wait(timeout=30) == exit_code
    assert "Traceback" not in terminal.shown
    assert len(own_target.profiles()) == (2 if exit_code == 1 else 0)
