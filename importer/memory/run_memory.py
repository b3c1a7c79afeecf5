"""Asks the memory what a run need not send, and keeps it true while the run sends."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.config import RunConfig
from importer.mapping_file import Mapping
from importer.memory.block_hashes import hashes_of
from importer.memory.sent_rows import SentBlock, SentRows
from importer.memory.unsent import Unsent, says_nothing, until_one_differs
from importer.memory.value_hashes import contradicting, payload_hashes, slots_of
from importer.prepared import Prepared
from importer.records import Fate, Int64s, Outcome
from importer.sieves import taken_out
from importer.stages.recording import (
    PLACE_BITS,
    Found,
    Ledger,
    Overwritten,
    Reader,
    Scope,
    Settled,
    forget,
    in_parts,
    look_up,
    merge_accepted,
    require_partition,
    unchanged_among,
)
from importer.warned import Warned

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_Cell = TypeVar("_Cell", bound=np.generic)


class Orders:
    """Gives rows their orders, greater for the later: their run's number, then their place in it.

    places: where each row stands in another run, whose number it is; None for a run's own rows.
    begin: what the orders of the run's own rows are not below; another's are all older.
    """

    def __init__(self, number: int, places: Int64s | None = None) -> None:
        self._number = np.int64(number) << PLACE_BITS
        self._places = places
        self.begin = int(self._number) if places is None else 2**63 - 1

    def __call__(self, prepared: Prepared, first: int) -> Int64s:
        """Give the orders of a block's rows to send; `first` is its first row's place."""
        places = prepared.index + first
        return self._number + (places if self._places is None else self._places[places])


class RunMemory:
    """The memory's part in one run: a sieve of its blocks, and a witness of its outcomes.

    Before any row of a block is sent, its users are made unknown in a durable commit; only an
    accepted row makes its user known again, in the commit that says that the row is settled.  The
    run's last commit makes those what they were of whom certainly nothing was changed.  A crash may
    leave somebody unknown who need not be, and never the other way round.
    """

    def __init__(
        self,
        ledger: Ledger,
        reader: Reader,
        scope: Scope,
        mapping: Mapping,
        config: RunConfig,
        orders: Orders,
        settled: Settled,
    ) -> None:
        """Begin.

        reader: for the thread that fetches blocks.
        settled: the run's rows that an earlier process saw through.
        """
        self._ledger = ledger
        self._reader = reader
        self._scope = scope
        self._mapping = mapping
        self._config = config
        self._orders = orders
        self._settled = settled
        self._own = slots_of(mapping)
        # The scope may have more slots than this mapping, and others in front.
        self._places = np.array([scope.slots.index(slot) for slot in self._own], np.int64)
        self._contradicting = contradicting(scope.slots, mapping)
        self._unsent = Unsent(mapping)
        refresh = config.refresh_after_seconds
        self._since = 0.0 if refresh is None else time.time() - refresh
        self._sent = SentRows(
            scope,
            ledger.secret,
            # The API accepts such a row also when there is no such user, and then ignores it.
            remembers=not mapping.update_existing_only,
        )

    # --- before rows are sent, in the thread that fetches blocks -------------------------------

    def __call__(self, prepared: Prepared, first: int) -> Prepared:
        """Take out what need not be sent, and make the users of all else unknown."""
        require_partition(prepared)
        # A user's earlier row may be accepted by now, and what it said need not be sent again.
        self._ledger.do(merge_accepted)
        users, values = hashes_of(prepared, self._mapping, self._ledger.secret)
        fresh = ~self._settled.among(prepared.index + first)
        unchanged = fresh & self._unchanged(users, values)
        asked = np.flatnonzero(fresh & ~unchanged)
        found = self._reader(
            lambda connection: look_up(connection, self._scope, users[asked], since=self._since)
        )
        orders = self._orders(prepared, first)
        stale = np.zeros(len(fresh), dtype=bool)
        stale[asked] = (orders[asked] < found.sent) & (not self._config.force)
        left_out = np.zeros(values.shape, dtype=bool)
        before = self._accepted_before(found)
        left_out[asked] = self._unsent.values(
            users[asked], values[asked], before.slots, before.known, stale[asked]
        )
        carried = (values != 0) & ~left_out
        unchanged |= says_nothing(values, left_out)
        going = np.flatnonzero(fresh & ~unchanged & ~stale)
        if len(going):
            self._make_unknown(
                SentBlock(
                    first,
                    ordinals=prepared.index[going] + first,
                    users=users[going],
                    ids=prepared.customer_ids.take(pa.array(going)).to_pylist(),
                    orders=orders[going],
                    payloads=payload_hashes(values[going]),
                    slots=self._spread(values[going]),
                    carried=self._spread(carried[going]),
                    contradicted=carried[going] @ self._contradicting,
                )
            )
        left_out[unchanged] = False
        warned = _warned(prepared, stale, self._protected(left_out))
        shortened = self._unsent.shortened(warned, left_out)
        return taken_out(
            taken_out(shortened, unchanged, Fate.UNCHANGED),
            stale[~unchanged],
            Fate.SUPERSEDED,
        )

    def _protected(self, left_out: Flags) -> list[tuple[str, str, Flags]]:
        """Give each protected attribute with the rows that are sent without it."""
        return [
            ("protected", self._own[place].partition(" ")[2], left_out[:, place])
            for place in np.flatnonzero(self._unsent.protected)
        ]

    def _unchanged(self, users: Words, values: Words) -> Flags:
        """Flag the rows that say exactly what was accepted, where they are not to be sent then."""
        if not (self._config.only_changed or self._unsent.only_changed):
            return np.zeros(len(users), dtype=bool)
        payloads = payload_hashes(values)
        equal = self._reader(
            lambda connection: unchanged_among(
                connection,
                self._scope,
                users,
                payloads,
                since=self._since,
                before=self._orders.begin,
            )
        )
        return until_one_differs(users, equal[:, None])[:, 0]

    def _accepted_before(self, found: Found) -> Found:
        """Give what was accepted before this run, as far as its own rows say no more.

        What it has sent itself does not count: whether that is accepted yet is a matter of luck.
        """
        own = found.sent >= self._orders.begin
        before = np.where(found.fresh & own[:, None], np.uint64(0), found.slots)
        return replace(found, known=found.known & ~own, slots=before[:, self._places])

    def _spread(self, values: npt.NDArray[_Cell]) -> npt.NDArray[_Cell]:
        """Put the columns of the mapping's slots where the scope has them."""
        spread = np.zeros((len(values), len(self._scope.slots)), dtype=values.dtype)
        spread[:, self._places] = values
        return spread

    def _make_unknown(self, block: SentBlock) -> None:
        self._sent.add(block)
        parts = (
            partial(
                forget,
                scope=self._scope,
                users=block.users[rows],
                overruled=block.overruled[rows],
            )
            for rows in in_parts(block.users)
        )
        block.overwritten = Overwritten.of([self._ledger.do(part) for part in parts])

    # --- afterwards, in the event loop's thread ------------------------------------------------

    def settled(self, outcome: Outcome) -> None:
        """Take note of what became of a row that was sent."""
        self._sent.settled(outcome)

    def end(self, drawn: int) -> None:
        """Say that no row is sent any more, and how many of this process were drawn to be."""
        self._sent.end(drawn)

    def take(self) -> Callable[[sqlite3.Connection], None]:
        """Give the work that remembers what was accepted up to now."""
        return self._sent.take()


def _warned(
    prepared: Prepared, stale: Flags, protected: Sequence[tuple[str, str, Flags]]
) -> Prepared:
    """Add what a person should know of rows that are not sent, or not wholly."""
    found = [("stale", "", stale), *protected]
    more = tuple(
        Warned(code, column, int(flags.sum()), int(prepared.index[flags][0]))
        for code, column, flags in found
        if flags.any()
    )
    return replace(prepared, warnings=(*prepared.warnings, *more))
