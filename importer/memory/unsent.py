"""Decides which values are left out of bodies, because exactly they were accepted before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.mapping_file import Mapping
from importer.memory.bodies import without
from importer.memory.value_hashes import slots_of
from importer.moengage.names import PLATFORMS_KEY
from importer.prepared import Prepared
from importer.records import Int64s

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]


class Unsent:
    """What one mapping's bodies need not carry.

    only_changed: whether that is whatever has not changed.  protected: the slots of which it is so
    in any case.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._own = slots_of(mapping)
        self._rules = len(mapping.unset)
        protected = {
            f"{entry.update} {entry.name}" for entry in mapping.attributes if entry.protect
        }
        self.only_changed = mapping.send == "changed"
        self.protected = np.array([slot in protected for slot in self._own], bool)
        self._platforms = np.array([slot.startswith("platform ") for slot in self._own], bool)

    def values(
        self, users: Words, values: Words, before: Words, known: Flags, stale: Flags
    ) -> Flags:
        """Flag the values of a block's rows that are left out; shape (rows, slots).

        before: what was accepted of the rows' users.  known: whether that is what the server has.
        stale: rows that are not sent, whatever they say.
        """
        left_out = self._values(users, values, before, known) & ~stale[:, None]
        if self.only_changed:
            # From a user's first row that goes on, he is unknown, in this block as in the next.
            goes = ~stale & ~says_nothing(values, left_out)
            known = known & ~any_before(users, goes[:, None])[:, 0]
            left_out = self._values(users, values, before, known) & ~stale[:, None]
        return left_out

    def _values(self, users: Words, values: Words, before: Words, known: Flags) -> Flags:
        same = (values == before) & (values != 0)
        same &= self.protected | (known & self.only_changed)[:, None]
        # The platforms are one value of the payload.
        whole = (same | (values == 0))[:, self._platforms].all(axis=1)
        same[:, self._platforms] &= whole[:, None]
        return np.asarray(same & until_one_differs(users, same | (values == 0)))

    def shortened(self, prepared: Prepared, left_out: Flags) -> Prepared:
        """Take the values that are left out off the bodies."""
        rows = np.flatnonzero(left_out.any(axis=1))
        if not len(rows):
            return prepared
        bodies = prepared.bodies.to_pylist()
        for row in rows.tolist():
            places = np.flatnonzero(left_out[row]).tolist()
            slots = {
                PLATFORMS_KEY if self._platforms[place] else self._own[place] for place in places
            }
            body = without(bodies[row], frozenset(slots), self._rules)
            bodies[row] = bodies[row] if body is None else body
        return replace(prepared, bodies=pa.array(bodies, pa.large_binary()))


def says_nothing(values: Words, left_out: Flags) -> Flags:
    """Flag the rows of which nothing is left: they have nothing to say that was not said."""
    return np.asarray(left_out.any(axis=1) & ~((values != 0) & ~left_out).any(axis=1))


def until_one_differs(users: Words, same: Flags) -> Flags:
    """Flag the rows that are the same, and before which no row of their user in the block is not.

    same: shape (rows, any); the columns are looked at one by one.
    """
    return np.asarray(same & ~any_before(users, ~same))


def any_before(users: Words, flags: Flags) -> Flags:
    """Tell of each row whether one of its user's rows before it in the block is flagged.

    flags: shape (rows, any); the columns are looked at one by one.
    """
    order = np.argsort(users[:, 0], kind="stable")
    ordered = users[order, 0]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(users)])
    if len(begins) == len(users):
        return np.zeros_like(flags)
    counts: Int64s = np.cumsum(flags[order], axis=0) - flags[order]
    lengths = np.diff(np.r_[begins, len(users)])
    spread = np.empty_like(flags)
    spread[order] = counts > np.repeat(counts[begins], lengths, axis=0)
    return spread
