"""Runs whole imports against a sandbox in this process, for tests of promises."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from importer import Rate, RunConfig, RunReport, Secret, SendingConfig, Target, run_import
from importer.mapping_file import parse_mapping
from importer.sandbox import SandboxThread

FAST = SendingConfig(rate=Rate(None), concurrency=32)


def target_of(sandbox: SandboxThread) -> Target:
    """Give the target that a sandbox is."""
    return Target(sandbox.app_id, Secret(sandbox.api_key), sandbox.base_url)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a UTF-8 CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def run(
    sandbox: SandboxThread,
    source: Path | Sequence[Path],
    mapping: str,
    state: Path,
    sending: SendingConfig = FAST,
    **settings: Any,
) -> RunReport:
    """Import a source with the mapping of this text."""
    config = RunConfig(sending=sending, state_dir=state, **settings)
    parsed = parse_mapping(mapping, "mapping.yaml")
    return run_import(source, parsed, target_of(sandbox), config)


def fates(report: RunReport) -> dict[str, int]:
    """Give the fates that any row has; their sum must be the rows."""
    assert sum(report.fates.values()) == report.rows
    return {str(fate): count for fate, count in report.fates.items() if count}


def dead_letter(report: RunReport) -> list[dict[str, str]]:
    """Read a run's dead letter."""
    assert report.dead_letter is not None
    with report.dead_letter.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def profiles(sandbox: SandboxThread) -> Mapping[str, Mapping[str, Any]]:
    """Give the sandbox's profiles: id -> attributes."""
    return sandbox.profiles()
