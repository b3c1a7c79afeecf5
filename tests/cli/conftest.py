"""Calls the command line in this process or in one of its own, in a folder of the test's own."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from importer.cli import app
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import write_csv

MAPPING = (
    "mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}, name: name}\n"
)


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Give the one JSON object on standard output; there must be nothing else."""
        assert self.out.count("\n") == 1
        content = json.loads(self.out)
        assert isinstance(content, dict)
        return content


Call = Callable[..., Said]


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait for the first line that a command prints."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], 30)
    assert readable, "nothing was printed"
    return process.stdout.readline()


def ask(url: str) -> dict[str, Any]:
    """Get a JSON object from a sandbox, as curl does."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own sandbox's address
        content = json.load(answer)
    assert isinstance(content, dict)
    return content


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder: `.env` and the state folder are looked for where one stands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Call a command in this process."""

    def called(*words: str) -> Said:
        capsys.readouterr()
        code = app._run(list(words))
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return called


@pytest.fixture
def users(folder: Path) -> str:
    """Write a table of three users, the second of whom is bad, and its mapping m.yaml."""
    rows = [("u1", 1, "Asha"), ("u2", "secret-cell", "Zoë"), ("u3", 3, "Ann")]
    write_csv(folder / "u.csv", ["id", "seq", "name"], rows)
    (folder / "m.yaml").write_text(MAPPING, encoding="utf-8")
    return "u.csv"


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield running


def point_at(sandbox: SandboxThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a sandbox the target that the environment names."""
    monkeypatch.setenv("MOENGAGE_APP_ID", sandbox.app_id)
    monkeypatch.setenv("MOENGAGE_API_KEY", sandbox.api_key)
    monkeypatch.setenv("MOENGAGE_BASE_URL", sandbox.base_url)


@pytest.fixture
def target(shared_sandbox: SandboxThread, monkeypatch: pytest.MonkeyPatch) -> SandboxThread:
    """Give a sandbox, shared by many tests, that the environment names as the target."""
    point_at(shared_sandbox, monkeypatch)
    return shared_sandbox


@pytest.fixture
def own_target(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxThread]:
    """Give a sandbox of the test's own that the environment names as the target."""
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None, seed=3)) as running:
        point_at(running, monkeypatch)
        yield running


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a command in a process of its own, which ends with the test at the latest."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str, **settings: Any) -> subprocess.Popen[str]:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        environment = {**os.environ, "PYTHONWARNINGS": "error"}
        # What is not flushed must not arrive only because this machine never buffers.
        environment.pop("PYTHONUNBUFFERED", None)
        process = subprocess.Popen(
            [sys.executable, "-m", "importer", *words],
            env=environment,
            text=True,
            **{**pipes, **settings},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
