"""Sends the rows of a run's dead letter again, as a person has mended them, in a run of its own."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from importer.config import RunConfig, Target
from importer.errors import UsageError
from importer.job import Job, MappingLike, require_same_workspace
from importer.mended.retried_rows import Counts, RetryChoice
from importer.mended.table import MendedTable
from importer.observer import Observer
from importer.parents import (
    dead_rows,
    find_dead_letter,
    mapping_of,
    nothing_left,
    settings_of,
)
from importer.plurals import counted
from importer.records import SourceOptions
from importer.run import carry_out
from importer.runs.outputs import outputs_of, require_harmless
from importer.runs.registration import Begun, begin_retry
from importer.runs.run_options import mapping_hash, options_of
from importer.stages.recording import (
    ORDER_OF,
    Journal,
    Ledger,
    RunFolder,
    RunRecord,
    state_lock,
)
from importer.stages.reporting import RunReport
from importer.stopping import StopSignal
from importer.stored_rows import stored_job

_DRAFT = ".retry-"
_DRAFT_SECONDS = 24 * 3600
"""No retry takes that long to put its rows together."""


@dataclass(frozen=True)
class Retry:
    """Rows of a dead letter, put together to be sent again.

    parent: the run whose dead letter it is.
    config: the settings of that run, apart from what belongs to it alone.
    facts: what is written down of this retry (see `_facts`).
    """

    parent: RunRecord
    config: RunConfig
    job: Job
    store: Path
    facts: Mapping[str, Any]

    @property
    def in_sandbox(self) -> bool:
        return "--sandbox" in self.config.again


def retry_rows(
    asked: str | Path,
    target: Target,
    config: RunConfig | None = None,
    *,
    state_dir: Path | None = None,
    mapping: MappingLike | None = None,
    choice: RetryChoice | None = None,
    reading: SourceOptions | None = None,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
) -> RunReport:
    """Send the rows of a dead letter again: a run's (id, beginning of one, `last`) or a file's.

    config: instead of the settings that the run had.  mapping: instead of its copy.
    choice: which rows, and how.  reading: how a mended file is written, where it must be said.
    A call that repeats an unfinished retry goes on with it.
    Raises what run_import raises, and UsageError where there is nothing to retry.
    """
    folder = config.state_dir if config is not None else state_dir or RunConfig().state_dir
    with open_retry(
        asked, folder, config=config, mapping=mapping, choice=choice, reading=reading
    ) as retry:
        return send_retry(retry, target, observer=observer, stop=stop)


@contextmanager
def open_retry(
    asked: str | Path,
    state_dir: Path,
    *,
    config: RunConfig | None = None,
    mapping: MappingLike | None = None,
    choice: RetryChoice | None = None,
    reading: SourceOptions | None = None,
) -> Iterator[Retry]:
    """Put the rows together in a draft that is gone afterwards; nothing is sent."""
    chosen = choice or RetryChoice()
    parent, path, table = find_dead_letter(asked, state_dir, reading or SourceOptions())
    folder = RunFolder.of(state_dir, parent.run)
    loaded = mapping_of(parent, folder, mapping)
    settings = config or settings_of(parent, state_dir)
    if chosen.anew:
        settings = replace(settings, only_changed=False, refresh_after_seconds=None, force=True)
    retried = dead_rows(parent, folder, loaded, state_dir, chosen)
    _sweep(state_dir)
    with tempfile.TemporaryDirectory(prefix=_DRAFT, dir=state_dir) as draft:
        store = Journal(Path(draft) / folder.mended.name)
        with closing(store):
            counts = retried.keep(table, store)
            digest = _digest(store)
        if not counts.kept:
            raise nothing_left(parent, counts, state_dir)
        notes = _notes(parent, counts, chosen, table)
        job = stored_job(
            store.path,
            retried.columns,
            loaded,
            settings,
            shown=str(path),
            described=[replace(file, rows=counts.kept) for file in table.files] if table else (),
            notes=notes,
        )
        yield Retry(parent, settings, job, store.path, _facts(parent, chosen, digest, notes))


def send_retry(
    retry: Retry,
    target: Target,
    config: RunConfig | None = None,
    *,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
) -> RunReport:
    """Send what open_retry has put together."""
    settings, job, parent = config or retry.config, retry.job, retry.parent
    require_same_workspace(job.mapping, target)
    if target.app_id != parent.workspace:
        raise UsageError(
            f"run {parent.run}",
            f"a run into the workspace {parent.workspace}, and MOENGAGE_APP_ID is {target.app_id}",
            "the workspace that the rows were meant for",
            "set MOENGAGE_APP_ID to that workspace",
        )
    require_harmless(outputs_of(settings), job, settings)
    what = f"a retry of run {parent.run}"
    with (
        state_lock(settings.state_dir, what, settings.wait_seconds) as lock,
        Ledger(settings.state_dir) as ledger,
    ):
        begun = _begin(ledger, retry, target, settings)
        lock.carries(begun.record.run)
        stored = _stored(begun, job, settings)
        return carry_out(stored, target, settings, ledger, begun, observer, stop)


def _sweep(state_dir: Path) -> None:
    """Remove drafts of processes that were killed, which hold people's data."""
    for path in state_dir.glob(f"{_DRAFT}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _DRAFT_SECONDS:
                shutil.rmtree(path)


def _begin(ledger: Ledger, retry: Retry, target: Target, config: RunConfig) -> Begun:
    now, mapping = datetime.now(UTC), retry.job.mapping
    own = {"retry": dict(retry.facts), ORDER_OF: retry.parent.order_of}
    options = {**options_of(retry.job, target, config), **own}
    record = RunRecord(
        run="",
        workspace=target.app_id,
        mapping_name=mapping.name,
        begun=now.timestamp(),
        options=options,
        locations=retry.job.locations,
        fingerprint="",
        mapping_hash=mapping_hash(mapping.text),
        kind="retry",
        parent=retry.parent.run,
    )

    def new_folder() -> RunFolder:
        folder = RunFolder.create(config.state_dir, options, mapping.text, now)
        retry.store.replace(folder.mended)
        return folder

    return begin_retry(ledger, retry.job, record, new_folder, config.state_dir)


def _stored(begun: Begun, job: Job, config: RunConfig) -> Job:
    """Open the rows where they are kept for good."""
    return stored_job(
        begun.folder.mended,
        job.source.columns,
        job.mapping,
        config,
        shown=job.paths[0],
        described=job.source.files,
        notes=job.more_notes,
    )


def _digest(store: Journal) -> str:
    """Give what tells whether the rows of two retries are the same."""
    digest = blake2b(digest_size=16)
    for row in store.in_row_order():
        digest.update(orjson.dumps([row.ordinal, row.cells, row.codes, row.columns]))
    return digest.hexdigest()


def _facts(
    parent: RunRecord, choice: RetryChoice, digest: str, notes: tuple[str, ...]
) -> dict[str, Any]:
    """Give what a retry writes down: its parent, and the run that read the rows from their file."""
    before = parent.options.get("retry")
    origin = before["origin"] if before else parent.run
    begun = before["origin_begun"] if before else parent.begun
    return {
        "of": parent.run,
        "origin": origin,
        "origin_begun": begun,
        "only_undelivered": choice.only_undelivered,
        "accept_cells": choice.accept_cells,
        "force": choice.anew,
        "digest": digest,
        "notes": list(notes),
    }


def _notes(
    parent: RunRecord, counts: Counts, choice: RetryChoice, table: MendedTable | None
) -> tuple[str, ...]:
    found = [f"this sends rows of run {parent.run} again, in a run of its own"]
    if table is not None and (further := table.further_columns()):
        found.append(
            f"columns that are not the dead letter's do not count: {', '.join(map(repr, further))}"
        )
    if counts.absent:
        found.append(
            f"not in {table.path if table else 'it'}, and so not sent again: "
            f"{counted(counts.absent, 'row')} of its dead letter"
        )
    if counts.not_asked:
        found.append(f"left aside, because not undelivered: {counted(counts.not_asked, 'row')}")
    if counts.delivered_since:
        found.append(
            "delivered by an earlier retry as they are, and so unchanged (--force sends them all "
            f"the same): {counted(counts.delivered_since, 'row')}"
        )
    if choice.accept_cells:
        found.append("cells are taken as they are, whatever a spreadsheet made of them")
    return tuple(found)
