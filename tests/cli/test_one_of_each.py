"""Of one row, one attribute and one user no screen speaks as if there were several."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.sandbox import SandboxThread
from tests.cli.conftest import Call
from tests.cli.terminal import Terminal
from tests.journeys import write_csv

_SEVERAL = re.compile(
    r"(?<![\d,.%])1 (\w+ )?(rows|users|attributes|columns|cells|tests|files|runs|requests|retries|"
    r"bytes|minutes|attempts|tries)\b"
)


def plainly(text: str) -> None:
    assert not _SEVERAL.search(text), text


@pytest.fixture
def one(folder: Path) -> Path:
    (folder / "one.yaml").write_text("mapping: 1\ncustomer_id: id\nattributes: {name: name}\n")
    return write_csv(folder / "one.csv", ["id", "name"], [("u1", "Ana")])


def test_one_row_is_told_as_one(call: Call, one: Path, own_target: SandboxThread) -> None:
    mapping = ("-m", "one.yaml")
    for words in (
        ("init", str(one), "--out", "other.yaml"),
        ("mapping", "check", "one.yaml", str(one)),
        ("check", str(one), *mapping),
        ("plan", str(one), *mapping),
        ("run", str(one), *mapping, "--yes"),
        ("plan", str(one), *mapping, "--only-changed"),
        ("runs",),
        ("runs", "show"),
        ("why", "u1"),
        ("why", "nobody"),
        ("verify", "last"),
        ("memory", "show"),
        ("runs", "prune", "--dry-run", "--older-than", "0d"),
    ):
        said = call(*words)
        assert said.exit in (0, 1), said.err
        plainly(said.out + said.err)


def test_a_row_that_failed_in_one_try_is_told_as_one(
    call: Call, one: Path, own_target: SandboxThread
) -> None:
    own_target.set_faults({"error_rate": 1.0, "error_status": 503})
    for words in (
        ("run", str(one), "-m", "one.yaml", "--retries", "0"),
        ("runs", "show"),
        ("why", "u1"),
    ):
        said = call(*words)
        assert said.out, said.err
        plainly(said.out + said.err)


def test_on_a_terminal_one_user_is_asked_about_as_one(
    start: Callable[..., subprocess.Popen[str]], one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOENGAGE_APP_ID", "ABC123")
    monkeypatch.setenv("MOENGAGE_API_KEY", "k")
    monkeypatch.setenv("MOENGAGE_BASE_URL", "https://workspace.invalid")
    with Terminal() as terminal:
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.slave)
        words = ("run", str(one), "-m", "one.yaml", "--only-changed")
        process = start(*words, **streams, **terminal.controls)
        try:
            terminal.wait_for("Send 1 row? [y/N]")
            terminal.type("y\n")
            terminal.wait_for("Send 1 user to workspace ABC123 (workspace.invalid)? [y/N]")
            terminal.type("n\n")
            assert process.wait(timeout=30) == 2
        finally:
            process.kill()
    plainly(terminal.shown)
