"""Turns dates, instants and numbers into words that compare as the values do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ranks = npt.NDArray[np.uint64]
"""Words for each value, the first the weightiest, all 0 where there is none: shape (rows, words)."""

NUMBER_WORDS = 4
_WIDEST = pa.decimal256(76, 38)
"""Every number that is taken fits, whatever narrower type a block of them has."""
_SIGN = np.uint64(1 << 63)


def ranks_of(values: pa.Array, *, higher_wins: bool) -> Ranks:
    """Give the ranks of dates or timestamps (one word) or of numbers (four words).

    higher_wins: whether a higher rank is a higher value, or a lower one.  A null has the lowest
    rank in either case.
    """
    if pa.types.is_date32(values.type):
        words = _signed(values.cast(pa.int32()).cast(pa.int64()))
    elif pa.types.is_timestamp(values.type):
        words = _signed(values.cast(pa.int64()))
    else:
        words = _wide(values)
    ranks = words if higher_wins else ~words
    ranks[np.asarray(pc.is_null(values).to_numpy(zero_copy_only=False))] = 0
    return ranks


def words_of(kind: str) -> int:
    """Give how many words the ranks of a mapping's type have."""
    return NUMBER_WORDS if kind in ("integer", "number") else 1


def _signed(values: pa.Array) -> Ranks:
    plain = np.asarray(pc.fill_null(values, 0).to_numpy(zero_copy_only=False), dtype=np.int64)
    return (plain.view(np.uint64) ^ _SIGN).reshape(-1, 1)


def _wide(values: pa.Array) -> Ranks:
    """Read the 256 bits of decimals, whose words stand in Arrow with the lightest first."""
    wide = pc.cast(pc.fill_null(values, pa.scalar(0, values.type)), _WIDEST)
    buffer = wide.buffers()[1]
    if buffer is None or not len(wide):
        return np.zeros((0, NUMBER_WORDS), np.uint64)
    words = np.frombuffer(buffer, "<u8").reshape(-1, NUMBER_WORDS)
    ranks = words[wide.offset : wide.offset + len(wide), ::-1].copy()
    ranks[:, 0] ^= _SIGN
    return ranks
