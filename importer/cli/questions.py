"""Asks on a terminal what only a person can decide before a run begins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from importer.cli.session import answer

if TYPE_CHECKING:
    from importer.config import RunConfig, Target
    from importer.job import Job


def about_others(job: Job, target: Target, config: RunConfig) -> tuple[str, ...]:
    """Say what becomes of other unfinished runs of the source."""
    from importer.runs.unfinished import about_unfinished

    return about_unfinished(job, target, config)


def whether_first_time(job: Job, target: Target, config: RunConfig) -> RunConfig:
    """Ask whether all users are to be sent, where none is remembered to be left out."""
    from importer.memory.opening import is_first_time

    if not is_first_time(job.mapping, target.app_id, config):
        return config
    rows = job.source.count_rows(config.limit)
    everybody = "1 row" if rows == 1 else f"all {rows:,} rows"
    found = answer(f"Nothing is remembered of earlier runs. Send {everybody}? [y/N]")
    return replace(config, first_time=found in ("y", "yes"))


def what_of_the_unfinished(job: Job, target: Target, config: RunConfig) -> RunConfig:
    """Ask whether to go on with the unfinished run that this call repeats, or to close another."""
    from importer.runs.unfinished import repeated_run

    before = repeated_run(job, target, config)
    if before is None:
        return _closing_others(job, target, config)
    found = answer(
        f"Go on with {before.run}, an unfinished run of this source? "
        "(n closes it and begins anew) [Y/n]"
    )
    return replace(config, if_unfinished="auto" if found in ("", "y", "yes") else "new")


def _closing_others(job: Job, target: Target, config: RunConfig) -> RunConfig:
    """Ask whether unfinished runs may be closed that could not be gone on with any more."""
    from importer.errors import UsageError
    from importer.hints import about_runs
    from importer.runs.unfinished import replaced_runs

    for before, sentence in replaced_runs(job, target, config):
        told = f"{sentence[:1].upper()}{sentence[1:]}."
        if answer(f"{told} Close it and begin anew? [y/N]") not in ("y", "yes"):
            resume = about_runs("resume", config.state_dir, before.run)
            raise UsageError(
                "the question",
                "no `y`: nothing was sent, and no run was closed",
                "y to begin anew",
                f"go on with the unfinished run ({resume}), or say --if-unfinished new",
            )
    return config
