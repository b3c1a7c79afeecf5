"""Runs a command as a process of its own and measures its time, CPU and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLES_PER_SECOND = 10


@dataclass(frozen=True)
class Measurement:
    """What one whole process took, its start included.

    cpu_seconds: user and system time of the process and of those it started.
    largest_mb: the peak of its largest process (from the kernel, exact).
    together_mb: the peak of all its processes together, each page counted once (sampled ten times
        a second; 0.0 where there is no /proc).
    """

    seconds: float
    cpu_seconds: float
    largest_mb: float
    together_mb: float
    output: str

    @property
    def peak_mb(self) -> float:
        return max(self.largest_mb, self.together_mb)


class _Sampler(threading.Thread):
    """Looks at the memory of all processes of a session until told to stop."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session = session
        self.peak_kb = 0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(1 / SAMPLES_PER_SECOND):
            self.peak_kb = max(self.peak_kb, sum(map(_proportional_kb, self._processes())))

    def _processes(self) -> list[Path]:
        return [entry for entry in Path("/proc").glob("[0-9]*") if _session(entry) == self.session]


def _session(process: Path) -> int:
    try:
        # The name, in brackets, may hold anything; the session is the fourth field after it.
        return int((process / "stat").read_text().rpartition(")")[2].split()[3])
    except (OSError, IndexError):
        return -1


def _proportional_kb(process: Path) -> int:
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def measure(command: Sequence[str | Path], allowed_exits: tuple[int, ...] = (0,)) -> Measurement:
    """Run a command to its end in an empty folder; SystemExit with its stderr if it fails."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out:
        with tempfile.TemporaryFile() as err:
            started = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=folder, stdout=out, stderr=err, start_new_session=True
            )
            sampler = _Sampler(process.pid)
            sampler.start()
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except KeyboardInterrupt:
                os.killpg(process.pid, signal.SIGTERM)
                raise
            seconds = time.perf_counter() - started
            sampler.ended.set()
            sampler.join()
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in allowed_exits:
                err.seek(0)
                words = " ".join(map(str, command))
                sys.exit(f"{words}\nended with {process.returncode}:\n{err.read().decode()}")
        out.seek(0)
        output = out.read().decode()
    kb_per_unit = 1 / 1024 if sys.platform == "darwin" else 1
    return Measurement(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        largest_mb=usage.ru_maxrss * kb_per_unit / 1024,
        together_mb=sampler.peak_kb / 1024,
        output=output,
    )
