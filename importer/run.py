"""Imports a source: prepares it block by block, sends it, and knows every row's fate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from importer.accounts import Accounts
from importer.config import RunConfig, Target
from importer.errors import Defect, ImporterError, SourceChanged, StateError
from importer.executors.local import prepared_blocks, workers_for
from importer.feed import BlockFeed
from importer.hints import after_run
from importer.job import Job, MappingLike, SourcesLike, open_job, require_same_workspace
from importer.losses import Losses
from importer.observer import Observer, Silence
from importer.outputs import require_harmless
from importer.records import DEAD_FATES, Request, Stop
from importer.stages.recording import (
    Journal,
    RunFolder,
    WarningsFile,
    free_path,
    remember_dead_letter,
    write_dead_letter,
    write_json,
)
from importer.stages.reporting import RunReport, exit_code
from importer.stages.sending import Client, Sender, SendingObserver, Traffic, run_in_loop
from importer.stopping import StopSignal


def run_import(
    sources: SourcesLike,
    mapping: MappingLike,
    target: Target,
    config: RunConfig | None = None,
    *,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
) -> RunReport:
    """Send every row of the sources to the target, one request per user.

    stop: ask it to end the run cleanly, from any thread.
    Blocks until the run is over.  Nothing is printed, and no signal handler is installed.
    Raises MappingError, SourceError, TargetError or StateError before the first request; what
    goes wrong later ends the run, and the report says what (`stop`, `exit`).
    """
    settings = config or RunConfig()
    job = open_job(sources, mapping, settings)
    return run_job(job, target, settings, observer=observer, stop=stop)


def run_job(
    job: Job,
    target: Target,
    config: RunConfig,
    *,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
) -> RunReport:
    """Do what run_import does, for a source that is open already."""
    require_same_workspace(job.mapping, target)
    require_harmless({"--dead-letter": config.dead_letter, "--report": config.report}, job)
    options = _options(job, target, config)
    folder = RunFolder.create(config.state_dir, options, job.mapping.text, datetime.now(UTC))
    with closing(Journal(folder.journal)) as journal:
        watcher, signal = observer or Silence(), stop or StopSignal()
        return ImportRun(job, target, config, folder, journal, watcher, signal).go()


class ImportRun:
    """One import, from its first block to its report."""

    def __init__(
        self,
        job: Job,
        target: Target,
        config: RunConfig,
        folder: RunFolder,
        journal: Journal,
        observer: Observer,
        stop: StopSignal,
    ) -> None:
        self.job = job
        self.target = target
        self.config = config
        self.folder = folder
        self.journal = journal
        self.observer = observer
        self.stop = stop
        self.warnings_file = WarningsFile(folder.warnings)
        self.losses = Losses(job.source.columns, journal, self.warnings_file)
        self.accounts = Accounts(self.losses, observer)
        self.traffic = Traffic()
        self._failure: ImporterError | None = None

    def go(self) -> RunReport:
        """Send everything, and account for everything."""
        began = time.monotonic()
        rows = self.job.source.count_rows(self.config.limit)
        self.observer.began(f"send to {self.target.app_id} at {self.target.host}", rows)
        run_in_loop(self._send())
        self.losses.pass_over(self.job.source.blank_lines)
        self._require_counted_rows(rows)
        total = max(rows, self.accounts.rows_opened)
        # What the disk would not take was not settled: it is pending, whatever came of it.
        self.accounts.settle_unseen(total, forgiving=isinstance(self._failure, StateError))
        return self._close(total, time.monotonic() - began)

    # --- sending -----------------------------------------------------------------------------

    async def _send(self) -> None:
        timers = self._start_timers()
        workers = workers_for(self.job.size_bytes, self.config.workers)
        blocks = self.job.source.blocks(self.config.limit)
        feed = BlockFeed(prepared_blocks(self.job.preparer, blocks, workers))
        try:
            async with Client(self.target, self.config.sending) as client:
                sender = Sender(
                    client,
                    self.config.sending,
                    self.stop,
                    settle=self.accounts.settle,
                    observer=_Pauses(self.observer),
                )
                self.traffic = sender.traffic
                await sender.run(self._requests(feed))
        except ImporterError as error:
            self._failure = error
            self.stop.request(_stop_for(error))
        finally:
            for timer in timers:
                timer.cancel()
            await feed.close()

    def _start_timers(self) -> list[asyncio.TimerHandle]:
        limits = []
        if self.config.max_time_seconds is not None:
            limits.append((self.config.max_time_seconds, "--max-time is over"))
        if self.config.finish_by is not None:
            left = (self.config.finish_by - datetime.now(UTC)).total_seconds()
            limits.append((max(left, 0.0), "the time of --finish-by has come"))
        loop = asyncio.get_running_loop()
        return [
            loop.call_later(seconds, self.stop.request, _out_of_time(message))
            for seconds, message in limits
        ]

    async def _requests(self, feed: BlockFeed) -> AsyncIterator[Request]:
        """Give the rows to send, in order, settling those that need no sending on the way."""
        while (item := await feed.next()) is not None:
            block, prepared = item
            first = self.accounts.open(block, prepared)
            rows = zip(
                (prepared.index + first).tolist(),
                prepared.customer_ids.to_pylist(),
                prepared.bodies,
                strict=True,
            )
            for ordinal, customer_id, body in rows:
                await self.accounts.room_for(ordinal)
                self.accounts.draw()
                yield Request(ordinal, customer_id, body.as_py())

    # --- the end -----------------------------------------------------------------------------

    def _require_counted_rows(self, rows: int) -> None:
        """Notice a source whose rows are not those that were counted before the start."""
        opened = self.accounts.rows_opened
        if opened > rows or (opened < rows and not self.stop.is_set()):
            self.stop.request(
                Stop(
                    "source-changed",
                    f"{rows} rows were counted before the start, and {opened} were read",
                    "see that nobody writes to the source, then run again",
                    SourceChanged.exit_code,
                )
            )

    def _close(self, rows: int, seconds: float) -> RunReport:
        """Put the dead letter and the report in place; what fails now is in the report too."""
        dead_letter = None
        try:
            self.accounts.tally.require_sum(rows)
            self.journal.close()
            dead_letter = self._write_dead_letter()
        except ImporterError as error:
            self._failure = self._failure or error
        report = self._report(rows, seconds, dead_letter)
        try:
            for path in filter(None, (self.folder.path / "report.json", self.config.report)):
                write_json(path, report.as_dict())
        except StateError as error:
            self._failure = self._failure or error
            return self._report(rows, seconds, dead_letter)
        return report

    def _write_dead_letter(self) -> Path | None:
        columns = self.job.source.columns
        path = None
        if len(self.journal):
            rows = self.journal.in_row_order()
            path = write_dead_letter(self.folder.dead_letter, self.folder.run_id, columns, rows)
        if self.config.dead_letter is not None:
            asked = free_path(self.config.dead_letter, self.config.state_dir, self.folder.run_id)
            rows = self.journal.in_row_order()
            write_dead_letter(asked, self.folder.run_id, columns, rows)
            remember_dead_letter(asked, self.config.state_dir)
            path = asked if len(self.journal) else None
        return path

    def _report(self, rows: int, seconds: float, dead_letter: Path | None) -> RunReport:
        fates = dict(self.accounts.tally.fates)
        dead = sum(fates[fate] for fate in DEAD_FATES)
        stop = _stop_for(self._failure) if self._failure else self.stop.reason
        return RunReport(
            run=self.folder.run_id,
            sources=self.job.descriptions,
            target=f"{self.target.app_id} at {self.target.base_url}",
            rows=rows,
            fates=fates,
            sent=True,
            seconds=seconds,
            exit=exit_code(stop, dead, rows, self.config.allow_failures),
            next=after_run(
                self.job.paths,
                self.job.mapping.file,
                self.config,
                dead_letter=dead_letter,
                stop=stop,
            ),
            requests=self.traffic.requests,
            retries=self.traffic.retries,
            paused_seconds=self.traffic.paused_seconds,
            warnings=dict(self.losses.warnings),
            notes=self.job.notes,
            source=tuple(file.as_dict() for file in self.job.source.files),
            reasons=self.losses.reasons.commonest(),
            dead_letter=dead_letter,
            warnings_file=self.warnings_file.path if self.warnings_file.rows else None,
            folder=self.folder.path,
            stop=stop,
        )


class _Pauses(SendingObserver):
    """Tells the run's observer of pauses."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def paused(self, http_status: int, wait_seconds: float) -> None:
        self._observer.paused(wait_seconds, f"the API answered {http_status}")


