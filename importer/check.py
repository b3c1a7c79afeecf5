"""Answers "is my file right?": everything but sending, and nothing left behind."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from importer.config import RunConfig
from importer.constant_id import require_several_users
from importer.executors.local import prepared_alone
from importer.hints import after_check, reading_flags
from importer.job import Job, MappingLike, SourcesLike, open_job
from importer.mended.fixes import check_mark
from importer.observer import Observer, Silence
from importer.prepared import Prepared
from importer.records import Block, Fate, Stop
from importer.runs.losses import Losses
from importer.runs.outputs import require_harmless, set_aside
from importer.sieves import Sieve, sifted
from importer.stages.recording import (
    Journal,
    Tally,
    private_bytes,
    require_partition,
    write_dead_letter,
)
from importer.stages.reporting import RunReport, exit_code
from importer.stopping import StopSignal
from importer.survey import Survey, asks_for_survey, surveyed


def check_source(
    sources: SourcesLike,
    mapping: MappingLike,
    config: RunConfig | None = None,
    *,
    problems: Path | None = None,
    payloads: Path | None = None,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
) -> RunReport:
    """Read, coerce, validate and build every row, and send nothing.

    problems: where to write the dead letter that a run would write; what stood there is kept as
        `<problems>.old`.
    payloads: where to write one JSON line per row that would be sent:
        `{"row": 1, "payload": {...}}`.
    Rows that would be sent are counted as pending, with `sent` False.
    Raises MappingError, SourceError, StateError; Defect if a row was lost.
    """
    settings = config or RunConfig()
    job = open_job(sources, mapping, settings)
    return check_job(
        job, settings, problems=problems, payloads=payloads, observer=observer, stop=stop
    )


def check_job(
    job: Job,
    config: RunConfig,
    *,
    problems: Path | None = None,
    payloads: Path | None = None,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
    sieves: Sequence[Sieve] = (),
) -> RunReport:
    """Do what check_source does, for a source that is open already.

    sieves: look at each block after the survey, and may take rows out.
    """
    require_harmless({"--problems": problems, "--payloads": payloads}, job, config)
    require_several_users(job, config)
    watcher = observer or Silence()
    stopping = stop or StopSignal()
    with ExitStack() as stack:
        survey = stack.enter_context(surveyed(job, config, watcher, stopping))
        watcher.began("check", None)
        journal = stack.enter_context(_journal_for(problems))
        lines = stack.enter_context(private_bytes(payloads)) if payloads else None
        check = _Check(
            job,
            config,
            Losses(job.source.columns, journal, None),
            lines,
            watcher,
            stopping,
            problems,
            survey,
            sieves,
        )
        report = check.go()
        if journal is None or problems is None:
            return report
        journal.close()
        set_aside(problems)
        write_dead_letter(
            problems, check_mark(job.source), job.source.columns, journal.in_row_order()
        )
        return report.with_dead_letter(problems)


@contextmanager
def _journal_for(problems: Path | None) -> Iterator[Journal | None]:
    """Give a journal that is gone afterwards: a check leaves nothing but what it was asked for."""
    if problems is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="moengage-import-") as folder:
        yield Journal(Path(folder) / "journal.jsonl")


class _Check:
    def __init__(
        self,
        job: Job,
        config: RunConfig,
        losses: Losses,
        lines: BinaryIO | None,
        observer: Observer,
        stop: StopSignal,
        problems: Path | None,
        survey: Survey | None,
        sieves: Sequence[Sieve],
    ) -> None:
        self.job = job
        self.config = config
        self.losses = losses
        self.lines = lines
        self.observer = observer
        self.stop = stop
        self.problems = problems
        self.sieves = (*(() if survey is None else (survey,)), *sieves)
        self.is_surveyed = survey is not None or not asks_for_survey(job.mapping)
        self.tally = Tally()
        self._bytes_read = 0

    def go(self) -> RunReport:
        began = time.monotonic()
        rows = 0
        for block, prepared in self._prepared() if self.is_surveyed else ():
            self._book(block, sifted(prepared, rows, self.sieves), rows)
            rows += block.rows
            if self.stop.is_set():
                break
        self.losses.pass_over(self.job.source.blank_lines)
        where, only = bool(self.job.mapping.where), self.config.only is not None
        self.losses.note_filtered(self.tally.fates[Fate.FILTERED], rows, where=where, only=only)
        self.tally.require_sum(rows)
        return self._report(rows, time.monotonic() - began)

    def _prepared(self) -> Iterator[tuple[Block, Prepared]]:
        blocks = self.job.source.blocks(self.config.limit, self._read)
        job, workers = self.job, self.config.workers
        return prepared_alone(job.preparer, blocks, job.size_bytes, workers)

    def _read(self, more_bytes: int) -> None:
        self._bytes_read += more_bytes
        self.observer.read(self._bytes_read, self.job.source.bytes_total)

    def _book(self, block: Block, prepared: Prepared, first_ordinal: int) -> None:
        require_partition(prepared)
        self.losses.take(block, prepared, first_ordinal)
        counts = {fate: len(positions) for fate, positions in prepared.fated.items()}
        for fate, rows in {**counts, Fate.PENDING: len(prepared.index)}.items():
            self.tally.add(fate, rows)
            self.observer.progressed(fate, rows)
        self.losses.flush()
        if self.lines is not None:
            _write_payloads(self.lines, block, prepared)

    def _report(self, rows: int, seconds: float) -> RunReport:
        stop: Stop | None = self.stop.reason
        dead = self.tally.fates[Fate.INVALID]
        code = exit_code(stop, dead, rows, self.config.allow_failures)
        return RunReport(
            run="",
            sources=self.job.descriptions,
            target="",
            rows=rows,
            rows_complete=stop is None,
            fates=dict(self.tally.fates),
            sent=False,
            seconds=seconds,
            exit=code,
            next=after_check(
                self.job.paths,
                self.job.mapping.file,
                problems=self.problems,
                dead=dead,
                stop=stop,
                reading=reading_flags(self.config.source),
                fixes=self.config.fixes,
                none_taken=self.tally.fates[Fate.FILTERED] == rows > 0,
            ),
            warnings=self.losses.cautions.all(),
            notes=(*self.job.notes, *self.losses.notes),
            source=tuple(file.as_dict() for file in self.job.source.files),
            reasons=self.losses.reasons.commonest(),
            stop=stop,
        )


def _write_payloads(stream: BinaryIO, block: Block, prepared: Prepared) -> None:
    rows = [block.row(index) for index in prepared.index.tolist()]
    stream.writelines(
        b'{"row":%d,"payload":%b}\n' % (row, body)
        for row, body in zip(rows, prepared.bodies.to_pylist(), strict=True)
    )
