"""Opens the memory of what was sent, for a run, for a look, and to be cleared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from importer.config import RunConfig, Target
from importer.errors import UsageError
from importer.job import Job
from importer.registration import Begun
from importer.run_memory import Orders, RunMemory
from importer.stages.recording import (
    Ledger,
    Remembered,
    find_scope,
    forget_all,
    open_for_reading,
    open_scope,
    remembered,
    run_number,
    state_lock,
)
from importer.value_hashes import slots_of


@contextmanager
def run_memory(
    job: Job,
    target: Target,
    config: RunConfig,
    ledger: Ledger,
    begun: Begun,
) -> Iterator[RunMemory]:
    """Give a run its memory, as the mapping's name and the workspace have it."""
    run, slots = begun.record.run, slots_of(job.mapping)
    scope = ledger.do(
        lambda connection: open_scope(connection, target.app_id, job.mapping.name, slots, run)
    )
    retried = begun.record.options.get("retry") or {}
    origin = retried.get("origin", run)
    number = ledger.do(lambda connection: run_number(connection, origin))
    with ledger.reading() as reader:
        yield RunMemory(
            ledger,
            reader,
            scope,
            job.mapping,
            replace(config, force=config.force or bool(retried.get("force"))),
            Orders(number, job.places),
            begun.progress.settled,
        )


def is_first_time(job: Job, target: Target, config: RunConfig) -> bool:
    """Tell whether the run would leave unchanged users out, and none is remembered."""
    if not config.only_changed or config.first_time:
        return False
    connection = open_for_reading(config.state_dir)
    if connection is None:
        return True
    with closing(connection):
        return find_scope(connection, target.app_id, job.mapping.name) is None


def require_memory(job: Job, target: Target, config: RunConfig, ledger: Ledger) -> None:
    """Refuse to send everybody where only changes were asked for, unless that is meant."""
    if not config.only_changed or config.first_time:
        return
    name = job.mapping.name
    if ledger.do(lambda connection: find_scope(connection, target.app_id, name)) is not None:
        return
    rows = job.source.count_rows(config.limit)
    raise UsageError(
        "--only-changed",
        f"an empty memory for the mapping {job.mapping.name} and the workspace {target.app_id}: "
        f"nothing would be left out, and all {rows:,} rows sent",
        "users that an earlier run sent with this mapping and this state folder",
        "say that it is meant with --first-time; or name the state folder of the earlier runs "
        "with --state-dir",
    )


def show_memory(state_dir: Path) -> tuple[Remembered, ...]:
    """Give what is remembered, per workspace and mapping name; StateError if it is damaged."""
    connection = open_for_reading(state_dir)
    if connection is None:
        return ()
    with closing(connection):
        return remembered(connection)


def clear_memory(
    state_dir: Path,
    workspace: str | None = None,
    mapping_name: str | None = None,
    *,
    wait_seconds: float = 0.0,
) -> tuple[Remembered, ...]:
    """Forget what was sent, of this workspace and this mapping name, or of all; give what it was.

    Nothing is deleted in MoEngage: the next run sends every user once more.
    Raises UsageError if a run is going on, StateError if the disk refuses.
    """
    if open_for_reading(state_dir) is None:
        return ()
    with (
        state_lock(state_dir, "memory clear", wait_seconds),
        Ledger(state_dir) as ledger,
    ):
        return ledger.do(lambda connection: forget_all(connection, workspace, mapping_name))
