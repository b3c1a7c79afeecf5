from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from importer.sandbox import SandboxThread

Start = Callable[..., subprocess.Popen[str]]

needs_dev_full = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no /dev/full"
)


def unread_pipe() -> int:
    """Give the writing end of a pipe whose reader has gone, as after `| head -1`."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize("line", ["rules", "attributes", "--help", "check u.csv -m m.yaml"])
def test_a_reader_who_has_gone_is_no_error(start: Start, users: str, line: str) -> None:
    writing = unread_pipe()
    process = start(*line.split(), stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=30)
    assert process.returncode == (1 if line.startswith("check") else 0)
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert "error" not in err


def test_a_run_whose_reader_has_gone_sends_every_row(
    start: Start, users: str, own_target: SandboxThread, folder: Path
) -> None:
    writing = unread_pipe()
    process = start("run", users, "-m", "m.yaml", stdout=writing, stderr=writing)
    os.close(writing)
    process.wait(timeout=30)
    # The exit code is the run's own, and its report is in its folder.
    assert process.returncode == 1
    assert set(own_target.profiles()) == {"u1", "u3"}
    (report,) = (folder / ".moengage-import" / "runs").glob("*/report.json")
    assert json.loads(report.read_bytes())["fates"]["delivered"] == 2


@needs_dev_full
def test_output_that_is_lost_to_a_full_disk_is_told(start: Start) -> None:
    with open("/dev/full", "w") as full:
        process = start("rules", "--json", stdout=full)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert err.startswith("error: standard output: a write that failed; expected ")
    assert "Traceback" not in err


@needs_dev_full
def test_a_full_disk_under_the_log_does_not_end_the_run(
    start: Start, users: str, own_target: SandboxThread
) -> None:
    with open("/dev/full", "w") as full:
        process = start("run", users, "-m", "m.yaml", "--allow-failures", "1", stderr=full)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "rows          3" in out
    assert set(own_target.profiles()) == {"u1", "u3"}


def test_closed_standard_streams_do_not_matter(
    start: Start, users: str, own_target: SandboxThread
) -> None:
    def close_all() -> None:
        for number in (0, 1, 2):
            os.close(number)

    process = start("run", users, "-m", "m.yaml", "--allow-failures", "1", preexec_fn=close_all)
    assert process.wait(timeout=30) == 0
    assert set(own_target.profiles()) == {"u1", "u3"}
