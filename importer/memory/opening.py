"""Opens the memory of what was sent, for a run, for a look, and to be cleared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from importer.config import RunConfig
from importer.errors import UsageError
from importer.mapping_file import Mapping
from importer.memory.run_memory import Orders, RunMemory
from importer.memory.value_hashes import slots_of
from importer.records import Int64s
from importer.stages.reading import Source
from importer.stages.recording import (
    Ledger,
    Remembered,
    RunRecord,
    Settled,
    consulted,
    find_scope,
    forget_all,
    open_for_reading,
    open_scope,
    open_to_look,
    remembered,
    run_number,
    state_lock,
)


@contextmanager
def run_memory(
    ledger: Ledger,
    record: RunRecord,
    settled: Settled,
    mapping: Mapping,
    places: Int64s | None,
    config: RunConfig,
) -> Iterator[RunMemory]:
    """Give a run its memory, as the mapping's name and the workspace have it.

    settled: the run's rows that an earlier process saw through.
    places: where its rows stand in the run that it retries; None for a run of its own rows.
    """
    run, slots, retried = record.run, slots_of(mapping), record.options.get("retry") or {}
    scope = ledger.do(lambda c: open_scope(c, record.workspace, mapping.name, slots, run))
    number = ledger.do(lambda c: run_number(c, record.order_of))
    with ledger.reading() as reader:
        yield RunMemory(
            ledger,
            reader,
            scope,
            mapping,
            replace(config, force=config.force or bool(retried.get("force"))),
            Orders(number, places),
            settled,
        )


def is_first_time(mapping: Mapping, workspace: str, config: RunConfig) -> bool:
    """Tell whether the run would leave unchanged users out, and none is remembered."""
    if not config.only_changed or config.first_time:
        return False
    connection = open_for_reading(config.state_dir)
    if connection is None:
        return True
    with consulted(connection):
        return find_scope(connection, workspace, mapping.name) is None


def require_memory(
    source: Source, mapping: Mapping, workspace: str, config: RunConfig, ledger: Ledger
) -> None:
    """Refuse to send everybody where only changes were asked for, unless that is meant."""
    if not config.only_changed or config.first_time:
        return
    if ledger.do(lambda connection: find_scope(connection, workspace, mapping.name)) is not None:
        return
    rows = source.count_rows(config.limit)
    everybody = "its 1 row" if rows == 1 else f"all {rows:,} rows"
    raise UsageError(
        "--only-changed",
        f"an empty memory for the mapping {mapping.name} and the workspace {workspace}: "
        f"nothing would be left out, and {everybody} sent",
        "users that an earlier run sent with this mapping and this state folder",
        "say that it is meant with --first-time; or name the state folder of the earlier runs "
        "with --state-dir",
    )


def show_memory(state_dir: Path) -> tuple[Remembered, ...]:
    """Give what is remembered, per workspace and mapping name; StateError if it is damaged."""
    connection = open_to_look(state_dir)
    if connection is None:
        return ()
    with consulted(connection):
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
