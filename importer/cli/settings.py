"""Makes a run's settings of what was typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importer.errors import UsageError

if TYPE_CHECKING:
    from importer.config import RunConfig
    from importer.records import SourceOptions

_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def ids(only: list[str] | None) -> frozenset[str] | None:
    """Read the values of --only; None where it is not given, UsageError for one without an id."""
    if only is None:
        return None
    found: set[str] = set()
    for value in only:
        named = _ids_in_file(value[1:]) if value.startswith("@") else [value] if value else []
        if not named:
            raise UsageError(
                f"--only {value or repr(value)}",
                "a file without an id" if value else "no id",
                "an id, or @FILE with one id a line",
                "write the ids; without --only all rows are taken",
            )
        found.update(named)
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


def of_rows(
    allow_failures: str,
    limit: int | None,
    only: list[str] | None,
    update_existing_only: bool | None,
    workers: int | None,
    fixes: list[Path] | None,
    accept_cells: bool,
    reading: SourceOptions,
) -> dict[str, Any]:
    """Give the settings that say which rows are taken, how they are read, and how many may fail."""
    from importer.amounts import Allowance

    return {
        "allow_failures": Allowance.parse(allow_failures),
        "limit": limit,
        "only": ids(only),
        "update_existing_only": update_existing_only,
        "workers": workers,
        "source": reading,
        "fixes": tuple(fixes or ()),
        "accept_cells": accept_cells,
    }


def changed(
    config: RunConfig,
    rate: str | None,
    concurrency: int | None,
    allow_failures: str | None,
    workers: int | None,
) -> RunConfig:
    """Give a run's settings with those of them that were given again."""
    from importer.amounts import Allowance, Rate

    sending = config.sending
    if rate is not None:
        sending = replace(sending, rate=Rate.parse(rate))
    if concurrency is not None:
        sending = replace(sending, concurrency=concurrency)
    allowance = config.allow_failures
    if allow_failures is not None:
        allowance = Allowance.parse(allow_failures)
    workers = config.workers if workers is None else workers
    return replace(config, sending=sending, allow_failures=allowance, workers=workers)
