"""Finds the run whose dead letter is to be sent again, its rows, its mapping and its settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from importer.config import RunConfig
from importer.errors import SourceError, UsageError
from importer.hints import about_runs
from importer.job import MappingLike
from importer.mapping_file import Mapping, load_mapping, parse_mapping
from importer.mended.fixes import CHECK
from importer.mended.retried_rows import Counts, Retried, RetryChoice, digest_of
from importer.mended.table import MendedTable
from importer.plurals import counted
from importer.records import Fate, SourceOptions
from importer.runs.kept_copies import kept_mapping
from importer.runs.run_options import config_from, mapping_hash
from importer.stages.recording import (
    FATES,
    DeadRows,
    RunFolder,
    RunRecord,
    RunState,
    consulted,
    database_path,
    find_run,
    load_progress,
    open_to_look,
    read_journal,
    read_row_log,
    require_length,
    retries_of,
    runs,
)


def find_dead_letter(
    asked: str | Path, state_dir: Path, reading: SourceOptions
) -> tuple[RunRecord, Path, MendedTable | None]:
    """Give the run, the file to name, and the mended table; None where the file is gone."""
    path = Path(asked)
    if path.is_file():
        table = MendedTable(path, (), reading)
        parent = _known(str(_only_run(table)), state_dir, str(path))
    else:
        parent = _known(str(asked), state_dir, "retry")
        folder = RunFolder.of(state_dir, parent.run)
        path = folder.dead_letter
        if not path.is_file():
            return parent, folder.journal, None
    columns = parent.options.get("columns") or ()
    return parent, path, MendedTable(path, columns, reading)


def _only_run(table: MendedTable) -> str:
    """Give the one run that a table's rows name; SourceError if it is none, or several."""
    named: dict[str, str] = {}
    for row in table.rows():
        named.setdefault(row.run, row.place)
    if len(named) == 1 and (run := next(iter(named))):
        return run
    place = named.get("", str(table.path))
    found = (
        "no run"
        if "" in named
        else f"rows of {counted(len(named), 'run')}: {', '.join(sorted(named))}"
    )
    remedy = "put it back, or make a table of its own of each run's rows"
    if set(named) == {""}:
        remedy = "import it with `moengage-import run`"
    raise SourceError(f'{place} column "_run"', found, "the id of one run in all rows", remedy)


def _known(asked: str, state_dir: Path, place: str) -> RunRecord:
    if asked.startswith(CHECK):
        raise UsageError(
            place,
            "the problems of a check, of which no row was sent yet",
            "the dead letter of a run",
            f"give them to the run itself: moengage-import run SOURCE --mapping FILE --fixes {place}",
        )
    record = known_run(asked, state_dir, place)
    if record.state is RunState.OPEN:
        raise UsageError(
            f"run {record.run}",
            "a run that goes on, or was killed",
            "a run that has ended",
            "wait for it, or go on with it: " + about_runs("resume", state_dir, record.run),
        )
    return record


def known_run(asked: str, state_dir: Path, place: str) -> RunRecord:
    """Give the run of this id, of this beginning of an id, or the latest for `last`.

    place: what a person typed it for.  Raises UsageError when none or several fit.
    """
    connection = open_to_look(state_dir)
    if connection is not None:
        with consulted(connection):
            if asked != "last" or runs(connection):
                return find_run(connection, asked, place)
    elif asked != "last":
        return find_run(None, asked, place)
    raise UsageError(
        str(state_dir),
        "no run yet",
        "a state folder with runs",
        "begin one with `moengage-import run`, or name the folder with --state-dir",
    )


def dead_rows(
    parent: RunRecord, folder: RunFolder, mapping: Mapping, state_dir: Path, choice: RetryChoice
) -> Retried:
    connection = open_to_look(state_dir)
    if connection is None:
        raise nothing_left(parent, Counts(), state_dir)
    with consulted(connection):
        progress = load_progress(connection, parent.run, database_path(state_dir))
        children = retries_of(connection, parent.run)
    length = progress.lengths.get(folder.journal.name, 0)
    _require_journal(parent, folder, length)
    dead = DeadRows(folder.journal, length)
    if not len(dead):
        raise nothing_left(parent, Counts(), state_dir)
    hashed = mapping_hash(mapping.text)
    delivered: dict[int, bytes] = {}
    for child in reversed(children):
        if child.mapping_hash == hashed and child.state is not RunState.OPEN:
            delivered.update(_delivered(RunFolder.of(state_dir, child.run)))
    anew = choice.anew or hashed != parent.mapping_hash
    return Retried(
        run=parent.run,
        columns=tuple(parent.options["columns"]),
        dead=dead,
        choice=choice,
        delivered=delivered,
        sends_refused=anew,
    )


def _require_journal(parent: RunRecord, folder: RunFolder, length: int) -> None:
    if length and folder.pruned_at is not None and not folder.journal.exists():
        raise UsageError(
            f"run {parent.run}",
            f"a run whose row detail was pruned on {folder.pruned_at:%Y-%m-%d}",
            "the record of its rows, with which a mended row is compared",
            "import the source anew, or the mended rows, with `moengage-import run`",
        )
    require_length(folder.journal, length)


def _delivered(folder: RunFolder) -> dict[int, bytes]:
    """Give what a retry has delivered: each row's place, and what its cells were."""
    log = read_row_log(folder.row_log)
    ordinals = set(log["ordinal"][log["fate"] == FATES.index(Fate.DELIVERED)].tolist())
    if not ordinals or not folder.mended.exists():
        return {}
    kept = read_journal(folder.mended, folder.mended.stat().st_size)
    return {row.ordinal: digest_of(row.cells) for at, row in enumerate(kept) if at in ordinals}


def mapping_of(parent: RunRecord, folder: RunFolder, asked: MappingLike | None) -> Mapping:
    if asked is not None:
        return asked if isinstance(asked, Mapping) else load_mapping(asked)
    text = kept_mapping(parent, folder, "name the mapping with --mapping")
    return parse_mapping(text, parent.options["mapping"])


def settings_of(parent: RunRecord, state_dir: Path) -> RunConfig:
    """Give the run's settings; its outputs, and what said how its source is written, are its own."""
    return replace(
        config_from(parent.options, state_dir, None),
        limit=None,
        source=SourceOptions(),
        dead_letter=None,
        report=None,
        receipt=None,
    )


def nothing_left(parent: RunRecord, counts: Counts, state_dir: Path) -> UsageError:
    found = "no row that did not make it"
    if counts.not_asked:
        found = f"{counted(counts.not_asked, 'row')} that did not make it, none of them undelivered"
    return UsageError(
        f"run {parent.run}",
        found,
        "rows in its dead letter",
        f"nothing is to be done; see `{about_runs('runs', state_dir)}`",
    )
