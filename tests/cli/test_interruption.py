"""SIGINT, SIGTERM and SIGKILL, sent to a run in a process of its own."""

from __future__ import annotations

import io
import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from importer.cli.interruption import stopping_on_signals
from importer.sandbox import SandboxThread
from tests.journeys import write_csv

Start = Callable[..., subprocess.Popen[str]]

ROWS = 5_000


@pytest.fixture
def source(folder: Path) -> str:
    """Write many rows, of which every thousandth is bad, and their mapping."""
    rows = [(f"user-{n:05}", "bad" if n % 1000 == 0 else n) for n in range(ROWS)]
    write_csv(folder / "u.csv", ["id", "seq"], rows)
    (folder / "m.yaml").write_text(
        "mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}}\n"
    )
    return "u.csv"


def wait_until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_an_interrupted_run_finishes_what_is_in_flight_and_accounts_for_the_rest(
    start: Start, source: str, own_target: SandboxThread, number: signal.Signals, exit_code: int
) -> None:
    own_target.set_faults({"latency_ms": 20})
    process = start("run", source, "-m", "m.yaml", "--rate", "none", "--json")
    wait_until(lambda: own_target.stats()["requests"] >= 50)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == exit_code
    report = json.loads(out)
    fates = report["fates"]
    assert sum(fates.values()) == report["rows"] == ROWS
    assert 50 <= fates["delivered"] == len(own_target.profiles())
    assert fates["pending"] > 0
    assert report["requests"] == own_target.stats()["requests"]
    assert (report["stopped_because"], report["exit"]) == ("interrupted", exit_code)
    assert report["next"].startswith(f"moengage-import resume {report['run']}")
    assert "stopping: waiting for what is in flight" in err
    assert "Traceback" not in err


def test_a_second_interruption_ends_at_once(
    start: Start, source: str, own_target: SandboxThread
) -> None:
    # Every answer takes longer than the grace that a first interruption gives.
    own_target.set_faults({"latency_ms": 60_000})
    process = start("run", source, "-m", "m.yaml", "--json")
    wait_until(lambda: own_target.stats()["max_in_flight"] > 0)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    while "stopping: waiting" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert json.loads(out)["exit"] == 130
    assert "Traceback" not in err


@pytest.fixture
def killed(start: Start, source: str, folder: Path) -> str:
    """Kill a run in the middle, and give its sandbox's address."""
    process = start("run", source, "-m", "m.yaml", "--sandbox", "--rate", "600/min")
    assert process.stdout is not None
    url = next(line.split()[-1] for line in process.stdout if line.startswith("Target:"))
    assert is_there(url)
    journals = folder / ".moengage-import" / "runs"
    wait_until(lambda: any(path.stat().st_size for path in journals.glob("*/journal.jsonl")))
    process.kill()
    process.wait()
    return url


def is_there(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((str(parts.hostname), parts.port or 0)).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_killed_run_leaves_no_sandbox_and_a_journal_that_can_be_read(
    killed: str, folder: Path
) -> None:
    wait_until(lambda: not is_there(killed))
    (run,) = (folder / ".moengage-import" / "runs").iterdir()
    lines = (run / "journal.jsonl").read_bytes().splitlines(keepends=True)
    assert all(line.endswith(b"\n") for line in lines)
    rows = [json.loads(line) for line in lines]
    assert [row["row"] for row in rows] == [1, 1001, 2001, 3001, 4001]
    assert {row["codes"][0] for row in rows} == {"not-integer"}
    # It registered itself before anything slow: what it was told is known.
    assert json.loads((run / "options.json").read_bytes())["app_id"] == "SANDBOX"


def test_the_second_signal_raises_and_the_handlers_of_before_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with stopping_on_signals() as stop:
        signal.raise_signal(signal.SIGTERM)
        assert stop.reason is not None
        assert stop.reason.exit_code == 143
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


class Interrupting(io.RawIOBase):
    """A stream on which something is being written when Ctrl-C comes, once."""

    interrupted = False

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        if not self.interrupted:
            self.interrupted = True
            signal.raise_signal(signal.SIGINT)
        return len(bytes(data))  # type: ignore[call-overload] # any buffer


def test_a_signal_may_come_in_the_middle_of_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.TextIOWrapper(io.BufferedWriter(Interrupting()), line_buffering=True)
    monkeypatch.setattr("sys.stderr", screen)
    with stopping_on_signals() as stop:
        print("how far the run is", file=screen)
        assert stop.is_set()


def test_an_interruption_wakes_those_who_wait_for_their_next_try(
    start: Start, source: str, own_target: SandboxThread
) -> None:
    own_target.set_faults({"error_rate": 1, "error_status": 503})
    process = start("run", source, "-m", "m.yaml", "--rate", "none", "--json", "--retries", "99")
    wait_until(lambda: own_target.stats()["requests"] >= 300)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 143, err
    fates = json.loads(out)["fates"]
    assert {fate: rows for fate, rows in fates.items() if rows} == {"invalid": 5, "pending": 4995}
    assert "Traceback" not in err
