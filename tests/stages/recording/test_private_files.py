from __future__ import annotations

import os
import stat
from pathlib import Path

import orjson
import pytest

from importer.errors import StateError
from importer.stages.recording import private_bytes, write_json


def test_json_is_put_in_place_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.json"
    write_json(path, {"a": "Zoë", "path": tmp_path})
    write_json(path, {"a": 2})
    assert orjson.loads(path.read_bytes()) == {"a": 2}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["report.json"]


def test_bytes_are_for_their_owner_alone(tmp_path: Path) -> None:
    with private_bytes(tmp_path / "deep" / "payloads.jsonl") as stream:
        stream.write(b"\xff")
    path = tmp_path / "deep" / "payloads.jsonl"
    assert path.read_bytes() == b"\xff"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_a_state_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StateError) as json_error:
        write_json(tmp_path / "file" / "report.json", {})
    with pytest.raises(StateError) as bytes_error, private_bytes(tmp_path):
        pass
    for caught in (json_error, bytes_error):
        assert str(tmp_path) in caught.value.problem.place
        assert caught.value.problem.remedy
        assert caught.value.exit_code == 3
