"""Promises of the memory where a run ends early: who was not sent anything stays known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from importer import (
    Fate,
    Rate,
    RunConfig,
    RunReport,
    Secret,
    StateError,
    Stop,
    StopSignal,
    run_import,
)
from importer.mapping_file import parse_mapping
from importer.memory.opening import show_memory
from importer.observer import Silence
from importer.resume import find_unfinished, resume_run
from importer.runs.accounts import Accounts
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import FAST, fates, profiles, target_of, write_csv

MAPPING = (
    "mapping: 1\nname: m\ncustomer_id: id\nattributes: {name: name, n: {column: n, type: number}}\n"
)
ROWS = 120


class StopsAfter(Silence):
    """Asks for a stop when so many rows have a fate; 0 never does."""

    def __init__(self, rows: int, stop: StopSignal) -> None:
        self.left = rows
        self.stop = stop

    def progressed(self, fate: Fate, rows: int) -> None:
        if fate is not Fate.UNCHANGED and self.left > 0:
            self.left -= rows
            if self.left <= 0:
                self.stop.request(Stop("interrupted", "a test", "", 130))


class Nightly:
    """A table of which every night imports what changed."""

    def __init__(self, sandbox: SandboxThread, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.state = folder / "state"

    def run(
        self,
        rows: Sequence[Sequence[object]],
        *,
        mapping: str = MAPPING,
        key: str | None = None,
        stop_after: int = 0,
        **settings: Any,
    ) -> RunReport:
        stop = StopSignal()
        target = target_of(self.sandbox)
        settings = {
            "sending": FAST,
            "only_changed": True,
            "first_time": True,
            "block_bytes": 1024,
            **settings,
        }
        return run_import(
            write_csv(self.folder / "users.csv", ["id", "name", "n"], rows),
            parse_mapping(mapping, "mapping.yaml"),
            target if key is None else replace(target, api_key=Secret(key)),
            RunConfig(state_dir=self.state, **settings),
            observer=StopsAfter(stop_after, stop),
            stop=stop,
        )

    @property
    def known(self) -> tuple[int, int]:
        """Give how many users are known, and how many are not."""
        (shown,) = show_memory(self.state)
        return shown.known, shown.unknown


@pytest.fixture
def nightly(tmp_path: Path) -> Iterator[Nightly]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield Nightly(running, tmp_path)


def people(name: str, count: int = ROWS) -> list[list[object]]:
    return [[f"user-{n}", f"{name} {n}", n] for n in range(count)]


def names(nightly: Nightly) -> set[str]:
    return {str(found["name"]).split()[0] for found in profiles(nightly.sandbox).values()}


def until(holds: Callable[[], bool]) -> None:
    """Wait for what the sandbox does when its client has given up."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


@pytest.mark.parametrize("block_bytes", [1024, 1 << 20])
def test_a_run_with_a_wrong_key_leaves_everybody_known_as_he_was(
    nightly: Nightly, block_bytes: int
) -> None:
    nightly.run(people("A"))
    refused = nightly.run(people("B"), key="wrong-key", block_bytes=block_bytes)
    assert (fates(refused), refused.exit) == ({"pending": ROWS}, 3)
    assert nightly.known == (ROWS, 0)
    assert fates(nightly.run(people("A"))) == {"unchanged": ROWS}
    assert fates(nightly.run(people("B"))) == {"delivered": ROWS}


def test_a_run_with_a_wrong_key_leaves_each_value_known(nightly: Nightly) -> None:
    changed = MAPPING + "send: changed\n"
    other = MAPPING.replace("name: m", "name: somebody else")
    nightly.run([["user-1", "A", 1]], mapping=changed)
    nightly.run([["user-1", "X", 9]], mapping=other)
    nightly.run([["user-1", "B", 1]], mapping=changed, key="wrong-key")
    nightly.run([["user-1", "B", 1]], mapping=changed)
    found = profiles(nightly.sandbox)["user-1"]
    assert (found["name"], found["n"]) == ("B", 9)


def test_after_a_wrong_key_the_run_goes_on_with_every_row(nightly: Nightly) -> None:
    nightly.run(people("A"))
    nightly.run(people("B"), key="wrong-key")
    resumed = resume_run(find_unfinished(nightly.state), target_of(nightly.sandbox))
    assert fates(resumed) == {"delivered": ROWS}
    assert names(nightly) == {"B"}
    assert fates(nightly.run(people("B"))) == {"unchanged": ROWS}


def test_a_key_that_is_revoked_in_the_midst_of_a_run_leaves_the_others_known(
    nightly: Nightly,
) -> None:
    nightly.run(people("A"))
    nightly.sandbox.set_faults({"error_rate": 0.2, "error_status": 401})
    sending = replace(FAST, retries=0)
    refused = nightly.run(people("B"), sending=sending)
    nightly.sandbox.set_faults({})
    assert refused.fates[Fate.PENDING]
    assert nightly.known == (ROWS, 0)
    again = nightly.run(people("A"))
    assert fates(again).get("delivered", 0) == refused.fates[Fate.DELIVERED]
    assert names(nightly) == {"A"}


