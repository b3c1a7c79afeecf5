"""Holds the command group `mapping`: check, test, schema and convert."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options
from importer.cli.reading_flags import with_reading_flags
from importer.plurals import counted

if TYPE_CHECKING:
    from importer.mapping_check.check import MappingCheck
    from importer.mapping_check.expectations import Difference
    from importer.mapping_check.own_tests import MappingTestResult

app = typer.Typer(
    help="Check, test and convert mapping files; write their schema for editors.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

File = Annotated[str, typer.Argument(help="The mapping file.", metavar="FILE")]
MaybeSources = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files whose columns the mapping must fit.", metavar="[SOURCE]...", show_default=False
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Write it to a file.", metavar="PATH", show_default=False),
]


@app.command("check")
@with_reading_flags
def check(
    file: File,
    sources: MaybeSources = None,
    as_json: options.Json = False,
    reading: Any = None,
) -> int:
    """Is my mapping right?  Tells everything that is wrong with it at once."""
    from importer.cli.output import print_json
    from importer.config import RunConfig
    from importer.hints import command, reading_flags
    from importer.mapping_check.check import check_mapping

    found = check_mapping(file, sources or (), RunConfig(source=reading))
    if not as_json:
        for warning in found.warnings:
            print(f"warning: {warning}", file=sys.stderr)
    found.require()
    if found.tests:
        following = f"moengage-import mapping test {shlex.quote(file)}"
    else:
        shown = sources or ["SOURCE"]
        following = command("preview", shown, file, *reading_flags(reading))
    if as_json:
        print_json({**_check_as_dict(found), "next": following, "exit": 0})
        return 0
    print(_sentence(found))
    if found.unused:
        print(f"Columns of the source that it does not use: {', '.join(found.unused)}")
    print(f"Next: {following}")
    return 0


def _check_as_dict(found: MappingCheck) -> dict[str, Any]:
    return {
        "file": found.file,
        "attributes": found.attributes,
        "tests": found.tests,
        "columns": list(found.columns),
        "unused": list(found.unused),
        "warnings": list(found.warnings),
    }


def _sentence(found: MappingCheck) -> str:
    counts = (
        f"{counted(found.attributes, 'attribute')} from {counted(len(found.columns), 'column')}"
    )
    warned = f", {counted(len(found.warnings), 'warning')}" if found.warnings else ""
    return f"{found.file} is right: {counts}, {counted(found.tests, 'test')}{warned}."


@app.command("test")
def run_tests(file: File, as_json: options.Json = False) -> int:
    """Run the tests inside a mapping file: cells in, payload out."""
    from importer.cli.output import print_json
    from importer.mapping_check.own_tests import run_mapping_tests

    results = run_mapping_tests(file)
    failed = sum(not result.passed for result in results)
    code = 1 if failed else 0
    verb = "mapping test" if failed else "mapping check"
    following = f"moengage-import {verb} {shlex.quote(file)}{'' if failed else ' SOURCE'}"
    if as_json:
        content = {
            "file": file,
            "tests": [_test_as_dict(result) for result in results],
            "passed": len(results) - failed,
            "failed": failed,
        }
        print_json({**content, "next": following, "exit": code})
        return code
    for result in results:
        _print_test(result)
    if results:
        print(f"{counted(len(results), 'test')}: {len(results) - failed} passed, {failed} failed.")
    else:
        print(f"{file} has no tests. docs/mapping.md shows how to write some under `tests:`.")
    print(f"Next: {following}")
    return code


def _print_test(result: MappingTestResult) -> None:
    print(f"{result.place} {result.name}: {'passed' if result.passed else 'FAILED'}")
    for entry in result.differences:
        print(f"  {entry.place} {entry.key}")
        print(f"    expected  {entry.expected}")
        print(f"    got       {entry.got}")


def _test_as_dict(result: MappingTestResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "place": result.place,
        "passed": result.passed,
        "differences": [_difference(entry) for entry in result.differences],
    }


def _difference(entry: Difference) -> dict[str, str]:
    from dataclasses import asdict

    return asdict(entry)


@app.command("schema")
def schema(out: Out = None, as_json: options.Json = False) -> int:
    """Print the JSON Schema with which editors complete and check mapping files."""
    from importer.cli.output import print_json
    from importer.mapping_file.schema import mapping_schema, schema_text
    from importer.runs.outputs import write_text

    name = out.name if out else "mapping.schema.json"
    following = f"begin a mapping with: # yaml-language-server: $schema={name}"
    if out is not None:
        write_text(out, schema_text(), "--out", may_replace=True)
    if as_json:
        content = {"schema": mapping_schema()} if out is None else {"out": str(out)}
        print_json({**content, "next": following, "exit": 0})
    elif out is None:
        # Standard output is the schema and nothing else, so that it can go into a file.
        print(schema_text(), end="")
        print(f"Next: {following}", file=sys.stderr)
    else:
        print(f"Wrote {out}.")
        print(f"Next: {following}")
    return 0


IdColumn = Annotated[
    str | None,
    typer.Option(
        help="The column of the customer id, if the file maps none to `uid`.",
        metavar="COLUMN",
        show_default=False,
    ),
]
Timezone = Annotated[
    str | None,
    typer.Option(
        help="The zone of times whose format has none, such as Asia/Kolkata.",
        metavar="NAME",
        show_default=False,
    ),
]
Lists = Annotated[
    list[str] | None,
    typer.Option(
        "--list",
        help="A column whose cells are lists such as \\[a|b|c]. May be repeated.",
        metavar="COLUMN",
        show_default=False,
    ),
]


@app.command("convert")
def convert(
    file: File,
    out: Out = None,
    id_column: IdColumn = None,
    timezone: Timezone = None,
    lists: Lists = None,
    as_json: options.Json = False,
) -> int:
    """Turn MoEngage's own mapping file (JSON) into a mapping of ours (YAML)."""
    from importer.cli.output import print_json
    from importer.mapping_file.conversion import convert_mapping
    from importer.runs.outputs import write_text

    found = convert_mapping(file, id_column=id_column, timezone=timezone, lists=lists or ())
    shown = "FILE" if out is None else shlex.quote(str(out))
    following = f"moengage-import mapping check {shown} SOURCE"
    if out is not None:
        write_text(out, found.text, "--out")
    if as_json:
        where = {"out": None if out is None else str(out)}
        content = {"mapping": found.text, **where, "open": list(found.open)}
        print_json({**content, "next": following, "exit": 0})
        return 0
    for sentence in found.open:
        print(f"warning: {sentence}", file=sys.stderr)
    if out is None:
        # As with the schema, standard output is the mapping and nothing else.
        print(found.text, end="")
        print(f"Next: {following}", file=sys.stderr)
    else:
        print(f"Wrote {out}.")
        print(f"Next: {following}")
    return 0
