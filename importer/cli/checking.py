"""Holds the command `check`, which says whether a file is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from importer.cli import options, settings
from importer.cli.reading_flags import with_reading_flags

if TYPE_CHECKING:
    from pathlib import Path

    from importer.config import RunConfig


@with_reading_flags
def check(
    sources: options.Sources,
    mapping: options.MappingFile,
    problems: options.Problems = None,
    payloads: options.Payloads = None,
    fixes: options.Fixes = None,
    accept_cells: options.AcceptCells = False,
    allow_failures: options.AllowFailures = "0",
    limit: options.Limit = None,
    only: options.Only = None,
    update_existing_only: options.UpdateExistingOnly = None,
    workers: options.Workers = None,
    state_dir: options.StateDir = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    reading: Any = None,
) -> int:
    """Is my file right?  Everything but sending."""
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.config import RunConfig

    rows = settings.of_rows(
        allow_failures, limit, only, update_existing_only, workers, fixes, accept_cells, reading
    )
    config = RunConfig(state_dir=chosen_state_dir(state_dir), **rows)
    return check_rows(sources, mapping, config, problems, payloads, as_json=as_json, quiet=quiet)


def check_rows(
    sources: list[str],
    mapping: str,
    config: RunConfig,
    problems: Path | None,
    payloads: Path | None,
    *,
    as_json: bool,
    quiet: bool,
) -> int:
    """Check the rows of a source, say what was found, and give the exit code."""
    from importer.check import check_job
    from importer.cli.interruption import stopping_on_signals
    from importer.cli.output import print_report
    from importer.cli.progress import Progress
    from importer.job import open_job

    options.ready()
    job = open_job(sources, mapping, config)
    silent = quiet or as_json
    with stopping_on_signals() as stop, Progress(quiet=silent) as progress:
        report = check_job(
            job, config, problems=problems, payloads=payloads, observer=progress, stop=stop
        )
    if not silent:
        for description in report.sources:
            print(f"Source:      {description}")
    return print_report(report, as_json=as_json, quiet=quiet)
