"""Opens the source of a run again, with the run's own mapping, and gives single rows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from importer.errors import SourceChanged
from importer.history.past_runs import PastRun
from importer.job import Job, open_job
from importer.mapping_file import parse_mapping
from importer.records import Block, Int64s
from importer.runs.kept_copies import kept_fixes, kept_mapping, kept_only
from importer.runs.run_options import config_from
from importer.stages.reading import difference, picked, visible_difference
from importer.stored_rows import kept_places, stored_job


def reopened(past: PastRun) -> Job:
    """Open the source and the mapping as the run had them.

    Raises SourceChanged if the source is not the same any more, SourceError if it is gone,
    StateError if a copy in the run's folder is, or was changed; MappingError if its mapping cannot
    be read any more.
    """
    record = past.record
    _require_same(past, visible_difference(record.fingerprint))
    config = config_from(record.options, past.state_dir, kept_only(record, past.folder))
    config = replace(config, fixes=kept_fixes(record, past.folder))
    mapping = parse_mapping(kept_mapping(record, past.folder), record.options["mapping"])
    if record.kind == "retry":
        kept, columns = past.folder.mended, record.options["columns"]
        job = stored_job(kept, columns, mapping, config, shown=record.locations[0])
    else:
        job = open_job(list(record.locations), mapping, config)
    _require_same(past, difference(record.fingerprint, job.source.fingerprint()))
    return job


def chosen_rows(job: Job, past: PastRun, ordinals: Int64s) -> Iterator[tuple[Int64s, Block]]:
    """Give these rows (places in the run, ascending), block by block, and nothing else.

    Each with the places of its rows.  Reads the source up to the last of them.
    Raises SourceError.
    """
    first = 0
    for block in job.source.blocks(past.record.options["limit"]):
        inside = ordinals[(ordinals >= first) & (ordinals < first + block.rows)]
        if len(inside):
            yield inside, picked(block, inside - first)
        first += block.rows
        if not len(ordinals) or first > ordinals[-1]:
            return


def file_and_row(past: PastRun, ordinal: int) -> tuple[str, int]:
    """Give the file of a row of the run, and its number in it."""
    if past.record.kind == "retry":
        places = kept_places(past.folder.mended)
        return places[ordinal] if ordinal < len(places) else (past.record.locations[0], 0)
    begun = [(first, file) for first, file in past.progress.files if first <= ordinal]
    first, file = begun[-1] if begun else (0, past.record.locations[0])
    return file, ordinal - first + 1


def _require_same(past: PastRun, changes: str) -> None:
    if changes:
        raise SourceChanged(
            f"the source of run {past.run}",
            f"not the source that it was: {changes}",
            "the same source",
            "put the old file back to see its rows",
        )
