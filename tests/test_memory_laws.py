"""Laws of the memory, over random histories of runs that fail and are killed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from importer import Fate
from importer.mapping_file import Mapping
from tests.memory_model import (
    ANSWERS,
    PROTECTED,
    SLOW,
    Fortune,
    Row,
    World,
    mapping_of,
    saying,
)

USERS = ("u1", "u2", "u3")
ROWS = st.tuples(
    st.sampled_from(["u1", "u1", "u2", "u3"]),
    st.sampled_from(["A", "B", ""]),
    st.sampled_from(["1", "1.0", "", "2", "2.0", "1", "bad"]),
    st.sampled_from(["", "true", "false"]),
)
TABLES = st.lists(ROWS, min_size=2, max_size=5)
MAPPINGS = st.builds(
    mapping_of,
    st.sampled_from(["each", "each", "last", "merge"]),
    st.sampled_from(["skip", "unset"]),
    st.sampled_from(["full", "changed"]),
    protect=st.booleans(),
)
COMMITS = st.sets(st.integers(0, 4), max_size=3).map(frozenset)
FORTUNES = st.builds(
    Fortune,
    answers=st.lists(st.sampled_from([*["ok"] * 6, *ANSWERS]), min_size=2, max_size=4),
    commits=COMMITS,
    kill=st.none()
    | st.none()
    | st.tuples(st.integers(5, 12), st.sampled_from(["before", "after"])),
    ahead=st.booleans(),
)
KINDS = ["run", "run", "changed", "changed", "resume", "resume", "retry", "decide"]
SETTINGS: list[dict[str, Any]] = [
    {},
    {},
    {},
    {"update_existing_only": True},
    {"limit": 2},
    {"only": frozenset({"u1"})},
    {"if_unfinished": "new"},
    {"sending": replace(SLOW, retries=1)},
]


CHANGED: dict[str, Any] = {"only_changed": True, "first_time": True}


@dataclass
class Step:
    """One thing that comes to pass: a run of some kind, or that a user changes himself."""

    kind: str
    table: Sequence[Row]
    same_table: bool
    mapping: Mapping
    fortune: Fortune
    block_bytes: int | None
    settings: dict[str, Any]
    refreshes: bool


STEPS = st.builds(
    Step,
    kind=st.sampled_from(KINDS),
    table=TABLES,
    same_table=st.booleans(),
    mapping=MAPPINGS,
    fortune=FORTUNES,
    block_bytes=st.sampled_from([None, 1, 20]),
    settings=st.sampled_from(SETTINGS),
    refreshes=st.booleans(),
)


def take(world: World, step: Step, table: Sequence[Row], mapping: Mapping) -> None:
    if step.kind == "decide":
        world.decide("u1", opted=step.same_table)
    elif step.kind == "resume" and world.is_dead:
        world.resume(step.fortune)
    elif step.kind != "retry" or not world.retry(step.fortune):
        more = dict(CHANGED) if step.kind == "changed" else {}
        if more and step.refreshes:
            more["refresh_after_seconds"] = 0.0
        settings = {**step.settings, **more}
        world.run(table, mapping, step.fortune, block_bytes=step.block_bytes, **settings)


@settings(max_examples=40)
@given(st.lists(STEPS, min_size=2, max_size=4), STEPS)
def test_the_memory_believes_only_what_the_server_has(steps: list[Step], last: Step) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        table, mapping = steps[0].table, steps[0].mapping
        world.learn(table, mapping)
        world.run(table, mapping, Fortune())
        for step in steps:
            if not step.same_table:
                table, mapping = step.table, step.mapping
            world.learn(table, mapping)
            take(world, step, table, mapping)
            world.require_true_memory(USERS)
        require_arrival(world, last, table, mapping)


def require_arrival(world: World, last: Step, table: Sequence[Row], mapping: Mapping) -> None:
    """After an undisturbed run everybody has what his rows say, and it need not be sent again."""
    if not last.same_table:
        table, mapping = last.table, last.mapping
    world.learn(table, mapping)
    once = mapping.duplicates.keep != "each" or len({row[0] for row in table}) == len(table)
    calm = Fortune(ahead=last.fortune.ahead, commits=last.fortune.commits)
    more = CHANGED if once else {}
    report = world.run(table, mapping, calm, block_bytes=last.block_bytes, **more)
    assert report is not None
    world.require_true_memory(USERS)
    for user in {row[0] for row in table}:
        rows = [row for row in table if row[0] == user]
        for name, value in saying(rows, mapping).items():
            assert world.said[user][name] == value, (user, name)
            if name != PROTECTED or user not in world.decided:
                assert world.profiles[user][name] == value, (user, name)
    if once:
        again = world.run(table, mapping, calm, block_bytes=last.block_bytes, **more)
        assert again is not None
        assert again.requests == 0


@pytest.mark.parametrize("send", ["full", "changed"])
@pytest.mark.parametrize(("block_bytes", "ahead"), [(None, False), (1, False), (1, True)])
def test_of_two_rows_of_one_user_only_the_last_makes_him_known(
    tmp_path: Path, send: str, block_bytes: int | None, ahead: bool
) -> None:
    world, mapping = World(tmp_path), mapping_of("each", "skip", send, protect=True)
    fates = [(second, now) for second in ANSWERS for now in (frozenset(), frozenset({0}))]
    for number, (second, commits) in enumerate(fates):
        rows = [("u1", f"A{number}", "1", "true"), ("u1", f"B{number}", "2", "")]
        world.learn(rows, mapping)
        fortune = Fortune(answers=["ok", second], commits=commits, ahead=ahead)
        world.run(rows, mapping, fortune, block_bytes=block_bytes, if_unfinished="new")
        world.require_true_memory(["u1"])


# Shrinking such histories takes minutes.
@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(TABLES, min_size=2, max_size=3),
    MAPPINGS,
    st.booleans(),
    st.sampled_from([None, 0.0]),
)
def test_a_plan_says_what_the_run_then_does(
    tables: list[list[Row]], mapping: Mapping, only_changed: bool, refresh: float | None
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.run(tables[0], mapping, Fortune(answers=["ok", "ok", "lost"]))
        for table in tables:
            rows = table if mapping.duplicates.keep != "each" else first_rows(table)
            more = {**CHANGED, "refresh_after_seconds": refresh} if only_changed else {}
            plan = world.plan(rows, mapping, **more)
            report = world.run(rows, mapping, Fortune(), **more)
            assert report is not None
            assert plan.requests == report.requests == len(world.sizes)
            assert plan.comparison.payload_bytes == sum(world.sizes)
            assert plan.report.fates[Fate.UNCHANGED] == report.fates[Fate.UNCHANGED]
            found = plan.comparison
            sendable = report.fates[Fate.DELIVERED] + report.fates[Fate.UNCHANGED]
            assert found.new + found.changed + found.unchanged + found.unsure == sendable


def first_rows(table: Sequence[Row]) -> list[Row]:
    """Give each user's first row."""
    return list({row[0]: row for row in reversed(table)}.values())


