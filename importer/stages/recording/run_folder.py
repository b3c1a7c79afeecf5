"""Gives each run a folder of its own in the state folder, before anything slow happens."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from importer.stages.recording.private_files import (
    private_bytes,
    refused,
    replacing,
    write_json,
)

RUNS = "runs"
_FIXES = "fixes"
_PRUNED = "pruned.json"


@dataclass(frozen=True)
class RunFolder:
    """`<state>/runs/<id>/`: options.json, mapping.yaml, journal.jsonl, dead_letter.csv ..."""

    run_id: str
    path: Path

    @classmethod
    def create(
        cls, state_dir: Path, options: Mapping[str, Any], mapping_text: str, now: datetime
    ) -> RunFolder:
        """Make the folder and write the run's options (no secrets) and its mapping's copy.

        Raises StateError if the state folder cannot be written.
        """
        run_id = f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        path = state_dir.absolute() / RUNS / run_id
        try:
            state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.mkdir(mode=0o700)
        except OSError as error:
            raise refused(path, error) from None
        folder = cls(run_id, path)
        folder.write_json("options.json", options)
        with replacing(folder.mapping) as stream:
            stream.write(mapping_text)
        return folder

    @classmethod
    def of(cls, state_dir: Path, run_id: str) -> RunFolder:
        """Give the folder of a run that is registered already."""
        return cls(run_id, state_dir.absolute() / RUNS / run_id)

    @property
    def mapping(self) -> Path:
        """The copy of the mapping that the run was given."""
        return self.path / "mapping.yaml"

    @property
    def journal(self) -> Path:
        return self.path / "journal.jsonl"

    @property
    def row_log(self) -> Path:
        return self.path / "rows.bin"

    @property
    def dead_letter(self) -> Path:
        return self.path / "dead_letter.csv"

    @property
    def mended(self) -> Path:
        """The rows that a retry sends, like a journal; each ordinal is of the run that read it."""
        return self.path / "mended.jsonl"

    @property
    def warnings(self) -> Path:
        return self.path / "warnings.csv"

    @property
    def receipt(self) -> Path:
        return self.path / "receipt.csv"

    @property
    def only(self) -> Path:
        """The customer ids of `--only`."""
        return self.path / "only.json"

    @property
    def survey(self) -> Path:
        """The folder of what a look at the whole source found out about its rows."""
        return self.path / "survey"

    @property
    def pruned_at(self) -> datetime | None:
        """When the row detail was removed; None if nobody removed it."""
        try:
            note = json.loads((self.path / _PRUNED).read_text("utf-8"))
            return datetime.fromisoformat(note["at"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note_pruning(self, moment: datetime) -> None:
        """Say that the row detail is about to be removed: missing without it, it is damage."""
        self.write_json(_PRUNED, {"at": moment.isoformat(timespec="seconds")})

    @property
    def row_detail(self) -> tuple[Path, ...]:
        """Everything that is about single rows, and so about people; not all of it need exist."""
        written = (self.journal, self.row_log, self.dead_letter, self.warnings)
        return (*written, self.receipt, self.only, self.survey, self.mended, *self.fixes)

    @property
    def fixes(self) -> tuple[Path, ...]:
        """What lies there of copies of fixes."""
        return tuple(sorted(self.path.glob(f"{_FIXES}-*")))

    def fixes_copy(self, number: int, suffix: str) -> Path:
        """Give where the fixes of this number (from 1) lie, whose file's name ended so."""
        return self.path / f"{_FIXES}-{number:02}{suffix}"

    def keep_fixes(self, paths: Sequence[Path]) -> None:
        """Copy fixes into the folder: a run that goes on reads the same ones."""
        for number, path in enumerate(paths, 1):
            with (
                private_bytes(self.fixes_copy(number, path.suffix)) as stream,
                path.open("rb") as given,
            ):
                shutil.copyfileobj(given, stream)

    def write_json(self, name: str, content: Mapping[str, Any]) -> Path:
        """Write one of the folder's JSON files, in place by rename."""
        path = self.path / name
        write_json(path, content)
        return path
