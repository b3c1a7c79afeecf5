"""Writes down how far a run is, at most a second apart, so that it can go on after any end."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress

from importer.errors import ImporterError
from importer.stages.recording import AppendedFile, Ledger, Progress, save_progress

COMMIT_SECONDS = 0.5
"""Below the second that is promised, because a commit takes its time too."""

Also = Callable[[sqlite3.Connection], None]


class Checkpoints:
    """The commits of one run; all methods belong to the event loop's thread.

    files: gives the files of the run's folder that grow with its rows.
    progress: gives how far the run is now.
    witnesses: each gives, at every commit, the work that belongs to what was settled up to now.
    committed: what the ledger holds.
    failure: why a commit failed; from then on nothing is written any more.
    """

    def __init__(
        self,
        ledger: Ledger,
        run: str,
        files: Callable[[], Iterable[AppendedFile]],
        progress: Callable[[], Progress],
        begun: Progress,
        witnesses: Iterable[Callable[[], Also]] = (),
    ) -> None:
        self.committed = begun
        self.failure: ImporterError | None = None
        self._ledger = ledger
        self._run = run
        self._files = files
        self._progress = progress
        self._also: list[Also] = []
        self._witnesses = tuple(witnesses)
        self._ended = asyncio.Event()

    def along(self, work: Also) -> None:
        """Have this done in the next commit."""
        self._also.append(work)

    async def keep(self, failed: Callable[[ImporterError], None]) -> None:
        """Commit again and again until `end`; `failed` is told when the disk refuses."""
        is_last = False
        while not is_last and self.failure is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), COMMIT_SECONDS)
            # Asked before the commit: rows may be settled while it goes on, and the end come.
            is_last = self._ended.is_set()
            await self.commit()
        if self.failure is not None:
            failed(self.failure)

    def end(self) -> None:
        """Let `keep` commit a last time and return."""
        self._ended.set()

    async def commit(self) -> None:
        """Write down how far the run is at this moment."""
        if self.failure is not None:
            return
        progress = self._progress()
        work = self._work(progress)
        try:
            await asyncio.wrap_future(self._ledger.submit(work))
        except ImporterError as error:
            self.failure = error
        else:
            self.committed = progress

    def _work(self, progress: Progress) -> Callable[[sqlite3.Connection], None]:
        # What is taken here and the progress are of the same moment.
        waiting = [(file, file.take()) for file in self._files()]
        also, self._also = self._also, []
        also += [witness() for witness in self._witnesses]

        def write(connection: sqlite3.Connection) -> None:
            # The files first: the ledger must never name a length that is not there.
            for file, data in waiting:
                file.write(data, durably=True)
            for work in also:
                work(connection)
            save_progress(connection, self._run, progress)

        return write
