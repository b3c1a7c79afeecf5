from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.stages.sending.quota import Pacer


def test_slots_are_an_interval_apart_when_all_come_at_once() -> None:
    pacer = Pacer(0.5)
    assert [pacer.reserve(10.0) for _ in range(4)] == [10.0, 10.5, 11.0, 11.5]


def test_nothing_is_made_up_after_idling() -> None:
    pacer = Pacer(0.5)
    pacer.reserve(10.0)
    assert [pacer.reserve(100.0) for _ in range(3)] == [100.0, 100.5, 101.0]


def test_a_pause_voids_the_slots_it_covers_and_no_others() -> None:
    pacer = Pacer(1.0)
    slots = [pacer.reserve(0.0) for _ in range(5)]
    assert pacer.pause_until(0.5, 2.5) == 2.0
    assert [pacer.is_open(slot) for slot in slots] == [False, False, False, True, True]


def test_after_a_pause_slots_are_as_even_as_before() -> None:
    pacer = Pacer(1.0)
    pacer.reserve(0.0)
    pacer.pause_until(0.0, 10.0)
    assert [pacer.reserve(0.0) for _ in range(3)] == [10.0, 11.0, 12.0]


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    pacer = Pacer(1.0)
    pacer.pause_until(0.0, 10.0)
    assert pacer.pause_until(1.0, 5.0) == 0.0
    assert pacer.reserve(1.0) == 10.0
    assert pacer.is_paused(9.9)
    assert not pacer.is_paused(10.0)


def test_an_overlapping_pause_adds_only_what_is_new() -> None:
    pacer = Pacer(1.0)
    pacer.pause_until(0.0, 10.0)
    assert pacer.pause_until(4.0, 12.0) == 2.0


def test_without_a_limit_a_pause_still_holds() -> None:
    pacer = Pacer(0.0)
    assert [pacer.reserve(3.0), pacer.reserve(3.0)] == [3.0, 3.0]
    pacer.pause_until(3.0, 7.0)
    assert [pacer.reserve(3.0), pacer.reserve(3.0)] == [7.0, 7.0]


@given(
    interval=st.sampled_from([0.25, 1.0, 3.0]),
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.none() | st.integers(0, 20)), min_size=1, max_size=40
    ),
)
def test_slots_that_hold_are_never_closer_than_the_interval(
    interval: float, steps: list[tuple[int, int | None]]
) -> None:
    pacer, now, slots = Pacer(interval), 0.0, []
    for passed, pause in steps:
        now += passed
        if pause is not None:
            pacer.pause_until(now, now + pause)
        slots.append(pacer.reserve(now))
        assert slots[-1] >= now
    held = [slot for slot in slots if pacer.is_open(slot)]
    assert all(later - earlier >= interval for earlier, later in pairwise(held))


@pytest.mark.parametrize("interval", [0.0, 0.006])
def test_a_slot_taken_after_the_pause_is_open(interval: float) -> None:
    pacer = Pacer(interval)
    pacer.pause_until(1.0, 2.0)
    assert pacer.is_open(pacer.reserve(1.0))
