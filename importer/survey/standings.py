"""Finds which rows belong together by their keys, and which of them stands first; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from importer.keys import UserKeys
from importer.ranks import Ranks
from importer.records import Int64s

Records = npt.NDArray[Any]

_NOWHERE = np.int64(2**62)


def entry_type(rank_words: int) -> np.dtype[Any]:
    """Give the record of one row: key, ranks if there are any, and its place in the run."""
    fields: list[tuple[Any, ...]] = [("key", "<u8", (2,))]
    if rank_words:
        fields.append(("rank", "<u8", (rank_words,)))
    return np.dtype([*fields, ("ordinal", "<i8")])


def entries(keys: UserKeys, ranks: Ranks | None, ordinals: Int64s) -> Records:
    """Give the records of some rows."""
    records = np.zeros(len(keys), entry_type(0 if ranks is None else ranks.shape[1]))
    records["key"], records["ordinal"] = keys, ordinals
    if ranks is not None:
        records["rank"] = ranks
    return records


@dataclass(frozen=True)
class Groups:
    """What is known of each key, in the order of the keys; all arrays have one entry per key.

    best: the row that wins; ranks: its ranks, or none.
    first, second: the key's first two rows in the file's order; _NOWHERE where there is one only.
    rows: how many there are.
    """

    keys: UserKeys
    ranks: Ranks
    best: Int64s
    first: Int64s
    second: Int64s
    rows: Int64s

    @property
    def other(self) -> Int64s:
        """Give, where there are several rows, the first that did not win."""
        return np.where(self.best == self.first, self.second, self.first)

    def repeated(self) -> Groups:
        """Give the keys that have several rows."""
        several = self.rows > 1
        return Groups(*(array[several] for array in self._arrays()))

    def _arrays(self) -> tuple[npt.NDArray[Any], ...]:
        return self.keys, self.ranks, self.best, self.first, self.second, self.rows

    def find(self, keys: UserKeys) -> Int64s:
        """Give each key's place here; -1 where it is not here."""
        first = self.keys[:, 0]
        at = np.searchsorted(first, keys[:, 0])
        found = np.full(len(keys), -1, np.int64)
        looking = np.arange(len(keys))
        while len(looking):
            places = at[looking]
            inside = places < len(first)
            inside[inside] = first[places[inside]] == keys[looking[inside], 0]
            looking, places = looking[inside], places[inside]
            same = self.keys[places, 1] == keys[looking, 1]
            found[looking[same]] = places[same]
            looking = looking[~same]
            # Two keys that begin alike are all but unheard of, and stand side by side.
            at[looking] += 1
        return found


def grouped(chunks: Iterable[Records], *, earlier_wins: bool) -> Groups:
    """Group records that come in the order of their rows.

    The highest rank wins.  Among equals the last row does, or the first if `earlier_wins`.
    """
    singles = (_singles(chunk) for chunk in chunks if len(chunk))
    return reduce(lambda one, more: _merged(one, more, earlier_wins=earlier_wins), singles, _NONE)


def _singles(records: Records) -> Groups:
    rows = len(records)
    names = records.dtype.names or ()
    ranks = records["rank"] if "rank" in names else np.zeros((rows, 0), np.uint64)
    ordinals, nowhere = records["ordinal"], np.full(rows, _NOWHERE)
    return Groups(records["key"], ranks, ordinals, ordinals, nowhere, np.ones(rows, np.int64))


_NONE = Groups(
    np.zeros((0, 2), np.uint64),
    np.zeros((0, 0), np.uint64),
    *(np.zeros(0, np.int64) for _ in range(4)),
)


def _merged(one: Groups, more: Groups, *, earlier_wins: bool) -> Groups:
    keys = np.concatenate([one.keys, more.keys])
    ranks = np.concatenate([one.ranks, more.ranks]) if len(one.keys) else more.ranks
    best = np.concatenate([one.best, more.best])
    words = [ranks[:, word] for word in reversed(range(ranks.shape[1]))]
    # The last key of lexsort is the first that counts.
    order = np.lexsort((-best if earlier_wins else best, *words, keys[:, 1], keys[:, 0]))
    keys, best = keys[order], best[order]
    begins = np.ones(len(keys), bool)
    begins[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(keys)) - 1
    first = np.concatenate([one.first, more.first])[order]
    second = np.concatenate([one.second, more.second])[order]
    rows = np.concatenate([one.rows, more.rows])[order]
    earliest = np.minimum.reduceat(first, starts)
    is_earliest = first == np.repeat(earliest, ends - starts + 1)
    next_ones = np.minimum.reduceat(np.where(is_earliest, second, first), starts)
    return Groups(
        keys[starts],
        ranks[order][ends],
        best[ends],
        earliest,
        next_ones,
        np.add.reduceat(rows, starts),
    )
