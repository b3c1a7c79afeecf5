"""Remembers accepted rows: each commit notes its own, and many are merged into the memory at once.

The memory has its users in the order of their keys, so the rows of one commit stand on nearly as
many of its pages as they are.  Noted rows stand together; merged by the thousands, they have each
page written once.  Whoever writes to the memory merges first, so that it is as if each row had been
written when it was noted; who only reads it may find users unknown whose rows were noted just now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from importer.records import Int64s
from importer.stages.recording.database import damaged, ledger_of
from importer.stages.recording.memory import (
    FRESH,
    PLACE_BITS,
    WORD_BYTES,
    Flags,
    Words,
    key_order,
    look_up,
    over_places,
)
from importer.stages.recording.memory_scopes import Scope, scope_of

MERGED_TOGETHER = 8_192
"""Rows.  More would be cheaper, but with ten million users the next commit would come too late."""

_TIME_DIGITS = 11
_ACCEPT = over_places("""
INSERT INTO memory (scope, user, payload, sent, accepted, slots, name)
SELECT :scope, substr(:users, i * 16 + 1, 16),
    CASE substr(:last, i + 1, 1) WHEN x'01' THEN substr(:payloads, i * 8 + 1, 8) END,
    substr(:sent, i * 8 + 1, 8), CAST(substr(:at, i * :digits + 1, :digits) AS INTEGER), substr(:slots, i * :width + 1, :width),
    CASE WHEN :size THEN substr(:names, i * :size + 1, :size) END
FROM n WHERE true
ON CONFLICT (scope, user) DO UPDATE SET payload = excluded.payload, sent = excluded.sent,
    accepted = excluded.accepted, slots = excluded.slots
""")


@dataclass(frozen=True)
class Accepted:
    """Rows that the API accepted, those of one user in the order they were sent in.

    users: keyed hashes, shape (rows, 2).  orders: of the rows, above 0.
    at: when each was accepted, in seconds since 1970.
    payloads: hash of each row's whole payload.
    slots: hash of each value of it, 0 where it has none; carried: those that were in the body.
    last: whether it is the newest row of its user that was sent; only then he is known.
    names: the sealed ids; b"" for one that is too long.
    """

    users: Words
    orders: Int64s
    at: Int64s
    payloads: Words
    slots: Words
    carried: Flags
    last: Flags
    names: Sequence[bytes]


def note_accepted(connection: sqlite3.Connection, scope: Scope, rows: Accepted) -> None:
    """Remember what was accepted; merges it when there is enough of it."""
    noted = np.zeros(len(rows.users), _noted(len(scope.slots)))
    for name in ("users", "orders", "at", "payloads", "slots", "carried", "last"):
        noted[name] = getattr(rows, name)
    noted["sizes"] = [len(name) for name in rows.names]
    connection.execute(
        "INSERT INTO accepted (scope, content, names) VALUES (?, ?, ?)",
        (scope.number, noted.tobytes(), b"".join(rows.names)),
    )
    (size,) = connection.execute("SELECT sum(length(content)) FROM accepted").fetchone()
    if size >= MERGED_TOGETHER * noted.itemsize:
        merge_accepted(connection)


def merge_accepted(connection: sqlite3.Connection) -> None:
    """Write into the memory what was noted, if anything was."""
    found = connection.execute(
        "SELECT scope, content, names FROM accepted ORDER BY number"
    ).fetchall()
    for number, group in groupby(found, key=lambda row: row[0]):
        scope = scope_of(connection, number)
        _merge(connection, scope, _together(connection, scope, list(group)))
    if found:
        connection.execute("DELETE FROM accepted")


def _noted(slots: int) -> np.dtype[np.void]:
    return np.dtype(
        [
            ("users", "<u8", (2,)),
            ("orders", "<i8"),
            ("at", "<i8"),
            ("payloads", "<u8"),
            ("slots", "<u8", (slots,)),
            ("carried", "?", (slots,)),
            ("last", "?"),
            ("sizes", "u1"),
        ]
    )


def _together(
    connection: sqlite3.Connection, scope: Scope, found: Sequence[tuple[int, bytes, bytes]]
) -> Accepted:
    """Read notes of one scope; StateError if they are not what was written."""
    kind = _noted(len(scope.slots))
    content, names = (b"".join(parts) for parts in list(zip(*found, strict=True))[1:])
    if len(content) % kind.itemsize:
        raise damaged(ledger_of(connection), "an accepted row has another length")
    rows = np.frombuffer(content, kind)
    ends = np.cumsum(rows["sizes"], dtype=np.int64)
    if int(ends[-1]) != len(names):
        raise damaged(ledger_of(connection), "sealed ids have another length")
    begins = ends - rows["sizes"]
    return Accepted(
        **{name: rows[name] for name in kind.names or () if name != "sizes"},
        names=[names[a:b] for a, b in zip(begins.tolist(), ends.tolist(), strict=True)],
    )


def _merge(connection: sqlite3.Connection, scope: Scope, rows: Accepted) -> None:
    times = np.array([b"%0*d" % (_TIME_DIGITS, at) for at in rows.at.tolist()])
    for some in _once_each(rows.users):
        order = some[key_order(rows.users[some])]
        before = look_up(connection, scope, rows.users[order])
        same_run = before.sent >> PLACE_BITS == rows.orders[order] >> PLACE_BITS
        kept = before.slots | (before.fresh & same_run[:, None])
        slots = np.where(rows.carried[order], rows.slots[order] | FRESH, kept)
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
                    "at": times[own].tobytes(),
                    "digits": _TIME_DIGITS,
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
    names = [rows.names[at] for at in order[new].tolist()]
    sizes = np.array([len(name) for name in names], np.int64)
    for size in np.unique(sizes).tolist():
        alike = np.flatnonzero(sizes == size)
        yield new[alike], size, b"".join([names[at] for at in alike.tolist()])


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
