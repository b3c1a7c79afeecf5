"""Goes on with a run that ended before its rows did, exactly where it was left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importer.config import RunConfig, Target
from importer.errors import SourceError, TargetError, UsageError
from importer.hints import about_runs, piped
from importer.job import Job, open_job, require_same_workspace
from importer.mapping_file import Mapping, parse_mapping
from importer.observer import Observer
from importer.run import carry_out
from importer.runs.kept_copies import kept_fixes, kept_mapping, kept_only
from importer.runs.outputs import outputs_of, require_harmless
from importer.runs.registration import go_on, require_same_source
from importer.runs.run_options import config_from, mapping_hash
from importer.stages.reading import STANDARD_INPUT, lasting_path
from importer.stages.recording import (
    UNFINISHED,
    Ledger,
    RunFolder,
    RunRecord,
    consulted,
    find_run,
    open_to_look,
    runs,
    state_lock,
)
from importer.stages.reporting import RunReport
from importer.stopping import StopSignal
from importer.stored_rows import stored_job


@dataclass(frozen=True)
class Unfinished:
    """A run that can be resumed, with the settings that it began with.

    mapping_changed: whether the mapping file is another one now; the run keeps its own copy.
    """

    record: RunRecord
    config: RunConfig
    mapping_text: str
    mapping_changed: bool

    @property
    def in_sandbox(self) -> bool:
        return "--sandbox" in self.config.again


def find_unfinished(state_dir: Path, asked: str | None = None) -> Unfinished:
    """Give the run of this id, beginning of an id, or `last`; None is the latest unfinished one.

    Raises UsageError if there is none, or if it is finished; StateError if its folder, or what it
    copied there, is gone or was changed.
    """
    connection = open_to_look(state_dir)
    if connection is None:
        raise _nothing(state_dir)
    with consulted(connection):
        if asked is None:
            waiting = [record for record in runs(connection) if record.state in UNFINISHED]
            if not waiting:
                raise _nothing(state_dir)
            record = waiting[0]
        else:
            record = find_run(connection, asked, "resume")
    if record.state not in UNFINISHED:
        raise UsageError(
            f"run {record.run}",
            f"a run that is {record.state}",
            "a run that was stopped or killed",
            f"see `{about_runs('runs', state_dir)}`",
        )
    return _with_its_folder(record, state_dir)


def open_unfinished(run: Unfinished, sources: Sequence[str] | None = None) -> Job:
    """Open the run's source again; SourceChanged if it is not the same any more.

    sources: where it lies now, if not where it did (an address that held a secret).
    """
    mapping = parse_mapping(run.mapping_text, run.record.options["mapping"])
    if run.record.kind == "retry":
        job = _kept_rows(run, mapping)
    else:
        job = _opened(run, list(sources or _as_begun(run.record)), mapping)
    require_same_source(run.record, job, run.config.state_dir, moved=bool(sources))
    if not run.mapping_changed:
        return job
    note = (
        f"{mapping.file} is not what it was when the run began; the run goes on with its own copy "
        "(to use the new one, begin a new run)"
    )
    return replace(job, more_notes=(note,))


def resume_run(
    run: Unfinished,
    target: Target,
    config: RunConfig | None = None,
    *,
    job: Job | None = None,
    observer: Observer | None = None,
    stop: StopSignal | None = None,
) -> RunReport:
    """Send the rows that have no fate yet; the report covers the whole run.

    config: instead of the settings that it began with.  job: from open_unfinished.
    Raises what run_import raises, and TargetError for another workspace than the run's.
    """
    settings = config or run.config
    if target.app_id != run.record.workspace:
        raise TargetError(
            f"run {run.record.run}",
            f"a run into the workspace {run.record.workspace}, and MOENGAGE_APP_ID is "
            f"{target.app_id}",
            "the workspace that it began with",
            "set MOENGAGE_APP_ID to that workspace",
        )
    opened = job or open_unfinished(run)
    require_same_workspace(opened.mapping, target)
    require_harmless(outputs_of(settings), opened, settings, settled=("--dead-letter", "--report"))
    _require_whole_receipt(run, settings)
    what = f"run {run.record.run}"
    with (
        state_lock(settings.state_dir, what, settings.wait_seconds) as lock,
        Ledger(settings.state_dir) as ledger,
    ):
        lock.carries(run.record.run)
        begun = go_on(ledger, run.record, settings.state_dir)
        return carry_out(opened, target, settings, ledger, begun, observer, stop)


def _require_whole_receipt(run: Unfinished, settings: RunConfig) -> None:
    if settings.receipt is None or run.record.options.get("receipt") is not None:
        return
    raise UsageError(
        "--receipt",
        f"{settings.receipt}, and run {run.record.run} began without a receipt",
        "a receipt from the run's first row on: it must have every delivered row",
        "leave --receipt away, or begin a new run with it",
    )


def _opened(run: Unfinished, sources: list[str], mapping: Mapping) -> Job:
    try:
        return open_job(sources, mapping, run.config)
    except SourceError as error:
        problem = error.problem
        if problem.place != STANDARD_INPUT or STANDARD_INPUT not in run.record.locations:
            raise
        again = piped(about_runs("resume", run.config.state_dir, run.record.run))
        raise SourceError(
            "standard input",
            f"{problem.found}, and run {run.record.run} read its source from a pipe",
            "the same data as then",
            f"pipe it in again (`{again}`), or name a file that holds it with --source",
        ) from None


def _kept_rows(run: Unfinished, mapping: Mapping) -> Job:
    """Open the rows that a retry keeps: what became of the mended file since does not matter."""
    folder = RunFolder.of(run.config.state_dir, run.record.run)
    options = run.record.options
    return stored_job(
        folder.mended,
        options["columns"],
        mapping,
        run.config,
        shown=run.record.locations[0],
        notes=options["retry"]["notes"],
    )


def _as_begun(record: RunRecord) -> list[str]:
    """Name the sources as the run named them, so that a file has one name in all that it writes.

    Where a name does not lead there from the present folder, it is the whole path.
    """
    named = record.options.get("named") or record.locations
    return [
        name if lasting_path(name) == location else location
        for name, location in zip(named, record.locations, strict=True)
    ]


def _with_its_folder(record: RunRecord, state_dir: Path) -> Unfinished:
    folder = RunFolder.of(state_dir, record.run)
    text, only = kept_mapping(record, folder), kept_only(record, folder)
    fixes = kept_fixes(record, folder)
    config = replace(config_from(record.options, state_dir, only), fixes=fixes)
    return Unfinished(record, config, text, _is_changed(record))


def _is_changed(record: RunRecord) -> bool:
    try:
        text = Path(record.options["mapping"]).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return True
    return mapping_hash(text) != record.mapping_hash


def _nothing(state_dir: Path) -> UsageError:
    return UsageError(
        str(state_dir),
        "no unfinished run",
        "a run that was stopped or killed",
        "begin one with `moengage-import run`, or name the folder with --state-dir",
    )
