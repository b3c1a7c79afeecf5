"""Prints a report: as JSON for programs, as one screen for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from importer.cli.summary import stop_lines, summary
from importer.records import Stop
from importer.stages.reporting import RunReport


def print_json(content: Mapping[str, Any]) -> None:
    """Print exactly one JSON object, on one line."""
    print(json.dumps(content, ensure_ascii=False, default=str))


def tell_stop(stop: Stop | None) -> None:
    """Say on standard error why a run stopped, for who sees no summary (a mail of cron's)."""
    if stop is not None:
        print("\n".join(stop_lines(stop)), file=sys.stderr)


def print_report(report: RunReport, *, as_json: bool, quiet: bool) -> int:
    """Show a report and give its exit code."""
    if as_json:
        print_json(report.as_dict())
    elif not quiet:
        print(summary(report, show_values=sys.stdout.isatty()))
    if as_json or quiet:
        tell_stop(report.stop)
    return report.exit
