"""Imports a source: prepares it block by block, sends it, and knows every row's fate."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

from importer.config import RunConfig, Target, time_limits
from importer.constant_id import require_several_users
from importer.errors import ImporterError
from importer.job import Job, MappingLike, SourcesLike, open_job, require_same_workspace
from importer.memory.opening import require_memory, run_memory
from importer.observer import Observer, Silence
from importer.other_rows import other_rows
from importer.pipeline import Preparer
from importer.plan.binding import require_planned
from importer.plan.forecast import hold_to_guards
from importer.plurals import counted
from importer.repeated_users import require_users_once
from importer.runs.import_run import ImportRun
from importer.runs.outputs import outputs_of, require_harmless
from importer.runs.registration import Begun, begin
from importer.stages.recording import Ledger, network_file_system, state_lock
from importer.stages.reporting import RunReport
from importer.stopping import StopSignal, out_of_time, stop_for
from importer.survey import Survey, asks_for_survey, survey_source

_SHORTEST_SECONDS = 0.001


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

    A call that repeats an unfinished run goes on with it (`config.if_unfinished`).
    stop: ask it to end the run cleanly, from any thread.
    Blocks until the run is over.  Nothing is printed, and no signal handler is installed.
    Raises MappingError, SourceError, TargetError, UsageError or StateError before the first
    request; what goes wrong later ends the run, and the report says what (`stop`, `exit`).
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
    watcher, signal = observer or Silence(), stop or StopSignal()
    require_same_workspace(job.mapping, target)
    require_harmless(outputs_of(config), job, config)
    require_several_users(job, config)
    if config.plan is not None:
        require_planned(config.plan, job, target.app_id, config)
    with (
        state_lock(config.state_dir, f"a run into {target.app_id}", config.wait_seconds) as lock,
        Ledger(config.state_dir) as ledger,
    ):
        require_memory(job.source, job.mapping, target.app_id, config, ledger)
        require_users_once(job, config, watcher, signal)
        begun = begin(ledger, job, target, config, datetime.now(UTC))
        lock.carries(begun.record.run)
        return carry_out(job, target, config, ledger, begun, watcher, signal)


def carry_out(
    job: Job,
    target: Target,
    config: RunConfig,
    ledger: Ledger,
    begun: Begun,
    observer: Observer | None,
    stop: StopSignal | None,
) -> RunReport:
    """Carry a registered run out to its end; the state folder's lock is held."""
    preparer = Preparer(job.mapping, config.only, ledger.secret)
    notes = tuple(filter(None, (_unsafe_state(config), _resumed(begun), *begun.remarks)))
    job = replace(job, preparer=preparer, more_notes=(*job.more_notes, *notes))
    watcher, signal = observer or Silence(), stop or StopSignal()
    began = time.monotonic()
    survey = _survey(job, config, ledger, begun, watcher, signal)
    config = _with_time_left(config, time.monotonic() - began)
    sieves = (*job.sieves, *(() if survey is None else (survey,)))
    sieves = (*sieves, *other_rows(job, config, ledger, begun, survey))
    remark = None if survey is None else survey.remark
    hold_to_guards(job, target.app_id, config, begun, sieves, watcher, signal)
    with ExitStack() as stack:
        memory = None
        if not signal.is_set():
            record, settled = begun.record, begun.progress.settled
            memory = stack.enter_context(
                run_memory(ledger, record, settled, job.mapping, job.places, config)
            )
        return ImportRun(
            job,
            target,
            config,
            ledger,
            begun,
            watcher,
            signal,
            sieves=sieves,
            remark=remark,
            memory=memory,
        ).go()


def _survey(
    job: Job,
    config: RunConfig,
    ledger: Ledger,
    begun: Begun,
    observer: Observer,
    stop: StopSignal,
) -> Survey | None:
    """Look at the whole source if the mapping asks for it; where that fails, the run stops."""
    if not asks_for_survey(job.mapping):
        return None
    folder = begun.folder.survey
    timers = [
        threading.Timer(seconds, stop.request, [out_of_time(message)])
        for seconds, message in time_limits(config)
    ]
    try:
        for timer in timers:
            timer.start()
        return survey_source(job, config, folder, ledger.secret, observer, stop)
    except ImporterError as error:
        stop.request(stop_for(error))
        return None
    finally:
        for timer in timers:
            timer.cancel()


def _with_time_left(config: RunConfig, seconds: float) -> RunConfig:
    """Take time that is over from `--max-time`."""
    if config.max_time_seconds is None:
        return config
    left = max(config.max_time_seconds - seconds, _SHORTEST_SECONDS)
    return replace(config, max_time_seconds=left)


def _unsafe_state(config: RunConfig) -> str:
    kind = network_file_system(config.state_dir)
    if not kind:
        return ""
    return (
        f"the state folder {config.state_dir} lies on a network file system ({kind}), where locks "
        "and durable writes may not hold: choose a local folder with --state-dir"
    )


def _resumed(begun: Begun) -> str:
    settled = sum(begun.progress.fates.values())
    if not settled and not begun.progress.rows_opened:
        return ""
    return f"this goes on with run {begun.record.run}, which had settled {counted(settled, 'row')}"
