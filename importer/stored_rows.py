"""Opens the rows that a retry keeps in its run's folder, as the source of its job."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from importer.config import RunConfig
from importer.job import Job, job_of
from importer.mapping_file import Mapping
from importer.mended.retried_rows import stored_blocks, unchanged_flags
from importer.prepared import Prepared
from importer.records import Fate
from importer.sieves import taken_out
from importer.stages.reading import SourceFile, StoredSource
from importer.stages.recording import Journal, read_journal


class DeliveredSince:
    """Takes rows out that an earlier retry has delivered as they are."""

    def __init__(self, store: Journal) -> None:
        self._flags = unchanged_flags(store)

    def __call__(self, prepared: Prepared, first: int) -> Prepared:
        """See `Sieve`."""
        flags = self._flags[prepared.index + first]
        return taken_out(prepared, flags, Fate.UNCHANGED)


@lru_cache(maxsize=4)
def kept_places(path: Path) -> tuple[tuple[str, int], ...]:
    """Give where each row of a retry stands in its source: file and row, by its place in the retry.

    Raises StateError if the kept rows are damaged; empty if they are gone.
    """
    size = path.stat().st_size if path.exists() else 0
    return tuple((row.file, row.row) for row in read_journal(path, size))


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
        places=np.array([row.ordinal for row in store.in_row_order()], np.int64),
    )
