"""Holds the command `check`, which says whether a file is right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from importer.cli import options

Problems = Annotated[
    Path | None,
    typer.Option(
        help="Write the rows that would fail, with their reasons: CSV, or a workbook (.xlsx).",
        metavar="PATH",
        show_default=False,
    ),
]
Payloads = Annotated[
    Path | None,
    typer.Option(
        help='Write what would be sent: {"row": 1, "payload": {...}}, one line a row.',
        metavar="PATH",
        show_default=False,
    ),
]
Fixes = Annotated[
    list[Path] | None,
    typer.Option(
        "--fixes",
        help="What --problems wrote, with rows mended in it: they are read instead of the source's "
        "own. May be repeated; of a row in several the last one counts.",
        metavar="PATH",
        show_default=False,
    ),
]
AcceptCells = Annotated[
    bool,
    typer.Option(
        "--accept-cells", help="Take mended cells as they are, whatever a spreadsheet did to them."
    ),
]


def check_table(
    sources: options.Sources,
    mapping: options.MappingFile,
    problems: Problems = None,
    payloads: Payloads = None,
    fixes: Fixes = None,
    accept_cells: AcceptCells = False,
    allow_failures: options.AllowFailures = "0",
    limit: options.Limit = None,
    only: options.Only = None,
    update_existing_only: options.UpdateExistingOnly = None,
    workers: options.Workers = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    reading: Any = None,
) -> int:
    """Is my file right?  Everything but sending."""
    from importer.amounts import Allowance
    from importer.check import check_job
    from importer.cli.interruption import stopping_on_signals
    from importer.cli.output import print_report
    from importer.cli.progress import Progress
    from importer.config import RunConfig
    from importer.job import open_job
    from importer.records import SourceOptions

    options.ready()
    config = RunConfig(
        allow_failures=Allowance.parse(allow_failures),
        limit=limit,
        only=options.ids(only),
        update_existing_only=update_existing_only,
        workers=workers,
        source=reading or SourceOptions(),
        fixes=tuple(fixes or ()),
        accept_cells=accept_cells,
    )
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


check = options.with_reading_flags(check_table)
