from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from importer.ranks import ranks_of

NUMBERS = st.decimals(-(10**19), 10**19, places=18)


@given(values=st.lists(NUMBERS, min_size=2, max_size=8))
def test_ranks_compare_as_the_numbers_do(values: list[Decimal]) -> None:
    ranks = [
        tuple(rank)
        for rank in ranks_of(pa.array(values, pa.decimal128(38, 18)), higher_wins=True).tolist()
    ]
    for one, rank in zip(values, ranks, strict=True):
        for other, other_rank in zip(values, ranks, strict=True):
            assert (one < other) == (rank < other_rank)
    turned = [
        tuple(rank)
        for rank in ranks_of(pa.array(values, pa.decimal128(38, 18)), higher_wins=False).tolist()
    ]
    assert sorted(ranks) == [
        rank for _, rank in sorted(zip(turned, ranks, strict=True), reverse=True)
    ]


def test_a_number_has_one_rank_whatever_its_blocks_type_is() -> None:
    kinds = (pa.int64(), pa.decimal128(38, 0), pa.decimal128(38, 18), pa.decimal256(76, 38))
    for number in (5, 0, -7):
        found = {
            tuple(
                ranks_of(pa.array([number]).cast(pa.int64()).cast(kind), higher_wins=True)[
                    0
                ].tolist()
            )
            for kind in kinds
        }
        assert len(found) == 1


def test_nothing_ranks_lowest_either_way() -> None:
    instants = pa.array(
        [datetime(1, 1, 1, tzinfo=UTC), None, datetime(9999, 1, 1, tzinfo=UTC)],
        pa.timestamp("us", "UTC"),
    )
    days = pa.array([date(1, 1, 1), None, date(9999, 12, 31)])
    numbers = pa.array([-(2**63), None, 2**63 - 1], pa.int64())
    for values in (instants, days, numbers):
        for higher_wins in (True, False):
            ranks = [tuple(rank) for rank in ranks_of(values, higher_wins=higher_wins).tolist()]
            assert ranks[1] < min(ranks[0], ranks[2])
            assert (ranks[0] < ranks[2]) == higher_wins
