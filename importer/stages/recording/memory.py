"""Remembers, per user, what was last accepted: a hash of the payload and one of each value."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
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

# A slot's lowest bit: whether a body of the run that the user's order names carried the value.
_FRESH = np.uint64(1)
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
_ACCEPT = over_places("""
INSERT INTO memory (scope, user, payload, sent, accepted, slots, name)
SELECT :scope, substr(:users, i * 16 + 1, 16),
    CASE substr(:last, i + 1, 1) WHEN x'01' THEN substr(:payloads, i * 8 + 1, 8) END,
    substr(:sent, i * 8 + 1, 8), :now, substr(:slots, i * :width + 1, :width),
    CASE WHEN :size THEN substr(:names, i * :size + 1, :size) END
FROM n WHERE true
ON CONFLICT (scope, user) DO UPDATE SET payload = excluded.payload, sent = excluded.sent,
    accepted = excluded.accepted, slots = excluded.slots
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


@dataclass(frozen=True)
class Accepted:
    """Rows that the API accepted, of different users each.

    users: keyed hashes, shape (rows, 2).  orders: of the rows, above 0.
    payloads: hash of each row's whole payload.
    slots: hash of each value of it, 0 where it has none; carried: those that were in the body.
    last: whether it is the newest row of its user that was sent; only then he is known.
    names: gives the sealed ids of rows, by their places here; "" for one that is too long.
    """

    users: Words
    orders: Int64s
    payloads: Words
    slots: Words
    carried: Flags
    last: Flags
    names: Callable[[Int64s], list[bytes]]


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
    return Found(known, sent, slots & ~_FRESH, (slots & _FRESH) == _FRESH)


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


def accept(connection: sqlite3.Connection, scope: Scope, rows: Accepted, now: float) -> None:
    """Remember what was accepted; rows of one user must come in the order they were sent in."""
    for some in _once_each(rows.users):
        order = some[key_order(rows.users[some])]
        before = look_up(connection, scope, rows.users[order])
        same_run = before.sent >> PLACE_BITS == rows.orders[order] >> PLACE_BITS
        kept = before.slots | (before.fresh & same_run[:, None])
        slots = np.where(rows.carried[order], rows.slots[order] | _FRESH, kept)
        sent = np.maximum(before.sent, rows.orders[order]).astype(">i8")
        for places, size, names in _by_name(rows, order, before.sent == 0):
            own = order[places]
            connection.execute(
                _ACCEPT,
                {
                    "rows": len(own),
                    "scope": scope.number,
                    "users": rows.users[own].tobytes(),
                    "payloads": rows.payloads[own].tobytes(),
                    "last": rows.last[own].tobytes(),
                    "sent": sent[places].tobytes(),
                    "now": int(now),
                    "slots": slots[places].tobytes(),
                    "width": slots.shape[1] * WORD_BYTES,
                    "size": size,
                    "names": names,
                },
            )


def _by_name(rows: Accepted, order: Int64s, is_new: Flags) -> Iterator[tuple[Int64s, int, bytes]]:
    """Part rows by the length of their sealed ids, and give these; who is known keeps his.

    Places are those in `order`, ascending.
    """
    if not is_new.all():
        yield np.flatnonzero(~is_new), 0, b""
    new = np.flatnonzero(is_new)
    names = rows.names(order[new])
    sizes = np.array([len(name) for name in names], np.int64)
    for size in np.unique(sizes).tolist():
        alike = np.flatnonzero(sizes == size)
        yield new[alike], size, b"".join([names[at] for at in alike.tolist()])


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


def _once_each(users: Words) -> list[Int64s]:
    """Part rows so that no user stands twice in a part, and his rows stay in their order."""
    words = users[:, 0]
    order = np.argsort(words, kind="stable")
    ordered = words[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(users)])
    if len(begins) == len(users):
        return [np.arange(len(users))] if len(users) else []
    lengths = np.diff(np.r_[begins, len(users)])
    turns = np.empty(len(users), dtype=np.int64)
    turns[order] = np.arange(len(users)) - np.repeat(begins, lengths)
    return [np.flatnonzero(turns == turn) for turn in range(int(lengths.max()))]
