from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import Defect
from importer.prepared import Prepared
from importer.records import Fate, Rejection
from importer.stages.recording import Tally, require_partition


@pytest.mark.parametrize("settled_between", [0, 1, 5])
def test_a_row_that_gets_two_fates_is_a_defect(settled_between: int) -> None:
    tally = Tally()
    tally.settle(3, Fate.DELIVERED)
    for ordinal in range(min(settled_between, 3)):
        tally.settle(ordinal, Fate.DELIVERED)
    with pytest.raises(Defect, match="row number 4 of the run got two fates"):
        tally.settle(3, Fate.REJECTED)


@given(st.permutations(range(12)), st.lists(st.sampled_from(Fate), min_size=12, max_size=12))
def test_settling_in_any_order_counts_every_row_once(order: list[int], fates: list[Fate]) -> None:
    tally = Tally()
    settled = set()
    for ordinal in order:
        tally.settle(ordinal, fates[ordinal])
        if fates[ordinal] is not Fate.PENDING:
            settled.add(ordinal)
        assert set(range(tally.watermark)) <= settled
        assert tally.watermark not in settled
    tally.require_sum(12)
    assert {fate: fates.count(fate) for fate in Fate} == tally.fates


def test_every_fate_is_counted_from_the_start() -> None:
    assert Tally().fates == dict.fromkeys(Fate, 0)


@pytest.mark.parametrize("rows", [2, 4])
def test_a_sum_that_is_off_is_a_defect(rows: int) -> None:
    tally = Tally()
    tally.settle_all(np.array([0, 1]), Fate.DELIVERED)
    tally.add(Fate.PENDING, 1)
    tally.require_sum(3)
    with pytest.raises(Defect, match=f"add up to 3 for {rows} rows") as caught:
        tally.require_sum(rows)
    assert caught.value.exit_code == 70


def prepared(rows: int, send: list[int], filtered: list[int], invalid: list[int]) -> Prepared:
    return Prepared(
        number=5,
        rows=rows,
        index=np.array(send, dtype=np.int64),
        customer_ids=pa.array([str(index) for index in send], pa.string()),
        bodies=pa.array([b"{}" for _ in send], pa.binary()),
        filtered=np.array(filtered, dtype=np.int64),
        rejections=tuple(Rejection(index, "coercing", "c", "a", "x", "y") for index in invalid),
    )


@given(st.lists(st.sampled_from(["send", "filtered", "invalid"]), max_size=20))
def test_a_block_whose_rows_all_go_one_way_each_passes(ways: list[str]) -> None:
    rooms: dict[str, list[int]] = {"send": [], "filtered": [], "invalid": []}
    for index, way in enumerate(ways):
        rooms[way].append(index)
    # A row may have several reasons and is still one row.
    require_partition(prepared(len(ways), **{**rooms, "invalid": rooms["invalid"] * 2}))


@given(
    st.lists(st.sampled_from(["send", "filtered", "invalid"]), min_size=1, max_size=20), st.data()
)
def test_a_row_lost_or_doubled_while_preparing_is_a_defect(
    ways: list[str], data: st.DataObject
) -> None:
    rooms: dict[str, list[int]] = {"send": [], "filtered": [], "invalid": []}
    for index, way in enumerate(ways):
        rooms[way].append(index)
    victim = data.draw(st.integers(0, len(ways) - 1))
    other = {"send": "filtered", "filtered": "invalid", "invalid": "send"}[ways[victim]]
    kind = data.draw(st.sampled_from(["lost", "two ways", "beyond the block"]))
    if kind == "lost":
        rooms[ways[victim]].remove(victim)
    elif kind == "two ways":
        rooms[other].append(victim)
    else:
        rooms["send"].append(len(ways))
    with pytest.raises(Defect, match="block 5: rows were lost or doubled"):
        require_partition(prepared(len(ways), **rooms))


def test_a_row_that_is_sent_twice_is_a_defect() -> None:
    with pytest.raises(Defect):
        require_partition(prepared(2, [0, 1, 1], [], []))


def test_many_rows_are_settled_at_once_as_they_are_one_by_one() -> None:
    together, singly = Tally(), Tally()
    for rows in ([5, 7, 9], [0, 1, 2], [3, 4], [6], [11, 10]):
        together.settle_all(np.array(rows), Fate.UNCHANGED)
        for row in rows:
            singly.settle(row, Fate.UNCHANGED)
        assert together.watermark == singly.watermark
        assert together.settled.above.tolist() == singly.settled.above.tolist()
    assert together.fates == singly.fates
    for again in ([0], [9], [12, 12]):
        with pytest.raises(Defect):
            together.settle_all(np.array(again), Fate.UNCHANGED)
