"""Laws of what is noted of accepted rows, and merged into the memory later."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import StateError
from importer.stages.recording import (
    Accepted,
    Ledger,
    Overwritten,
    Scope,
    accepting,
    forget,
    in_parts,
    merge_accepted,
    note_accepted,
    open_scope,
    put_back,
)

USERS, SLOTS = 5, 3
# A row: its user, whether it is his last, which values it carries.
ROWS = st.tuples(
    st.integers(0, USERS - 1), st.booleans(), st.lists(st.booleans(), min_size=3, max_size=3)
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("accept"), st.lists(ROWS, min_size=1, max_size=6)),
        st.tuples(st.just("forget"), st.lists(ROWS, min_size=1, max_size=3)),
        st.tuples(st.just("put back"), st.none()),
    ),
    max_size=8,
)


def key_of(user: int) -> list[int]:
    return [user * 7919 + 1, user]


def accepted(rows: list[Any], begin: int) -> Accepted:
    """Describe rows; the sealed ids of some users are too long, and others of another length."""
    places = np.arange(len(rows), dtype=np.int64)
    users = [user for user, _, _ in rows]
    return Accepted(
        users=np.array([key_of(user) for user in users], np.uint64),
        orders=(1 << 40) + begin + places,
        at=1_700_000_000 + begin + places,
        payloads=np.array([100 + begin + place for place in places], np.uint64),
        slots=(np.arange(len(rows) * SLOTS, dtype=np.uint64).reshape(-1, SLOTS) + 50) * 2,
        carried=np.array([carried for _, _, carried in rows], bool),
        last=np.array([last for _, last, _ in rows], bool),
        names=[b"" if user == 1 else b"n" * (user + 1) for user in users],
    )


def new_scope(ledger: Ledger) -> Scope:
    return ledger.do(lambda c: open_scope(c, "ABC", "users", list("abc")[:SLOTS], "run-1"))


def content(ledger: Ledger) -> list[Any]:
    return ledger.do(
        lambda c: c.execute(
            "SELECT scope, user, payload, sent, accepted, slots, name FROM memory ORDER BY user"
        ).fetchall()
    )


def noted(ledger: Ledger) -> int:
    return int(ledger.do(lambda c: c.execute("SELECT count(*) FROM accepted").fetchone()[0]))


def carried_out(steps: list[Any], together: int) -> list[Any]:
    """Do the steps, with so many rows merged at once, and give what is remembered then."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(accepting, "MERGED_TOGETHER", together)
        with Ledger(Path(folder)) as ledger:
            scope, begin = new_scope(ledger), 0
            overwritten: list[Overwritten] = []

            def do(connection: sqlite3.Connection, step: str, rows: Any) -> None:
                if step == "accept":
                    note_accepted(connection, scope, accepted(rows, begin))
                elif step == "forget":
                    users = np.array([key_of(user) for user, _, _ in rows], np.uint64)
                    carried = np.array([carried for _, _, carried in rows], bool)
                    overwritten.append(forget(connection, scope, users, carried))
                else:
                    for one in overwritten:
                        put_back(connection, scope, one)

            for step, rows in steps:
                ledger.do(lambda c, step=step, rows=rows: do(c, step, rows))  # type: ignore[misc]
                begin += 10
            ledger.do(merge_accepted)
            assert noted(ledger) == 0
            return content(ledger)


@given(STEPS)
def test_it_makes_no_difference_when_rows_are_merged(steps: list[Any]) -> None:
    assert carried_out(steps, 1_000_000) == carried_out(steps, 1)


def test_rows_wait_until_there_are_enough_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "MERGED_TOGETHER", 4)
    with Ledger(tmp_path) as ledger:
        scope = new_scope(ledger)
        counts = []
        for begin in range(4):
            rows = accepted([(begin, True, [True] * SLOTS)], begin)
            ledger.do(lambda c, rows=rows: note_accepted(c, scope, rows))  # type: ignore[misc]
            counts.append((noted(ledger), len(content(ledger))))
    assert counts == [(1, 0), (2, 0), (3, 0), (0, 4)]


def test_what_a_killed_process_had_noted_is_merged_by_the_next(tmp_path: Path) -> None:
    rows = accepted([(0, True, [True] * SLOTS), (2, False, [False] * SLOTS)], 7)
    with Ledger(tmp_path) as ledger:
        scope = new_scope(ledger)
        ledger.do(lambda c: note_accepted(c, scope, rows))
        assert content(ledger) == []
    with Ledger(tmp_path) as ledger:
        assert noted(ledger) == 0
        found = {row[1]: row for row in content(ledger)}
    first, second = (np.array(key_of(user), np.uint64).tobytes() for user in (0, 2))
    assert (found[first][4], found[first][6]) == (1_700_000_007, b"n")
    assert (found[second][2], found[second][4], found[second][6]) == (None, 1_700_000_008, b"nnn")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("content = substr(content, 2)", "another length"),
        ("names = substr(names, 2)", "another length"),
        ("scope = 99", "not there"),
    ],
)
def test_damaged_notes_are_said_before_anything_is_made_of_them(
    tmp_path: Path, change: str, words: str
) -> None:
    rows = accepted([(0, True, [True] * SLOTS)], 0)
    with Ledger(tmp_path) as ledger:
        scope = new_scope(ledger)
        ledger.do(lambda c: note_accepted(c, scope, rows))
        ledger.do(lambda c: c.execute(f"UPDATE accepted SET {change}"))  # noqa: S608 - our own words
    with pytest.raises(StateError, match=words):
        Ledger(tmp_path)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=60), st.integers(1, 7))
def test_parts_hold_every_row_once_and_all_of_a_users_together(
    words: list[int], together: int
) -> None:
    users = np.array([[word, word ^ 1] for word in words], np.uint64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("importer.stages.recording.forgetting._FORGOTTEN_TOGETHER", together)
        parts = in_parts(users)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(words)))
    keys = [[users[row].tobytes() for row in part] for part in parts]
    assert all(max(one[:8] for one in a) < min(one[:8] for one in b) for a, b in pairwise(keys))


def test_parts_are_small_enough_for_a_commit_to_wait_behind_one() -> None:
    users = np.random.default_rng(1).integers(0, 2**64 - 1, (100_000, 2), np.uint64)
    assert max(map(len, in_parts(users))) < 2 * 8192
