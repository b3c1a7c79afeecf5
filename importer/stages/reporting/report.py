"""Holds the report of a run: pure data, and the exit code that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from importer.amounts import Allowance
from importer.records import DEAD_FATES, Fate, Stop
from importer.stages.reporting.cautions import Caution
from importer.stages.reporting.reasons import Reason


@dataclass(frozen=True)
class RunReport:
    """What a run, or a check, came to.

    run: its id; "" for a check, which leaves nothing behind.
    parent: the run whose dead letter this one sends again; "" if it is no retry.
    sources: one sentence per file on how it was read; source: the same as data.
    fates: every word of Fate with its count; their sum is `rows`.
    sent: whether anything was meant to be sent (False for a check).
    requests, retries: tries in all, and how many of them were not the first of their row.
    warnings: what the rules say of rows, by code; notes: warnings about the source and the mapping, whole sentences.
    dead_letter: None when every row made it.
    stop: why the run ended before its rows did; None if it did not.
    next: the command to try next.
    """

    run: str
    sources: tuple[str, ...]
    target: str
    rows: int
    fates: Mapping[Fate, int]
    sent: bool
    seconds: float
    exit: int
    next: str
    requests: int = 0
    retries: int = 0
    paused_seconds: float = 0.0
    rows_complete: bool = True
    warnings: tuple[Caution, ...] = ()
    notes: tuple[str, ...] = ()
    source: tuple[Mapping[str, object], ...] = ()
    reasons: tuple[Reason, ...] = ()
    dead_letter: Path | None = None
    warnings_file: Path | None = None
    receipt: Path | None = None
    folder: Path | None = None
    stop: Stop | None = None
    parent: str = ""

    @property
    def dead(self) -> int:
        """The rows in the dead letter."""
        return sum(self.fates[fate] for fate in DEAD_FATES)

    def with_dead_letter(self, path: Path) -> RunReport:
        """Give the same report with the place of its dead letter."""
        return replace(self, dead_letter=path)

    def as_dict(self) -> dict[str, Any]:
        """Give the report as plain data, without a person's values (for JSON)."""
        return {
            "run": self.run,
            "parent": self.parent or None,
            "rows": self.rows,
            "rows_complete": self.rows_complete,
            "fates": {str(fate): self.fates[fate] for fate in Fate},
            "sent": self.sent,
            "requests": self.requests,
            "retries": self.retries,
            "paused_seconds": round(self.paused_seconds, 3),
            "warnings": [caution.as_dict() for caution in self.warnings]
            + [{"code": "mapping", "rows": 0, "message": note} for note in self.notes],
            "seconds": round(self.seconds, 3),
            "sources": list(self.sources),
            "source": [dict(file) for file in self.source],
            "target": self.target,
            "reasons": [reason.as_dict() for reason in self.reasons],
            "dead_letter": _text(self.dead_letter),
            "warnings_file": _text(self.warnings_file),
            "receipt": _text(self.receipt),
            "folder": _text(self.folder),
            "stopped_because": self.stop.code if self.stop else None,
            "stopped_message": self.stop.message if self.stop else None,
            "next": self.next,
            "exit": self.exit,
        }


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def exit_code(stop: Stop | None, dead: int, rows: int, allowed: Allowance) -> int:
    """Give the exit code: the stop's own, else 1 for more dead letters than allowed, else 0."""
    if stop is not None:
        return stop.exit_code
    return 0 if allowed.allows(dead, rows) else 1
