"""Holds the commands `runs`, `runs show` and `runs prune`: what happened, and what is kept of it."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated

import typer

from importer.cli import options
from importer.cli.settings import seconds
from importer.plurals import counted

runs_app = typer.Typer(
    help="List the runs of a state folder, show one, or prune old ones.",
    invoke_without_command=True,
    no_args_is_help=False,
)

_MOST_RUNS = 20

Run = Annotated[
    str, typer.Argument(help="The run's id, the beginning of one, or `last`.", metavar="RUN")
]
All = Annotated[bool, typer.Option("--all", help=f"All runs, not only the latest {_MOST_RUNS}.")]
OlderThan = Annotated[
    str, typer.Option(help="How long ago a run must have ended (90d, 12h).", metavar="TIME")
]
Unfinished = Annotated[
    bool,
    typer.Option("--unfinished", help="Also runs that could still be resumed; they are closed."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before removing.")]


@runs_app.callback()
def runs(
    context: typer.Context,
    everything: All = False,
    state_dir: options.StateDir = None,
    as_json: options.Json = False,
) -> int:
    """List the runs of a state folder, the latest first."""
    if context.invoked_subcommand is not None:
        return 0
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.cli.output import print_json
    from importer.cli.run_pages import run_list
    from importer.hints import about_runs
    from importer.history.past_runs import list_runs

    folder = chosen_state_dir(state_dir)
    known = list_runs(folder)
    shown = known if everything else known[:_MOST_RUNS]
    following = about_runs("runs show", folder, "last")
    if not known:
        following = "moengage-import run SOURCE --mapping FILE"
    if as_json:
        entries = [past.as_dict() for past in shown]
        more = len(known) - len(shown)
        print_json({"runs": entries, "more": more, "next": following, "exit": 0})
        return 0
    for line in run_list(shown, len(known), folder):
        print(line)
    print(f"\nNext: {following}")
    return 0


@runs_app.command()
def show(
    run: Run = "last", state_dir: options.StateDir = None, as_json: options.Json = False
) -> int:
    """Show one run: why it stopped, what to do now, its fates, and why rows did not make it."""
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.cli.output import print_json
    from importer.cli.run_pages import run_as_dict, run_page
    from importer.history.past_runs import find_past_run

    past = find_past_run(chosen_state_dir(state_dir), run)
    past.require_whole()
    if as_json:
        print_json({"run": run_as_dict(past), "next": past.next, "exit": 0})
        return 0
    for line in run_page(past, show_values=sys.stdout.isatty()):
        print(line)
    return 0


@runs_app.command()
def prune(
    older_than: OlderThan = "90d",
    unfinished: Unfinished = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: options.Wait = "0s",
    state_dir: options.StateDir = None,
    as_json: options.Json = False,
) -> int:
    """Remove the row detail of old runs: row logs, journals, dead letters, receipts, warnings.

    Counts and reports stay, and what --only-changed remembers. Copies that --dead-letter,
    --report or --receipt put elsewhere are not touched.
    """
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.cli.output import print_json
    from importer.cli.run_pages import pruned_lines
    from importer.hints import about_runs
    from importer.history.pruning import prune_runs

    folder = chosen_state_dir(state_dir)
    age = timedelta(seconds=seconds(older_than, "--older-than") or 0.0)
    if not dry_run and not yes and not as_json:
        _require_consent(len(prune_runs(folder, age, unfinished=unfinished, dry_run=True)))
    removed = prune_runs(
        folder,
        age,
        unfinished=unfinished,
        dry_run=dry_run,
        wait_seconds=seconds(wait, "--wait") or 0.0,
    )
    following = about_runs("runs", folder)
    if dry_run and removed:
        flags = ("--older-than", older_than, *(("--unfinished",) if unfinished else ()))
        following = about_runs("runs prune", folder, *flags)
    if as_json:
        entries = [one.as_dict() for one in removed]
        freed = sum(one.bytes for one in removed)
        answer = {"runs": entries, "bytes": freed, "dry_run": dry_run}
        print_json({**answer, "next": following, "exit": 0})
        return 0
    for line in pruned_lines(removed, dry_run=dry_run):
        print(line)
    print(f"\nNext: {following}")
    return 0


def _require_consent(runs: int) -> None:
    from importer.cli.session import answer
    from importer.errors import UsageError

    if not runs or sys.stdin is None or not sys.stdin.isatty():
        return
    of = counted(runs, "run")
    if answer(f"Remove the row detail and dead letters of {of}? [y/N]") not in ("y", "yes"):
        raise UsageError(
            "the question", "no `y`: nothing was removed", "y to remove", "see it with --dry-run"
        )
