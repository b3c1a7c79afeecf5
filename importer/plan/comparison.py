"""Compares a source with what is remembered of its users: who is new, changed, unchanged, gone."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from importer.keys import opened
from importer.mapping_file import Mapping
from importer.memory.block_hashes import hashes_of
from importer.memory.unsent import Unsent, says_nothing
from importer.memory.value_hashes import UNSET_RULES, payload_hashes, slots_of, unset_hash
from importer.plan.blanks import newly_blank
from importer.prepared import Prepared
from importer.records import Fate, Int64s
from importer.sieves import taken_out
from importer.stages.recording import (
    Found,
    Scope,
    Spill,
    key_order,
    known_payloads,
    look_up,
    remembered_users,
    unchanged_among,
)

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_USER = np.dtype([("user", "<u8", (2,))])
_FIRST_BYTES = 256


class Comparison:
    """What a source would change, block by block; a Sieve that takes unchanged rows out if asked.

    new: rows of users of whom nothing was ever accepted.
    unsure: of users of whom something was accepted, and whose last request may have arrived, or not.
    changed, unchanged: of users of whom it is known what they were last sent.
    changed_by, newly_blank, unset: attribute -> rows whose value of it is another than was last
        accepted, is blank and was not in the last accepted row, or is removed in MoEngage.
    new_attributes: those that no run has sent before.
    payload_bytes: of the rows that would be sent.

    only_changed, leaves_out: whether unchanged rows would not be sent.
    refresh_after_seconds: after which unchanged users are sent all the same; None for never.
    folder: where the users of the source are noted, for `gone`; None notes none.
    """

    def __init__(
        self,
        reader: sqlite3.Connection | None,
        scope: Scope | None,
        mapping: Mapping,
        secret: bytes,
        *,
        only_changed: bool,
        refresh_after_seconds: float | None = None,
        folder: Path | None = None,
    ) -> None:
        """Begin; reader and scope are None where nothing is remembered."""
        self.new = self.unsure = self.changed = self.unchanged = self.payload_bytes = 0
        self.changed_by: Counter[str] = Counter()
        self.newly_blank: Counter[str] = Counter()
        self.unset: Counter[str] = Counter()
        self._reader = reader
        self._scope = scope
        self._mapping = mapping
        self._secret = secret
        self.leaves_out = only_changed or mapping.send == "changed"
        self._unsent = Unsent(mapping)
        self._since = 0.0 if refresh_after_seconds is None else time.time() - refresh_after_seconds
        self._own = slots_of(mapping)
        self._unset_hashes = {
            place: unset_hash(slot, secret)
            for place, (slot, entry) in enumerate(zip(self._own, mapping.attributes, strict=False))
            if entry.blank == "unset"
        }
        self._users = (
            None
            if folder is None
            else Spill(folder, "users", _USER, lambda users: _by_first_byte(users["user"]))
        )
        known = () if scope is None else scope.slots
        self._places = [known.index(slot) if slot in known else -1 for slot in self._own]
        self.new_attributes = tuple(
            _label(slot) for slot, at in zip(self._own, self._places, strict=True) if at < 0
        )

    @property
    def known(self) -> int:
        """The rows of users of whom it is known what they were last sent."""
        return self.changed + self.unchanged

    def __call__(self, prepared: Prepared, _first: int) -> Prepared:
        """Compare a block's rows to send."""
        users, values = hashes_of(prepared, self._mapping, self._secret)
        if prepared.keys is not None:
            self._note_users(prepared.keys)
        found = self._found(users)
        before = self._before(found, len(users))
        seen = found.sent > 0
        equal = found.known & self._unchanged(users, payload_hashes(values))
        left_out = self._left_out(users, values, before)
        # A row of which nothing is left is not sent, whoever asks for what.
        silent = says_nothing(values, left_out)
        unchanged = equal | silent
        changed = found.known & ~unchanged
        self.new += int((~seen).sum())
        self.unsure += int((seen & ~found.known & ~silent).sum())
        self.changed += int(changed.sum())
        self.unchanged += int(unchanged.sum())
        self._count_attributes(users, changed, values, before)
        taken = silent | (equal & self.leaves_out)
        shortened = self._unsent.shortened(prepared, left_out)
        left = taken_out(shortened, taken, Fate.UNCHANGED)
        self._count_unset(np.where(left_out, np.uint64(0), values)[~taken])
        self.payload_bytes += _bytes(left)
        return left

    def _found(self, users: Words, since: float = 0.0) -> Found:
        if self._reader is None or self._scope is None:
            nobody, nothing = np.zeros(len(users), np.int64), np.zeros((len(users), 0), np.uint64)
            return Found(nobody > 0, nobody, nothing, nothing > 0)
        return look_up(self._reader, self._scope, users, since=since)

    def _left_out(self, users: Words, values: Words, before: Words) -> Flags:
        """Flag the values that bodies would not carry."""
        known = self._found(users, self._since).known
        return self._unsent.values(users, values, before, known, np.zeros(len(users), bool))

    def _before(self, found: Found, rows: int) -> Words:
        """Give the hashes of what was accepted, for the slots of this mapping."""
        before = np.zeros((rows, len(self._own)), np.uint64)
        for place, at in enumerate(self._places):
            if at >= 0:
                before[:, place] = found.slots[:, at]
        return before

    def _unchanged(self, users: Words, payloads: Words) -> Flags:
        if self._reader is None or self._scope is None:
            return np.zeros(len(users), bool)
        return unchanged_among(self._reader, self._scope, users, payloads, since=self._since)

    def _count_attributes(self, users: Words, changed: Flags, values: Words, before: Words) -> None:
        other = (values != before) & changed[:, None]
        blank = other & (values == 0)
        new = self._newly_blank(users, blank, before)
        for place, slot in enumerate(self._own):
            label = _label(slot)
            self.changed_by[label] += int((other & ~blank)[:, place].sum())
            self.newly_blank[label] += int(new[:, place].sum())

    def _newly_blank(self, users: Words, blank: Flags, before: Words) -> Flags:
        """Flag the blank values that were there in the last accepted row of their user."""
        asked = np.flatnonzero(blank.any(axis=1))
        if self._reader is None or self._scope is None or not len(asked):
            return blank
        asked = asked[key_order(users[asked])]
        places, payloads = known_payloads(self._reader, self._scope, users[asked])
        rows, new = asked[places], blank.copy()
        new[rows] = newly_blank(blank[rows], before[rows], payloads)
        return new

    def _count_unset(self, values: Words) -> None:
        for place, mark in self._unset_hashes.items():
            self.unset[_label(self._own[place])] += int((values[:, place] == mark).sum())
        if UNSET_RULES in self._own:
            self.unset[UNSET_RULES] += int((values[:, -1] != 0).sum())

    # --- who is gone -------------------------------------------------------------------------

    def _note_users(self, keys: Words) -> None:
        if self._users is not None:
            users = np.zeros(int(keys.any(axis=1).sum()), _USER)
            users["user"] = keys[keys.any(axis=1)]
            self._users.add(users)

    def gone(self) -> Iterator[Sequence[str | None]]:
        """Give, some at a time, the ids of users who were sent before and are not in the source.

        An id is None where it was too long to be kept.  Ask once, after the last block.
        """
        awaited = 0
        for number, present in self._users_by_first_byte():
            for absent in range(awaited, number):
                yield self._missing(absent, frozenset())
            yield self._missing(number, present)
            awaited = number + 1
        for absent in range(awaited, _FIRST_BYTES):
            yield self._missing(absent, frozenset())

    def _users_by_first_byte(self) -> Iterator[tuple[int, frozenset[bytes]]]:
        for part in self._users.parts() if self._users is not None else ():
            users = np.concatenate([chunk["user"] for chunk in part.chunks()])
            firsts = _by_first_byte(users)
            for number in np.unique(firsts).tolist():
                found = users[firsts == number].tobytes()
                yield number, frozenset(found[at : at + 16] for at in range(0, len(found), 16))

    def _missing(self, first_byte: int, present: frozenset[bytes]) -> Sequence[str | None]:
        if self._reader is None or self._scope is None:
            return ()
        known = remembered_users(self._reader, self._scope, first_byte)
        return [
            None if sealed is None else opened(user, sealed, self._secret)
            for user, sealed in known
            if user not in present
        ]


def _by_first_byte(users: Words) -> Int64s:
    # The first byte of a key, as the ledger has it, is the lowest of its first word.
    return np.asarray(users[..., 0] & np.uint64(0xFF)).astype(np.int64)


def _label(slot: str) -> str:
    """Give what a slot is called in a report: the attribute's name, mostly."""
    verb, _, name = slot.partition(" ")
    return {"replace": name, "platform": f"platforms {name}"}.get(verb, slot)


def _bytes(prepared: Prepared) -> int:
    lengths = pc.sum(pc.binary_length(prepared.bodies)).as_py()
    return int(lengths or 0)
