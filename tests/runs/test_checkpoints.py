from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import pytest

from importer.errors import StateError
from importer.runs import checkpoints
from importer.runs.checkpoints import Checkpoints
from importer.stages.recording import Ledger, Progress


class SlowLedger:
    """Takes commits and ends them when it is told to."""

    def __init__(self) -> None:
        self.under_way: list[Future[None]] = []
        self.began = asyncio.Event()

    def submit(self, _work: Callable[[sqlite3.Connection], None]) -> Future[None]:
        self.under_way.append(Future())
        self.began.set()
        return self.under_way[-1]


class Counter:
    """A run that settles rows."""

    def __init__(self) -> None:
        self.requests = 0

    def progress(self) -> Progress:
        return Progress(requests=self.requests)


def begin(ledger: SlowLedger, run: Counter) -> Checkpoints:
    return Checkpoints(cast(Ledger, ledger), "r", tuple, run.progress, Progress())


async def test_what_is_settled_during_a_commit_is_in_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkpoints, "COMMIT_SECONDS", 0.0)
    ledger, run = SlowLedger(), Counter()
    kept = begin(ledger, run)
    keeper = asyncio.create_task(kept.keep(lambda error: None))
    await ledger.began.wait()
    # The run settles its last row, and ends, while a commit of before is under way.
    run.requests = 1
    kept.end()
    ledger.began.clear()
    ledger.under_way[0].set_result(None)
    await asyncio.wait_for(ledger.began.wait(), 10)
    ledger.under_way[1].set_result(None)
    await keeper
    assert kept.committed.requests == 1
    assert len(ledger.under_way) == 2


async def test_a_run_that_ends_between_commits_has_one_more() -> None:
    ledger, run = SlowLedger(), Counter()
    kept = begin(ledger, run)
    keeper = asyncio.create_task(kept.keep(lambda error: None))
    run.requests = 1
    kept.end()
    await asyncio.wait_for(ledger.began.wait(), 10)
    ledger.under_way[0].set_result(None)
    await keeper
    assert kept.committed.requests == 1
    assert len(ledger.under_way) == 1


async def test_a_refused_commit_is_told_and_is_the_last(tmp_path: Path) -> None:
    ledger, run, told = SlowLedger(), Counter(), list[Any]()
    kept = begin(ledger, run)
    keeper = asyncio.create_task(kept.keep(told.append))
    run.requests = 1
    kept.end()
    await asyncio.wait_for(ledger.began.wait(), 10)
    ledger.under_way[0].set_exception(StateError(str(tmp_path), "a full disk", "room"))
    await keeper
    assert [error.problem.found for error in told] == ["a full disk"]
    assert kept.committed.requests == 0
    await kept.commit()
    assert len(ledger.under_way) == 1
