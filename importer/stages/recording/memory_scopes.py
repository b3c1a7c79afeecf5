"""Knows whose memory there is: a scope for each workspace and mapping name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from importer.stages.recording.database import damaged, ledger_of

# A row of the table without its hashes: key, order, time, and what SQLite keeps beside them.
_ROW_BYTES = 40


@dataclass(frozen=True)
class Scope:
    """Whose memory it is: that of one mapping's name in one workspace.

    slots: what each value's hash belongs to; a later run may add some behind them.
    """

    number: int
    slots: tuple[str, ...]


@dataclass(frozen=True)
class Remembered:
    """What is remembered of one mapping's users in one workspace.

    known, unknown: users of whom it is known what they were last sent, and of whom it is not.
    last_run: the last that sent with it.  oldest, newest: when rows were accepted, in seconds
        since 1970; 0 if none was.
    bytes: about how much of the ledger it takes.
    """

    workspace: str
    mapping_name: str
    known: int
    unknown: int
    last_run: str
    oldest: int
    newest: int
    bytes: int


def remembered(connection: sqlite3.Connection) -> tuple[Remembered, ...]:
    """Give what is remembered, scope by scope."""
    found = connection.execute(
        "SELECT workspace, mapping_name, count(m.payload), count(m.user) - count(m.payload), "
        "last_run, coalesce(min(m.accepted), 0), coalesce(max(m.accepted), 0), "
        "coalesce(sum(length(m.slots) + coalesce(length(m.payload), 0)), 0) "
        "+ count(m.user) * ? "
        "FROM scopes LEFT JOIN memory m USING (scope) GROUP BY scope "
        "ORDER BY workspace, mapping_name",
        (_ROW_BYTES,),
    )
    return tuple(Remembered(*row) for row in found)


def forget_all(
    connection: sqlite3.Connection, workspace: str | None, mapping_name: str | None
) -> tuple[Remembered, ...]:
    """Forget all users of a workspace and a mapping name, None being any; give what it was."""
    gone = tuple(
        entry
        for entry in remembered(connection)
        if workspace in (None, entry.workspace) and mapping_name in (None, entry.mapping_name)
    )
    for entry in gone:
        names = (entry.workspace, entry.mapping_name)
        connection.execute(
            "DELETE FROM memory WHERE scope = "
            "(SELECT scope FROM scopes WHERE workspace = ? AND mapping_name = ?)",
            names,
        )
        connection.execute("DELETE FROM scopes WHERE workspace = ? AND mapping_name = ?", names)
    return gone


def open_scope(
    connection: sqlite3.Connection,
    workspace: str,
    mapping_name: str,
    slots: Sequence[str],
    run: str,
) -> Scope:
    """Give the scope, made if there is none, with these slots among its slots."""
    row = connection.execute(
        "SELECT scope, slots FROM scopes WHERE workspace = ? AND mapping_name = ?",
        (workspace, mapping_name),
    ).fetchone()
    known = _slots(connection, row[1]) if row else []
    every = tuple(dict.fromkeys([*known, *slots]))
    (number,) = connection.execute(
        "INSERT INTO scopes (workspace, mapping_name, slots, last_run) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (workspace, mapping_name) DO UPDATE SET slots = excluded.slots, "
        "last_run = excluded.last_run RETURNING scope",
        (workspace, mapping_name, json.dumps(every), run),
    ).fetchone()
    return Scope(number, every)


def _slots(connection: sqlite3.Connection, text: str) -> list[str]:
    try:
        return list(map(str, json.loads(text)))
    except (TypeError, ValueError):
        raise damaged(ledger_of(connection), "the memory's slots cannot be read") from None


def find_scope(connection: sqlite3.Connection, workspace: str, mapping_name: str) -> Scope | None:
    """Give the scope if anything is remembered in it."""
    row = connection.execute(
        "SELECT scope, slots FROM scopes AS s WHERE workspace = ? AND mapping_name = ? "
        "AND (EXISTS (SELECT 1 FROM memory WHERE scope = s.scope) "
        "OR EXISTS (SELECT 1 FROM accepted WHERE scope = s.scope))",
        (workspace, mapping_name),
    ).fetchone()
    return Scope(row[0], tuple(_slots(connection, row[1]))) if row else None


def scope_of(connection: sqlite3.Connection, number: int) -> Scope:
    """Give the scope of a number; StateError if there is none."""
    row = connection.execute("SELECT slots FROM scopes WHERE scope = ?", (number,)).fetchone()
    if row is None:
        raise damaged(ledger_of(connection), "rows were accepted for a memory that is not there")
    return Scope(number, tuple(_slots(connection, row[0])))


def run_number(connection: sqlite3.Connection, run: str) -> int:
    """Give the run's number, which grows from run to run whatever the clock says."""
    connection.execute("INSERT OR IGNORE INTO run_numbers (run) VALUES (?)", (run,))
    found = connection.execute("SELECT number FROM run_numbers WHERE run = ?", (run,)).fetchone()
    return int(found[0])
