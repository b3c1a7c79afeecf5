"""Refuses a source whose rows all have one customer id, before anything is sent."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from importer.config import RunConfig
from importer.errors import MappingError
from importer.job import Job
from importer.rules import RULES

CODE = "id-constant"

FEWEST_ROWS = 10
"""A few rows of one user are no mistake: a mended dead letter may hold just those."""

_FIRST_LOOK_ROWS = 100
"""Enough for nearly every source; only where they are all alike is a whole block read."""


def require_several_users(job: Job, config: RunConfig) -> None:
    """Raise MappingError if all rows of the source's first block have the same customer id.

    Rows that `where:` leaves out do not count, and neither do those without an id.  Nothing is
    looked at when certain ids are asked for (`config.only`), or if the mapping switches the rule
    off.
    """
    if config.only is not None or job.mapping.switch(CODE) == "off":
        return
    first = _FIRST_LOOK_ROWS if config.limit is None else min(_FIRST_LOOK_ROWS, config.limit)
    ids = _first_ids(job, first)
    if _are_one(ids):
        ids = _first_ids(job, config.limit)
    if not _are_one(ids) or len(ids) < FEWEST_ROWS:
        return
    raise MappingError(
        job.mapping.customer_id.place,
        f"one and the same customer id in all of the first {len(ids):,} rows",
        f"an id for each user [{CODE}]",
        f"{RULES[CODE].fix}; if it is meant, write `rules: {{{CODE}: off}}`",
    )


def _first_ids(job: Job, rows: int | None) -> pa.StringArray:
    block = next(job.source.blocks(rows), None)
    return pa.array([], pa.string()) if block is None else job.preparer.customer_ids(block)


def _are_one(ids: pa.StringArray) -> bool:
    return bool(pc.count_distinct(ids).as_py() == 1)
