"""Remembers, per user, what was last accepted: a hash of the payload and one of each value."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from importer.records import Int64s
from importer.stages.recording.database import damaged, ledger_of
from importer.stages.recording.memory_scopes import Scope

Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

WORD_BYTES = 8
PLACE_BITS = 40
"""An order is a run's number, and behind it in so many bits the row's place in that run."""

FRESH = np.uint64(1)
"""A slot's lowest bit: whether a body of the run that the user's order names carried the value."""
_NEVER = 2**63 - 1
_LAST_BYTE = 0xFF
# One statement for a whole block, its rows cut out of a few long blobs: SQLite works without the
# interpreter's lock then, and no Python object is made for a row that is not found.  The places
# come from two short tables, which is quicker than to count them up.
_PLACES = """
WITH RECURSIVE
    step(i) AS MATERIALIZED (SELECT 0 UNION ALL SELECT i + 1 FROM step WHERE i + 1 < 512),
    leap(i) AS MATERIALIZED (SELECT 0 UNION ALL SELECT i + 512 FROM leap WHERE i + 512 < :rows),
    n(i) AS (SELECT leap.i + step.i FROM leap CROSS JOIN step WHERE leap.i + step.i < :rows)
"""


def over_places(statement: str) -> str:
    """Give a statement a table n of the places from 0 to :rows - 1, ascending."""
    return f"{_PLACES}{statement}"


# As a rule most rows are equal: so it is those that differ that are told, all in one text.
_DIFFERENT = over_places("""
SELECT group_concat(i)
FROM n LEFT JOIN memory m ON m.scope = :scope AND m.user = substr(:users, i * 16 + 1, 16)
    AND m.payload = substr(:payloads, i * 8 + 1, 8) AND m.accepted >= :since AND m.sent < :before
WHERE m.user IS NULL
""")
_FOUND = over_places("""
SELECT i, m.payload IS NOT NULL AND m.accepted >= :since, m.sent, m.slots
FROM n CROSS JOIN memory m ON m.scope = :scope AND m.user = substr(:users, i * 16 + 1, 16)
""")
_PAYLOADS = over_places("""
SELECT i, m.payload
FROM n CROSS JOIN memory m ON m.scope = :scope AND m.user = substr(:users, i * 16 + 1, 16)
WHERE m.payload IS NOT NULL
""")


@dataclass(frozen=True)
class Found:
    """What is remembered of some users, an entry for each that was asked for.

    known: whether it is what the server has.  sent: the order of the row that was last accepted;
    0 for users of whom nothing is remembered.
    slots: hashes of the values that were last accepted, 0 where that is not known; shape
        (users, slots).  fresh: which of them were in a body of the run whose row was last accepted.
    """

    known: Flags
    sent: Int64s
    slots: Words
    fresh: Flags


def unchanged_among(
    connection: sqlite3.Connection,
    scope: Scope,
    users: Words,
    payloads: Words,
    *,
    since: float = 0.0,
    before: int = _NEVER,
) -> Flags:
    """Flag the users of whom exactly this payload was accepted.

    since: at that time or later.  before: of a row that is older than this order.
    """
    order = key_order(users)
    asked = {
        "rows": len(users),
        "scope": scope.number,
        "users": users[order].tobytes(),
        "payloads": payloads[order].tobytes(),
        "since": since,
        "before": before.to_bytes(WORD_BYTES, "big"),
    }
    (different,) = connection.execute(_DIFFERENT, asked).fetchone()
    flags = np.ones(len(users), dtype=bool)
    if different is not None:
        flags[order[np.array(different.split(","), np.int64)]] = False
    return flags


def look_up(
    connection: sqlite3.Connection, scope: Scope, users: Words, *, since: float = 0.0
) -> Found:
    """Give what is remembered of these users; known are those accepted at that time or later."""
    order = key_order(users)
    asked = {
        "rows": len(users),
        "scope": scope.number,
        "users": users[order].tobytes(),
        "since": since,
    }
    found = connection.execute(_FOUND, asked).fetchall()
    known, sent = np.zeros(len(users), dtype=bool), np.zeros(len(users), dtype=np.int64)
    slots = np.zeros((len(users), len(scope.slots)), dtype=np.uint64)
    if found:
        places, knowns, sents, texts = zip(*found, strict=True)
        rows, width = order[np.array(places, np.int64)], slots.shape[1] * WORD_BYTES
        orders = b"".join(sents)
        whole = b"".join(text.ljust(width, b"\0") for text in texts)
        if len(orders) != len(rows) * WORD_BYTES or len(whole) != len(rows) * width:
            raise damaged(ledger_of(connection), "an entry of the memory has another length")
        known[rows] = knowns
        sent[rows] = np.frombuffer(orders, ">i8")
        slots[rows] = np.frombuffer(whole, "<u8").reshape(len(rows), -1)
    return Found(known, sent, slots & ~FRESH, (slots & FRESH) == FRESH)


def known_payloads(
    connection: sqlite3.Connection, scope: Scope, users: Words
) -> tuple[Int64s, Words]:
    """Give the places of the users who are known, ascending, and the hashes of their payloads."""
    asked = {"rows": len(users), "scope": scope.number, "users": users.tobytes()}
    found = sorted(connection.execute(_PAYLOADS, asked).fetchall())
    payloads = np.frombuffer(b"".join(payload for _, payload in found), np.uint64)
    if len(payloads) != len(found):
        raise damaged(ledger_of(connection), "an entry of the memory has another length")
    return np.array([place for place, _ in found], np.int64), payloads


def remembered_users(
    connection: sqlite3.Connection, scope: Scope, first_byte: int
) -> list[tuple[bytes, bytes | None]]:
    """Give the users whose keys begin with this byte, each with his sealed id if there is one."""
    beyond = bytes([first_byte + 1]) if first_byte < _LAST_BYTE else b"\xff" * 17
    found = connection.execute(
        "SELECT user, name FROM memory WHERE scope = ? AND user >= ? AND user < ?",
        (scope.number, bytes([first_byte]), beyond),
    )
    return found.fetchall()


def key_order(users: Words) -> Int64s:
    """Give the order in which the table has them (as good as: by the first half of the key)."""
    return np.argsort(users[:, 0].byteswap(), kind="stable")
