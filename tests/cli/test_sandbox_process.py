from __future__ import annotations

from pathlib import Path

import pytest

from importer.cli.sandbox_process import running_sandbox
from importer.config import SendingConfig
from importer.errors import TargetError, TargetRefused, UsageError
from importer.ping import ping_target


def test_a_sandbox_is_there_for_one_run_and_then_gone(folder: Path) -> None:
    with running_sandbox(folder / "state") as target:
        assert target.is_local
        assert ping_target(target).ok
        assert (folder / "state" / "sandbox.sqlite").exists()
    assert not ping_target(target, SendingConfig(timeout_seconds=5)).ok


def test_a_sandbox_ends_when_its_run_fails(folder: Path) -> None:
    with pytest.raises(TargetRefused), running_sandbox(folder / "state") as target:
        raise TargetRefused("p", "f", "e")
    assert not ping_target(target).ok


def test_a_sandbox_that_cannot_start_says_why(folder: Path) -> None:
    (folder / "state").mkdir()
    (folder / "state" / "sandbox.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(TargetError) as caught, running_sandbox(folder / "state"):
        pass
    assert caught.value.problem.place == str(folder / "state" / "sandbox.sqlite")
    assert caught.value.problem.remedy


def test_a_state_folder_that_cannot_be_made_is_told(folder: Path) -> None:
    (folder / "state").write_text("a file")
    with pytest.raises(UsageError, match="--state-dir"), running_sandbox(folder / "state"):
        pass
