from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.survey.standings import entries, grouped

# Few words, so that keys that differ only in their second word meet.
KEYS = st.tuples(st.integers(0, 2), st.integers(0, 3))
ROWS = st.lists(st.tuples(KEYS, st.integers(0, 3)), min_size=1, max_size=30)


@pytest.mark.parametrize("earlier_wins", [False, True])
@given(rows=ROWS, cuts=st.sets(st.integers(1, 29)))
def test_groups_are_the_same_however_their_rows_are_cut_into_chunks(
    rows: list[tuple[tuple[int, int], int]], cuts: set[int], earlier_wins: bool
) -> None:
    keys = np.array([key for key, _ in rows], np.uint64)
    ranks = np.array([[rank] for _, rank in rows], np.uint64)
    records = entries(keys, ranks, np.arange(len(rows), dtype=np.int64))
    groups = grouped(np.split(records, sorted(cuts)), earlier_wins=earlier_wins)
    expected: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (key, _) in enumerate(rows):
        expected[key].append(number)
    assert [tuple(key) for key in groups.keys.tolist()] == sorted(expected)
    for at, key in enumerate(sorted(expected)):
        numbers = expected[key]
        sign = -1 if earlier_wins else 1
        best = max(numbers, key=lambda number: (rows[number][1], sign * number))
        assert (groups.best[at], groups.rows[at]) == (best, len(numbers))
        assert groups.first[at] == numbers[0]
        if len(numbers) > 1:
            assert groups.second[at] == numbers[1]
            assert groups.other[at] == next(number for number in numbers if number != best)
    several = groups.repeated()
    places = several.find(keys)
    for number, (key, _) in enumerate(rows):
        if len(expected[key]) == 1:
            assert places[number] == -1
        else:
            assert several.keys[places[number]].tolist() == list(key)
