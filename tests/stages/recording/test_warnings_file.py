from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from importer.errors import StateError
from importer.records import Rejection, TextBlock
from importer.stages.recording import WarningsFile


def left_out(index: int) -> Rejection:
    return Rejection(index, "coercing", "not-date", "Born", "'00/00, 0000'", "a date")


def test_there_is_no_file_without_a_warning(tmp_path: Path, block: TextBlock) -> None:
    warnings = WarningsFile(tmp_path / "warnings.csv")
    warnings.write(block, [])
    assert not warnings.path.exists()
    assert not warnings.has_rows


def test_left_out_values_are_listed_under_one_header(tmp_path: Path, block: TextBlock) -> None:
    warnings = WarningsFile(tmp_path / "warnings.csv")
    warnings.write(block, [left_out(0)])
    warnings.write(block, [left_out(1)])
    warnings.close()
    data = warnings.path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf_file,")
    assert data.count(b"\n") == data.count(b"\r\n") == 3
    message = "found '00/00, 0000', expected a date [not-date]"
    assert list(csv.reader(data.decode("utf-8-sig").splitlines())) == [
        ["_file", "_row", "_line", "_column", "_code", "_message"],
        ["users.csv", "11", "12", "Born", "not-date", message],
        ["users.csv", "12", "13", "Born", "not-date", message],
    ]
    assert warnings.has_rows
    assert stat.S_IMODE(warnings.path.stat().st_mode) == 0o600


def test_a_disk_that_refuses_is_a_state_error(tmp_path: Path, block: TextBlock) -> None:
    with pytest.raises(StateError, match=r"warnings\.csv"):
        WarningsFile(tmp_path / "nowhere" / "warnings.csv").write(block, [left_out(0)])
