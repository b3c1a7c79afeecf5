"""Keeps the profiles, and the log of the requests that made them, in SQLite."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from importer.errors import StateError
from importer.sandbox.mangling import Attributes

_APPLICATION_ID = 0x4D6F4553  # "MoES" in the file's header: ours, not somebody's database
_VERSION = 1

_SCHEMA = """
CREATE TABLE profiles (
    customer_id TEXT PRIMARY KEY,
    attributes  TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE attribute_names (
    name TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE requests (
    id          INTEGER PRIMARY KEY,
    time        REAL NOT NULL,
    path        TEXT NOT NULL,
    customer_id TEXT,
    status      INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    in_flight   INTEGER NOT NULL,
    dropped     TEXT NOT NULL
);
CREATE INDEX requests_of_a_user ON requests (customer_id, id);
"""


class LoggedRequest(NamedTuple):
    """One line of the log.

    time: UTC epoch seconds of its arrival.  customer_id: None unless it is about one user.
    status: 0 if no answer was given.  in_flight: how many requests were unanswered then, this one
    among them.  dropped: what was silently lost, separated by "; ".
    """

    time: float
    path: str
    customer_id: str | None
    status: int
    bytes: int
    in_flight: int
    dropped: str


class ProfileStore:
    """The sandbox's database, used from one thread.

    Writes gather in one transaction until `commit`; whoever reads here sees them at once.  The file
    (0600) is held alone, so that two sandboxes never write the same one.

    Raises StateError for a file that is not a sandbox's, is damaged, in use or not writable.
    """

    def __init__(self, path: Path | None) -> None:
        self._place = str(path) if path else "the sandbox's memory"
        try:
            if path:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=0)
        except (OSError, sqlite3.Error) as error:
            self._refuse(error)
        try:
            self._open()
            if path:
                path.chmod(0o600)
        except BaseException as error:
            self._connection.close()
            if isinstance(error, sqlite3.Error | OSError):
                self._refuse(error)
            raise
        self.names = {name for (name,) in self._rows("SELECT name FROM attribute_names")}
        ((self.count,),) = self._rows("SELECT count(*) FROM profiles")

    def get(self, customer_id: str) -> Attributes | None:
        """Give a user's attributes, None if there is no such user."""
        for (text,) in self._rows(
            "SELECT attributes FROM profiles WHERE customer_id = ?", customer_id
        ):
            attributes: Attributes = json.loads(text)
            return attributes
        return None

    def put(self, customer_id: str, attributes: Attributes, *, is_new: bool) -> None:
        """Write a user's whole profile."""
        text = json.dumps(attributes, ensure_ascii=False)
        self._do("INSERT OR REPLACE INTO profiles VALUES (?, ?)", customer_id, text)
        self.count += is_new
        for name in attributes.keys() - self.names:
            self._do("INSERT INTO attribute_names VALUES (?)", name)
            self.names.add(name)

    def delete(self, customer_id: str) -> bool:
        """Remove a user; False if there is none."""
        found = self._do("DELETE FROM profiles WHERE customer_id = ?", customer_id) > 0
        self.count -= found
        return found

    def page(self, after: str = "", limit: int = -1) -> list[tuple[str, str]]:
        """Give (customer id, attributes as JSON text) in the order of the ids' code points."""
        return self._rows(
            "SELECT customer_id, attributes FROM profiles WHERE customer_id > ?"
            " ORDER BY customer_id LIMIT ?",
            after,
            limit,
        )

    def log(self, request: LoggedRequest) -> None:
        self._do("INSERT INTO requests VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", *request)

    def logged(
        self, after: int = 0, limit: int = -1, customer_id: str | None = None
    ) -> list[tuple[int, LoggedRequest]]:
        """Give (number, request) in the order of the answers, of one user or of all."""
        where = "id > ?" if customer_id is None else "id > ? AND customer_id = ?"
        values = (after,) if customer_id is None else (after, customer_id)
        rows = self._rows(
            f"SELECT * FROM requests WHERE {where} ORDER BY id LIMIT ?",  # noqa: S608 - our own text
            *values,
            limit,
        )
        return [(number, LoggedRequest(*rest)) for number, *rest in rows]

    def commit(self) -> None:
        """Make all writes so far durable; StateError if the disk refuses."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._refuse(error)

    def clear(self) -> None:
        """Forget all profiles, names and requests."""
        for table in ("profiles", "attribute_names", "requests"):
            self._do(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self.names.clear()
        self.count = 0

    def close(self) -> None:
        """Commit and close."""
        try:
            self.commit()
        finally:
            self._connection.close()

    def _open(self) -> None:
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        ((tables,),) = self._rows("SELECT count(*) FROM sqlite_schema")
        ((ours,),) = self._rows("PRAGMA application_id")
        ((version,),) = self._rows("PRAGMA user_version")
        if tables and (ours, version) != (_APPLICATION_ID, _VERSION):
            raise StateError(
                self._place,
                "a database of something else" if ours != _APPLICATION_ID else "another version",
                "a sandbox's database, or no file yet",
                "name another file with --db",
            )
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may take the last commits, never the file: enough for a sandbox.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if not tables:
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA}"
                f"PRAGMA application_id = {_APPLICATION_ID}; PRAGMA user_version = {_VERSION};"
                "COMMIT;"
            )
        ((verdict,),) = self._rows("PRAGMA quick_check(1)")
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        # Takes the lock now: another sandbox must be refused here, not at its first request.
        self._connection.executescript("BEGIN IMMEDIATE; COMMIT;")

    def _do(self, statement: str, *values: object) -> int:
        """Write; give the number of rows that changed."""
        try:
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            self._refuse(error)

    def _rows(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._refuse(error)

    def _refuse(self, error: Exception) -> NoReturn:
        locked = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise StateError(
            self._place,
            "another sandbox has it open" if locked else f"it cannot be used: {reason}",
            "a sandbox's database that can be read and written",
            "stop the other sandbox" if locked else "name another file with --db, or repair it",
        ) from error
