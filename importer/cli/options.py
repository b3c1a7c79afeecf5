"""Names the options that several commands share, and reads their values."""

from __future__ import annotations

import functools
import gc
import inspect
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.errors import UsageError

if TYPE_CHECKING:
    from importer.records import SourceOptions

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
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")]
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
AllowFailures = Annotated[
    str,
    typer.Option(
        help="How many rows may fail with the exit code still 0: a number or a share (5%)."
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
UpdateExistingOnly = Annotated[
    bool | None,
    typer.Option(
        "--update-existing-only/--create-users",
        help="Leave unknown ids alone, or make users of them; the mapping decides if neither is given.",
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

_READING = "How the file is written (detected if not given)"


def _said(help_text: str, metavar: str) -> Any:
    option = typer.Option(
        help=help_text, metavar=metavar, show_default=False, rich_help_panel=_READING
    )
    return Annotated[str | None, option]


_READING_FLAGS = {
    "encoding": _said("Such as utf-8, cp1252 or utf-16.", "NAME"),
    "delimiter": _said("What parts the cells: one character or several, or tab.", "TEXT"),
    "quote": _said("The character round cells, or none.", "CHAR"),
    "escape": _said("The character before a quote or delimiter that is text, or none.", "CHAR"),
    "comment": _said("How a line that is no row begins, or none.", "TEXT"),
    "line_end": _said("What ends a row: lf, crlf, cr, or a text such as &|.", "TEXT"),
    "skip_lines": _said("Lines before the header.", "N"),
    "header": _said("How many lines the header has, or none.", "N"),
}


def _chosen(names: str, help_text: str) -> Any:
    option = typer.Option(names, help=help_text, show_default=False, rich_help_panel=_READING)
    return Annotated[bool | None, option]


_READING_CHOICES = {
    "rename_columns": _chosen(
        "--rename-columns/--refuse-columns",
        "Give empty and repeated column names new ones, or refuse them.",
    ),
    "trailing_delimiter": _chosen(
        "--trailing-delimiter/--no-trailing-delimiter",
        "Each row ends with a delimiter, after which there is no cell.",
    ),
}


def with_reading_flags(command: Callable[..., int]) -> Callable[..., int]:
    """Add the flags that say how a file is written; the command gets them as `reading`."""

    @functools.wraps(command)
    def with_flags(**values: Any) -> int:
        texts = {name: values.pop(name, None) for name in _READING_FLAGS}
        choices = {name: values.pop(name, None) for name in _READING_CHOICES}
        return command(**values, reading=_reading(texts, choices))

    signature = inspect.signature(command, eval_str=True)
    own = [one for one in signature.parameters.values() if one.name != "reading"]
    kinds = {**_READING_FLAGS, **_READING_CHOICES}
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in kinds.items()
    ]
    keyed = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    # Typer reads a command's signature and its annotations.
    vars(with_flags)["__signature__"] = signature.replace(parameters=[*keyed, *added])
    with_flags.__annotations__ = {one.name: one.annotation for one in [*own, *added]}
    return with_flags


def _reading(texts: dict[str, str | None], choices: dict[str, bool | None]) -> SourceOptions:
    from importer.mapping_file.source_options import source_options

    options, problems = source_options(texts, **choices)
    for problem in problems:
        flag = "--" + problem.option.replace("_", "-")
        raise UsageError(flag, problem.found, problem.expected, "correct it")
    return options


_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def ids(only: list[str] | None) -> frozenset[str] | None:
    """Read the values of --only; None where it is not given."""
    if only is None:
        return None
    found: set[str] = set()
    for value in only:
        found.update(_ids_in_file(value[1:]) if value.startswith("@") else [value])
    return frozenset(found)


def _ids_in_file(path: str) -> list[str]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(
            f"--only @{path}",
            f"a file that cannot be read ({reason})",
            "a UTF-8 file with one id a line",
            "check the path",
        ) from None
    return [line for line in text.splitlines() if line]


def seconds(text: str | None, option: str) -> float | None:
    """Read a duration such as 90s, 45m or 2h; None stays None."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d)", text.strip().lower())
    if not found:
        raise UsageError(option, repr(text), "a duration such as 90s, 45m or 2h", "correct it")
    return float(found.group(1)) * _SECONDS[found.group(2)]


def moment(text: str | None, now: datetime) -> datetime | None:
    """Read --finish-by: a time of day (the next one, in local time), or an ISO date-time."""
    if text is None:
        return None
    if found := re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip()):
        hour, minute = int(found.group(1)), int(found.group(2))
        if hour < 24 and minute < 60:
            moment_today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
            return moment_today if moment_today > now else moment_today + timedelta(days=1)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            "--finish-by",
            repr(text),
            "a time such as 06:30, or 2026-01-31T06:30+01:00",
            "correct it",
        ) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=now.tzinfo)


def times(max_time: str | None, finish_by: str | None, wait: str) -> dict[str, Any]:
    """Give the settings that say how long a run may take and wait."""
    return {
        "max_time_seconds": seconds(max_time, "--max-time"),
        "finish_by": moment(finish_by, datetime.now().astimezone()),
        "wait_seconds": seconds(wait, "--wait") or 0.0,
    }


def ready() -> None:
    """Say that everything is loaded: the collector may work, and leaves alone what is there."""
    gc.freeze()
    gc.enable()
