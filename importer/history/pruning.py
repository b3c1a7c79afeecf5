"""Removes the row detail of old runs; their counts, their reports and the memory stay."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from importer.errors import StateError
from importer.history.past_runs import PastRun, Standing, list_runs
from importer.stages.recording import Ledger, RunState, set_state, state_lock

KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Pruned:
    """What was removed of one run, or would be.

    files: names in its folder; bytes: what they took; closed: it could have been resumed before.
    """

    run: str
    files: tuple[str, ...]
    bytes: int
    closed: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "files": list(self.files),
            "bytes": self.bytes,
            "closed": self.closed,
        }


def prune_runs(
    state_dir: str | Path,
    older_than: timedelta = KEPT_FOR,
    *,
    unfinished: bool = False,
    dry_run: bool = False,
    wait_seconds: float = 0.0,
    now: datetime | None = None,
) -> tuple[Pruned, ...]:
    """Remove the row logs, journals, dead letters, receipts and warnings of runs that are older.

    older_than: since the run ended, or since it began where it never did.
    unfinished: those that could still be resumed, too; they are closed.
    dry_run: only tell what would be removed; takes no lock.
    Copies that --dead-letter, --report or --receipt put elsewhere are not touched.
    Raises UsageError if another process writes to the folder, StateError if the disk refuses.
    """
    folder, moment = Path(state_dir), now or datetime.now(UTC)
    if dry_run or not folder.exists():
        return tuple(map(_found, _old(folder, moment - older_than, unfinished)))
    with state_lock(folder, "runs prune", wait_seconds), ExitStack() as stack:
        old = list(_old(folder, moment - older_than, unfinished))
        if any(past.is_resumable for past in old):
            ledger = stack.enter_context(Ledger(folder))
            for past in filter(lambda past: past.is_resumable, old):
                _close(ledger, past.run)
        return tuple(_remove(past, moment) for past in old)


def _old(state_dir: Path, before: datetime, unfinished: bool) -> Iterable[PastRun]:
    for past in list_runs(state_dir):
        ended = past.record.begun if past.record.ended is None else past.record.ended
        is_old = ended < before.timestamp()
        if past.standing is Standing.RUNNING or not is_old or not _found(past).files:
            continue
        if unfinished or not past.is_resumable:
            yield past


def _found(past: PastRun) -> Pruned:
    there = [path for path in past.folder.row_detail if path.exists()]
    files = [file for path in there for file in (path, *path.rglob("*")) if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    return Pruned(past.run, tuple(path.name for path in there), size, past.is_resumable)


def _close(ledger: Ledger, run: str) -> None:
    ledger.do(lambda connection: set_state(connection, run, RunState.CLOSED))


def _remove(past: PastRun, moment: datetime) -> Pruned:
    found = _found(past)
    past.folder.note_pruning(moment)
    for name in found.files:
        path = past.folder.path / name
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError as error:
            raise StateError(
                str(path),
                f"a file that cannot be removed ({error.strerror})",
                "a folder that may be written to",
                "see who owns it, then run the command again",
            ) from None
    return found
