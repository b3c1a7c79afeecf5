"""Holds the command `preview`: rows before and after, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options

if TYPE_CHECKING:
    from importer.preview import PreviewRow, PreviewValue

Rows = Annotated[int, typer.Option("--rows", min=1, help="How many rows to show.")]


@options.with_reading_flags
def preview(
    sources: options.Sources,
    mapping: options.MappingFile,
    rows: Rows = 5,
    as_json: options.Json = False,
    reading: Any = None,
) -> int:
    """Show rows of the source, what each cell becomes, and the payload."""
    from importer.cli.output import print_json
    from importer.config import RunConfig
    from importer.hints import command, reading_flags
    from importer.preview import preview_source

    shown = preview_source(sources, mapping, RunConfig(source=reading), rows=rows)
    following = command("check", sources, mapping, *reading_flags(reading))
    if as_json:
        print_json({"rows": [_as_dict(row) for row in shown], "next": following, "exit": 0})
        return 0
    for row in shown:
        _print_row(row)
    print(f"Next: {following}")
    return 0


def _print_row(row: PreviewRow) -> None:
    line = f" (line {row.line})" if row.line else ""
    print(f"{row.file} row {row.row}{line}")
    width = max((len(value.attribute) for value in row.values), default=0)
    for value in row.values:
        print(f"  {value.attribute:<{width}}  {_cells(value)}  ->  {_result(value)}")
    for problem in row.problems:
        print(f"  invalid: {problem}")
    if row.filtered:
        print("  filtered: the mapping's `where:` leaves this row out")
    if row.payload is not None:
        print(f"  payload: {row.payload}")
    print()


def _cells(value: PreviewValue) -> str:
    if not value.cells:
        return "(constant)"
    return ", ".join(f"{name}={cell!r}" for name, cell in value.cells.items())


def _result(value: PreviewValue) -> str:
    if value.problem:
        return f"bad: {value.problem}"
    return "(blank)" if value.json is None else f"{value.json} ({value.type})"


def _as_dict(row: PreviewRow) -> dict[str, object]:
    import json

    return {
        "file": row.file,
        "row": row.row,
        "line": row.line or None,
        "values": [
            {
                "attribute": value.attribute,
                "type": value.type,
                "cells": value.cells,
                "json": value.json,
                "problem": value.problem or None,
            }
            for value in row.values
        ],
        "payload": None if row.payload is None else json.loads(row.payload),
        "payload_text": row.payload,
        "filtered": row.filtered,
        "problems": list(row.problems),
    }
