from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.prepared import Prepared
from importer.records import Fate, Rejection
from importer.sieves import sifted, taken_out
from importer.stages.recording import require_partition


def block_of_six() -> Prepared:
    return Prepared(
        number=0,
        rows=6,
        index=np.array([0, 2, 3, 5], np.int64),
        customer_ids=pa.array(["a", "c", "d", "f"]),
        bodies=pa.array([b"A", b"C", b"D", b"F"], pa.large_binary()),
        filtered=np.array([1], np.int64),
        rejections=(Rejection(4, "enforcing", "id-short", "id", "x", "y"),),
    )


def flags(*places: int) -> npt.NDArray[np.bool_]:
    return np.isin(np.arange(4), places)


def test_taken_rows_have_their_fate_and_no_body() -> None:
    left = taken_out(block_of_six(), flags(1, 2), Fate.UNCHANGED)
    assert left.index.tolist() == [0, 5]
    assert left.customer_ids.to_pylist() == ["a", "f"]
    assert left.bodies.to_pylist() == [b"A", b"F"]
    assert {fate: rows.tolist() for fate, rows in left.fated.items()} == {
        Fate.INVALID: [4],
        Fate.FILTERED: [1],
        Fate.UNCHANGED: [2, 3],
        Fate.SUPERSEDED: [],
    }
    require_partition(left)


def test_each_sieve_sees_what_those_before_it_left() -> None:
    seen: list[tuple[list[int], int]] = []

    def take_first(prepared: Prepared, first: int) -> Prepared:
        seen.append((prepared.index.tolist(), first))
        taken = np.arange(len(prepared.index)) == 0
        return taken_out(prepared, taken, Fate.SUPERSEDED)

    left = sifted(block_of_six(), 7, [take_first, take_first])
    assert seen == [([0, 2, 3, 5], 7), ([2, 3, 5], 7)]
    assert left.superseded.tolist() == [0, 2]
    require_partition(left)
