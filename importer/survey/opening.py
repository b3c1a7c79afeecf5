"""Finds a run's survey again, or makes it."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from importer.config import RunConfig
from importer.job import Job
from importer.mapping_file import Mapping
from importer.observer import Observer
from importer.stages.recording import private_folder
from importer.stopping import StopSignal
from importer.survey.making import FACTS, VERSION, Making, Stopped
from importer.survey.row_table import fingerprint
from importer.survey.survey import Survey


def asks_for_survey(mapping: Mapping) -> bool:
    """Tell whether a mapping says something that only a look at all rows can decide."""
    several = mapping.duplicates.keep != "each" or mapping.customer_id.unique
    return several or bool(mapping.unique)


def survey_source(
    job: Job,
    config: RunConfig,
    folder: Path,
    secret: bytes,
    observer: Observer,
    stop: StopSignal,
) -> Survey | None:
    """Give the survey of a source, which is made in `folder` unless it stands there whole.

    It holds for this mapping, source and `config.limit` alone, and does not depend on workers or
    the size of blocks.  None if the run was asked to stop before it was whole.
    secret: under which ids and values are hashed on their way.
    Raises SourceError if the source breaks, StateError if the disk refuses.
    """
    facts = _whole(folder)
    if facts is None:
        _remove(folder)
        private_folder(folder)
        try:
            Making(job, config, folder, secret, observer, stop).go()
        except BaseException as error:
            _remove(folder)
            if isinstance(error, Stopped):
                return None
            raise
        facts = json.loads((folder / FACTS).read_text("utf-8"))
    return Survey(folder, job.mapping, facts)


@contextmanager
def surveyed(
    job: Job, config: RunConfig, observer: Observer, stop: StopSignal
) -> Iterator[Survey | None]:
    """Give the survey that the mapping asks for, which leaves nothing behind; None if it asks none.

    None, too, if it was asked to stop.  Raises what survey_source raises.
    """
    if not asks_for_survey(job.mapping):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="moengage-import-") as folder:
        secret = secrets.token_bytes(32)
        yield survey_source(job, config, Path(folder) / "survey", secret, observer, stop)


def _whole(folder: Path) -> dict[str, Any] | None:
    """Read the facts of a survey that was finished, and whose files are what was written."""
    try:
        facts: dict[str, Any] = json.loads((folder / FACTS).read_text("utf-8"))
        sums = {name: fingerprint(folder / name) for name in facts["files"]}
        return facts if facts["version"] == VERSION and facts["files"] == sums else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remove(folder: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(folder)
