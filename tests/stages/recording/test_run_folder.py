from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import orjson
import pytest

from importer.errors import StateError
from importer.stages.recording import RunFolder

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def test_a_runs_folder_has_its_options_and_its_mapping_before_anything_slow(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "state", {"rate": "80%"}, "mapping: 1\r\n# Zoë\n", NOON)
    assert folder.path == tmp_path / "state" / "runs" / folder.run_id
    assert orjson.loads((folder.path / "options.json").read_bytes()) == {"rate": "80%"}
    assert (folder.path / "mapping.yaml").read_bytes() == "mapping: 1\r\n# Zoë\n".encode()


def test_a_runs_id_begins_with_its_moment_in_utc(tmp_path: Path) -> None:
    in_india = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert RunFolder.create(tmp_path, {}, "", in_india).run_id.startswith("20260131-120000-")


def test_two_runs_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    ids = {RunFolder.create(tmp_path, {}, "", NOON).run_id for _ in range(3)}
    assert len(ids) == 3


def test_everything_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "state", {}, "", NOON)
    for path in (tmp_path / "state", folder.path.parent, folder.path, *folder.path.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_files_of_a_run_stand_in_its_folder(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, {}, "", NOON)
    names = {folder.journal.name, folder.dead_letter.name, folder.warnings.name}
    assert names == {"journal.jsonl", "dead_letter.csv", "warnings.csv"}
    assert folder.write_json("report.json", {}) == folder.path / "report.json"


def test_a_state_folder_that_cannot_be_made_is_a_state_error(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file stands here")
    with pytest.raises(StateError, match="--state-dir"):
        RunFolder.create(tmp_path / "state", {}, "", NOON)
