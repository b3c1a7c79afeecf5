"""Holds the command `run`: the import itself."""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options
from importer.cli.checking import Payloads, Problems, check_table

if TYPE_CHECKING:
    from importer.config import RunConfig, Target
    from importer.job import Job

UseSandbox = Annotated[
    bool,
    typer.Option("--sandbox", help="Send to a sandbox on this machine, started for the run."),
]
Rate = Annotated[
    str,
    typer.Option(help="Users a minute (or /s), a share of 10000/min (80%), or none."),
]
Concurrency = Annotated[int, typer.Option(help="Requests in flight at the most.")]
Retries = Annotated[int, typer.Option(help="Further tries of a request after the first.")]
Timeout = Annotated[str, typer.Option(help="Patience with one try, such as 60s.")]
MaxTime = Annotated[
    str | None,
    typer.Option(
        help="Stop after this time (90m, 2h); exit 4.", metavar="TIME", show_default=False
    ),
]
FinishBy = Annotated[
    str | None,
    typer.Option(help="Stop at this time (06:30, or ISO); exit 4.", metavar="TIME"),
]
DeadLetterPath = Annotated[
    Path | None,
    typer.Option("--dead-letter", help="Write the dead letter here as well.", metavar="PATH"),
]
ReportPath = Annotated[
    Path | None, typer.Option("--report", help="Write report.json here as well.", metavar="PATH")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Send nothing: the same as `check`.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before sending.")]


@options.with_reading_flags
def run(
    sources: options.Sources,
    mapping: options.MappingFile,
    use_sandbox: UseSandbox = False,
    rate: Rate = "10000/min",
    concurrency: Concurrency = 256,
    retries: Retries = 5,
    timeout: Timeout = "60s",
    allow_failures: options.AllowFailures = "0",
    limit: options.Limit = None,
    only: options.Only = None,
    update_existing_only: options.UpdateExistingOnly = None,
    max_time: MaxTime = None,
    finish_by: FinishBy = None,
    workers: options.Workers = None,
    state_dir: options.StateDir = None,
    dead_letter: DeadLetterPath = None,
    report: ReportPath = None,
    problems: Problems = None,
    payloads: Payloads = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    reading: Any = None,
) -> int:
    """Send every row to MoEngage, one request per user.

    The target comes from MOENGAGE_APP_ID, MOENGAGE_API_KEY and MOENGAGE_DATA_CENTER (environment
    or .env); with --sandbox nothing of it is needed.
    """
    if dry_run or problems or payloads:
        _require_dry_run(dry_run, problems, payloads)
        return check_table(
            sources,
            mapping,
            problems,
            payloads,
            allow_failures,
            limit,
            only,
            update_existing_only,
            workers,
            as_json,
            quiet,
            reading,
        )
    from importer.amounts import Allowance
    from importer.amounts import Rate as UsersRate
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.config import RunConfig, SendingConfig

    config = RunConfig(
        sending=SendingConfig(
            rate=UsersRate.parse(rate),
            concurrency=concurrency,
            retries=retries,
            timeout_seconds=options.seconds(timeout, "--timeout") or 0.0,
        ),
        allow_failures=Allowance.parse(allow_failures),
        limit=limit,
        only=options.ids(only),
        update_existing_only=update_existing_only,
        workers=workers,
        source=reading,
        state_dir=chosen_state_dir(state_dir),
        dead_letter=dead_letter,
        report=report,
        max_time_seconds=options.seconds(max_time, "--max-time"),
        finish_by=options.moment(finish_by, datetime.now().astimezone()),
        again=("--sandbox",) if use_sandbox else (),
    )
    return _send(sources, mapping, config, use_sandbox, yes, as_json, quiet)


def _require_dry_run(dry_run: bool, problems: Path | None, payloads: Path | None) -> None:
    from importer.errors import UsageError

    if not dry_run:
        option = "--problems" if problems else "--payloads"
        raise UsageError(
            option,
            f"{option} on a run that sends",
            f"{option} with `check`, or with `run --dry-run`",
            f"use `moengage-import check ... {option} {problems or payloads}`",
        )


def _send(
    sources: list[str],
    mapping: str,
    config: RunConfig,
    use_sandbox: bool,
    yes: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    from importer.cli.environment import target_from_environment
    from importer.cli.interruption import stopping_on_signals
    from importer.cli.output import print_report
    from importer.cli.progress import Progress
    from importer.cli.sandbox_process import running_sandbox
    from importer.job import open_job, require_same_workspace
    from importer.run import run_job

    options.ready()
    target = None if use_sandbox else target_from_environment()
    job = open_job(sources, mapping, config)
    silent = quiet or as_json
    if target is not None:
        require_same_workspace(job.mapping, target)
        _announce(job, target, config, silent)
        if not (yes or target.is_local) and sys.stdin.isatty():
            # Before the signals are ours: Ctrl-C at a question is an answer.
            _require_consent(job, target, config)
    with ExitStack() as stack:
        stop = stack.enter_context(stopping_on_signals())
        if target is None:
            sandbox = running_sandbox(config.state_dir, job.mapping.target_app_id)
            target = stack.enter_context(sandbox)
            _announce(job, target, config, silent)
        with Progress(quiet=silent) as progress:
            report = run_job(job, target, config, observer=progress, stop=stop)
    code = print_report(report, as_json=as_json, quiet=quiet)
    if use_sandbox and not silent:
        _say_how_to_look(config)
    return code


def _announce(job: Job, target: Target, config: RunConfig, silent: bool) -> None:
    if silent:
        return
    for description in job.descriptions:
        print(f"Source:      {description}")
    print(f"Mapping:     {job.mapping.file} ({len(job.mapping.attributes)} attributes)")
    print(f"Target:      workspace {target.app_id} at {target.base_url}")
    print(f"Pace:        {config.sending.rate}, at most {config.sending.concurrency} in flight")
    print(f"State:       {config.state_dir}", flush=True)


def _require_consent(job: Job, target: Target, config: RunConfig) -> None:
    from importer.errors import UsageError

    rows = job.source.count_rows(config.limit)
    question = f"Send {rows:,} users to workspace {target.app_id} ({target.host})? [y/N] "
    print(question, end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError(
            "the question", "no `y`: nothing was sent", "y to send", "run again, or give --yes"
        )


def _say_how_to_look(config: RunConfig) -> None:
    from importer.cli.sandbox_process import DATABASE

    print("\nThe sandbox keeps the profiles. To look at them:")
    database = shlex.quote(str(config.state_dir / DATABASE))
    print(f"  moengage-import sandbox --port 8080 --db {database}")
    print("  curl 'http://127.0.0.1:8080/_sandbox/profiles?limit=3'")