NIGHTS = st.lists(
    st.tuples(
        TABLES, st.lists(st.sampled_from([*["ok"] * 3, *ANSWERS[:-2]]), min_size=4, max_size=4)
    ),
    min_size=1,
    max_size=2,
)


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(NIGHTS, MAPPINGS, st.sampled_from([1, 20]), st.booleans())
def test_blocks_and_concurrency_change_nothing(
    nights: list[tuple[Sequence[Row], list[str]]], mapping: Mapping, block_bytes: int, ahead: bool
) -> None:
    whole = outcome(nights, mapping, ahead, sending=SLOW)
    wide = replace(SLOW, concurrency=8)
    assert outcome(nights, mapping, ahead, sending=wide, block_bytes=block_bytes) == whole


def outcome(
    nights: Sequence[tuple[Sequence[Row], list[str]]], mapping: Mapping, ahead: bool, **more: Any
) -> tuple[object, ...]:
    """Give what became of the rows, what the server has, and what is remembered."""
    fates = []
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        # The first table's rows have been accepted before, all but its last.
        for table, answers in [(nights[0][0][:-1], ["ok"]), *nights]:
            fortune = Fortune(answers, ahead=ahead, in_place=False)
            report = world.run(table, mapping, fortune, **more)
            assert report is not None
            seen = [(one.code, one.column, one.rows, one.row) for one in report.warnings]
            fates.append((report.fates, seen, report.requests))
        return fates, world.profiles, world.remembered()
