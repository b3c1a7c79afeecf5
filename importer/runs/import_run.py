"""Carries out one registered run: from its first block, or where it was left, to its report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from functools import partial

import pyarrow as pa

from importer.config import RunConfig, Target, time_limits
from importer.errors import ImporterError, StateError, WorkbookLimit
from importer.executors.local import prepared_alone, prepared_blocks, workers_for
from importer.hints import after_run
from importer.job import Job
from importer.memory.run_memory import RunMemory
from importer.observer import Observer, Pauses
from importer.records import DEAD_FATES, Block, Fate, Outcome, Request
from importer.runs.accounts import Accounts
from importer.runs.checkpoints import Checkpoints
from importer.runs.feed import BlockFeed, PreparedBlocks
from importer.runs.losses import Losses, Remark, reasons_of
from importer.runs.registration import Begun
from importer.runs.run_files import RunFiles
from importer.sieves import Sieve, sifted
from importer.stages.recording import Ledger, Progress, RunState, end_run, set_rows, write_json
from importer.stages.reporting import RunReport, exit_code
from importer.stages.sending import Client, Sender, Traffic, run_in_loop
from importer.stopping import StopSignal, rows_changed, start_timers, stop_for


class ImportRun:
    """One run in this process; an earlier one may have begun it."""

    def __init__(
        self,
        job: Job,
        target: Target,
        config: RunConfig,
        ledger: Ledger,
        begun: Begun,
        observer: Observer,
        stop: StopSignal,
        sieves: Sequence[Sieve] = (),
        remark: Remark | None = None,
        memory: RunMemory | None = None,
    ) -> None:
        """Open the run's files; StateError if the disk refuses.

        sieves: take rows out that need no sending, in this order.
        remark: see Losses.
        memory: sees the blocks after them, and the outcomes; None remembers nothing.
        """
        self.job = job
        self.target = target
        self.config = config
        self.ledger = ledger
        self.folder = begun.folder
        self.record = begun.record
        self.begun = begun.progress
        self.observer = observer
        self.stop = stop
        self.sieves = (*sieves, *([memory] if memory else []))
        self.memory = memory
        self.files = RunFiles(begun.folder, with_receipt=config.receipt is not None)
        self.losses = Losses(
            job.source.columns,
            self.files.journal,
            self.files.warnings,
            self.begun.warnings,
            remark,
        )
        self.accounts = Accounts(
            self.losses, observer, self.files.row_log, self.begun, self.files.receipt
        )
        self.checkpoints = Checkpoints(
            ledger,
            self.folder.run_id,
            lambda: self.files.growing,
            self._progress,
            self.begun,
            [memory.take] if memory else [],
        )
        self.traffic = Traffic()
        self._began = time.monotonic()
        self._firsts: dict[int, int] = {}
        self._rows_read = 0
        self._failure: ImporterError | None = None

    def go(self) -> RunReport:
        """Send everything that has no fate yet, and account for everything."""
        rows = self.job.source.count_rows(self.config.limit)
        self.ledger.do(lambda connection: set_rows(connection, self.folder.run_id, rows))
        self.observer.began(f"send to {self.target.app_id} at {self.target.host}", rows)
        for fate, before in self.begun.fates.items():
            self.observer.progressed(Fate(fate), before)
        run_in_loop(self._send())
        self.losses.pass_over(self.job.source.blank_lines)
        where, only = bool(self.job.mapping.where), self.config.only is not None
        self.losses.note_filtered(
            self.accounts.tally.fates[Fate.FILTERED], rows, where=where, only=only
        )
        self._require_counted_rows(rows)
        total = max(rows, self.accounts.rows_opened)
        if isinstance(self._failure, StateError):
            # What the disk would not take was not settled: it is pending, whatever came of it.
            self.accounts.fall_back(self.checkpoints.committed.fates, total)
            self.losses.reasons = reasons_of(self.files.journal.in_row_order())
        else:
            self.accounts.settle_unseen(total)
        return self._close(total)

    # --- sending -----------------------------------------------------------------------------

    async def _send(self) -> None:
        timers = start_timers(self.stop, time_limits(self.config))
        feed = BlockFeed(self._sifted(self._prepared()))
        keeper = asyncio.create_task(self.checkpoints.keep(self._fail))
        try:
            async with Client(self.target, self.config.sending) as client:
                sender = Sender(
                    client,
                    self.config.sending,
                    self.stop,
                    settle=self._settle,
                    observer=Pauses(self.observer),
                )
                self.traffic = sender.traffic
                await sender.run(self._requests(feed))
        except ImporterError as error:
            self._fail(error)
        finally:
            for timer in timers:
                timer.cancel()
            await feed.close()
            if self.memory is not None:
                self.memory.end(self.accounts.rows_drawn)
            self.checkpoints.end()
            await keeper

    def _settle(self, outcome: Outcome) -> None:
        self.accounts.settle(outcome)
        if self.memory is not None:
            self.memory.settled(outcome)

    def _fail(self, error: ImporterError) -> None:
        self._failure = self._failure or error
        self.stop.request(stop_for(error))

    def _prepared(self) -> PreparedBlocks:
        blocks, size = self._unsettled_blocks(), self.job.size_bytes
        if self.config.only_changed or self.job.mapping.send == "changed":
            # Few rows are sent as a rule, so there is hardly a sender to disturb.
            return prepared_alone(self.job.preparer, blocks, size, self.config.workers)
        return prepared_blocks(self.job.preparer, blocks, workers_for(size, self.config.workers))

    def _unsettled_blocks(self) -> Iterator[Block]:
        """Give the blocks that have rows without a fate; the others need no preparing."""
        first = 0
        for block in self.job.source.blocks(self.config.limit):
            if not self.begun.settled.has_all(first, block.rows):
                self._firsts[block.number] = first
                yield block
            first += block.rows
        self._rows_read = first

    def _sifted(self, blocks: PreparedBlocks) -> PreparedBlocks:
        """Let every sieve see every block, in the thread that fetches blocks."""
        with closing(blocks):
            for block, prepared in blocks:
                yield block, sifted(prepared, self._firsts[block.number], self.sieves)

    async def _requests(self, feed: BlockFeed) -> AsyncIterator[Request]:
        """Give the rows to send, in order, settling those that need no sending on the way."""
        while (item := await feed.next()) is not None:
            block, prepared = item
            first = self._firsts.pop(block.number)
            places = self.accounts.open(block, prepared, first)
            rows = zip(
                (prepared.index[places] + first).tolist(),
                prepared.customer_ids.take(pa.array(places)).to_pylist(),
                prepared.chosen_bodies(places),
                strict=True,
            )
            for ordinal, customer_id, body in rows:
                await self.accounts.room_for(ordinal)
                self.accounts.draw()
                yield Request(ordinal, customer_id, body.as_py())
        # Blocks that were passed over were read, too.
        self.accounts.rows_opened = self._rows_read

    # --- what is written down ----------------------------------------------------------------

    def _progress(self) -> Progress:
        tally, traffic = self.accounts.tally, self.traffic
        fates = {str(fate): rows for fate, rows in tally.fates.items() if fate != Fate.PENDING}
        return Progress(
            settled=tally.settled,
            rows_opened=max(self.accounts.rows_opened, self.begun.rows_opened),
            fates=fates,
            lengths=self.files.lengths,
            warnings=self.losses.cautions.as_plain(),
            requests=self.begun.requests + traffic.requests,
            retries=self.begun.retries + traffic.retries,
            paused_seconds=self.begun.paused_seconds + traffic.paused_seconds,
            seconds=self.begun.seconds + time.monotonic() - self._began,
            files=tuple(self.accounts.files),
        )

    # --- the end -----------------------------------------------------------------------------

    def _require_counted_rows(self, rows: int) -> None:
        """Notice a source whose rows are not those that were counted before the start."""
        opened = self.accounts.rows_opened
        if opened > rows or (opened < rows and not self.stop.is_set()):
            self.stop.request(rows_changed(rows, opened))

    def _close(self, rows: int) -> RunReport:
        """Put the dead letter and the report in place; what fails now is in the report too."""
        steps: tuple[Callable[[], None], ...] = (
            lambda: self.accounts.tally.require_sum(rows),
            lambda: self.files.close(forgiving=self._failure is not None),
            lambda: self.files.write_dead_letter(self.job.source.columns, self.config),
            lambda: self.files.put_receipt(self.checkpoints.committed.lengths, self.config),
        )
        for step in steps:
            self._attempt(step)
        report = self._report(rows)
        for put in (self._write_report, self._register_end):
            before = self._failure
            self._attempt(partial(put, report))
            report = report if self._failure is before else self._report(rows)
        return report

    def _attempt(self, step: Callable[[], None]) -> None:
        try:
            step()
        except ImporterError as error:
            self._failure = self._failure or error

    def _write_report(self, report: RunReport) -> None:
        for path in filter(None, (self.folder.path / "report.json", self.config.report)):
            write_json(path, report.as_dict())

    @property
    def _is_left(self) -> bool:
        """Whether a resume has something to do: send rows, or put a file in its place."""
        is_misplaced = isinstance(self._failure, StateError)
        is_misplaced &= not isinstance(self._failure, WorkbookLimit)
        return is_misplaced or self.accounts.tally.fates[Fate.PENDING] > 0

    def _register_end(self, report: RunReport) -> None:
        state = RunState.STOPPED if self._is_left else RunState.FINISHED
        content, now = report.as_dict(), time.time()
        self.ledger.do(
            lambda connection: end_run(connection, self.folder.run_id, state, now, content)
        )

    def _report(self, rows: int) -> RunReport:
        fates = dict(self.accounts.tally.fates)
        dead = sum(fates[fate] for fate in DEAD_FATES)
        stop = stop_for(self._failure) if self._failure else self.stop.reason
        progress = self._progress()
        return RunReport(
            run=self.folder.run_id,
            sources=self.job.descriptions,
            target=f"{self.target.app_id} at {self.target.base_url}",
            rows=rows,
            fates=fates,
            sent=True,
            seconds=progress.seconds,
            exit=exit_code(stop, dead, rows, self.config.allow_failures),
            next=after_run(
                self.job.paths,
                self.job.mapping.file,
                self.config,
                run=self.folder.run_id,
                dead_letter=self.files.dead_letter,
                stop=stop,
                is_retry=bool(self.record.parent),
                none_taken=fates[Fate.FILTERED] == rows > 0,
                is_settled=not self._is_left,
            ),
            requests=progress.requests,
            retries=progress.retries,
            paused_seconds=progress.paused_seconds,
            warnings=self.losses.cautions.all(),
            notes=(*self.job.notes, *self.losses.notes),
            source=tuple(file.as_dict() for file in self.job.source.files),
            reasons=self.losses.reasons.commonest(),
            dead_letter=self.files.dead_letter,
            warnings_file=self.files.warnings.path if self.files.warnings.has_rows else None,
            receipt=self.files.placed_receipt,
            folder=self.folder.path,
            stop=stop,
            parent=self.record.parent,
        )
