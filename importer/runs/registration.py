"""Registers a run before anything slow, or finds the unfinished one that it is to go on with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from importer.config import RunConfig, Target
from importer.errors import SourceChanged, UsageError
from importer.hints import about_runs
from importer.job import Job
from importer.runs.run_options import changed_options
from importer.runs.unfinished import Call
from importer.stages.reading import difference, fingerprint_of
from importer.stages.recording import (
    Ledger,
    Progress,
    RunFolder,
    RunRecord,
    RunState,
    add_run,
    cut_back,
    latest_begin,
    load_progress,
    set_state,
    unfinished_retry,
)

_TICK_SECONDS = 0.001


@dataclass(frozen=True)
class Begun:
    """A registered run: its folder, what the ledger knows of it, and how far it was before.

    remarks: sentences on other unfinished runs of its source.
    """

    folder: RunFolder
    record: RunRecord
    progress: Progress
    remarks: tuple[str, ...] = ()


def begin(ledger: Ledger, job: Job, target: Target, config: RunConfig, now: datetime) -> Begun:
    """Register a new run, or go on with the unfinished one that this call repeats.

    What becomes of unfinished runs of the same source is `config.if_unfinished`.  A new run closes
    those of which it takes every row; one that takes only some of them (`limit`, `only`) is a job
    beside them.
    Raises UsageError where it is to be refused, StateError if the disk refuses.
    """
    call = Call.of(job, target, config)
    found = ledger.do(call.unfinished)
    if found and config.if_unfinished == "refuse":
        raise _refused(found[0].record, config.state_dir)
    if same := call.repeated(found):
        begun = go_on(ledger, same.record, config.state_dir)
        return replace(begun, remarks=call.remarks(found))
    if found and config.if_unfinished == "resume":
        raise _not_the_same(found[0].record, call.changes(found[0].record))
    options = {**call.options, **call.shared_order(found)}
    folder = RunFolder.create(config.state_dir, options, job.mapping.text, now)
    if config.only is not None:
        folder.write_json("only.json", {"ids": sorted(config.only)})
    folder.keep_fixes(config.fixes)
    record = RunRecord(
        run=folder.run_id,
        workspace=target.app_id,
        mapping_name=job.mapping.name,
        begun=_later_than(ledger.do(latest_begin), now.timestamp()),
        options=options,
        locations=job.locations,
        fingerprint=call.fingerprint,
        mapping_hash=call.hashed,
    )

    def register(connection: sqlite3.Connection) -> None:
        for one in found:
            if call.replaces(one):
                set_state(connection, one.record.run, RunState.CLOSED)
        add_run(connection, record)

    ledger.do(register)
    return Begun(folder, record, Progress(), call.remarks(found))


def _later_than(latest: float, now_seconds: float) -> float:
    """Give the run's begin; a clock that was put back must not make a new run an old one."""
    return max(now_seconds, latest + _TICK_SECONDS)


def begin_retry(
    ledger: Ledger,
    job: Job,
    record: RunRecord,
    folder_of: Callable[[], RunFolder],
    state_dir: Path,
) -> Begun:
    """Register a retry, or go on with the unfinished one that this call repeats.

    job: of the rows as they were put together.  record: what is known of it before it has a folder.
    folder_of: makes its folder, with its rows in it.
    An unfinished retry of the same run with other rows or options is closed.
    """
    before = ledger.do(lambda connection: unfinished_retry(connection, record.parent))
    if before is not None and not _retry_changes(before, record):
        return go_on(ledger, before, state_dir)
    folder = folder_of()
    begun = replace(
        record,
        run=folder.run_id,
        begun=_later_than(ledger.do(latest_begin), record.begun),
        fingerprint=fingerprint_of(folder.mended),
        rows=job.source.count_rows(),
    )

    def register(connection: sqlite3.Connection) -> None:
        if before is not None:
            set_state(connection, before.run, RunState.CLOSED)
        add_run(connection, begun)

    ledger.do(register)
    return Begun(folder, begun, Progress())


def _retry_changes(before: RunRecord, record: RunRecord) -> bool:
    return (
        bool(changed_options(before.options, record.options))
        or before.options["retry"]["digest"] != record.options["retry"]["digest"]
        or before.mapping_hash != record.mapping_hash
        or before.workspace != record.workspace
    )


def go_on(ledger: Ledger, record: RunRecord, state_dir: Path) -> Begun:
    """Open an unfinished run again, with its files cut back to what was committed."""
    folder = RunFolder.of(state_dir, record.run)

    def load(connection: sqlite3.Connection) -> Progress:
        set_state(connection, record.run, RunState.OPEN)
        return load_progress(connection, record.run, ledger.path)

    progress = ledger.do(load)
    for path in (folder.journal, folder.row_log, folder.warnings, folder.receipt):
        cut_back(path, progress.lengths.get(path.name, 0))
    return Begun(folder, record, progress)


def require_same_source(
    record: RunRecord, job: Job, state_dir: Path, *, moved: bool = False
) -> None:
    """Raise SourceChanged if the source, moved or not, is not the one that the run began with."""
    now = job.source.fingerprint()
    changes = difference(record.fingerprint, now, moved=moved)
    if not changes:
        return
    found, same = f"a source that changed since it began: {changes}", ""
    if record.kind == "run" and not difference(record.fingerprint, now, moved=True):
        found += "; its size and what was looked at of its content are the same"
        words = [word for one in record.locations for word in ("--source", one)]
        same = (
            "if you know that it is the same, only copied or written anew, say so with "
            f"`{about_runs('resume', state_dir, record.run, *words)}`; else "
        )
    raise SourceChanged(
        f"run {record.run}",
        found,
        "the same source",
        f"{same}put the old file back, or begin a new run with `moengage-import run`: a user who "
        "is sent twice is only updated twice",
    )


def _refused(before: RunRecord, state_dir: Path) -> UsageError:
    return UsageError(
        f"run {before.run}",
        "an unfinished run of the same source",
        "none, as --if-unfinished refuse asks",
        f"go on with it ({about_runs('resume', state_dir, before.run)}), or begin anew with "
        "--if-unfinished new",
    )


def _not_the_same(before: RunRecord, changes: list[str]) -> UsageError:
    return UsageError(
        f"run {before.run}",
        f"an unfinished run that this call does not repeat: {', '.join(changes)} changed",
        "the same source, mapping and options, as --if-unfinished resume asks",
        "begin anew with --if-unfinished new",
    )
