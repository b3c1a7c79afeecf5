"""Refuses rows of a retry whose user had another row delivered, where the file's order decides nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from importer.config import RunConfig
from importer.job import Job
from importer.keys import user_keys
from importer.mapping_file import Mapping
from importer.prepared import Prepared
from importer.records import Fate, Int64s, Rejection
from importer.runs.registration import Begun
from importer.sieves import refused
from importer.stages.recording import (
    FATES,
    Ledger,
    RunFolder,
    load_progress,
    read_journal,
    read_row_log,
    runs,
)
from importer.survey import Survey

_CHUNK_ROWS = 1 << 20
_STANDS = (FATES.index(Fate.DELIVERED), FATES.index(Fate.UNCHANGED))


@dataclass(frozen=True)
class _Log:
    """The row log of one run.

    places: of each of its rows, its place in the run that read it; None where that is this run.
    """

    path: Path
    places: Int64s | None

    def users(self, keys: npt.NDArray[np.uint64]) -> Iterator[tuple[int, int, Fate]]:
        """Give key, place and fate of each row of these users that MoEngage has."""
        log = read_row_log(self.path)
        for start in range(0, len(log), _CHUNK_ROWS):
            part = np.asarray(log[start : start + _CHUNK_ROWS])
            hits = part[np.isin(part["fate"], _STANDS) & np.isin(part["key"], keys)]
            for entry in hits:
                at = int(entry["ordinal"])
                place = at if self.places is None else int(self.places[at])
                yield int(entry["key"]), place, FATES[int(entry["fate"])]


class OtherRows:
    """A sieve behind the survey's, which compares the retried rows with each other alone.

    places: of each row of the retry in the run that read it.  logs: of that run and its retries.
    files: the place of the first row of each file of that run, and the file.
    """

    def __init__(
        self,
        mapping: Mapping,
        places: Int64s,
        logs: Sequence[_Log],
        files: Sequence[tuple[int, str]],
        secret: bytes,
        survey: Survey | None,
    ) -> None:
        self._mapping = mapping
        self._places = places
        self._logs = logs
        self._files = files
        self._secret = secret
        self._survey = survey

    def __call__(self, prepared: Prepared, first: int) -> Prepared:
        """See `Sieve`."""
        keys = user_keys(prepared.customer_ids, self._secret)[:, 0]
        found: dict[int, list[tuple[int, Fate]]] = {}
        for log in self._logs:
            for key, place, fate in log.users(keys):
                found.setdefault(key, []).append((place, fate))
        reasons = []
        for index, key in zip(prepared.index.tolist(), keys.tolist(), strict=True):
            other = self._other(index + first, found.get(key, ()))
            if other is not None:
                reasons.append(self._reason(index, *other))
        return refused(prepared, reasons)

    def _other(self, ordinal: int, known: Sequence[tuple[int, Fate]]) -> tuple[int, Fate] | None:
        """Give a row of the same user beside which this one cannot be sent."""
        begin = end = int(self._places[ordinal])
        merges = self._mapping.duplicates.keep == "merge"
        merged = self._survey.stands_for(ordinal) if merges and self._survey else None
        if merged is not None:
            begin = int(self._places[merged[1]])
        for place, fate in known:
            if place not in (begin, end) and (place > begin or not merges):
                return place, fate
        return None

    def _reason(self, index: int, place: int, fate: Fate) -> Rejection:
        duplicates, label = self._mapping.duplicates, self._mapping.customer_id.label
        by = duplicates.by
        rule = duplicates.keep if by is None else f"{{{duplicates.keep}, by: {by.label}}}"
        return Rejection(
            index,
            "surveying",
            "other-row-delivered",
            label,
            f"a user of whom {self._name(place)} is {fate}",
            f"`duplicates: {rule}` to choose among all of a user's rows: import the whole source "
            "again with `run --fixes`; or send this row over the other with `retry --force`",
        )

    def _name(self, place: int) -> str:
        at = bisect_right(self._files, place, key=lambda entry: entry[0]) - 1
        first, file = self._files[at] if at >= 0 else (0, "")
        several = len(self._files) > 1
        return f"row {place - first + 1}" + (f" of {file}" if several else "")


def other_rows(
    job: Job, config: RunConfig, ledger: Ledger, begun: Begun, survey: Survey | None
) -> tuple[OtherRows, ...]:
    """Give the sieve that a retry needs; () for a run, and where the order of the file decides.

    With --force every row is sent.  Raises StateError if a retry's kept rows are damaged.
    """
    retried, duplicates = begun.record.options.get("retry"), job.mapping.duplicates
    chooses = duplicates.keep in ("first", "merge") or duplicates.by is not None
    if not retried or job.places is None or not chooses or retried["force"] or config.force:
        return ()
    origin = retried["origin"]
    records = ledger.do(runs)
    progress = ledger.do(lambda connection: load_progress(connection, origin, ledger.path))
    logs = [_Log(RunFolder.of(config.state_dir, origin).row_log, None)]
    for record in records:
        before = record.options.get("retry") or {}
        if before.get("origin") == origin and record.run != begun.record.run:
            folder = RunFolder.of(config.state_dir, record.run)
            logs.append(_Log(folder.row_log, _places_in(folder)))
    return (OtherRows(job.mapping, job.places, logs, progress.files, ledger.secret, survey),)


def _places_in(folder: RunFolder) -> Int64s:
    size = folder.mended.stat().st_size if folder.mended.exists() else 0
    return np.array([row.ordinal for row in read_journal(folder.mended, size)], np.int64)
