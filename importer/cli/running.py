"""Holds the command `run`: the import itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options, settings
from importer.cli.checking import check_rows
from importer.cli.questions import about_others, what_of_the_unfinished, whether_first_time
from importer.cli.reading_flags import with_reading_flags
from importer.cli.session import Session

if TYPE_CHECKING:
    from importer.cli.session import Question
    from importer.config import RunConfig, SendingConfig
    from importer.job import Job

UseSandbox = Annotated[
    bool,
    typer.Option("--sandbox", help="Send to a sandbox on this machine, started for the run."),
]
Concurrency = Annotated[int, typer.Option(help="Requests in flight at the most.")]
Retries = Annotated[int, typer.Option(help="Further tries of a request after the first.")]
Timeout = Annotated[
    str, typer.Option(help="How long to wait for the answer to one try, such as 60s.")
]
ReceiptPath = Annotated[
    Path | None,
    typer.Option(
        "--receipt", help="List every delivered row here (CSV, with customer ids).", metavar="PATH"
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Send nothing: the same as `check`.")]
Problems = Annotated[
    Path | None,
    typer.Option(
        help="Only with --dry-run: as `check` has it.", metavar="PATH", show_default=False
    ),
]
Payloads = Annotated[
    Path | None,
    typer.Option(
        help="Only with --dry-run: as `check` has it.", metavar="PATH", show_default=False
    ),
]
IfUnfinished = Annotated[
    str | None,
    typer.Option(
        help="Where a run of the same source is unfinished: refuse, resume it, begin a new one (a "
        "run that takes all its rows closes it), or auto: resume it if it is the same, else new. "
        "\\[default: ask on a terminal, else auto]",
        metavar="WORD",
        show_default=False,
    ),
]
FirstTime = Annotated[
    bool,
    typer.Option(
        "--first-time",
        help="With --only-changed: nothing is remembered yet, and sending all is meant.",
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Send rows that are older than what their user was last sent."),
]
PlanPath = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        help="Refuse to send anything but what this plan was made of (`plan --out`).",
        metavar="PATH",
        show_default=False,
    ),
]


@with_reading_flags
def run(
    sources: options.Sources,
    mapping: options.MappingFile,
    use_sandbox: UseSandbox = False,
    rate: options.Rate = "10000/min",
    concurrency: Concurrency = 256,
    retries: Retries = 5,
    timeout: Timeout = "60s",
    allow_failures: options.AllowFailures = "0",
    limit: options.Limit = None,
    only: options.Only = None,
    update_existing_only: options.UpdateExistingOnly = None,
    only_changed: options.OnlyChanged = False,
    first_time: FirstTime = False,
    refresh_after: options.RefreshAfter = None,
    force: Force = False,
    plan: PlanPath = None,
    max_time: options.MaxTime = None,
    finish_by: options.FinishBy = None,
    workers: options.Workers = None,
    state_dir: options.StateDir = None,
    dead_letter: options.DeadLetterPath = None,
    report: options.ReportPath = None,
    receipt: ReceiptPath = None,
    problems: Problems = None,
    payloads: Payloads = None,
    fixes: options.Fixes = None,
    accept_cells: options.AcceptCells = False,
    dry_run: DryRun = False,
    if_unfinished: IfUnfinished = None,
    wait: options.Wait = "0s",
    yes: options.Yes = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    reading: Any = None,
) -> int:
    """Send every row to MoEngage, one request per user.

    The target comes from MOENGAGE_APP_ID, MOENGAGE_API_KEY and MOENGAGE_DATA_CENTER (environment
    or .env); with --sandbox nothing of it is needed.
    """
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.config import RunConfig

    _require_dry_run(dry_run, problems, payloads)
    rows = settings.of_rows(
        allow_failures, limit, only, update_existing_only, workers, fixes, accept_cells, reading
    )
    if dry_run:
        config = RunConfig(**rows)
        return check_rows(
            sources, mapping, config, problems, payloads, as_json=as_json, quiet=quiet
        )
    config = RunConfig(
        sending=_sending(rate, concurrency, retries, timeout),
        **rows,
        state_dir=chosen_state_dir(state_dir),
        dead_letter=dead_letter,
        report=report,
        receipt=receipt,
        **_changes(only_changed, first_time, refresh_after, force),
        plan=plan,
        override_guards=yes,
        if_unfinished=_unfinished_word(if_unfinished),
        **settings.times(max_time, finish_by, wait),
        again=("--sandbox",) if use_sandbox else (),
    )
    questions = _questions(if_unfinished)
    session = Session(use_sandbox, yes, as_json, quiet, questions, about_others)
    return _send(session, sources, mapping, config)


def _changes(
    only_changed: bool, first_time: bool, refresh_after: str | None, force: bool
) -> dict[str, Any]:
    return {
        "only_changed": only_changed,
        "first_time": first_time,
        "refresh_after_seconds": settings.seconds(refresh_after, "--refresh-after"),
        "force": force,
    }


def _questions(if_unfinished: str | None) -> tuple[Question, ...]:
    asked = () if if_unfinished else (what_of_the_unfinished,)
    return (whether_first_time, *asked)


def _sending(rate: str, concurrency: int, retries: int, timeout: str) -> SendingConfig:
    from importer.amounts import Rate as UsersRate
    from importer.config import SendingConfig

    return SendingConfig(
        rate=UsersRate.parse(rate),
        concurrency=concurrency,
        retries=retries,
        timeout_seconds=settings.seconds(timeout, "--timeout") or 0.0,
    )


def _unfinished_word(text: str | None) -> Any:
    from importer.errors import UsageError

    words = ("refuse", "resume", "new", "auto")
    if text is None or text in words:
        return text or "auto"
    raise UsageError("--if-unfinished", repr(text), f"one of {', '.join(words)}", "correct it")


def _require_dry_run(dry_run: bool, problems: Path | None, payloads: Path | None) -> None:
    from importer.errors import UsageError

    if (problems or payloads) and not dry_run:
        option = "--problems" if problems else "--payloads"
        raise UsageError(
            option,
            f"{option} on a run that sends",
            f"{option} with `check`, or with `run --dry-run`",
            f"use `moengage-import check ... {option} {problems or payloads}`",
        )


def _send(session: Session, sources: list[str], mapping: str, config: RunConfig) -> int:
    from importer.constant_id import require_several_users
    from importer.job import open_job
    from importer.run import run_job

    def opened() -> Job:
        # Before the person is asked, and before a sandbox is started for nothing.
        job = open_job(sources, mapping, config)
        require_several_users(job, config)
        return job

    return session.send(
        config,
        opened,
        lambda job, target, config, observer, stop: run_job(
            job, target, config, observer=observer, stop=stop
        ),
    )
