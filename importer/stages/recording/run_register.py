"""Keeps what the ledger knows of each run: what it was told, how far it is, how it ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Any

from importer.errors import UsageError
from importer.stages.recording.database import damaged, explained, ledger_of


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


ORDER_OF = "order_of"
"""The option that names another run's rows as those with which a run's own are in order."""


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

    @property
    def order_of(self) -> str:
        """Give the run among whose rows its own have their order: those of one source, in its."""
        retried = self.options.get("retry") or {}
        return str(self.options.get(ORDER_OF) or retried.get("origin") or self.run)


_SEALED = (
    "run, workspace, mapping_name, kind, parent, begun, options, locations, fingerprint, "
    "mapping_hash"
)
"""What a run is registered with, and what never changes: the seal tells that it did not."""
_COLUMNS = f"{_SEALED}, state, ended, rows, report"


def add_run(connection: sqlite3.Connection, record: RunRecord) -> None:
    """Register a run."""
    sealed = (
        record.run,
        record.workspace,
        record.mapping_name,
        record.kind,
        record.parent,
        record.begun,
        json.dumps(record.options),
        json.dumps(record.locations),
        record.fingerprint,
        record.mapping_hash,
    )
    report = None if record.report is None else json.dumps(record.report, default=str)
    values = (*sealed, record.state, record.ended, record.rows, report, _seal(sealed))
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO runs ({_COLUMNS}, seal) VALUES ({marks})", values)  # noqa: S608 - our own names


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
    """Give all runs, the latest first; StateError if one is not what was written."""
    # In the order in which they were registered: a clock may have been put back between them.
    query = f"SELECT {_COLUMNS}, seal FROM runs ORDER BY rowid DESC"  # noqa: S608 - our own names
    path = ledger_of(connection)
    with explained(path):
        return [_record(row, path) for row in connection.execute(query)]


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
) -> list[RunRecord]:
    """Give the unfinished runs of the same source into the same workspace, the latest first."""
    wanted = (workspace, mapping_name, locations, "run")
    return [
        record
        for record in runs(connection)
        if (record.workspace, record.mapping_name, record.locations, record.kind) == wanted
        and record.state in UNFINISHED
    ]


def latest_begin(connection: sqlite3.Connection) -> float:
    """Give when the latest of all runs began, in seconds since 1970; 0 before the first."""
    return float(connection.execute("SELECT coalesce(max(begun), 0) FROM runs").fetchone()[0])


def retries_of(connection: sqlite3.Connection, run: str) -> list[RunRecord]:
    """Give the retries of this run's dead letter, the latest first."""
    return [record for record in runs(connection) if record.parent == run]


def unfinished_retry(connection: sqlite3.Connection, run: str) -> RunRecord | None:
    """Give the latest retry of this run's dead letter, if it is unfinished."""
    latest = next(iter(retries_of(connection, run)), None)
    return latest if latest is not None and latest.state in UNFINISHED else None


def _record(row: tuple[Any, ...], path: Path) -> RunRecord:
    names = [name.strip() for name in _COLUMNS.split(",")]
    *values, seal = row
    found = dict(zip(names, values, strict=True))
    sealed = tuple(values[: len(_SEALED.split(","))])
    if seal is not None and seal != _seal(sealed):
        raise damaged(path, f"what it says of run {found['run']} is not what was written")
    report = found.pop("report")
    try:
        record = RunRecord(
            **{
                **found,
                "state": RunState(found["state"]),
                "options": json.loads(found["options"]),
                "locations": tuple(json.loads(found["locations"])),
            }
        )
        return replace(record, report=None if report is None else json.loads(report))
    except ValueError:
        raise damaged(path, f"how run {found['run']} ended cannot be read") from None


def _seal(sealed: tuple[Any, ...]) -> bytes:
    return blake2b(json.dumps(sealed).encode(), digest_size=8).digest()
