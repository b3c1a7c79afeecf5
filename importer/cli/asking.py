"""Holds the command `why`: what happened to one user, or to one row, in every run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from importer.cli import options

_LAST = 5

CustomerId = Annotated[
    str | None,
    typer.Argument(
        help="The customer id, exactly as it was sent.", metavar="ID", show_default=False
    ),
]
Run = Annotated[
    str | None,
    typer.Option(
        "--run",
        help="Ask about a row of this run (an id, its beginning, or `last`).",
        metavar="RUN",
        show_default=False,
    ),
]
Row = Annotated[
    int | None,
    typer.Option("--row", help="The row's number in its file, from 1.", show_default=False),
]
File = Annotated[
    str | None,
    typer.Option("--file", help="Which file, if the run had several.", show_default=False),
]
Last = Annotated[int, typer.Option("--last", min=0, help="Tell the latest so many rows of a user.")]
Everything = Annotated[
    bool,
    typer.Option(
        "--all",
        help="Tell all rows of a user, and look through waiting rows without a limit of time.",
    ),
]
ShowValues = Annotated[
    bool,
    typer.Option("--show-values", help="Show cells and values as they are, not only their shape."),
]


def why(
    customer_id: CustomerId = None,
    run: Run = None,
    row: Row = None,
    file: File = None,
    last: Last = _LAST,
    everything: Everything = False,
    show_values: ShowValues = False,
    state_dir: options.StateDir = None,
    as_json: options.Json = False,
) -> int:
    """Tell what happened to one user in every run, or to one row of a run.

    When, from which row, each step, the payload, the API's answer, the fate and what to do. Cells
    and values show their shape only (x for a letter, # for a digit) unless --show-values is given.
    Rows that wait in an unfinished run are looked up in its source. Exit 1 if nothing is known of
    the user.
    """
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.cli.output import print_json
    from importer.cli.story_pages import story_as_dict, story_page
    from importer.hints import about_runs
    from importer.history.why import explain_row, explain_user

    _require_one_question(customer_id, run, row, file)
    folder = chosen_state_dir(state_dir)
    if customer_id is None:
        story = explain_row(folder, run or "", row or 0, file)
    else:
        story = explain_user(
            folder,
            customer_id,
            last=None if everything else last,
            on_search=_on_search(as_json),
        )
    following = about_runs("runs", folder)
    if not story.runs:
        following = "moengage-import run SOURCE --mapping FILE"
    elif story.rows:
        following = about_runs("runs show", folder, story.rows[-1].run)
    code = 0 if story.rows or story.left_out else 1
    if as_json:
        print_json({**story_as_dict(story, show_values), "next": following, "exit": code})
        return code
    for line in story_page(story, show_values=show_values):
        print(line)
    print(f"Next: {following}")
    return code


def _on_search(as_json: bool) -> Callable[[str], None]:
    """Give what tells a person at a terminal why it takes a moment."""

    def told(run: str) -> None:
        if not as_json and sys.stderr.isatty():
            print(f"Looking through the rows of run {run} that wait ...", file=sys.stderr)

    return told


def _require_one_question(
    customer_id: str | None, run: str | None, row: int | None, file: str | None
) -> None:
    from importer.errors import UsageError

    expected = "a customer id, or --run RUN --row N"
    if customer_id is not None and (run, row, file) != (None, None, None):
        raise UsageError("why", "an id and a row", expected, "ask one of both")
    if customer_id is None and (run is None or row is None):
        raise UsageError("why", "no question", expected, "moengage-import why user-42")
