"""Holds the command `verify`: reading users back and comparing them with what was sent."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from importer.cli import options
from importer.plurals import counted

if TYPE_CHECKING:
    from importer.config import Target
    from importer.history.past_runs import PastRun

Run = Annotated[
    str, typer.Argument(help="The run's id, the beginning of one, or `last`.", metavar="RUN")
]
SampleUsers = Annotated[int, typer.Option("--sample", min=1, help="How many users to read back.")]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed", min=0, help="Draw the same users as an earlier `verify` with this seed."
    ),
]
ShowValues = Annotated[
    bool, typer.Option("--show-values", help="Show values as they are, not only their shape.")
]


def verify(
    run: Run = "last",
    sample: SampleUsers = 200,
    seed: Seed = None,
    show_values: ShowValues = False,
    state_dir: options.StateDir = None,
    as_json: options.Json = False,
) -> int:
    """Read users of a run back from the workspace and compare them with what was sent.

    Twenty users a request, 1,000 a minute, as MoEngage allows; its support must have enabled
    "Get User". MoEngage applies what it accepted some minutes later. Exit 1 if anything differs or is missing.
    """
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.cli.output import print_json
    from importer.cli.verify_page import verification_as_dict, verify_page
    from importer.hints import about_runs
    from importer.history.past_runs import find_past_run
    from importer.history.verify import verify_run

    folder = chosen_state_dir(state_dir)
    past = find_past_run(folder, run)
    with ExitStack() as stack:
        target = _target(past, stack)
        if not as_json and sys.stderr.isatty():
            print(f"Reading up to {counted(sample, 'user')} back ...", file=sys.stderr)
        found = verify_run(folder, past.run, target, sample=sample, seed=seed)
    words = ("--sample", str(sample), "--seed", str(found.seed))
    following = about_runs("runs show", folder, past.run)
    if found.exit:
        following = about_runs("verify", folder, past.run, *words)
    if as_json:
        content = verification_as_dict(found, show_values)
        print_json({**content, "next": following, "exit": found.exit})
        return found.exit
    for line in verify_page(found, past, show_values):
        print(line)
    print(f"\nNext: {following}")
    return found.exit


def _target(past: PastRun, stack: ExitStack) -> Target:
    """Give the workspace that the run wrote to: the environment's, or its own sandbox again."""
    from importer.cli.environment import target_from_environment
    from importer.cli.sandbox_process import running_sandbox

    if "--sandbox" in past.record.options["again"]:
        return stack.enter_context(running_sandbox(past.state_dir, past.record.workspace))
    return target_from_environment()
