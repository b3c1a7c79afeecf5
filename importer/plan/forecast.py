"""Says what a run would do before it does it, beside what the runs before it did."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from importer.config import RunConfig
from importer.errors import ImporterError
from importer.executors.local import prepared_alone
from importer.job import Job
from importer.mapping_file import Guards
from importer.observer import Observer
from importer.plan.comparison import Comparison
from importer.plan.guard import Expectation, breaches, guarded_stop
from importer.runs.registration import Begun
from importer.sieves import Sieve, sifted
from importer.stages.recording import RunRecord, RunState, find_scope, open_for_reading, runs
from importer.stopping import StopSignal, stop_for


def comparison_with(
    connection: sqlite3.Connection | None,
    job: Job,
    workspace: str,
    config: RunConfig,
    secret: bytes,
    folder: Path | None = None,
) -> Comparison:
    """Give an empty comparison with what this workspace's runs of this mapping remember.

    connection: the ledger, for reading by any thread; None if there is none.
    folder: where the users of the source may be noted; None if nobody asks who is gone.
    """
    scope = None
    if connection is not None:
        scope = find_scope(connection, workspace, job.mapping.name)
    return Comparison(
        connection,
        scope,
        job.mapping,
        secret,
        only_changed=config.only_changed,
        refresh_after_seconds=config.refresh_after_seconds,
        folder=folder,
    )


def expectation(
    connection: sqlite3.Connection | None,
    job: Job,
    workspace: str,
    rows: int,
    comparison: Comparison | None = None,
    *,
    is_whole: bool = True,
) -> Expectation:
    """Give what the guards want to know.

    rows: of the source.  comparison: with all of its rows, where the guards ask for one.
    is_whole: whether all of the source is meant; only then are its rows compared with others'.
    """
    before = [] if connection is None else _whole_runs(connection, workspace, job.mapping.name)
    compared = before if is_whole else []
    written = job.source.written()
    return Expectation(
        rows=rows,
        runs_before=len(before),
        rows_before=compared[0].rows if compared else None,
        run_before=compared[0].run if compared else "",
        known=comparison.known if comparison else 0,
        changed=comparison.changed if comparison else 0,
        newly_blank=dict(comparison.newly_blank) if comparison else {},
        new_attributes=comparison.new_attributes if comparison else (),
        source_age_seconds=None if written is None else time.time() - written,
    )


def hold_to_guards(
    job: Job,
    workspace: str,
    config: RunConfig,
    begun: Begun,
    sieves: Sequence[Sieve],
    observer: Observer,
    stop: StopSignal,
) -> None:
    """Ask a run to stop that breaks its mapping's guards; one that has sent rows is let go on.

    sieves: what takes rows out before they are compared.
    """
    guards = job.mapping.guards
    if guards == Guards() or begun.record.kind != "run" or begun.progress.rows_opened:
        return
    rows = job.source.count_rows(config.limit)
    connection = open_for_reading(config.state_dir)
    try:
        comparison = None
        if guards.ask_the_memory and not stop.is_set():
            secret = job.preparer.secret or b""
            comparison = comparison_with(connection, job, workspace, config, secret)
            _compare_all(job, config, (*sieves, comparison), observer, stop)
        expected = expectation(
            connection, job, workspace, rows, comparison, is_whole=config.takes_whole_source
        )
    except ImporterError as error:
        stop.request(stop_for(error))
        return
    finally:
        if connection is not None:
            connection.close()
    if broken := breaches(guards, expected, overridden=config.override_guards):
        stop.request(guarded_stop(broken))


def _compare_all(
    job: Job,
    config: RunConfig,
    sieves: Sequence[Sieve],
    observer: Observer,
    stop: StopSignal,
) -> None:
    observer.began("compare with what was sent before", None)
    first, blocks = 0, job.source.blocks(config.limit)
    for block, prepared in prepared_alone(job.preparer, blocks, job.size_bytes, config.workers):
        if stop.is_set():
            return
        sifted(prepared, first, sieves)
        first += block.rows


def _whole_runs(
    connection: sqlite3.Connection, workspace: str, mapping_name: str
) -> list[RunRecord]:
    """Give the finished runs of whole sources, the latest first."""
    wanted = (workspace, mapping_name, "run", RunState.FINISHED)
    return [
        run
        for run in runs(connection)
        if (run.workspace, run.mapping_name, run.kind, run.state) == wanted
        and run.options["limit"] is None
        and run.options["only"] is None
    ]
