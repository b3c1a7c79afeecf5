"""Answers "what would change there?": a check, held against what is remembered of every user."""

from __future__ import annotations

import csv
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from importer.check import check_job
from importer.config import RunConfig
from importer.hints import after_plan
from importer.job import Job, MappingLike, SourcesLike, open_job
from importer.observer import Observer
from importer.pipeline import Preparer
from importer.plan.binding import binding
from importer.plan.comparison import Comparison
from importer.plan.forecast import comparison_with, expectation
from importer.plan.guard import EXIT, breaches
from importer.records import Fate
from importer.runs.outputs import require_harmless
from importer.stages.recording import (
    consulted,
    database_path,
    known_secret,
    open_for_reading,
    replacing,
    write_json,
)
from importer.stages.reporting import RunReport
from importer.stopping import StopSignal


@dataclass(frozen=True)
class Plan:
    """What a run would do, before it does it.

    report: of the check; its `pending` rows would be sent.
    comparison: with what is remembered of every user.
    minutes: what sending takes at the rate, at the least.
    gone: how many users were sent before and are not in the source; None if nobody asked.
    breaches: what the mapping's guards would say.
    """

    report: RunReport
    comparison: Comparison
    minutes: float
    gone: int | None
    breaches: tuple[str, ...]

    @property
    def requests(self) -> int:
        return self.report.fates[Fate.PENDING]

    def as_dict(self) -> dict[str, Any]:
        """Give it as plain data (for JSON): the check's report, and `plan`."""
        found = self.comparison
        plan = {
            "new": found.new,
            "changed": found.changed,
            "unchanged": found.unchanged,
            "unsure": found.unsure,
            "changed_by_attribute": _some(found.changed_by),
            "newly_blank": _some(found.newly_blank),
            "unset": _some(found.unset),
            "new_attributes": list(found.new_attributes),
            "gone": self.gone,
            "requests": self.requests,
            "minutes": round(self.minutes, 1),
            "payload_bytes": found.payload_bytes,
            "guards": list(self.breaches),
        }
        return {**self.report.as_dict(), "plan": plan}


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    """Give those that any row has, the most first."""
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    return {name: rows for name, rows in ranked if rows}


def plan_import(
    sources: SourcesLike,
    mapping: MappingLike,
    workspace: str,
    config: RunConfig | None = None,
    *,
    gone: Path | None = None,
    out: Path | None = None,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
) -> Plan:
    """Compare every row with what was last accepted of its user; nothing is sent or remembered.

    workspace: the app id that a run would write to.
    gone: where to list the ids of users who were sent before and are not in the source; nothing
        is deleted in MoEngage.
    out: where to write a plan that a run may be held to (`config.plan`).
    Raises what check_source raises.
    """
    settings = config or RunConfig()
    job = open_job(sources, mapping, settings)
    return plan_job(job, workspace, settings, gone=gone, out=out, observer=observer, stop=stop)


def plan_job(
    job: Job,
    workspace: str,
    config: RunConfig,
    *,
    gone: Path | None = None,
    out: Path | None = None,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
) -> Plan:
    """Do what plan_import does, for a source that is open already."""
    require_harmless({"--gone": gone, "--out": out}, job, config)
    with (
        _memory(config.state_dir) as (connection, secret),
        tempfile.TemporaryDirectory(prefix="moengage-import-") as folder,
    ):
        noted = Path(folder) if gone is not None else None
        comparison = comparison_with(connection, job, workspace, config, secret, noted)
        prepared = replace(job, preparer=Preparer(job.mapping, config.only, secret))
        report = check_job(prepared, config, observer=observer, stop=stop, sieves=(comparison,))
        is_whole = report.stop is None
        broken: tuple[str, ...] = ()
        if is_whole:
            expected = expectation(
                connection,
                job,
                workspace,
                report.rows,
                comparison,
                is_whole=config.takes_whole_source,
            )
            broken = breaches(job.mapping.guards, expected)
        absent = _list_gone(gone, comparison) if gone is not None and is_whole else None
    plan = Plan(
        replace(
            report,
            exit=EXIT if broken else report.exit,
            target=workspace,
            next=after_plan(job.paths, job.mapping.file, config, out=out, stop=report.stop),
        ),
        comparison,
        report.fates[Fate.PENDING] * config.sending.rate.interval_seconds / 60,
        absent,
        broken,
    )
    if out is not None and is_whole:
        write_json(out, {**binding(job, workspace, config), **plan.as_dict()["plan"]})
    return plan


@contextmanager
def _memory(state_dir: Path) -> Iterator[tuple[Connection | None, bytes]]:
    """Give the ledger and its secret; a plan makes neither."""
    connection = None
    if database_path(state_dir).exists():
        connection = open_for_reading(state_dir)
    if connection is None:
        yield None, secrets.token_bytes(32)
        return
    with consulted(connection):
        yield connection, known_secret(connection, state_dir)


def _list_gone(path: Path, comparison: Comparison) -> int:
    users = 0
    with replacing(path) as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(["customer_id"])
        for ids in comparison.gone():
            writer.writerows([one or "(an id too long to be kept)"] for one in ids)
            users += len(ids)
    return users
