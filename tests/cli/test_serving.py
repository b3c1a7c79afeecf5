from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.sandbox import SandboxThread
from tests.cli.conftest import Call, ask, first_line

Start = Callable[..., subprocess.Popen[str]]


def ready(process: subprocess.Popen[str]) -> dict[str, str]:
    access = json.loads(first_line(process))
    assert access.keys() == {"base_url", "app_id", "api_key"}
    return dict(access)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_a_sandbox_says_one_line_and_serves_until_it_is_ended(
    start: Start, number: signal.Signals
) -> None:
    process = start("sandbox", "--json")
    access = ready(process)
    assert ask(f"{access['base_url']}/_sandbox/stats")["requests"] == 0
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_sandbox_is_what_it_was_told_to_be(
    start: Start, call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "key").write_text("my-key\n")
    (folder / "faults.json").write_text('{"latency_ms": 1}')
    words = "--app-id MINE --api-key-file key --faults faults.json --rate-limit none --db p.sqlite"
    access = ready(start("sandbox", "--json", *words.split()))
    assert (access["app_id"], access["api_key"]) == ("MINE", "my-key")
    assert (folder / "p.sqlite").exists()
    for name, value in access.items():
        monkeypatch.setenv(f"MOENGAGE_{name.upper()}", value)
    assert call("ping").exit == 0


def test_a_person_is_told_how_to_send_there(start: Start) -> None:
    process = start("sandbox")
    lines = [first_line(process)]
    assert process.stdout is not None
    lines += [process.stdout.readline() for _ in range(4)]
    assert lines[0].startswith("The sandbox is ready at http://127.0.0.1:")
    names = ["MOENGAGE_BASE_URL", "MOENGAGE_APP_ID", "MOENGAGE_API_KEY"]
    assert [line.split("=")[0].split()[-1] for line in lines[1:4]] == names
    assert lines[4].startswith("Next: moengage-import run ")


def test_a_sandbox_ends_with_whoever_started_it(start: Start) -> None:
    process = start("sandbox", "--json", "--with-parent")
    ready(process)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=30) == 0


def test_a_port_that_is_taken_is_told(call: Call, target: SandboxThread) -> None:
    port = target.base_url.rpartition(":")[2]
    said = call("sandbox", "--port", port, "--json")
    assert said.exit == 2
    assert port in said.json["error"]["place"]
    assert "--port" in said.json["error"]["remedy"]


@pytest.mark.parametrize("content", [None, b"[]", b"{", b"\xff", b'{"latency": 1}'])
def test_faults_that_make_no_sense_are_refused(
    call: Call, folder: Path, content: bytes | None
) -> None:
    if content is not None:
        (folder / "f.json").write_bytes(content)
    said = call("sandbox", "--faults", "f.json", "--json")
    assert said.exit == 2
    assert all(said.json["error"].values())


def test_a_key_file_that_is_not_there_is_refused(call: Call) -> None:
    said = call("sandbox", "--api-key-file", "nokey", "--json")
    assert (said.exit, said.json["error"]["place"]) == (2, "--api-key-file")


def test_a_database_that_cannot_be_made_is_told(call: Call) -> None:
    said = call("sandbox", "--db", "nowhere/p.sqlite", "--json")
    assert said.exit == 3
    assert said.json["error"]["place"] == "nowhere/p.sqlite"
