"""Keeps what the ledger knows of each run: what it was told, how far it is, how it ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from importer.errors import UsageError


class RunState(StrEnum):
    """How a run stands."""

    OPEN = "open"
    """It is going on, or was killed."""
    STOPPED = "stopped"
    """It ended before its rows did, and can be resumed."""
    FINISHED = "finished"
    CLOSED = "closed"
    """It was stopped, and another run of the same source took its place."""


UNFINISHED = (RunState.OPEN, RunState.STOPPED)


@dataclass(frozen=True)
class RunRecord:
    """One run of the ledger.

    mapping_name: the mapping's `name:`, or its file's.
    kind: "run" or "retry"; parent: the run that a retry belongs to, or "".
    begun, ended: seconds since 1970; ended is None while it is open.
    options: what it was told, without secrets and without ids.
    locations: the source's absolute paths and URLs; fingerprint: what tells that it is the same.
    rows: the source's rows, once they have been counted.
    report: as `--json` prints it, once there is one.
    """

    run: str
    workspace: str
    mapping_name: str
    begun: float
    options: Mapping[str, Any]
    locations: tuple[str, ...]
    fingerprint: str
    mapping_hash: str
    kind: str = "run"
    parent: str = ""
    state: RunState = RunState.OPEN
    ended: float | None = None
    rows: int | None = None
    report: Mapping[str, Any] | None = field(default=None, repr=False)


_COLUMNS = (
    "run, workspace, mapping_name, kind, parent, state, begun, ended, options, locations, "
    "fingerprint, mapping_hash, rows, report"
)


def add_run(connection: sqlite3.Connection, record: RunRecord) -> None:
    """Register a run."""
    values = (
        record.run,
        record.workspace,
        record.mapping_name,
        record.kind,
        record.parent,
        record.state,
        record.begun,
        record.ended,
        json.dumps(record.options),
        json.dumps(record.locations),
        record.fingerprint,
        record.mapping_hash,
        record.rows,
        None if record.report is None else json.dumps(record.report, default=str),
    )
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO runs ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608 - our own names


def set_rows(connection: sqlite3.Connection, run: str, rows: int) -> None:
    """Note how many rows the source has."""
    connection.execute("UPDATE runs SET rows = ? WHERE run = ?", (rows, run))


def set_state(connection: sqlite3.Connection, run: str, state: RunState) -> None:
    """Note how a run stands."""
    connection.execute("UPDATE runs SET state = ? WHERE run = ?", (state, run))


def end_run(
    connection: sqlite3.Connection,
    run: str,
    state: RunState,
    ended: float,
    report: Mapping[str, Any],
) -> None:
    """Note how a run ended."""
    connection.execute(
        "UPDATE runs SET state = ?, ended = ?, report = ? WHERE run = ?",
        (state, ended, json.dumps(report, default=str), run),
    )


def runs(connection: sqlite3.Connection) -> list[RunRecord]:
    """Give all runs, the latest first."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM runs ORDER BY begun DESC, run DESC")  # noqa: S608 - our own names
    return [_record(row) for row in found]


def find_run(connection: sqlite3.Connection | None, asked: str, place: str) -> RunRecord:
    """Give the run of this id, of this beginning of an id, or the latest for `last`.

    place: what a person typed it for.  Raises UsageError when none or several fit.
    """
    known = [] if connection is None else runs(connection)
    fitting = known[:1] if asked == "last" else [run for run in known if run.run.startswith(asked)]
    exact = [run for run in fitting if run.run == asked]
    if exact:
        return exact[0]
    if len(fitting) != 1:
        several = ", ".join(run.run for run in fitting[:5])
        raise UsageError(
            place,
            f"`{asked}`, which fits {several}" if fitting else f"`{asked}`, which is no run here",
            "a run's id, the beginning of one, or `last`",
            "see `moengage-import runs` (with --state-dir, if they lie elsewhere)",
        )
    return fitting[0]


def unfinished_like(
    connection: sqlite3.Connection, workspace: str, mapping_name: str, locations: tuple[str, ...]
) -> RunRecord | None:
    """Give the latest unfinished run of the same source into the same workspace, if there is one."""
    for record in runs(connection):
        same = (record.workspace, record.mapping_name, record.locations)
        if same == (workspace, mapping_name, locations) and record.kind == "run":
            return record if record.state in UNFINISHED else None
    return None


def _record(row: tuple[Any, ...]) -> RunRecord:
    names = [name.strip() for name in _COLUMNS.split(",")]
    found = dict(zip(names, row, strict=True))
    report = found.pop("report")
    record = RunRecord(
        **{
            **found,
            "state": RunState(found["state"]),
            "options": json.loads(found["options"]),
            "locations": tuple(json.loads(found["locations"])),
        }
    )
    return replace(record, report=None if report is None else json.loads(report))
