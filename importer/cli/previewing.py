"""Holds the command `preview`: rows before and after, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options
from importer.cli.reading_flags import with_reading_flags

if TYPE_CHECKING:
    from importer.preview import PreviewRow, PreviewValue
    from importer.stages.coercing import Step

Rows = Annotated[int, typer.Option("--rows", min=1, help="How many of the first rows to show.")]
RowNumbers = Annotated[
    list[int] | None,
    typer.Option(
        "--row",
        min=1,
        help="Show this row instead, by its number (`_row` of a dead letter). May be repeated.",
        metavar="N",
        show_default=False,
    ),
]


@with_reading_flags
def preview(
    sources: options.Sources,
    mapping: options.MappingFile,
    rows: Rows = 5,
    row_numbers: RowNumbers = None,
    as_json: options.Json = False,
    reading: Any = None,
) -> int:
    """Show rows of the source, each step that a cell takes, and the payload."""
    from importer.cli.output import print_json
    from importer.config import RunConfig
    from importer.hints import command, reading_flags
    from importer.preview import preview_source

    shown = preview_source(
        sources, mapping, RunConfig(source=reading), rows=rows, row_numbers=row_numbers or ()
    )
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
        way = [_cells(value), *_steps(value), _result(value)]
        print(f"  {value.attribute:<{width}}  {'  ->  '.join(way)}")
    for problem in row.problems:
        print(f"  invalid: {problem}")
    for warning in row.warnings:
        print(f"  warning: {warning}")
    if row.filtered:
        print("  filtered: the mapping's `where:` leaves this row out")
    if row.superseded:
        print(f"  superseded: {row.superseded}")
    if row.payload is not None:
        print(f"  payload: {row.payload}")
    print()


def _cells(value: PreviewValue) -> str:
    if not value.cells:
        return "(constant)"
    return ", ".join(f"{name}={cell!r}" for name, cell in value.cells.items())


def _steps(value: PreviewValue) -> list[str]:
    """Give the steps between the cells and the value; the last one's result is the value."""
    steps = value.steps[:-1] if value.steps and not value.steps[-1].of else value.steps
    return [_step(step) for step in steps]


def _step(step: Step) -> str:
    text = "(nothing)" if step.text is None else step.text if step.is_json else repr(step.text)
    return f"{step.of}: {step.name} {text}" if step.of else f"{step.name} {text}"


def _result(value: PreviewValue) -> str:
    if value.problem:
        return f"bad: {value.problem}"
    if value.json is None:
        return "(blank)"
    passed = f", passes {' and '.join(value.checked)}" if value.checked else ""
    return f"{value.json} ({value.type}{passed})"


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
                "steps": [_step_as_dict(step) for step in value.steps],
                "checks": list(value.checked),
            }
            for value in row.values
        ],
        "payload": None if row.payload is None else json.loads(row.payload),
        "payload_text": row.payload,
        "filtered": row.filtered,
        "superseded": row.superseded or None,
        "problems": list(row.problems),
        "warnings": list(row.warnings),
    }


def _step_as_dict(step: Step) -> dict[str, object]:
    return {"step": step.name, "of": step.of or None, "text": step.text}
