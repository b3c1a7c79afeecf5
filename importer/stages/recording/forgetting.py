"""Makes users unknown before their rows are sent, and known as they were if none was sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from importer.records import Int64s
from importer.stages.recording.accepting import merge_accepted
from importer.stages.recording.memory import (
    WORD_BYTES,
    key_order,
    known_payloads,
    look_up,
    over_places,
)
from importer.stages.recording.memory_scopes import Scope

Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

_FORGOTTEN_TOGETHER = 8_192
# The limit that is none keeps the places from being joined behind the whole memory.
_FORGET = over_places("""
UPDATE memory SET payload = NULL, slots = asked.slots
FROM (
    SELECT substr(:users, i * 16 + 1, 16) AS user, substr(:slots, i * :width + 1, :width) AS slots
    FROM n LIMIT -1
) AS asked
WHERE memory.scope = :scope AND memory.user = asked.user
""")
_PUT_BACK = over_places("""
UPDATE memory SET payload = asked.payload, slots = asked.slots
FROM (
    SELECT substr(:users, i * 16 + 1, 16) AS user, substr(:payloads, i * 8 + 1, 8) AS payload,
        substr(:sent, i * 8 + 1, 8) AS sent, substr(:slots, i * :width + 1, :width) AS slots
    FROM n LIMIT -1
) AS asked
WHERE memory.scope = :scope AND memory.user = asked.user
    AND memory.payload IS NULL AND memory.sent = asked.sent
""")


@dataclass(frozen=True)
class Overwritten:
    """What was known of users before they were made unknown; an entry for each, in key order.

    slots: shape (users, slots), as the table has them.
    """

    users: Words
    payloads: Words
    sent: Int64s
    slots: Words

    @classmethod
    def of(cls, parts: Sequence[Overwritten]) -> Overwritten:
        """Put together what is of users whose keys ascend from part to part; at least one."""
        return cls(
            np.concatenate([part.users for part in parts]),
            np.concatenate([part.payloads for part in parts]),
            np.concatenate([part.sent for part in parts]),
            np.concatenate([part.slots for part in parts]),
        )

    def only(self, chosen: Flags) -> Overwritten:
        """Give that of some of the users."""
        return Overwritten(
            self.users[chosen], self.payloads[chosen], self.sent[chosen], self.slots[chosen]
        )


def in_parts(users: Words) -> list[Int64s]:
    """Part rows so that all of a user's are in one part, and keys ascend from part to part.

    Each part is small enough that a commit which waits behind it does not come too late.
    """
    count = -(-len(users) // _FORGOTTEN_TOGETHER)
    begins = users[:, 0].byteswap() >> np.uint64(32)
    number = begins * np.uint64(count) >> np.uint64(32)
    return [np.flatnonzero(number == one) for one in np.unique(number)]


def forget(
    connection: sqlite3.Connection, scope: Scope, users: Words, overruled: Flags
) -> Overwritten:
    """Make users unknown, for what the server has of them may change from now on.

    users: at least one.
    overruled: which values their bodies overrule; all others stay as they were accepted.
    Gives what was known of them, for `put_back`.
    """
    merge_accepted(connection)
    order = key_order(users)
    ordered = users[order]
    begins = np.flatnonzero(np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)])
    asked = ordered[begins]
    found = look_up(connection, scope, asked)
    slots = found.slots | found.fresh
    known, payloads = known_payloads(connection, scope, asked)
    overwritten = Overwritten(asked[known], payloads, found.sent[known], slots[known])
    slots[np.logical_or.reduceat(overruled[order], begins)] = 0
    connection.execute(
        _FORGET,
        {
            "rows": len(asked),
            "scope": scope.number,
            "users": asked.tobytes(),
            "slots": slots.tobytes(),
            "width": slots.shape[1] * WORD_BYTES,
        },
    )
    return overwritten


def put_back(connection: sqlite3.Connection, scope: Scope, known: Overwritten) -> None:
    """Make users known again as they were, except those of whom a row was accepted since."""
    merge_accepted(connection)
    if not len(known.users):
        return
    connection.execute(
        _PUT_BACK,
        {
            "rows": len(known.users),
            "scope": scope.number,
            "users": known.users.tobytes(),
            "payloads": known.payloads.tobytes(),
            "sent": known.sent.astype(">i8").tobytes(),
            "slots": known.slots.tobytes(),
            "width": known.slots.shape[1] * WORD_BYTES,
        },
    )