def _out_of_time(message: str) -> Stop:
    return Stop("time", message, "run the same command again for the rest", 4)


def _stop_for(error: ImporterError) -> Stop:
    problem = error.problem
    codes = {Defect: "defect", StateError: "state", SourceChanged: "source-changed"}
    code = codes.get(type(error), "source")
    # Once a run has begun, exit 2 ("nothing was sent") would be untrue.
    exit_status = max(error.exit_code, StateError.exit_code)
    message = f"{problem.place}: {problem.found}; expected {problem.expected}"
    return Stop(code, message, problem.remedy, exit_status)


def _options(job: Job, target: Target, config: RunConfig) -> dict[str, Any]:
    """Give what the run was told, without secrets and without anybody's ids."""
    return {
        "sources": list(job.locations),
        "mapping": str(Path(job.mapping.file).absolute()),
        "app_id": target.app_id,
        "base_url": target.base_url,
        "rate": str(config.sending.rate),
        "concurrency": config.sending.concurrency,
        "retries": config.sending.retries,
        "timeout_seconds": config.sending.timeout_seconds,
        "limit": config.limit,
        "only": None if config.only is None else len(config.only),
        "update_existing_only": job.mapping.update_existing_only,
        "allow_failures": str(config.allow_failures),
        "workers": config.workers,
        "source": asdict(config.source),
    }
