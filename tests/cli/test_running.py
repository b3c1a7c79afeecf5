from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from importer.config import Target
from importer.sandbox import SandboxThread
from tests.cli.conftest import Call, ask, first_line
from tests.cli.terminal import Terminal
from tests.journeys import write_csv

Start = Callable[..., subprocess.Popen[str]]


def test_a_run_as_data_has_every_key_that_scripts_rely_on(
    call: Call, users: str, own_target: SandboxThread, folder: Path
) -> None:
    said = call("run", users, "-m", "m.yaml", "--json")
    assert said.exit == 1
    report = said.json
    assert report["fates"] == {
        "delivered": 2,
        "unchanged": 0,
        "filtered": 0,
        "superseded": 0,
        "invalid": 1,
        "rejected": 0,
        "undelivered": 0,
        "pending": 0,
    }
    assert (report["rows"], report["requests"], report["retries"]) == (3, 2, 0)
    assert (report["stopped_because"], report["warnings"]) == (None, [])
    assert report["seconds"] >= 0
    run_folder = folder / ".moengage-import" / "runs" / report["run"]
    assert report["dead_letter"] == str(run_folder / "dead_letter.csv")
    assert Path(report["dead_letter"]).exists()
    assert report["next"] == f"moengage-import retry {report['run']}"
    assert json.loads((run_folder / "report.json").read_bytes()) == report
    assert set(own_target.profiles()) == {"u1", "u3"}


def test_a_run_with_its_own_sandbox_needs_nothing_and_says_how_to_look(
    start: Start, users: str, folder: Path
) -> None:
    process = start("run", users, "-m", "m.yaml", "--sandbox", "--allow-failures", "1")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Source:      u.csv: utf-8" in out
    assert f"State:       {folder / '.moengage-import'}\n" in out
    assert re.search(r"^delivered +2$", out, re.MULTILINE)
    (look,) = re.findall(r"^  (moengage-import sandbox .*)$", out, re.MULTILINE)
    database = shlex.split(look)[-1]
    assert database == str(folder / ".moengage-import" / "sandbox.sqlite")

    served = start("sandbox", "--json", "--db", database)
    access = json.loads(first_line(served))
    profiles = ask(f"{access['base_url']}/_sandbox/profiles")["profiles"]
    assert [profile["customer_id"] for profile in profiles] == ["u1", "u3"]


def test_a_mapping_of_one_workspace_can_be_tried_in_a_sandbox(
    start: Start, users: str, folder: Path
) -> None:
    mapping = (folder / "m.yaml").read_text()
    (folder / "m.yaml").write_text(mapping + "target: {app_id: OTHER}\n")
    process = start("run", users, "-m", "m.yaml", "--sandbox", "--json")
    report = json.loads(process.communicate(timeout=60)[0])
    assert report["fates"]["delivered"] == 2
    assert report["target"].startswith("OTHER at http://127.0.0.1:")


