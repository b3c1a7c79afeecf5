"""Names the options that several commands share."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

Sources = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders, patterns in quotes, `-` or URLs: CSV, Parquet, JSON lines, workbooks.",
        metavar="SOURCE",
    ),
]
MappingFile = Annotated[
    str,
    typer.Option(
        "--mapping", "-m", help="The mapping file: YAML, or MoEngage's own JSON.", metavar="FILE"
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
Limit = Annotated[
    int | None, typer.Option(help="Take only the first N rows.", metavar="N", show_default=False)
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        help="Take only this customer id, or those in a file (@FILE, one a line). May be repeated.",
        metavar="ID|@FILE",
        show_default=False,
    ),
]
UpdateExistingOnly = Annotated[
    bool | None,
    typer.Option(
        "--update-existing-only/--create-users",
        help="Leave unknown ids alone, or make users of them; the mapping decides if neither is given.",
        show_default=False,
    ),
]
OnlyChanged = Annotated[
    bool,
    typer.Option(
        "--only-changed", help="Send only users whose row differs from what they were last sent."
    ),
]
RefreshAfter = Annotated[
    str | None,
    typer.Option(
        help="With --only-changed: send a user all the same when he was last sent so long ago (30d).",
        metavar="TIME",
        show_default=False,
    ),
]
AllowFailures = Annotated[
    str,
    typer.Option(
        help="How many rows may fail with the exit code still 0: a number or a share (5%)."
    ),
]
NewAllowance = Annotated[
    str | None,
    typer.Option("--allow-failures", help="Another number than before.", show_default=False),
]
Rate = Annotated[
    str,
    typer.Option(
        help="Users a minute or a second, with the unit (600/min, 10/s); a share of 10000/min (80%); none."
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
Wait = Annotated[
    str,
    typer.Option(help="How long to queue for a state folder that is in use (30m).", metavar="TIME"),
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes", "-y", help="Ask nothing before sending, and override the mapping's guards."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        help="Processes that prepare rows; 0 for none. Chosen by size if not given.",
        metavar="N",
        show_default=False,
    ),
]
StateDir = Annotated[
    Path | None,
    typer.Option(
        help="The folder of all runs, of how far they are, and of what is remembered. \\[default: MOENGAGE_STATE_DIR or .moengage-import]",
        metavar="DIR",
        show_default=False,
    ),
]
DeadLetterPath = Annotated[
    Path | None,
    typer.Option("--dead-letter", help="Write the dead letter here as well.", metavar="PATH"),
]
ReportPath = Annotated[
    Path | None, typer.Option("--report", help="Write report.json here as well.", metavar="PATH")
]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]


def ready() -> None:
    """Say that everything is loaded: the collector may work, and leaves alone what is there."""
    gc.freeze()
    gc.enable()
