"""Opens the rows that a retry keeps in its run's folder, as the source of its job."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from importer.config import RunConfig
from importer.job import Job, job_of
from importer.mapping_file import Mapping
from importer.prepared import Prepared
from importer.records import Fate
from importer.retried_rows import stored_blocks, unchanged_flags
from importer.sieves import taken_out
from importer.stages.reading import SourceFile, StoredSource
from importer.stages.recording import Journal


class DeliveredSince:
    """Takes rows out that an earlier retry has delivered as they are."""

    def __init__(self, store: Journal) -> None:
        self._flags = unchanged_flags(store)

    def __call__(self, prepared: Prepared, first: int) -> Prepared:
        """See `Sieve`."""
        flags = self._flags[prepared.index + first]
        return taken_out(prepared, flags, Fate.UNCHANGED)


def stored_job(
    path: Path,
    columns: Sequence[str],
    mapping: Mapping,
    config: RunConfig,
    *,
    shown: str,
    described: Sequence[SourceFile] = (),
    notes: Sequence[str] = (),
) -> Job:
    """Open kept rows; MappingError where the mapping does not fit their columns.

    shown: how messages and commands name the source.  described: how it was read.
    """
    store = Journal(path)
    store.close()
    names = tuple(columns)
    source = StoredSource(path, names, len(store), lambda: stored_blocks(store, names), described)
    job = job_of(source, mapping, config, (shown,))
    return Job(
        job.paths,
        job.source,
        job.mapping,
        job.preparer,
        more_notes=tuple(notes),
        sieves=(DeliveredSince(store),),
    )