def test_a_run_that_is_stopped_leaves_known_what_it_did_not_try(nightly: Nightly) -> None:
    nightly.run(people("A"))
    stopped = nightly.run(people("B"), stop_after=40)
    assert stopped.fates[Fate.DELIVERED] >= 40
    assert stopped.fates[Fate.PENDING]
    assert nightly.known == (ROWS, 0)
    assert fates(nightly.run(people("A"))) == {
        "delivered": stopped.fates[Fate.DELIVERED],
        "unchanged": stopped.fates[Fate.PENDING],
    }
    assert names(nightly) == {"A"}


def test_a_run_whose_time_is_up_leaves_known_what_it_did_not_try(nightly: Nightly) -> None:
    nightly.run(people("A"))
    slow = replace(FAST, rate=Rate(Decimal(600)))
    late = nightly.run(people("B"), sending=slow, max_time_seconds=0.3)
    assert late.stop is not None
    assert late.stop.code == "time"
    assert late.fates[Fate.PENDING] > ROWS // 2
    assert nightly.known == (ROWS, 0)
    again = nightly.run(people("B"))
    assert again.fates[Fate.DELIVERED] == late.fates[Fate.PENDING]
    assert again.fates[Fate.UNCHANGED] == late.fates[Fate.DELIVERED]


def test_what_was_cut_off_in_flight_and_then_applied_stays_unknown(nightly: Nightly) -> None:
    nightly.run(people("A"))
    nightly.sandbox.set_faults({"hang_rate": 1})
    cut = nightly.run(
        people("B"),
        sending=replace(FAST, grace_seconds=0.0),
        max_time_seconds=0.3,
        block_bytes=4096,
    )
    assert fates(cut) == {"pending": ROWS}
    nightly.sandbox.set_faults({})
    assert 0 < cut.requests < ROWS
    assert nightly.known == (ROWS - cut.requests, cut.requests)
    until(lambda: names(nightly) == {"A", "B"})
    assert fates(nightly.run(people("A"))) == {
        "delivered": cut.requests,
        "unchanged": ROWS - cut.requests,
    }
    assert names(nightly) == {"A"}


def test_what_met_an_error_before_the_stop_stays_unknown(nightly: Nightly) -> None:
    nightly.run(people("A"))
    nightly.sandbox.set_faults({"error_rate": 1, "error_status": 500})
    failed = nightly.run(people("B"), max_time_seconds=1.0)
    assert fates(failed) == {"pending": ROWS}
    tried = failed.requests - failed.retries
    assert 0 < tried < ROWS
    assert nightly.known == (ROWS - tried, tried)
    nightly.sandbox.set_faults({})
    assert fates(nightly.run(people("A"))) == {"delivered": tried, "unchanged": ROWS - tried}


@pytest.mark.parametrize("block_bytes", [20, 1 << 20])
def test_a_user_one_of_whose_rows_was_sent_is_not_what_he_was(
    nightly: Nightly, block_bytes: int
) -> None:
    each: dict[str, Any] = {
        "only_changed": False,
        "first_time": False,
        "block_bytes": block_bytes,
    }
    nightly.run(people("A", 2))
    rows = [["user-0", "B", 0], ["user-0", "C", 0], ["user-1", "C", 1]]
    one = replace(FAST, concurrency=1)
    stopped = nightly.run(rows, stop_after=1, sending=one, **each)
    assert fates(stopped) == {"delivered": 1, "pending": 2}
    assert fates(nightly.run(people("A", 2))) == {"delivered": 1, "unchanged": 1}
    assert names(nightly) == {"A"}


@pytest.mark.parametrize("block_bytes", [20, 1 << 20])
def test_a_user_one_of_whose_rows_was_cut_off_is_not_what_he_was(
    nightly: Nightly, block_bytes: int
) -> None:
    nightly.run(people("A", 2))
    nightly.sandbox.set_faults({"hang_rate": 1})
    rows = [["user-0", "B", 0], ["user-0", "C", 0], ["user-1", "C", 1]]
    cut = nightly.run(
        rows,
        sending=replace(FAST, concurrency=1, grace_seconds=0.0),
        max_time_seconds=1.0,
        only_changed=False,
        first_time=False,
        block_bytes=block_bytes,
    )
    nightly.sandbox.set_faults({})
    assert (fates(cut), cut.requests) == ({"pending": 3}, 1)
    assert nightly.known == (1, 1)
    assert fates(nightly.run(people("A", 2))) == {"delivered": 1, "unchanged": 1}


def test_where_an_outcome_could_not_be_written_down_nobody_is_put_back(
    nightly: Nightly, monkeypatch: pytest.MonkeyPatch
) -> None:
    nightly.run(people("A"))
    settle, left = Accounts.settle, [5]

    def failing(accounts: Accounts, outcome: Any) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise StateError("journal", "a full disk", "room", "make some")
        settle(accounts, outcome)

    monkeypatch.setattr(Accounts, "settle", failing)
    nightly.run(people("B"), block_bytes=1 << 20)
    monkeypatch.undo()
    known, unknown = nightly.known
    assert known <= 4
    assert fates(nightly.run(people("A"))) == {"delivered": ROWS}
    assert unknown >= ROWS - 4
