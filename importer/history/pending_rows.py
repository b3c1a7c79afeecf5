"""Finds rows that wait in a run which has not ended: the row log does not have them, the source has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from importer.errors import ImporterError, SourceChanged, UsageError
from importer.history.past_runs import PastRun
from importer.history.past_source import file_and_row, reopened
from importer.history.row_history import LoggedRow, no_row, one_file, row_at
from importer.job import Job
from importer.records import Block, Fate, Int64s
from importer.stages.reading import lasting_path
from importer.stages.recording import UNFINISHED, RunState

SEARCH_SECONDS = 60.0
"""How long one run's source is looked through for a user, unless all of it is asked for."""


@dataclass(frozen=True)
class Search:
    """A look at the rows of a run that have no fate yet.

    rows: how many those are; None where the source was never read to its end.
    looked_at: how many of them were looked at.
    found: those of the user, in the source's order.
    trouble: why not all could be looked at; "" if they could.
    is_whole: whether all of them were looked at.
    """

    past: PastRun
    rows: int | None
    looked_at: int = 0
    found: tuple[LoggedRow, ...] = ()
    trouble: str = ""
    is_whole: bool = False


def waits(past: PastRun) -> bool:
    """Tell whether a run has rows that `resume`, or the run itself, is still to give a fate."""
    if past.record.state not in UNFINISHED:
        return False
    return past.rows is None or bool(past.fates[Fate.PENDING])


def search(
    past: PastRun,
    customer_id: str,
    seconds: float | None = SEARCH_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Search:
    """Look for a user in the rows of a run that have no fate yet, as far as its source tells.

    seconds: after how long to give up; None looks at all of them.
    """
    rows = None if past.rows is None else past.fates[Fate.PENDING]
    looked_at, found = 0, list[LoggedRow]()
    until = None if seconds is None else clock() + seconds
    try:
        job = reopened(past)
        for block, first, waiting in _waiting(job, past):
            found += _of_user(job, past, block, first, waiting, customer_id)
            looked_at += len(waiting)
            if until is not None and clock() >= until and looked_at != rows:
                return Search(past, rows, looked_at, tuple(found))
    except SourceChanged as error:
        return Search(past, rows, looked_at, tuple(found), error.problem.found)
    except ImporterError as error:
        trouble = f"{error.problem.place}: {error.problem.found}"
        return Search(past, rows, looked_at, tuple(found), trouble)
    return Search(past, rows, looked_at, tuple(found), is_whole=True)


def row_of(past: PastRun, row: int, file: str | None) -> LoggedRow:
    """Give the row of this number (from 1) in this file of the run, as `row_at` does.

    Where the run did not come so far the ledger does not know the row, and its source is asked.
    Raises UsageError if there is no such row, or if nobody can tell.
    """
    known = None
    try:
        known = row_at(past, row, file)
    except UsageError:
        if not _is_read_in_part(past):
            raise
    if known is not None and (known.ordinal < past.progress.rows_opened or known.at):
        return known
    if known is not None and not _is_read_in_part(past):
        return known
    try:
        return _row_in_source(past, row, file)
    except UsageError:
        raise
    except ImporterError as error:
        if known is not None:
            return known
        raise UsageError(
            f"run {past.run}",
            f"rows that it has not read yet, and a source that cannot be read again: "
            f"{error.problem.found}",
            "the source as it was",
            "put it back, or ask about a row that the run has read",
        ) from None


def _is_read_in_part(past: PastRun) -> bool:
    if past.record.kind != "run" or past.record.state is RunState.FINISHED:
        return False
    return past.rows is None or past.progress.rows_opened < past.rows


def _row_in_source(past: PastRun, row: int, file: str | None) -> LoggedRow:
    job = reopened(past)
    path = one_file([lasting_path(known.path) for known in job.source.files], file)
    first = rows = 0
    for block in job.source.blocks(past.record.options["limit"]):
        if lasting_path(block.file) == path:
            position = row - block.row(0)
            rows += block.rows
            if 0 <= position < block.rows:
                return _logged(past, block, first, position)
        first += block.rows
    raise no_row(past, path, row, rows)


def _waiting(job: Job, past: PastRun) -> Iterator[tuple[Block, int, Int64s]]:
    """Give each block that has rows without a fate, its first row's place, and their positions."""
    settled, first = past.progress.settled, 0
    for block in job.source.blocks(past.record.options["limit"]):
        if not settled.has_all(first, block.rows):
            ordinals = np.arange(first, first + block.rows, dtype=np.int64)
            yield block, first, np.flatnonzero(~settled.among(ordinals)).astype(np.int64)
        first += block.rows


def _of_user(
    job: Job, past: PastRun, block: Block, first: int, waiting: Int64s, customer_id: str
) -> list[LoggedRow]:
    index, ids = job.preparer.all_customer_ids(block)
    own = pc.fill_null(pc.equal(ids, customer_id), False).to_numpy(zero_copy_only=False)
    return [
        _logged(past, block, first, int(position))
        for position in np.intersect1d(index[own.astype(bool)], waiting)
    ]


def _logged(past: PastRun, block: Block, first: int, position: int) -> LoggedRow:
    ordinal = first + position
    file, row = lasting_path(block.file), block.row(position)
    if past.record.kind == "retry":
        file, row = file_and_row(past, ordinal)
    return LoggedRow(past, ordinal, file, row, Fate.PENDING)
