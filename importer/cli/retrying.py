"""Holds the command `retry`: the rows of a dead letter, mended or as they were, once more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options, settings
from importer.cli.reading_flags import with_reading_flags
from importer.cli.session import Session

if TYPE_CHECKING:
    from importer.mended.retried_rows import RetryChoice

Asked = Annotated[
    str,
    typer.Argument(
        help="A run's id, the beginning of one, or `last`; or a mended dead letter (CSV, workbook).",
        metavar="RUN|FILE",
    ),
]
OnlyUndelivered = Annotated[
    str | None,
    typer.Option(
        "--only",
        help="`undelivered`: only the rows whose retries were used up.",
        metavar="undelivered",
        show_default=False,
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Send also what MoEngage refused and nobody mended, what was delivered since, and "
        "what is older than what its user was last sent.",
    ),
]
OtherMapping = Annotated[
    str | None,
    typer.Option(
        "--mapping",
        "-m",
        help="A mended mapping. \\[default: the run's own copy]",
        metavar="FILE",
        show_default=False,
    ),
]


@with_reading_flags
def retry(
    asked: Asked,
    only: OnlyUndelivered = None,
    accept_cells: options.AcceptCells = False,
    force: Force = False,
    mapping: OtherMapping = None,
    rate: options.NewRate = None,
    concurrency: options.NewConcurrency = None,
    allow_failures: options.NewAllowance = None,
    max_time: options.MaxTime = None,
    finish_by: options.FinishBy = None,
    workers: options.Workers = None,
    state_dir: options.StateDir = None,
    dead_letter: options.DeadLetterPath = None,
    report: options.ReportPath = None,
    wait: options.Wait = "0s",
    yes: options.Yes = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    reading: Any = None,
) -> int:
    """Send the rows again that did not make it, as they are in the run's dead letter now.

    A file is a dead letter that was mended elsewhere; its `_run` column names the run. Options are
    those of the run unless they are given again; the key comes from the environment.
    """
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.retry import open_retry, send_retry

    folder, choice = chosen_state_dir(state_dir), _choice(only, accept_cells, force)
    with open_retry(asked, folder, mapping=mapping, choice=choice, reading=reading) as opened:
        config = replace(
            settings.changed(opened.config, rate, concurrency, allow_failures, workers),
            **settings.times(max_time, finish_by, wait),
            dead_letter=dead_letter,
            report=report,
        )
        session = Session(opened.in_sandbox, yes, as_json, quiet)
        return session.send(
            config,
            lambda: opened.job,
            lambda _job, target, config, observer, stop: send_retry(
                opened, target, config, observer=observer, stop=stop
            ),
        )


def _choice(only: str | None, accept_cells: bool, force: bool) -> RetryChoice:
    from importer.errors import UsageError
    from importer.mended.retried_rows import RetryChoice

    if only not in (None, "undelivered"):
        raise UsageError(
            "--only",
            repr(only),
            "`undelivered`",
            "to retry single rows, leave only them in a copy of the dead letter",
        )
    return RetryChoice(only is not None, accept_cells, force)
