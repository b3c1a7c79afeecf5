"""Refuses to compare users with the memory where one of them stands in several rows."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from importer.config import RunConfig
from importer.errors import UsageError
from importer.executors.local import done_in_threads, threads_for
from importer.job import Job
from importer.memory.value_hashes import id_words
from importer.observer import Observer
from importer.plurals import counted
from importer.records import Block
from importer.stopping import StopSignal
from importer.survey import RowPlace, survey_source

_PARTS = 64
_IN_MEMORY_BYTES = 1 << 20
_TOP_BITS = np.uint64(58)


def require_users_once(job: Job, config: RunConfig, observer: Observer, stop: StopSignal) -> None:
    """Raise UsageError if only changes are to be sent, and a user has several rows to send.

    Where the mapping says `duplicates: each`, all his rows are sent, and the memory would know the
    last of them: the others would be sent in every run, and after them the last one once more.
    """
    if not config.only_changed or job.mapping.duplicates.keep != "each":
        return
    if not _may_repeat(job, config):
        return
    # Only rows that can be sent count, and that takes a look at all of each row.
    with tempfile.TemporaryDirectory(prefix="moengage-import-") as folder:
        place, secret = Path(folder) / "survey", secrets.token_bytes(32)
        survey = survey_source(job, config, place, secret, observer, stop)
        if survey is not None and survey.example is not None:
            raise _refused(survey.users_in_several_rows, *survey.example)


def _may_repeat(job: Job, config: RunConfig) -> bool:
    """Tell whether any id stands in several rows, sendable or not; reads nothing but the ids."""
    secret = secrets.token_bytes(32)

    def words_of(block: Block) -> npt.NDArray[np.uint64]:
        return id_words(job.preparer.customer_ids(block), secret)

    with ExitStack() as stack:
        parts: list[IO[bytes]] = [
            stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))
            for _ in range(_PARTS)
        ]
        blocks, threads = job.source.blocks(config.limit), threads_for(job.size_bytes)
        with closing(done_in_threads(words_of, blocks, threads)) as hashed:
            for _, words in hashed:
                _part(words, parts)
        return any(_has_twins(part) for part in parts)


def _part(words: npt.NDArray[np.uint64], parts: list[IO[bytes]]) -> None:
    """Add each word to the part of its topmost bits, in which its twin must be, too."""
    words = np.sort(words)
    ends = np.searchsorted(words >> _TOP_BITS, np.arange(1, _PARTS + 1, dtype=np.uint64))
    for part, (begin, end) in zip(parts, _pairs(ends), strict=True):
        part.write(words[begin:end].tobytes())


def _pairs(ends: npt.NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    return zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)


def _has_twins(part: IO[bytes]) -> bool:
    part.seek(0)
    words = np.sort(np.frombuffer(part.read(), dtype=np.uint64))
    return bool((words[1:] == words[:-1]).any())


def _refused(users: int, one: RowPlace, other: RowPlace) -> UsageError:
    return UsageError(
        "--only-changed",
        f"{counted(users, 'user')} in several rows (row {one.row} of "
        f"{one.file} and row {other.row} of {other.file} are of the same one), which "
        "`duplicates: each` sends all",
        "one row for each user, so that his last one can be compared with what he was sent",
        "write `duplicates: last` in the mapping (or first, or merge)",
    )
