"""Runs one import, kills it at random moments, and resumes it until it ends by itself."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.torture.checker import Before, ask, complaints, expected, left_by, resends
from tests.torture.table import MODES, Table, make_table

FAULTS = {"latency_ms": 2, "jitter_ms": 6, "error_rate": 0.01, "reset_rate": 0.01}
_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 120.0
_MOST_STRIKES = 4


@dataclass
class Result:
    """What one tortured import, or two, came to.

    resends: rows that were sent again; allowed: what the promise lets be sent again.
    """

    seed: int
    kills: int = 0
    terms: int = 0
    resends: int = 0
    allowed: int = 0
    complaints: list[str] = field(default_factory=list)


class Watch:
    """Follows how many requests the sandbox has had, and how many it had a second ago."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._seen: deque[tuple[float, int]] = deque()

    def look(self) -> int:
        """Give the requests so far."""
        moment, requests = time.monotonic(), int(ask(self._base_url, "stats")["requests"])
        self._seen.append((moment, requests))
        while len(self._seen) > 2 and self._seen[1][0] <= moment - 1.0:
            self._seen.popleft()
        return requests

    def since_a_second(self) -> int:
        """Give how many requests came in the last second, at the least one look's span."""
        return self.look() - self._seen[0][1]


def torture(folder: Path, seed: int, rows: int, concurrency: int) -> Result:
    """Import a table of so many rows under faults; everything random comes from the seed.

    A table whose users have one request each is changed a little then, and imported once more,
    with --only-changed.
    concurrency: few requests at once make sending slow, so that a small table takes some commits.
    """
    chance = random.Random(seed)  # noqa: S311 - a test
    table = make_table(folder, rows, chance, MODES[seed % len(MODES)])
    result, before = Result(seed), Before()
    with running_sandbox(folder) as (base_url, environment):
        for more in ([], ["--only-changed"]):
            _round(table, more, before, result, Bench(base_url, environment, concurrency, chance))
            truth = expected(table.path, table.duplicates, before if more else None)
            if table.duplicates == "each":
                break
            before = left_by(base_url, truth)
            table.change(chance)
    return result


@dataclass(frozen=True)
class Bench:
    """Where an import is tortured, and by what chance."""

    base_url: str
    environment: dict[str, str]
    concurrency: int
    chance: random.Random


def _round(table: Table, more: list[str], before: Before, result: Result, bench: Bench) -> None:
    """Run one import to its end, whatever it takes, and have the checker look at it."""
    watch, chance = Watch(bench.base_url), bench.chance
    # Few enough for all strikes to find it at work.
    goals = table.requests_at_least(changed=bool(more)) // _MOST_STRIKES
    call = ["run", str(table.path), "-m", str(table.mapping), *more]
    asked, allowed = call, 0
    for _ in range(chance.randint(2, _MOST_STRIKES)):
        gently = chance.random() < 0.2
        process = _start(asked, bench.environment, bench.concurrency)
        report = _struck(process, watch, goals, chance, gently=gently)
        if report is not None and not report["fates"]["pending"]:
            break
        if gently and report is not None:
            result.terms += 1
        else:
            result.kills += 1
            allowed += watch.since_a_second() + bench.concurrency
        asked = chance.choice([["resume"], call])
    else:
        report = _undisturbed(call, asked, bench.environment, bench.concurrency)
    truth = expected(table.path, table.duplicates, before if more else None)
    result.complaints += complaints(truth, bench.base_url, report, allowed, before)
    result.resends += resends(truth, ask(bench.base_url, "stats"), before)
    result.allowed += allowed


@contextmanager
def running_sandbox(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve a sandbox with faults; give its address, and the environment that names it."""
    (folder / "faults.json").write_text(json.dumps(FAULTS))
    words = ["sandbox", "--json", "--rate-limit", "none", "--faults", str(folder / "faults.json")]
    process = subprocess.Popen(
        [sys.executable, "-m", "importer", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield (
            ready["base_url"],
            {
                **os.environ,
                "MOENGAGE_APP_ID": ready["app_id"],
                "MOENGAGE_API_KEY": ready["api_key"],
                "MOENGAGE_BASE_URL": ready["base_url"],
                "MOENGAGE_STATE_DIR": str(folder / "state"),
            },
        )
    finally:
        process.kill()
        process.communicate()


def _start(
    asked: list[str], environment: dict[str, str], concurrency: int
) -> subprocess.Popen[str]:
    words = [*asked, "--concurrency", str(concurrency), "--json", "--yes"]
    words += ["--allow-failures", "100%"]
    words += [] if asked[0] == "resume" else ["--rate", "none", "--retries", "12"]
    return subprocess.Popen(
        [sys.executable, "-m", "importer", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _struck(
    process: subprocess.Popen[str],
    watch: Watch,
    most: int,
    chance: random.Random,
    *,
    gently: bool,
) -> dict[str, Any] | None:
    """Strike an import when a random number of requests has come; give its report, if it has one.

    most: how many requests that is at most.  Now and then it is struck before its first one, while
    it starts, and now and then when as many have come as it may have, while it ends.
    """
    goal = watch.look() + chance.choice(
        [0, *(chance.randint(1, most) for _ in range(6)), most * _MOST_STRIKES]
    )
    moment = time.monotonic() + chance.uniform(0.2, 1.5)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        requests = watch.look()
        if requests >= goal and (requests > 0 or time.monotonic() >= moment):
            break
        time.sleep(_POLL_SECONDS)
    process.send_signal(signal.SIGTERM if gently else signal.SIGKILL)
    out, err = process.communicate(timeout=_PATIENCE_SECONDS)
    if "Traceback" in err:
        raise AssertionError(err)
    return json.loads(out) if out.strip() and "fates" in out else None


def _undisturbed(
    call: list[str], asked: list[str], environment: dict[str, str], concurrency: int
) -> dict[str, Any]:
    process = _start(asked, environment, concurrency)
    out, err = process.communicate(timeout=_PATIENCE_SECONDS)
    report = json.loads(out)
    if "fates" not in report:
        # A run that was killed before it was registered cannot be resumed; it is begun again.
        assert asked == ["resume"], err
        return _undisturbed(call, call, environment, concurrency)
    found: dict[str, Any] = report
    return found
