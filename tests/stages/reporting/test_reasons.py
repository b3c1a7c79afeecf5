from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.stages.reporting import Reason, Reasons

PLAIN = Reason("not-integer", "seq", 1, "users.csv", 8112, 8114, "'x'", "a whole number")

MET = st.lists(
    st.builds(
        Reason,
        code=st.sampled_from(["a", "b"]),
        column=st.sampled_from(["", "x", "y"]),
        count=st.just(1),
        file=st.just("u.csv"),
        row=st.integers(1, 9),
        line=st.just(0),
        found=st.just("f"),
        expected=st.just("e"),
    ),
    max_size=20,
)


def meet(reasons: Reasons, reason: Reason) -> None:
    reasons.add(reason.code, reason.column, lambda: reason)


def counted(met: list[Reason]) -> dict[tuple[str, str], int]:
    reasons = Reasons()
    for reason in met:
        meet(reasons, reason)
    return {(reason.code, reason.column): reason.count for reason in reasons.commonest()}


@given(MET.flatmap(lambda met: st.tuples(st.just(met), st.permutations(met))))
def test_the_counts_do_not_depend_on_the_order(
    orders: tuple[list[Reason], list[Reason]],
) -> None:
    met, shuffled = orders
    expected: Counter[tuple[str, str]] = Counter()
    for reason in met:
        expected[reason.code, reason.column] += reason.count
    assert counted(met) == counted(shuffled) == expected


def test_the_example_is_the_first_that_came() -> None:
    reasons = Reasons()
    for row in (5, 3, 9):
        meet(reasons, replace(PLAIN, row=row))
    assert [(reason.row, reason.count) for reason in reasons.commonest()] == [(5, 3)]


def test_the_commonest_come_first_and_of_equals_the_one_that_came_first() -> None:
    reasons = Reasons()
    for column, rows in {"x": [9], "y": [2, 3], "z": [4]}.items():
        for row in rows:
            meet(reasons, replace(PLAIN, column=column, row=row))
    assert [reason.column for reason in reasons.commonest()] == ["y", "x", "z"]
    assert [reason.column for reason in reasons.commonest(2)] == ["y", "x"]


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({}, 'users.csv row 8112 (line 8114) column "seq"'),
        ({"line": 0}, 'users.csv row 8112 column "seq"'),
        ({"column": ""}, "users.csv row 8112 (line 8114)"),
    ],
)
def test_a_place_is_named_as_a_person_looks_for_it(parts: dict[str, object], place: str) -> None:
    assert replace(PLAIN, **parts).place == place  # type: ignore[arg-type] # a table of parts


def test_a_reason_as_data_has_no_persons_value() -> None:
    assert replace(PLAIN, found="'Asha'").as_dict() == {
        "code": "not-integer",
        "column": "seq",
        "rows": 1,
        "file": "users.csv",
        "row": 8112,
        "line": 8114,
        "expected": "a whole number",
    }
