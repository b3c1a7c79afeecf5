"""What a run delivered can be read back and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer import Secret, SendingConfig, Target
from importer.errors import SourceChanged, TargetError, TargetRefused, UsageError
from importer.history.comparing import Verdict
from importer.history.pruning import prune_runs
from importer.history.verify import Verification, verify_run
from importer.sandbox import SandboxConfig, SandboxThread
from tests.history.test_past_runs import LATER
from tests.journeys import FAST, run, target_of, write_csv

MAPPING = """
mapping: 1
customer_id: id
attributes:
  seq: {column: seq, type: integer}
  balance: {column: balance, type: number}
  email: email
  created_time: {column: since, type: datetime}
  place: {column: place, type: json}
  tags: {column: tags, type: list, separator: "|"}
  note: {column: note, blank: unset}
platforms:
  - {platform: ANDROID, active: android}
unset: [{attr: legacy}]
"""
HEADER = ["id", "seq", "balance", "email", "since", "place", "tags", "note", "android"]
QUICK = SendingConfig(rate=FAST.rate, retries=1)


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None, seed=7)) as running:
        yield running


def user(n: int, seq: object = None, email: str = "") -> tuple[object, ...]:
    since, place = "2021-03-04T05:06:07+02:00", '{"floor": 1.50}'
    seq = n if seq is None else seq
    return (f"user-{n:02}", seq, f"{n}.50", email, since, place, "a|b", "" if n % 2 else "x", "yes")


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Write 40 users; user 3 has three rows, of which the last is invalid; row 8 is invalid."""
    rows = [user(n, "x" if n == 7 else n, f"u{n}@example.com") for n in range(40)]
    rows += [user(3, 300), user(3, "x")]
    return write_csv(tmp_path / "users.csv", HEADER, rows)


def verify(sandbox: SandboxThread, state: Path, **settings: Any) -> Verification:
    return verify_run(
        state,
        settings.pop("run", "last"),
        settings.pop("target", target_of(sandbox)),
        sending=QUICK,
        users_per_minute=1e9,
        **settings,
    )


def counts(found: Verification) -> dict[str, int]:
    return {str(verdict): users for verdict, users in found.verdicts.items() if users}


def elsewhere(sandbox: SandboxThread, folder: Path, *rows: tuple[object, ...]) -> None:
    """Change users behind the ledger's back."""
    source = write_csv(folder / "other.csv", HEADER, rows)
    run(sandbox, source, MAPPING, folder / "other-state")


def test_what_was_delivered_comes_back_equal(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state)
    asked = sandbox.stats()["requests"]
    found = verify(sandbox, state)
    assert (counts(found), found.exit) == ({"equal": 39}, 0)
    assert (found.delivered, found.passed_over) == (39, 0)
    assert sandbox.stats()["requests"] == asked + 2
    # The first row's e-mail stays where the later row has none.
    (third,) = [one for one in found.users if one.customer_id == "user-03"]
    assert third.row == 41
    assert {one.attribute: one.sent for one in third.attributes}["email"] == "u3@example.com"


def test_a_value_that_changed_since_is_different_and_exit_1(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state)
    elsewhere(sandbox, tmp_path, user(5, 999))
    found = verify(sandbox, state)
    assert (counts(found), found.exit) == ({"equal": 38, "different": 1}, 1)
    (one,) = [one for one in found.users if one.verdict is Verdict.DIFFERENT]
    (wrong,) = [item for item in one.attributes if item.verdict is Verdict.DIFFERENT]
    assert (one.customer_id, one.row) == ("user-05", 6)
    assert (wrong.attribute, wrong.sent, wrong.found) == ("seq", 5, 999)
    assert found.attributes["seq"][Verdict.DIFFERENT] == 1


def test_a_user_who_is_not_there_is_missing(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state)
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as empty:
        found = verify(empty, state, sample=5)
        assert (counts(found), found.exit) == ({"missing": 5}, 1)
    run(sandbox, users, MAPPING, state, update_existing_only=True, limit=3)
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as empty:
        # Nobody was to be created.
        found = verify(empty, state)
        assert (counts(found), found.exit) == ({"not comparable": 3}, 0)


def test_only_the_last_word_of_all_runs_is_compared(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = run(sandbox, users, MAPPING, state)
    second = write_csv(tmp_path / "second.csv", HEADER, [user(5, 999), user(50)])
    run(sandbox, second, MAPPING, state)
    found = verify(sandbox, state, run=first.run)
    assert (counts(found), found.passed_over) == ({"equal": 38}, 1)
    assert counts(verify(sandbox, state)) == {"equal": 2}


def test_a_seed_draws_the_same_users_again(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state)
    drawn = [
        {one.customer_id for one in verify(sandbox, state, sample=7, seed=seed).users}
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 7


@pytest.mark.parametrize(
    ("status", "words"), [(403, "must be enabled by MoEngage's support"), (401, "MOENGAGE_API_KEY")]
)
def test_a_workspace_that_lets_nobody_read_is_told(
    status: int, words: str, sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state, limit=3)
    sandbox.set_faults({"error_rate": 1.0, "error_status": status})
    with pytest.raises(TargetRefused) as caught:
        verify(sandbox, state)
    assert words in caught.value.problem.remedy
    assert str(status) in caught.value.problem.found


def test_passing_trouble_is_tried_again_and_lasting_trouble_told(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state, limit=3)
    sandbox.set_faults({"error_rate": 1.0, "error_status": 503})
    before = sandbox.stats()["requests"]
    with pytest.raises(TargetRefused, match="503"):
        verify(sandbox, state)
    assert sandbox.stats()["requests"] == before + 2


def test_what_cannot_be_compared_is_refused_before_anything_is_read(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state)
    asked = sandbox.stats()["requests"]
    other = replace(target_of(sandbox), app_id="OTHER")
    with pytest.raises(TargetError, match="a run into the workspace"):
        verify(sandbox, state, target=other)
    with pytest.raises(UsageError, match="1 user or more"):
        verify(sandbox, state, sample=0)
    text = users.read_text(encoding="utf-8")
    users.write_text(text + text.splitlines()[-1] + "\n", encoding="utf-8")
    with pytest.raises(SourceChanged, match="bytes then"):
        verify(sandbox, state)
    prune_runs(state, now=LATER)
    with pytest.raises(UsageError, match="pruned"):
        verify(sandbox, state)
    assert sandbox.stats()["requests"] == asked


def test_a_target_that_is_not_there_is_told(users: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as gone:
        run(gone, users, MAPPING, state, limit=2)
        target = Target(gone.app_id, Secret(gone.api_key), gone.base_url)
    with pytest.raises(TargetRefused, match="could not connect"):
        verify_run(state, "last", target, sending=QUICK, users_per_minute=1e9)


@pytest.mark.parametrize("keep", ["last", "first", "merge"])
def test_what_was_sent_of_several_rows_of_a_user_comes_back_equal(
    keep: str, sandbox: SandboxThread, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    rows = [user(1, 10, "a@example.com"), user(2), user(1, 11), user(1, 12, "b@example.com")]
    rows += [user(1, 13)]
    source = write_csv(tmp_path / "twice.csv", HEADER, rows)
    run(sandbox, source, f"{MAPPING}duplicates: {keep}\n", state)
    found = verify(sandbox, state)
    assert counts(found) == {"equal": 2}
    # A check that cannot fail proves nothing.
    elsewhere(sandbox, tmp_path, user(1, 99))
    assert counts(verify(sandbox, state)) == {"equal": 1, "different": 1}
