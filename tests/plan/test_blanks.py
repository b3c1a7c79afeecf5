from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.memory.value_hashes import payload_hashes
from importer.plan.blanks import Flags, Words, newly_blank

NAMES = "abcdefgh"
HASHES: Words = np.random.default_rng(7).integers(1, 2**63, len(NAMES), np.uint64) * np.uint64(2)


def among(names: str) -> Flags:
    return np.array([name in names for name in NAMES])


def said(names: str) -> Words:
    return np.where(among(names), HASHES, np.uint64(0))


def found(remembered: str, last: str, now: str, extra: int = 0) -> str:
    """Give which values are newly blank, where the last row had some of those remembered."""
    before = said(remembered)
    blank = (before != 0) & ~among(now)
    payload = said(last).sum(keepdims=True) + np.uint64(extra)
    flags = newly_blank(blank[None, :], before[None, :], payload)
    return "".join(name for name, flag in zip(NAMES, flags[0], strict=True) if flag)


@pytest.mark.parametrize(
    ("remembered", "last", "now", "new"),
    [
        ("abc", "abc", "ac", "b"),
        ("abc", "ac", "ac", ""),
        ("abc", "ab", "a", "b"),
        ("abcd", "ab", "a", "b"),
        ("bcd", "bcd", "a", "bcd"),
        ("abc", "a", "a", ""),
        ("abc", "b", "ab", ""),
        ("abcd", "bd", "ab", "d"),
        ("abcdefgh", "a", "a", ""),
        ("abcdefgh", "abcdefgh", "a", "bcdefgh"),
        ("abcdefgh", "afgh", "a", "fgh"),
        ("abcdefgh", "abc", "a", "bcdefgh"),
        ("abcd", "d", "abc", "d"),
    ],
    ids=[
        "was there",
        "was blank already",
        "one was there, one was not",
        "one was there, two were not",
        "all were there",
        "none was there",
        "another one came back at once",
        "one came back, one was lost, one was blank already",
        "many were blank already",
        "many were lost",
        "among many, some of the first were blank already",
        "among many, others were: all count",
        "two came back at once: all count",
    ],
)
def test_a_blank_is_new_if_the_last_row_had_the_value(
    remembered: str, last: str, now: str, new: str
) -> None:
    assert found(remembered, last, now) == new


def test_where_the_last_row_said_something_that_is_not_known_every_blank_counts() -> None:
    assert found("abc", "ac", "ac", extra=2**63) == "b"


WORDS = st.sampled_from(range(16)).map(
    lambda bits: "".join(name for at, name in enumerate("abcd") if bits >> at & 1)
)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=20))
def test_up_to_four_blanks_are_told_apart_row_by_row(rows: list[tuple[str, str]]) -> None:
    # What the last row had not, this one has not either; e is always there.
    before = np.array([said("abcde")] * len(rows))
    last = np.array([said(lasting + lost + "e") for lasting, lost in rows])
    blank = np.array([among("abcd") & ~among(lasting) for lasting, _ in rows])
    expected = np.array([among(lost) & ~among(lasting) for lasting, lost in rows])
    assert (newly_blank(blank, before, payload_hashes(last)) == expected).all()
