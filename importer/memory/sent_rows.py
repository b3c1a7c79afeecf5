"""Follows sent rows until what became of them is written into the memory."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt

from importer.keys import sealed
from importer.records import Fate, Int64s, Outcome
from importer.stages.recording import (
    Accepted,
    Overwritten,
    Scope,
    merge_accepted,
    note_accepted,
    put_back,
)

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]


@dataclass(eq=False)
class SentBlock:
    """The rows of a block that are sent.

    ordinals: their places in the run, ascending.  users, orders, payloads, slots: as in Accepted.
    ids: their customer ids.
    carried: which values are in the bodies.  contradicted: which others are then no longer true.
    overruled: both: what earlier bodies said of them holds no longer.
    kept: whose hashes hold once a row is accepted: those that its body carries, and no later one of
        the same user overrules.
    last: whether no later row of its user was sent.
    open: how many of the rows are not yet settled and written down.
    touched: whether a row may have changed its user.
    overwritten: what was known of its users, once they have been made unknown.
    """

    first: int
    ordinals: Int64s
    users: Words
    ids: Sequence[str]
    orders: Int64s
    payloads: Words
    slots: Words
    carried: Flags
    contradicted: Flags

    def __post_init__(self) -> None:
        self.overruled = self.carried | self.contradicted
        self.open = len(self.ordinals)
        self.touched = np.zeros(len(self.ordinals), dtype=bool)
        self.overwritten: Overwritten | None = None
        self.kept = self.carried.copy()
        self.last = np.ones(len(self.ordinals), dtype=bool)
        self._give_way_to_own()

    def _give_way_to_own(self) -> None:
        """Let the later of two rows of one user overrule the earlier."""
        order = np.argsort(self.users[:, 0], kind="stable")
        ordered = self.users[order]
        doubled = np.flatnonzero((ordered[1:] == ordered[:-1]).all(axis=1))
        self.last[order[doubled]] = False
        # From the last on, so that a row gives way to all that come after it.
        later = self.overruled.copy()
        for place in doubled[::-1].tolist():
            earlier, following = order[place], order[place + 1]
            self.kept[earlier] &= ~later[following]
            later[earlier] |= later[following]

    def to_put_back(self) -> Overwritten | None:
        """Give what was known of those users of whom no row here may have changed anything."""
        if self.overwritten is None:
            return None
        touched = self.users[self.touched, 0]
        return self.overwritten.only(~np.isin(self.overwritten.users[:, 0], touched))

    def give_way_to(self, block: SentBlock) -> None:
        """Let rows of the same users in a later block overrule those of this one."""
        mine = np.flatnonzero(np.isin(self.users[:, 0], block.users[:, 0]))
        if not len(mine):
            return
        overruled: dict[bytes, Flags] = {}
        theirs = np.flatnonzero(np.isin(block.users[:, 0], self.users[mine, 0]))
        for place in theirs.tolist():
            user = block.users[place].tobytes()
            overruled[user] = overruled.get(user, False) | block.overruled[place]
        for place in mine.tolist():
            found = overruled.get(self.users[place].tobytes())
            if found is not None:
                self.last[place] = False
                self.kept[place] &= ~found


class SentRows:
    """The rows that were sent and whose outcome is not yet in the memory.

    Blocks come from the thread that fetches them, outcomes from the event loop's, and the ledger's
    writer puts both together and writes down what they give.
    """

    def __init__(self, scope: Scope, secret: bytes, *, remembers: bool) -> None:
        """Begin; `remembers` tells whether an accepted row makes its user known at all."""
        self._secret = secret
        self._remembers = remembers
        self._scope = scope
        # Held while a block is added, and while what a later one may overrule is looked at.
        self._lock = Lock()
        self._blocks: list[SentBlock] = []
        self._outcomes: list[Outcome] = []
        self._told = 0
        self._drawn: int | None = None

    def add(self, block: SentBlock) -> None:
        """Follow a block's rows; their users must be made unknown after this, not before.

        An earlier row of the same user, whose acceptance may just be written, is overruled from
        now on; if it is written all the same, making him unknown comes behind it.
        """
        with self._lock:
            for earlier in self._blocks:
                earlier.give_way_to(block)
            self._blocks.append(block)

    def settled(self, outcome: Outcome) -> None:
        """Take note of what became of a row."""
        self._outcomes.append(outcome)

    def end(self, drawn: int) -> None:
        """Have the users of untouched rows put back; `drawn` is how many rows were drawn in all.

        If not all of them were settled here, nobody can tell which were touched, and none is.
        """
        self._drawn = drawn

    def take(self) -> Callable[[sqlite3.Connection], None]:
        """Give the work that remembers what was accepted up to now."""
        outcomes, self._outcomes = self._outcomes, []
        drawn, self._drawn = self._drawn, None

        def write(connection: sqlite3.Connection) -> None:
            self._write(connection, outcomes)
            if drawn is not None:
                merge_accepted(connection)
            if drawn == self._told:
                self._put_back(connection)

        return write

    def _write(self, connection: sqlite3.Connection, outcomes: Sequence[Outcome]) -> None:
        self._told += len(outcomes)
        # The block of an untouched row stays open, as that of a row which was never drawn does.
        touched = [outcome for outcome in outcomes if not outcome.untouched]
        if not touched:
            return
        ordinals = np.array([outcome.ordinal for outcome in touched], np.int64)
        accepted = np.array([outcome.fate is Fate.DELIVERED for outcome in touched], bool)
        parts = []
        for block, among in self._by_block(ordinals):
            places = np.searchsorted(block.ordinals, ordinals[among])
            block.touched[places] = True
            block.open -= len(places)
            parts.append((block, places[accepted[among]]))
        if self._remembers and accepted.any():
            note_accepted(connection, self._scope, self._accepted(parts))
        with self._lock:
            self._blocks = [block for block in self._blocks if block.open]

    def _by_block(self, ordinals: Int64s) -> Iterator[tuple[SentBlock, Int64s]]:
        """Part rows by their blocks, and give their places in `ordinals`, in the order given."""
        with self._lock:
            blocks = list(self._blocks)
        at = np.searchsorted([block.first for block in blocks], ordinals, side="right") - 1
        for number in np.unique(at).tolist():
            yield blocks[number], np.flatnonzero(at == number)

    def _accepted(self, parts: Sequence[tuple[SentBlock, Int64s]]) -> Accepted:
        # Blocks are in the run's order, and one user's rows are settled in it.
        users = np.concatenate([block.users[places] for block, places in parts])
        ids = [block.ids[place] for block, places in parts for place in places.tolist()]
        # Only these two change while a row waits, when a later one overrules it.
        with self._lock:
            carried = np.concatenate([block.kept[places] for block, places in parts])
            last = np.concatenate([block.last[places] for block, places in parts])
        return Accepted(
            users=users,
            orders=np.concatenate([block.orders[places] for block, places in parts]),
            at=np.full(len(ids), int(time.time()), np.int64),
            payloads=np.concatenate([block.payloads[places] for block, places in parts]),
            slots=np.concatenate([block.slots[places] for block, places in parts]),
            carried=carried,
            last=last,
            names=sealed(ids, users, self._secret),
        )

    def _put_back(self, connection: sqlite3.Connection) -> None:
        # A user was known when a block overwrote him only if his rows before it were through, and
        # his rows after an untouched one are untouched too, because they are sent in order.
        with self._lock:
            blocks = list(self._blocks)
        for block in blocks:
            overwritten = block.to_put_back()
            if overwritten is not None:
                put_back(connection, self._scope, overwritten)
