"""Says what a run means for the unfinished runs of its source: the same one, a new one, one beside."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from importer.config import RunConfig, Target
from importer.hints import about_runs
from importer.job import Job
from importer.plurals import counted
from importer.runs.run_options import (
    changed_options,
    mapping_hash,
    options_of,
    takes_all_of,
    told_option,
)
from importer.stages.reading import difference
from importer.stages.recording import (
    ORDER_OF,
    RunRecord,
    consulted,
    database_path,
    load_progress,
    open_for_reading,
    unfinished_like,
)


@dataclass(frozen=True)
class Unfinished:
    """An unfinished run, and how many of its rows have no fate; None if nobody has counted them."""

    record: RunRecord
    pending: int | None

    def __str__(self) -> str:
        rows = "" if self.pending is None else f" ({counted(self.pending, 'row')} pending)"
        return f"unfinished{rows}"


@dataclass(frozen=True)
class Call:
    """A call of `run`, to be held against the unfinished runs of its source.

    options, fingerprint, hashed: as in a RunRecord, of this call.
    """

    job: Job
    target: Target
    config: RunConfig
    options: Mapping[str, Any]
    fingerprint: str
    hashed: str

    @classmethod
    def of(cls, job: Job, target: Target, config: RunConfig) -> Call:
        options, hashed = options_of(job, target, config), mapping_hash(job.mapping.text)
        return cls(job, target, config, options, job.source.fingerprint(), hashed)

    def unfinished(self, connection: sqlite3.Connection) -> list[Unfinished]:
        """Give the unfinished runs of the same source, the latest first."""
        alike = (self.target.app_id, self.job.mapping.name, self.job.locations)
        path = database_path(self.config.state_dir)
        found = []
        for record in unfinished_like(connection, *alike):
            fates = load_progress(connection, record.run, path).fates
            pending = None if record.rows is None else record.rows - sum(fates.values())
            found.append(Unfinished(record, pending))
        return found

    def changes(self, before: RunRecord) -> list[str]:
        """Say what is not as that run began with it."""
        changes = [*map(told_option, changed_options(before.options, self.options))]
        if self.hashed != before.mapping_hash:
            changes.append("the mapping")
        if source := difference(before.fingerprint, self.fingerprint):
            changes.append(f"the source ({source})")
        return changes

    def repeated(self, found: Sequence[Unfinished]) -> Unfinished | None:
        """Give the one that this call goes on with."""
        if self.config.if_unfinished == "new":
            return None
        return next((one for one in found if not self.changes(one.record)), None)

    def replaces(self, one: Unfinished) -> bool:
        """Tell whether the run of this call, a new one, takes another's place."""
        return takes_all_of(self.options, one.record.options)

    def shared_order(self, found: Sequence[Unfinished]) -> dict[str, str]:
        """Give the option of a run that takes a part of the rows of an unfinished one, if it does.

        Its rows are no newer than the others: they stand where they stand in the same source.
        """
        for one in found:
            then = one.record.options
            same = difference(one.record.fingerprint, self.fingerprint) == ""
            if same and not self.replaces(one) and then["source"] == self.options["source"]:
                return {ORDER_OF: one.record.order_of}
        return {}

    def remarks(self, found: Sequence[Unfinished]) -> tuple[str, ...]:
        """Say what becomes of the unfinished runs with which this call does not go on."""
        same = self.repeated(found)
        return tuple(self._remark(one, same) for one in found if one is not same)

    def _remark(self, one: Unfinished, same: Unfinished | None) -> str:
        run = one.record.run
        resume = about_runs("resume", self.config.state_dir, run)
        if same is not None or not self.replaces(one):
            part = "" if same is not None else ", because this run takes only a part of its rows"
            return f"run {run} of this source stays {one}{part}: `{resume}` goes on with it"
        return (
            f"run {run} of this source, {one}, is closed by this run, which takes its place, "
            f"because {self.why_new(one)}; with --if-unfinished refuse it would stay, and "
            f"`{resume}` would go on with it"
        )

    def why_new(self, one: Unfinished) -> str:
        """Say why this call does not go on with an unfinished run."""
        changes = self.changes(one.record)
        verb = "has" if len(changes) == 1 else "have"
        if not changes:
            return "a new one was asked for"
        *most, last = changes
        return f"{', '.join(most)}{' and ' * bool(most)}{last} {verb} changed"


def repeated_run(job: Job, target: Target, config: RunConfig) -> RunRecord | None:
    """Give the unfinished run that this call would go on with; None if there is none."""
    call = Call.of(job, target, config)
    same = call.repeated(_now(call))
    return None if same is None else same.record


def replaced_runs(job: Job, target: Target, config: RunConfig) -> tuple[tuple[RunRecord, str], ...]:
    """Give the unfinished runs that this call would close, each with a sentence on it."""
    call = Call.of(job, target, config)
    found = _now(call)
    if call.repeated(found) is not None:
        return ()
    return tuple(
        (one.record, f"run {one.record.run} of this source is {one}, and {call.why_new(one)}")
        for one in found
        if call.replaces(one)
    )


def about_unfinished(job: Job, target: Target, config: RunConfig) -> tuple[str, ...]:
    """Say what would become of unfinished runs of this source with which this call does not go on."""
    call = Call.of(job, target, config)
    return call.remarks(_now(call))


def _now(call: Call) -> list[Unfinished]:
    connection = open_for_reading(call.config.state_dir)
    if connection is None:
        return []
    with consulted(connection):
        return call.unfinished(connection)
