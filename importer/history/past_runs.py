"""Tells of the runs that the ledger knows: how each stands, its fates, and what to do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from importer.hints import about_runs, in_state_dir
from importer.parents import known_run
from importer.records import Fate
from importer.runs.losses import reasons_of
from importer.runs.run_options import takes_all_of
from importer.stages.reading import STANDARD_INPUT
from importer.stages.recording import (
    UNFINISHED,
    Holder,
    Progress,
    RunFolder,
    RunRecord,
    RunState,
    consulted,
    database_path,
    journal_rows,
    load_progress,
    lock_holder,
    open_to_look,
    require_length,
    runs,
)
from importer.stages.reporting import Reason


class Standing(StrEnum):
    """How a run stands for whoever looks at it."""

    RUNNING = "running"
    KILLED = "killed"
    STOPPED = "stopped"
    FINISHED = "finished"
    CLOSED = "closed"


@dataclass(frozen=True)
class PastRun:
    """One run, finished or not, as of its last commit.

    standing: running, killed (its process ended without a word), stopped, finished, or closed
        (another run of the same source took its place).
    holder: the process that is at it; None unless it is running.
    pruned: when its row detail was removed; None if it is there.
    retries: ids of the runs that sent rows of this one again.
    successor: the run of the same source that took the place of a closed one; "" if none did.
    """

    record: RunRecord
    progress: Progress
    standing: Standing
    folder: RunFolder
    holder: Holder | None = None
    pruned: datetime | None = None
    retries: tuple[str, ...] = ()
    successor: str = ""

    @property
    def run(self) -> str:
        """Its id."""
        return self.record.run

    @property
    def state_dir(self) -> Path:
        return self.folder.path.parent.parent

    @property
    def report(self) -> Mapping[str, Any]:
        """What its `--json` printed; empty while it is open: an earlier report is not its own."""
        if self.record.state is RunState.OPEN:
            return {}
        return self.record.report or {}

    @property
    def rows(self) -> int | None:
        """The source's rows; None if they were not counted yet."""
        found = self.report.get("rows", self.record.rows)
        return None if found is None else int(found)

    @property
    def fates(self) -> dict[Fate, int]:
        """Each fate with its count; rows without one yet are pending."""
        known = self.report.get("fates", self.progress.fates)
        counts = {fate: int(known.get(fate, 0)) for fate in Fate}
        if not self.report and self.rows is not None:
            counts[Fate.PENDING] = max(self.rows - sum(counts.values()), 0)
        return counts

    @property
    def exit(self) -> int | None:
        """The exit code that it gave; None if it gave none."""
        found = self.report.get("exit")
        return None if found is None else int(found)

    @property
    def is_resumable(self) -> bool:
        return self.record.state in UNFINISHED and self.standing is not Standing.RUNNING

    @property
    def is_piped(self) -> bool:
        """Whether it read standard input, of which nothing is kept."""
        return STANDARD_INPUT in self.record.locations

    @property
    def next(self) -> str:
        """The command to try next."""
        if self.standing is Standing.RUNNING:
            return about_runs("runs show", self.state_dir, self.run)
        stopped = self.report.get("next") if self.record.state is RunState.STOPPED else None
        if self.is_resumable and (stopped is None or self.fates[Fate.PENDING]):
            return str(stopped or about_runs("resume", self.state_dir, self.run))
        if self.successor:
            return about_runs("runs show", self.state_dir, self.successor)
        if self.standing is Standing.CLOSED or self.pruned or self.retries:
            return about_runs("runs", self.state_dir)
        told = stopped or self.report.get("next")
        if told is None:
            return about_runs("runs", self.state_dir)
        return in_state_dir(str(told), self.state_dir)

    @property
    def dead_letter(self) -> Path | None:
        """Where its dead letter was put; None where there is none."""
        return self._written("dead_letter")

    @property
    def warnings_file(self) -> Path | None:
        return self._written("warnings_file")

    def _written(self, name: str) -> Path | None:
        """Give the path of a file that the report names; the run's folder may have moved since."""
        told = self.report.get(name)
        if told is None:
            return None
        path, folder = Path(told), self.report.get("folder")
        is_own = folder is not None and path.parent == Path(folder)
        return self.folder.path / path.name if is_own else path

    def require_whole(self) -> None:
        """Raise StateError if what is known of single rows has lost some of it, unless pruned."""
        for path in (self.folder.row_log, self.folder.journal):
            self.whole_length_of(path)

    def reasons(self) -> tuple[Reason, ...]:
        """Count why rows did not make it, from the journal, commonest first; () once pruned.

        Raises StateError if the journal is not what was written.
        """
        length = self.whole_length_of(self.folder.journal)
        if not length or self.pruned is not None:
            return ()
        return reasons_of(journal_rows(self.folder.journal, length)).commonest()

    def length_of(self, path: Path) -> int:
        """Give how many bytes of a file of the run's folder are committed."""
        return int(self.progress.lengths.get(path.name, 0))

    def whole_length_of(self, path: Path) -> int:
        """Give what `length_of` does; StateError if the file has lost some of it unless pruned."""
        length = self.length_of(path)
        if self.pruned is None:
            require_length(path, length)
        return length

    def as_dict(self) -> dict[str, Any]:
        """Give it as plain data, for JSON."""
        return {
            "run": self.run,
            "state": str(self.standing),
            "kind": self.record.kind,
            "parent": self.record.parent or None,
            "retries": list(self.retries),
            "begun": _iso(self.record.begun),
            "ended": None if self.record.ended is None else _iso(self.record.ended),
            "source": list(self.record.locations),
            "mapping": self.record.options.get("mapping"),
            "workspace": self.record.workspace,
            "rows": self.rows,
            "fates": {str(fate): count for fate, count in self.fates.items()},
            "exit": self.exit,
            "stopped_because": self.report.get("stopped_because"),
            "process": None if self.holder is None else self.holder.pid,
            "host": None if self.holder is None else self.holder.host,
            "pruned": None if self.pruned is None else self.pruned.isoformat(),
            "folder": str(self.folder.path),
        }


