"""Holds the command `init`, which looks at a table and writes a mapping for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options
from importer.cli.reading_flags import with_reading_flags
from importer.plurals import counted

if TYPE_CHECKING:
    from importer.proposal import Proposal

Out = Annotated[
    str | None,
    typer.Option(
        help="Where to write the mapping; - prints it. Without it, the source's name with .yaml.",
        metavar="PATH",
        show_default=False,
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a mapping that is there.")]
Rows = Annotated[
    int | None,
    typer.Option(
        "--rows",
        min=1,
        help="How many rows to look at, from the beginning; 50,000 if not given.",
        metavar="N",
        show_default=False,
    ),
]
Timezone = Annotated[
    str | None,
    typer.Option(
        help="The zone of times that state none, such as Asia/Kolkata; otherwise it stays open.",
        metavar="ZONE",
        show_default=False,
    ),
]
Region = Annotated[
    str | None,
    typer.Option(
        help="The country of phone numbers without its code, such as IN; otherwise it stays open.",
        metavar="COUNTRY",
        show_default=False,
    ),
]


@with_reading_flags
def init(
    sources: options.Sources,
    out: Out = None,
    overwrite: Overwrite = False,
    rows: Rows = None,
    timezone: Timezone = None,
    region: Region = None,
    as_json: options.Json = False,
    reading: Any = None,
) -> int:
    """Look at the source and write a mapping for it, with the evidence in comments."""
    from importer.cli.output import print_json
    from importer.hints import command
    from importer.proposal import SAMPLE_ROWS, name_for, propose_mapping
    from importer.runs.outputs import write_text

    path = None if out == "-" else Path(out or f"{name_for(sources[0])}.yaml")
    if path is not None:
        _require_free(path, sources, overwrite=overwrite)
    found = propose_mapping(
        sources, reading, rows=rows or SAMPLE_ROWS, timezone=timezone, region=region
    )
    if path is not None:
        write_text(path, found.text, "--out", may_replace=overwrite)
    following = _next(found, command("preview", sources, str(path) if path else "FILE"), path)
    if as_json:
        print_json({**_as_dict(found, path), "next": following, "exit": 0})
    elif path is None:
        print(found.text, end="")
    else:
        _print(found, path, following)
    return 0


def _next(found: Proposal, preview: str, path: Path | None) -> str:
    """Give the next step: a command, or before it what only a person can do."""
    if not found.choices:
        return preview
    lines = [str(choice.line) for choice in found.choices]
    where = f"line {lines[0]}" if not lines[1:] else f"lines {', '.join(lines)}"
    return (
        f"open {path or 'the mapping'}, put your choice in place of {{decide: [...]}} "
        f"in {where}, and then: {preview}"
    )


def _require_free(path: Path, sources: list[str], *, overwrite: bool) -> None:
    """Refuse a path that must not be written, before the table is looked at."""
    from importer.errors import UsageError

    if not path.exists():
        return
    if any(Path(source).exists() and path.samefile(source) for source in sources):
        raise UsageError(
            "--out", f"{path}, which is the source", "a path of its own", "name another file"
        )
    if not overwrite or not path.is_file():
        raise UsageError(
            "--out",
            f"{path}, which exists",
            "a path where nothing is yet",
            "name another file with --out, print it with `--out -`, or say --overwrite",
        )


def _print(found: Proposal, path: Path, following: str) -> None:
    for file in found.files:
        print(f"Source:      {file.describe()}")
    seen = "all of them" if found.all_rows else "from the beginning"
    print(f"Looked at:   {counted(found.rows, 'row')}, {seen}")
    sent = [line for line in found.lines if not line.left_out]
    standard = sum(line.is_standard for line in sent)
    left = len(found.lines) - len(sent)
    more = f"; {left} left out, with the reason" if left else ""
    print(
        f"Mapping:     {path} ({counted(len(sent), 'attribute')}, {standard} of them MoEngage's own{more})"
    )
    print(f"Customer id: {found.identity.column or 'not decided'}")
    if found.choices:
        print("To decide:   the table does not tell, and nothing is checked or sent before:")
        for choice in found.choices:
            print(f"  {path}:{choice.line}: {choice.text}")
    else:
        refused = found.rows - found.sendable
        told = ", ".join(f"{count:,} {code}" for code, count in found.reasons.items())
        print(
            f"Sendable:    {found.sendable:,} of these rows" + (f" (not: {told})" * bool(refused))
        )
    print(f"Next: {following}")


def _as_dict(found: Proposal, path: Path | None) -> dict[str, object]:
    return {
        "path": None if path is None else str(path),
        "name": found.name,
        "mapping": found.text,
        "rows": found.rows,
        "all_rows": found.all_rows,
        "sendable": None if found.choices else found.sendable,
        "reasons": found.reasons,
        "customer_id": {
            "column": found.identity.column or None,
            "evidence": list(found.identity.evidence),
            "alternatives": list(found.identity.alternatives),
            "users_in_several_rows": found.identity.duplicates,
            "rows_of_such_users": found.identity.rows_with_duplicates,
            "rows_without": found.identity.blank,
        },
        "columns": [
            {
                "columns": list(line.columns),
                "attribute": line.target,
                "type": line.type or None,
                "sent": not line.left_out,
                "evidence": list(line.evidence) or ([line.left_out] if line.left_out else []),
                "personal": line.personal or None,
                "refused_cells": line.bad,
                "to_decide": line.is_open,
            }
            for line in found.lines
        ],
        "choices": [{"line": choice.line, "text": choice.text} for choice in found.choices],
        "source": [file.as_dict() for file in found.files],
    }
