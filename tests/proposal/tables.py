"""Writes small tables and has a mapping proposed for them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from importer.check import check_source
from importer.mapping_file import parse_mapping
from importer.proposal import Proposal, propose_mapping
from importer.records import Fate

Columns = Mapping[str, Sequence[str]]


def table(folder: Path, columns: Columns, name: str = "users.csv") -> Path:
    """Write a table; an id is put before the columns, unless they have one."""
    rows = max(len(cells) for cells in columns.values())
    whole = {"customer id": [f"u-{number:04}" for number in range(rows)], **columns}
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(whole)
        writer.writerows(zip(*whole.values(), strict=True))
    return path


def proposed(folder: Path, columns: Columns, **answers: Any) -> Proposal:
    return propose_mapping(table(folder, columns), **answers)


def value_of(found: Proposal, target: str) -> str:
    """Give what stands behind an attribute in the mapping's text."""
    lines = [line.strip() for line in found.text.splitlines()]
    (value,) = [line.partition(": ")[2] for line in lines if line.startswith(f"{target}: ")]
    return value


def evidence_of(found: Proposal, target: str) -> str:
    (line,) = [line for line in found.lines if line.target == target]
    return " ".join((*line.evidence, line.left_out)).strip()


def sendable(found: Proposal, source: Path) -> int:
    """Give how many rows a check with the proposed mapping would send."""
    report = check_source(source, parse_mapping(found.text, "proposed.yaml"))
    return report.fates[Fate.PENDING]
