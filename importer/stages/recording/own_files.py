"""Knows which paths of a state folder are the program's own, where nothing else is to be written."""

from __future__ import annotations

from pathlib import Path

from importer.stages.recording.database import DATABASE, KEY_FILE
from importer.stages.recording.dead_letter import WRITTEN
from importer.stages.recording.run_folder import RUNS
from importer.stages.recording.state_lock import LOCK

_OWN = (RUNS, LOCK, KEY_FILE, WRITTEN)
SANDBOX_DATABASE = "sandbox.sqlite"
"""Where a run's own sandbox keeps its profiles."""

# SQLite adds endings to their names.
_DATABASES = (DATABASE, SANDBOX_DATABASE)


def is_own(path: Path, state_dir: Path) -> bool:
    """Tell whether a path, which need not exist, is or lies in what the program keeps there."""
    place, folder = path.resolve(), state_dir.resolve()
    if place == folder or not place.is_relative_to(folder):
        return place == folder
    first = place.relative_to(folder).parts[0]
    return first in _OWN or first.startswith(_DATABASES)
