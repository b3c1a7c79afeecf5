"""Writes down what a run was told, without secrets, and reads it back when it is resumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from importer.amounts import Allowance, Rate
from importer.config import RunConfig, SendingConfig, Target
from importer.job import Job
from importer.records import SourceOptions

_CHANGED = ("only_changed", "refresh_after_seconds", "force")
_SAME = ("limit", "only", "update_existing_only", "source", "fixes", "accept_cells", *_CHANGED)
"""What must be the same for a repeated command to mean the same run."""


def what_is_sent(config: RunConfig) -> dict[str, Any]:
    """Give the options that say which rows are sent, and what of them: those of _SAME."""
    return {
        "limit": config.limit,
        "only": None if config.only is None else ids_hash(config.only),
        "update_existing_only": config.update_existing_only,
        "source": asdict(config.source),
        "fixes": [{"file": path.name, "hash": file_hash(path)} for path in config.fixes] or None,
        "accept_cells": config.accept_cells or None,
        **{name: getattr(config, name) for name in _CHANGED},
    }


def options_of(job: Job, target: Target, config: RunConfig) -> dict[str, Any]:
    """Give everything a run was told as plain data; of its `only` ids a hash."""
    return {
        "sources": list(job.locations),
        "named": list(job.paths),
        "columns": list(job.source.columns),
        "mapping": str(Path(job.mapping.file).absolute()),
        "app_id": target.app_id,
        "base_url": target.base_url,
        "rate": str(config.sending.rate),
        "concurrency": config.sending.concurrency,
        "retries": config.sending.retries,
        "timeout_seconds": config.sending.timeout_seconds,
        **what_is_sent(config),
        "allow_failures": str(config.allow_failures),
        "workers": config.workers,
        # Warnings are counted by whole blocks, so a resumed run must cut the source alike.
        "block_bytes": config.block_bytes,
        "dead_letter": _absolute(config.dead_letter),
        "report": _absolute(config.report),
        "receipt": _absolute(config.receipt),
        "again": list(config.again),
    }


def config_from(
    options: Mapping[str, Any], state_dir: Path, only: frozenset[str] | None
) -> RunConfig:
    """Give the settings that `options_of` wrote down; `fixes` are in the run's folder."""
    return RunConfig(
        sending=SendingConfig(
            rate=Rate.parse(options["rate"]),
            concurrency=options["concurrency"],
            retries=options["retries"],
            timeout_seconds=options["timeout_seconds"],
        ),
        limit=options["limit"],
        only=only,
        update_existing_only=options["update_existing_only"],
        **{name: options[name] for name in _CHANGED if name in options},
        allow_failures=Allowance.parse(options["allow_failures"]),
        workers=options["workers"],
        block_bytes=options.get("block_bytes"),
        source=SourceOptions(**options["source"]),
        accept_cells=bool(options.get("accept_cells")),
        state_dir=state_dir,
        dead_letter=_path(options["dead_letter"]),
        report=_path(options["report"]),
        receipt=_path(options.get("receipt")),
        again=tuple(options["again"]),
    )


def changed_options(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Name the options that make another run of it."""
    changed = [name for name in _SAME if then.get(name) != now.get(name)]
    # A receipt must have every delivered row, so it cannot begin or end in the midst of a run.
    if (then.get("receipt") is None) != (now.get("receipt") is None):
        changed.append("receipt")
    return changed


def told_option(name: str) -> str:
    """Say in a person's words which option one of a run's is: by its flag, where it has one."""
    if name == "source":
        return "how the source is read"
    flag = "refresh-after" if name == "refresh_after_seconds" else name.replace("_", "-")
    return f"the option --{flag}"


def takes_all_of(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Tell whether a run takes every row of the source that another one took, and so replaces it."""
    limit, before = now["limit"], then["limit"]
    is_as_long = limit is None or (before is not None and limit >= before)
    return is_as_long and now["only"] in (None, then["only"])


def mapping_hash(text: str) -> str:
    """Give what tells later whether a mapping is still the same."""
    return _hash(text)


def ids_hash(ids: Iterable[str]) -> str:
    """Give what tells later whether the ids of `only` are still the same."""
    return _hash("\n".join(sorted(ids)))


def file_hash(path: Path) -> str:
    """Give what tells later whether a file is still the same; OSError if it cannot be read."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _absolute(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
