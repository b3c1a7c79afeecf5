"""Holds the commands `memory show` and `memory clear`: what `--only-changed` remembers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options
from importer.cli.settings import seconds
from importer.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from importer.stages.recording import Remembered

memory_app = typer.Typer(
    help="What is remembered of users that were sent, for --only-changed.", no_args_is_help=True
)

Workspace = Annotated[
    str | None,
    typer.Option(help="Only this workspace's.", metavar="APP_ID", show_default=False),
]
MappingName = Annotated[
    str | None,
    typer.Option(
        "--mapping",
        help="Only that of the mapping of this `name:` (without one, its file's name).",
        metavar="NAME",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before forgetting.")]


@memory_app.command()
def show(state_dir: options.StateDir = None, as_json: options.Json = False) -> int:
    """Show of how many users it is known what they were last sent, per workspace and mapping."""
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.cli.output import print_json
    from importer.memory.opening import show_memory

    folder = chosen_state_dir(state_dir)
    found = show_memory(folder)
    # Where nothing is remembered, --only-changed asks for --first-time.
    following = "moengage-import run SOURCE --mapping FILE" + (" --only-changed" if found else "")
    if as_json:
        print_json({"memory": _entries(found), "next": following, "exit": 0})
        return 0
    for line in _page(found, folder):
        print(line)
    print(f"\nNext: {following}")
    return 0


@memory_app.command()
def clear(
    workspace: Workspace = None,
    mapping: MappingName = None,
    yes: Yes = False,
    wait: options.Wait = "0s",
    state_dir: options.StateDir = None,
    as_json: options.Json = False,
) -> int:
    """Forget what users were last sent: the next run sends them all once more.

    Nothing is deleted in MoEngage.
    """
    from importer.cli.environment import state_dir as chosen_state_dir
    from importer.cli.output import print_json
    from importer.memory.opening import clear_memory, show_memory

    folder = chosen_state_dir(state_dir)
    if not yes:
        _require_consent(_chosen(show_memory(folder), workspace, mapping))
    wait_seconds = seconds(wait, "--wait") or 0.0
    gone = clear_memory(folder, workspace, mapping, wait_seconds=wait_seconds)
    following = "moengage-import run SOURCE --mapping FILE --only-changed --first-time"
    if as_json:
        print_json({"forgotten": _entries(gone), "next": following, "exit": 0})
        return 0
    for entry in gone:
        print(f"Forgotten: {_users(entry)} of {_scope(entry)}.")
    if not gone:
        print("Nothing was remembered.")
    print("Nothing is deleted in MoEngage.")
    print(f"\nNext: {following}")
    return 0


def _chosen(
    found: Sequence[Remembered], workspace: str | None, mapping: str | None
) -> list[Remembered]:
    return [
        entry
        for entry in found
        if workspace in (None, entry.workspace) and mapping in (None, entry.mapping_name)
    ]


def _require_consent(entries: Sequence[Remembered]) -> None:
    from importer.cli.session import answer
    from importer.errors import UsageError

    if not entries:
        return
    users = sum(entry.known + entry.unknown for entry in entries)
    if sys.stdin is not None and sys.stdin.isatty():
        scopes = ", ".join(_scope(entry) for entry in entries)
        asked = (
            f"Forget what {counted(users, 'user')} of {scopes} {'was' if users == 1 else 'were'} last sent? Nothing is deleted in "
            "MoEngage; the next run sends them all once more. [y/N]"
        )
        if answer(asked) in ("y", "yes"):
            return
    raise UsageError(
        "memory clear",
        f"no `y`: nothing was forgotten, {counted(users, 'user is', 'users are')} remembered",
        "y on a terminal, or --yes",
        "see with `moengage-import memory show` what is remembered, then give --yes",
    )


def _page(found: Sequence[Remembered], folder: Path) -> Iterator[str]:
    if not found:
        yield f"Nothing is remembered in {folder}."
        return
    for entry in found:
        yield f"{_scope(entry)}: {_users(entry)}"
        yield f"  last run {entry.last_run}, about {_mb(entry.bytes)} of {folder}"


def _scope(entry: Remembered) -> str:
    return f"mapping {entry.mapping_name} into {entry.workspace}"


def _users(entry: Remembered) -> str:
    return f"{counted(entry.known, 'user')} known, {entry.unknown:,} unknown"


def _mb(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _entries(found: Sequence[Remembered]) -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [asdict(entry) for entry in found]
