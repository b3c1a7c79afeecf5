from __future__ import annotations

import pytest

from importer.records import Fate, Outcome
from importer.stages.sending.canary import Canary


def rejected(ordinal: int, status: int = 400) -> Outcome:
    return Outcome(ordinal, Fate.REJECTED, http_status=status, code="http-rejected", message="no")


def test_rejections_are_held_until_something_is_accepted() -> None:
    canary = Canary(3)
    assert canary.take(rejected(0)) == ()
    assert canary.take(rejected(1)) == ()
    delivered = Outcome(2, Fate.DELIVERED)
    assert canary.take(delivered) == (rejected(0), rejected(1), delivered)
    assert canary.let_go() == ()


def test_after_an_acceptance_rejections_pass_and_never_trip_it() -> None:
    canary = Canary(3)
    canary.take(Outcome(0, Fate.DELIVERED))
    for ordinal in range(1, 10):
        assert canary.take(rejected(ordinal)) == (rejected(ordinal),)
    assert not canary.has_tripped


def test_it_trips_when_all_first_answers_are_400_and_gives_the_rows_back_as_pending() -> None:
    canary = Canary(3)
    for ordinal in range(3):
        assert not canary.has_tripped
        canary.take(rejected(ordinal))
    assert canary.has_tripped
    assert [(one.ordinal, one.fate, one.code) for one in canary.let_go()] == [
        (0, Fate.PENDING, ""),
        (1, Fate.PENDING, ""),
        (2, Fate.PENDING, ""),
    ]


def test_a_late_acceptance_does_not_undo_a_trip() -> None:
    canary = Canary(1)
    canary.take(rejected(0))
    delivered = Outcome(1, Fate.DELIVERED)
    assert canary.take(delivered) == (delivered,)
    assert canary.has_tripped
    assert [one.fate for one in canary.let_go()] == [Fate.PENDING]


@pytest.mark.parametrize("status", [413, 415, 200])
def test_a_rejection_that_is_not_a_400_is_an_answer_about_the_row(status: int) -> None:
    canary = Canary(2)
    canary.take(rejected(0))
    assert canary.take(rejected(1, status)) == (rejected(0), rejected(1, status))


def undelivered(ordinal: int) -> Outcome:
    return Outcome(ordinal, Fate.UNDELIVERED, http_status=503, code="http-error", message="down")


def test_it_trips_when_the_first_rows_all_use_up_their_retries() -> None:
    canary = Canary(2)
    assert canary.take(undelivered(0)) == ()
    assert canary.take(undelivered(1)) == ()
    assert canary.has_tripped
    assert canary.stop(undelivered(1)).code == "target"
    assert [one.fate for one in canary.let_go()] == [Fate.PENDING, Fate.PENDING]


def test_rows_without_an_answer_are_held_until_something_is_accepted() -> None:
    canary = Canary(2)
    canary.take(undelivered(0))
    delivered = Outcome(1, Fate.DELIVERED)
    assert canary.take(delivered) == (undelivered(0), delivered)
    assert canary.take(undelivered(2)) == (undelivered(2),)


def test_two_kinds_of_failure_are_counted_apart() -> None:
    canary = Canary(3)
    for ordinal in range(2):
        canary.take(undelivered(2 * ordinal))
        canary.take(rejected(2 * ordinal + 1))
    assert not canary.has_tripped
    canary.take(rejected(9))
    assert canary.stop(rejected(9)).code == "rejections"


def test_fewer_rows_than_the_canary_are_rejected_at_the_end() -> None:
    canary = Canary(20)
    canary.take(rejected(0))
    assert canary.let_go() == (rejected(0),)


def test_rejections_that_were_let_go_still_count() -> None:
    canary = Canary(2)
    canary.take(rejected(0))
    assert canary.let_go() == (rejected(0),)
    canary.take(rejected(1))
    assert canary.has_tripped
    assert [(one.ordinal, one.fate) for one in canary.let_go()] == [(1, Fate.PENDING)]
    assert canary.held == 0


def unanswered(ordinal: int) -> Outcome:
    return Outcome(ordinal, Fate.UNDELIVERED, http_status=0, code="no-answer", message="refused")


def passed(limit: int) -> Canary:
    canary = Canary(limit)
    canary.take(Outcome(0, Fate.DELIVERED))
    return canary


def test_it_trips_later_when_nobody_answers_any_more_and_gives_the_rows_back() -> None:
    canary = passed(3)
    for ordinal in range(1, 4):
        assert not canary.has_tripped
        assert canary.take(unanswered(ordinal)) == ()
    assert canary.has_tripped
    assert canary.stop(unanswered(3)).code == "target"
    assert "stopped answering" in canary.stop(unanswered(3)).message
    late = Outcome(4, Fate.DELIVERED)
    assert canary.take(late) == (late,)
    assert [(one.ordinal, one.fate) for one in canary.let_go()] == [
        (ordinal, Fate.PENDING) for ordinal in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "answered", [Outcome(3, Fate.DELIVERED), rejected(3), undelivered(3)], ids=lambda one: one.fate
)
def test_any_answer_lets_those_without_one_go_and_counts_anew(answered: Outcome) -> None:
    canary = passed(3)
    assert (canary.take(unanswered(1)), canary.take(unanswered(2))) == ((), ())
    assert canary.take(answered) == (unanswered(1), unanswered(2), answered)
    canary.take(unanswered(4))
    canary.take(unanswered(5))
    assert not canary.has_tripped
    assert canary.let_go() == (unanswered(4), unanswered(5))


def test_a_row_that_was_pending_says_nothing_of_the_target() -> None:
    canary = passed(2)
    pending = Outcome(2, Fate.PENDING, http_status=0)
    canary.take(unanswered(1))
    assert canary.take(pending) == (pending,)
    canary.take(unanswered(3))
    assert canary.has_tripped
