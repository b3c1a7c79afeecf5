"""Takes rows out of a prepared block that need no sending: another row, or an earlier run, did it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.prepared import Prepared
from importer.records import Fate, Int64s, Rejection


class Sieve(Protocol):
    """Looks at every block of a run, in order, before its rows are drawn to be sent.

    It may block (a disk, a database), and sees a block again when a run is resumed in its midst.
    first: the place in the run of the block's first row.
    """

    def __call__(self, prepared: Prepared, first: int, /) -> Prepared: ...


def sifted(prepared: Prepared, first: int, sieves: Iterable[Sieve]) -> Prepared:
    """Let each sieve take its rows."""
    for sieve in sieves:
        prepared = sieve(prepared, first)
    return prepared


def taken_out(prepared: Prepared, taken: npt.NDArray[np.bool_], fate: Fate) -> Prepared:
    """Give the block without sending these of its rows to send, which have this fate.

    taken: flags as long as `prepared.index`.  fate: unchanged or superseded.
    """
    if not taken.any():
        return prepared
    left, rows = _without(prepared, taken), prepared.index[taken]
    if fate is Fate.UNCHANGED:
        return replace(left, unchanged=_joined(left.unchanged, rows))
    return replace(left, superseded=_joined(left.superseded, rows))


def refused(prepared: Prepared, reasons: Sequence[Rejection]) -> Prepared:
    """Give the block with these rows, which were to be sent, invalid."""
    if not reasons:
        return prepared
    rows = np.array([reason.index for reason in reasons], np.int64)
    left = _without(prepared, np.isin(prepared.index, rows))
    rejections = sorted([*prepared.rejections, *reasons], key=lambda reason: reason.index)
    return replace(left, rejections=tuple(rejections))


def _without(prepared: Prepared, taken: npt.NDArray[np.bool_]) -> Prepared:
    kept = pa.array(~taken)
    return replace(
        prepared,
        index=prepared.index[~taken],
        customer_ids=prepared.customer_ids.filter(kept),
        bodies=prepared.bodies.filter(kept),
        values=None if prepared.values is None else prepared.values[~taken],
    )


def _joined(some: Int64s, more: Int64s) -> Int64s:
    return np.sort(np.concatenate([some, more]))
