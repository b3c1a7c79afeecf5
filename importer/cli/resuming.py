"""Holds the command `resume`: going on with a run that ended before its rows did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from importer.cli import options
from importer.cli.running import FinishBy, MaxTime, Wait, Yes
from importer.cli.session import Session

if TYPE_CHECKING:
    from importer.config import RunConfig

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
NewRate = Annotated[
    str | None, typer.Option("--rate", help="Another pace than before.", show_default=False)
]
NewConcurrency = Annotated[
    int | None,
    typer.Option(
        "--concurrency",
        help="Other requests in flight than before.",
        metavar="N",
        show_default=False,
    ),
]
NewAllowance = Annotated[
    str | None,
    typer.Option("--allow-failures", help="Another number than before.", show_default=False),
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
    rate: NewRate = None,
    concurrency: NewConcurrency = None,
    allow_failures: NewAllowance = None,
    max_time: MaxTime = None,
    finish_by: FinishBy = None,
    receipt: NewReceipt = None,
    workers: options.Workers = None,
    state_dir: options.StateDir = None,
    wait: Wait = "0s",
    yes: Yes = False,
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
        changed(found.config, rate, concurrency, allow_failures),
        receipt=found.config.receipt if receipt is None else receipt,
        workers=found.config.workers if workers is None else workers,
        override_guards=yes,
        **options.times(max_time, finish_by, wait),
    )
    session = Session(found.in_sandbox, yes, as_json, quiet)
    return session.send(
        config,
        lambda: open_unfinished(found, source),
        lambda job, target, config, observer, stop: resume_run(
            found, target, config, job=job, observer=observer, stop=stop
        ),
    )


def changed(
    config: RunConfig, rate: str | None, concurrency: int | None, allow_failures: str | None
) -> RunConfig:
    """Give a run's settings with those of them that were given again."""
    from importer.amounts import Allowance, Rate

    sending = config.sending
    if rate is not None:
        sending = replace(sending, rate=Rate.parse(rate))
    if concurrency is not None:
        sending = replace(sending, concurrency=concurrency)
    allowance = config.allow_failures
    if allow_failures is not None:
        allowance = Allowance.parse(allow_failures)
    return replace(config, sending=sending, allow_failures=allowance)