def test_a_wrong_key_is_exit_3_and_every_row_is_pending(
    call: Call, folder: Path, own_target: SandboxThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_csv(folder / "u.csv", ["id"], [(f"user-{n}",) for n in range(2000)])
    (folder / "m.yaml").write_text("mapping: 1\ncustomer_id: id\nattributes: {x: {constant: y}}\n")
    monkeypatch.setenv("MOENGAGE_API_KEY", "wrong-key")
    said = call("run", "u.csv", "-m", "m.yaml", "--json")
    assert said.exit == said.json["exit"] == 3
    assert said.json["fates"]["pending"] == 2000
    assert said.json["stopped_because"] == "credentials"
    assert own_target.profiles() == {}
    stopped, remedy = said.err.splitlines()
    assert stopped == f"Stopped (credentials): {said.json['stopped_message']}"
    assert remedy.startswith("  -> ")
    assert "wrong-key" not in said.out + said.err
    quiet = call("run", "u.csv", "-m", "m.yaml", "--quiet")
    assert (quiet.exit, quiet.out) == (3, "")
    assert quiet.err.startswith("Stopped (credentials): ")


def test_reports_and_dead_letters_go_where_they_are_asked_for(
    call: Call, users: str, target: SandboxThread, folder: Path
) -> None:
    words = ["--dead-letter", "failed.csv", "--report", "report.json"]
    said = call("run", users, "-m", "m.yaml", *words, "--json")
    assert json.loads((folder / "report.json").read_bytes()) == said.json
    assert "secret-cell" in (folder / "failed.csv").read_text(encoding="utf-8-sig")
    assert said.json["dead_letter"] == "failed.csv"


def test_a_run_whose_ids_stand_in_no_row_says_so(
    call: Call, users: str, target: SandboxThread
) -> None:
    said = call("run", users, "-m", "m.yaml", "--only", "u99", "--json")
    (note,) = [one["message"] for one in said.json["warnings"]]
    assert note.startswith("no row of 3 has an id of --only; ")
    assert said.json["next"] == f"moengage-import preview {users} --mapping m.yaml"
    assert (said.exit, said.json["fates"]["filtered"], said.json["requests"]) == (0, 3, 0)


def test_the_settings_of_a_run_arrive_where_they_work(
    call: Call, users: str, target: SandboxThread
) -> None:
    words = [
        "--rate",
        "80%",
        "--concurrency",
        "7",
        "--retries",
        "0",
        "--timeout",
        "5s",
        "--limit",
        "2",
        "--workers",
        "0",
    ]
    said = call("run", users, "-m", "m.yaml", *words, "--only", "u1", "--create-users", "--json")
    options = json.loads((Path(said.json["folder"]) / "options.json").read_bytes())
    assert options.pop("sources") == [str(Path("u.csv").absolute())]
    assert {key: options[key] for key in ("rate", "concurrency", "retries", "timeout_seconds")} == {
        "rate": "8000/min",
        "concurrency": 7,
        "retries": 0,
        "timeout_seconds": 5.0,
    }
    assert {key: options[key] for key in ("limit", "only", "workers")} == {
        "limit": 2,
        "only": sha256(b"u1").hexdigest(),
        "workers": 0,
    }
    assert options["update_existing_only"] is False
    # Ids are people's data, and keys are secret: neither is written down.
    assert "u1" not in json.dumps(options)
    assert target.api_key not in json.dumps(options)


@pytest.mark.parametrize("words", [["--max-time", "1s"], ["--finish-by", "2020-01-01T00:00Z"]])
def test_time_that_is_up_is_exit_4(
    call: Call, folder: Path, own_target: SandboxThread, words: list[str]
) -> None:
    own_target.set_faults({"latency_ms": 200})
    write_csv(folder / "u.csv", ["id"], [(f"user-{n}",) for n in range(500)])
    (folder / "m.yaml").write_text("mapping: 1\ncustomer_id: id\nattributes: {x: {constant: y}}\n")
    said = call("run", "u.csv", "-m", "m.yaml", "--concurrency", "1", *words, "--json")
    assert said.exit == 4
    fates = said.json["fates"]
    assert fates["pending"] > 0
    assert fates["delivered"] + fates["pending"] == 500
    assert fates["delivered"] == len(own_target.profiles())


# --- the question ------------------------------------------------------------------------------


class Typed(io.StringIO):
    """Standard input with a person behind it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def real(own_target: SandboxThread, monkeypatch: pytest.MonkeyPatch) -> SandboxThread:
    """Give a sandbox that passes for a real workspace."""
    monkeypatch.setattr(Target, "is_local", False)
    return own_target


@pytest.mark.parametrize("answer", ["y\n", "Y\n", "yes\n", " yes \n"])
def test_a_yes_sends(
    call: Call, users: str, real: SandboxThread, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(answer))
    said = call("run", users, "-m", "m.yaml", "--limit", "2", "--json")
    host = real.base_url.removeprefix("http://")
    assert f"Send 2 users to workspace SANDBOX ({host})? [y/N] " in said.err
    assert said.json["fates"]["delivered"] == 1


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "no\n", "yesterday\n"])
def test_anything_else_sends_nothing_and_is_exit_2(
    call: Call,
    users: str,
    real: SandboxThread,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(answer))
    said = call("run", users, "-m", "m.yaml", "--json")
    assert said.exit == said.json["exit"] == 2
    assert "nothing was sent" in said.json["error"]["found"]
    assert real.stats()["requests"] == 0
    assert not (folder / ".moengage-import").exists()


@pytest.mark.parametrize(("words", "typed"), [(["--yes"], Typed("n\n")), ([], io.StringIO("n\n"))])
def test_nobody_is_asked_with_yes_or_without_a_terminal(
    call: Call,
    users: str,
    real: SandboxThread,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    typed: io.StringIO,
) -> None:
    monkeypatch.setattr("sys.stdin", typed)
    said = call("run", users, "-m", "m.yaml", *words, "--json")
    assert "[y/N]" not in said.err
    assert said.json["fates"]["delivered"] == 2


def test_nobody_is_asked_before_a_sandbox(
    call: Call, users: str, own_target: SandboxThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Typed("n\n"))
    assert call("run", users, "-m", "m.yaml", "--json").json["fates"]["delivered"] == 2


def test_a_wrong_workspace_is_told_before_the_question(
    call: Call, users: str, real: SandboxThread, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = (folder / "m.yaml").read_text()
    (folder / "m.yaml").write_text(mapping + "target: {app_id: OTHER}\n")
    monkeypatch.setattr("sys.stdin", Typed("y\n"))
    said = call("run", users, "-m", "m.yaml", "--json")
    assert said.exit == 2
    assert "[y/N]" not in said.err


@pytest.mark.parametrize(("typed", "exit_code"), [("n\r", 2), ("\x04", 2), ("\x03", 130)])
def test_a_person_at_a_terminal_can_say_no(
    start: Start, users: str, monkeypatch: pytest.MonkeyPatch, typed: str, exit_code: int
) -> None:
    for name, value in {
        "APP_ID": "ABC123",
        "API_KEY": "k",
        # A name that is sure to have no address.
        "BASE_URL": "https://workspace.invalid",
    }.items():
        monkeypatch.setenv(f"MOENGAGE_{name}", value)
    with Terminal() as terminal:
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.slave)
        process = start("run", users, "-m", "m.yaml", **streams, **terminal.controls)
        terminal.wait_for("Send 3 users to workspace ABC123 (workspace.invalid)? [y/N]")
        terminal.type(typed)
        assert process.wait(timeout=30) == exit_code
    assert "Traceback" not in terminal.shown
    assert "error: " in terminal.shown
    assert not Path(".moengage-import").exists()