def list_runs(state_dir: str | Path) -> tuple[PastRun, ...]:
    """Give all runs of a state folder, the latest first; () if there is no ledger.

    Takes no lock: a run may go on meanwhile.  Raises StateError if the ledger is damaged.
    """
    connection = open_to_look(Path(state_dir))
    if connection is None:
        return ()
    with consulted(connection):
        records = runs(connection)
        path = database_path(Path(state_dir))
        progress = {record.run: load_progress(connection, record.run, path) for record in records}
    holder = lock_holder(Path(state_dir))
    return tuple(
        _past_run(record, progress[record.run], records, holder, Path(state_dir))
        for record in records
    )


def find_past_run(state_dir: str | Path, asked: str) -> PastRun:
    """Give the run of this id, of this beginning of an id, or the latest for `last`.

    Raises UsageError when none or several fit, StateError if the ledger is damaged.
    """
    found = known_run(asked, Path(state_dir), str(state_dir))
    (only,) = (past for past in list_runs(state_dir) if past.run == found.run)
    return only


def _past_run(
    record: RunRecord,
    progress: Progress,
    records: list[RunRecord],
    holder: Holder | None,
    state_dir: Path,
) -> PastRun:
    is_open = record.state is RunState.OPEN
    standing = Standing.KILLED if is_open else Standing(record.state)
    is_held = is_open and holder is not None and holder.run == record.run
    folder = RunFolder.of(state_dir, record.run)
    return PastRun(
        record=record,
        progress=progress,
        standing=Standing.RUNNING if is_held else standing,
        folder=folder,
        holder=holder if is_held else None,
        pruned=folder.pruned_at,
        successor=_successor(record, records),
        retries=tuple(sorted(other.run for other in records if other.parent == record.run)),
    )


def _successor(record: RunRecord, records: list[RunRecord]) -> str:
    """Give the first run that was registered after a closed one and took its place."""
    if record.state is not RunState.CLOSED:
        return ""
    later = records[: records.index(record)]
    alike = [
        other.run
        for other in later
        if (other.workspace, other.mapping_name, other.locations, other.kind)
        == (record.workspace, record.mapping_name, record.locations, record.kind)
        and (record.kind != "run" or takes_all_of(other.options, record.options))
    ]
    return alike[-1] if alike else ""


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
