"""Holds the command `resume`: going on with a run that ended before its rows did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from importer.cli import options, settings
from importer.cli.session import Session

Run = Annotated[
    str | None,
    typer.Argument(
        help="The run's id, the beginning of one, or `last`. \\[default: the latest unfinished one]",
        metavar="RUN",
        show_default=False,
    ),
]
NewSource = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        help="Where the source lies now, if not where it did. May be repeated.",
        metavar="SOURCE",
        show_default=False,
    ),
]
NewReceipt = Annotated[
    Path | None,
    typer.Option(
        "--receipt",
        help="Another path than before, of a run that began with one.",
        metavar="PATH",
        show_default=False,
    ),
]


def resume(
    run: Run = None,
    source: NewSource = None,
    rate: options.NewRate = None,
    concurrency: options.NewConcurrency = None,
    allow_failures: options.NewAllowance = None,
    max_time: options.MaxTime = None,
    finish_by: options.FinishBy = None,
    receipt: NewReceipt = None,
    workers: options.Workers = None,
    state_dir: options.StateDir = None,
    wait: options.Wait = "0s",
    yes: options.Yes = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> int:
    """Go on with a run that was stopped or killed, with the rows that have no fate yet.

    Every option is as the run began with it, unless it is given again; the key comes from the
    environment. The report covers the whole run.
    """
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.resume import find_unfinished, open_unfinished, resume_run

    found = find_unfinished(chosen_state_dir(state_dir), run)
    config = replace(
        settings.changed(found.config, rate, concurrency, allow_failures, workers),
        receipt=found.config.receipt if receipt is None else receipt,
        override_guards=yes,
        **settings.times(max_time, finish_by, wait),
    )
    session = Session(found.in_sandbox, yes, as_json, quiet)
    return session.send(
        config,
        lambda: open_unfinished(found, source),
        lambda job, target, config, observer, stop: resume_run(
            found, target, config, job=job, observer=observer, stop=stop
        ),
    )
