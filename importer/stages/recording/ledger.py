"""Gives the ledger its one writer: a thread of its own, and one transaction per piece of work."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar

from importer.stages.recording.accepting import merge_accepted
from importer.stages.recording.database import (
    database_path,
    explained,
    open_for_writing,
    require_known_runs,
    require_own_secret,
    state_secret,
)
from importer.stages.recording.read_only import connect_for_reading

Result = TypeVar("Result")


class Reader(Protocol):
    """Has work done that only reads; raises StateError if the ledger is damaged."""

    def __call__(self, work: Callable[[sqlite3.Connection], Result], /) -> Result: ...


class Ledger:
    """The ledger, open for writing; a context manager.

    Work is done in the order in which it was submitted, each piece in a transaction of its own
    that is durable when its future is done.  The caller must hold the state folder's lock.

    secret: under which ids are hashed.
    """

    def __init__(self, state_dir: Path) -> None:
        """Open it; StateError if it cannot be."""
        self.path = database_path(state_dir)
        self.secret = state_secret(state_dir)
        self._connection = open_for_writing(state_dir)
        try:
            with explained(self.path):
                require_own_secret(self._connection, self.secret, state_dir)
                require_known_runs(self._connection, state_dir)
        except BaseException:
            self._connection.close()
            raise
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        try:
            # What a process noted that was killed.
            self.do(merge_accepted)
        except BaseException:
            self.__exit__(None, None, None)
            raise

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Give a way to read beside the writer, for any one thread; it sees what is committed."""
        with explained(self.path):
            connection = connect_for_reading(self.path)
        try:
            yield lambda work: self._read(connection, work)
        finally:
            connection.close()

    def _read(
        self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Result]
    ) -> Result:
        with explained(self.path):
            return work(connection)

    def submit(self, work: Callable[[sqlite3.Connection], Result]) -> Future[Result]:
        """Have work done by the writer; its future raises StateError if the disk refuses."""
        return self._writer.submit(self._do, work)

    def do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Have work done and wait for it."""
        return self.submit(work).result()

    def _do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        return result

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.shutdown(wait=True)
        self._connection.close()
