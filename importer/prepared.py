"""Holds a block whose rows are ready to be sent, or have their fate already."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.keys import UserKeys
from importer.ranks import Ranks
from importer.records import Fate, Int64s, Rejection
from importer.warned import Warned


def no_rows() -> Int64s:
    """Give an empty set of positions."""
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Standing:
    """What a survey of the whole source is told of a block's rows to send (see survey/).

    All have one entry for each of `Prepared.index`.
    keys: of the customer ids (see keys.py).
    ranks: of the values that say which row of a user is the last; None where the file's order does.
    values: of each attribute that says `unique: true`, in the mapping's order; 0 and 0 is none.
    parts: what their payloads are made of (see stages/building/merging.py), if it was asked for.
    """

    keys: UserKeys
    ranks: Ranks | None
    values: tuple[UserKeys, ...]
    parts: pa.Table | None = None


@dataclass(frozen=True)
class Prepared:
    """What is left of a block when everything but sending is done.

    number, rows: of its block; every position 0..rows-1 stands in exactly one of `index`,
        `filtered`, `unchanged`, `superseded` and the positions of `rejections`.
    index: positions of the rows to send (int64, ascending).
    customer_ids, bodies: of those rows (pa.StringArray, pa.BinaryArray; same length).
    filtered: positions that the mapping's `where:` leaves out.
    rejections: all reasons of all invalid rows; one row may have several.
    left_out: bad values that `bad_value: leave_out` kept out of rows that are sent.
    warnings: what the rules say of rows that are sent all the same.
    keys: of all rows of the block (see keys.py), if they were asked for.
    values: hashes of what the rows to send say (see value_hashes.py), shape (rows to send, slots),
        if they were asked for.
    rebuilt: positions of rows whose bodies a sieve has exchanged; `values` does not speak of them.
    unchanged, superseded: positions that a sieve took out of `index` (see sieves.py).
    standing: what a survey is told; only where one is made.
    """

    number: int
    rows: int
    index: Int64s
    customer_ids: pa.StringArray
    bodies: pa.BinaryArray
    filtered: Int64s
    rejections: tuple[Rejection, ...] = ()
    left_out: tuple[Rejection, ...] = ()
    warnings: tuple[Warned, ...] = ()
    keys: npt.NDArray[np.uint64] | None = None
    values: npt.NDArray[np.uint64] | None = None
    rebuilt: Int64s = field(default_factory=no_rows)
    unchanged: Int64s = field(default_factory=no_rows)
    superseded: Int64s = field(default_factory=no_rows)
    standing: Standing | None = None

    @property
    def fated(self) -> dict[Fate, Int64s]:
        """Give the positions of the rows that have their fate without being sent."""
        invalid = sorted({reason.index for reason in self.rejections})
        return {
            Fate.INVALID: np.array(invalid, np.int64),
            Fate.FILTERED: self.filtered,
            Fate.UNCHANGED: self.unchanged,
            Fate.SUPERSEDED: self.superseded,
        }

    def chosen_bodies(self, places: Int64s) -> pa.BinaryArray:
        """Give the bodies of some rows to send; those of all of them without a copy."""
        if len(places) == len(self.bodies):
            return self.bodies
        return self.bodies.take(pa.array(places))
