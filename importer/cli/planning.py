"""Holds the command `plan`, which says what a run would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from importer.cli import options, settings
from importer.cli.reading_flags import with_reading_flags

ForSandbox = Annotated[
    bool, typer.Option("--sandbox", help="Compare with what runs with --sandbox have sent.")
]
Gone = Annotated[
    Path | None,
    typer.Option(
        help="List the ids that were sent before and are not in the source (CSV). Nothing is "
        "deleted in MoEngage.",
        metavar="PATH",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Write a plan that `run --plan` holds itself to (JSON).",
        metavar="PATH",
        show_default=False,
    ),
]


@with_reading_flags
def plan(
    sources: options.Sources,
    mapping: options.MappingFile,
    use_sandbox: ForSandbox = False,
    only_changed: options.OnlyChanged = False,
    refresh_after: options.RefreshAfter = None,
    gone: Gone = None,
    out: Out = None,
    fixes: options.Fixes = None,
    accept_cells: options.AcceptCells = False,
    rate: options.Rate = "10000/min",
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
    """Say what a run would change: a check that compares each row with what was sent before.

    The workspace is MOENGAGE_APP_ID's; no key is needed, because nothing is sent.
    """
    from importer.amounts import Rate
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.cli.environment import workspace
    from importer.cli.interruption import stopping_on_signals
    from importer.cli.output import print_json, tell_stop
    from importer.cli.plan_page import plan_page
    from importer.cli.progress import Progress
    from importer.config import RunConfig, SendingConfig
    from importer.job import open_job
    from importer.plan.guard import guarded_stop
    from importer.plan.plan import plan_job
    from importer.sandbox import SandboxConfig

    options.ready()
    config = RunConfig(
        sending=SendingConfig(rate=Rate.parse(rate)),
        **settings.of_rows(
            allow_failures, limit, only, update_existing_only, workers, fixes, accept_cells, reading
        ),
        only_changed=only_changed,
        refresh_after_seconds=settings.seconds(refresh_after, "--refresh-after"),
        state_dir=chosen_state_dir(state_dir),
        again=("--sandbox",) if use_sandbox else (),
    )
    job = open_job(sources, mapping, config)
    sandbox = job.mapping.target_app_id or SandboxConfig().app_id
    target = sandbox if use_sandbox else workspace()
    silent = quiet or as_json
    with stopping_on_signals() as stop, Progress(quiet=silent) as progress:
        found = plan_job(job, target, config, gone=gone, out=out, observer=progress, stop=stop)
    if as_json:
        print_json(found.as_dict())
        tell_stop(guarded_stop(found.breaches) if found.breaches else found.report.stop)
    elif not quiet:
        print(plan_page(found, gone=gone, out=out))
    return found.report.exit
