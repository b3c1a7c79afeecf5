"""Holds what a run leaves on disk: its folder, its journal, its dead letter, its tally."""

from importer.stages.recording.dead_letter import (
    free_path,
    remember_dead_letter,
    write_dead_letter,
)
from importer.stages.recording.journal import DeadRow, Journal
from importer.stages.recording.private_files import private_bytes, write_json
from importer.stages.recording.run_folder import RunFolder
from importer.stages.recording.tally import Tally, require_partition
from importer.stages.recording.warnings_file import WarningsFile

__all__ = [
    "DeadRow",
    "Journal",
    "RunFolder",
    "Tally",
    "WarningsFile",
    "free_path",
    "private_bytes",
    "remember_dead_letter",
    "require_partition",
    "write_dead_letter",
    "write_json",
]
