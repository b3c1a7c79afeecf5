"""Adds the options that say how a file is written to the commands that read one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.errors import UsageError

if TYPE_CHECKING:
    from importer.records import SourceOptions

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
