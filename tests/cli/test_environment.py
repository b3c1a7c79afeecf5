from __future__ import annotations

from pathlib import Path

import pytest

from importer.cli.environment import state_dir, target_from_environment
from importer.errors import TargetError, UsageError
from importer.sandbox import SandboxThread
from tests.cli.conftest import Call

CREDENTIALS = "MOENGAGE_APP_ID=APP\nMOENGAGE_API_KEY=key-of-env-file\nMOENGAGE_DATA_CENTER=3\n"


@pytest.mark.parametrize(
    ("flag", "environment", "env_file", "expected"),
    [
        ("flag", "variable", "file", "flag"),
        (None, "variable", "file", "variable"),
        (None, None, "file", "file"),
        (None, None, None, ".moengage-import"),
        (None, "", "file", "file"),
        ("flag", None, None, "flag"),
    ],
)
def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    flag: str | None,
    environment: str | None,
    env_file: str | None,
    expected: str,
) -> None:
    if environment is not None:
        monkeypatch.setenv("MOENGAGE_STATE_DIR", environment)
    if env_file is not None:
        (folder / ".env").write_text(f"MOENGAGE_STATE_DIR={env_file}\n")
    assert state_dir(Path(flag) if flag else None) == folder / expected


def test_a_run_keeps_its_folder_where_it_was_told_to(
    call: Call, users: str, target: SandboxThread, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOENGAGE_STATE_DIR", "by-variable")
    for words, expected in (([], "by-variable"), (["--state-dir", "by-flag"], "by-flag")):
        said = call("run", users, "-m", "m.yaml", *words, "--json")
        assert Path(said.json["folder"]).parent == folder / expected / "runs"
    assert not (folder / ".moengage-import").exists()


def test_the_target_may_stand_in_the_env_file(folder: Path) -> None:
    (folder / ".env").write_text(CREDENTIALS)
    target = target_from_environment()
    assert (target.app_id, target.base_url) == ("APP", "https://api-03.moengage.com")
    assert target.api_key.reveal() == "key-of-env-file"


def test_the_environment_wins_over_the_env_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text(CREDENTIALS)
    monkeypatch.setenv("MOENGAGE_APP_ID", "OTHER")
    monkeypatch.setenv("MOENGAGE_BASE_URL", "http://127.0.0.1:8080/")
    target = target_from_environment()
    assert (target.app_id, target.base_url) == ("OTHER", "http://127.0.0.1:8080")


def test_the_key_may_stand_in_a_file_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "key").write_text("key-of-its-own\n")
    monkeypatch.setenv("MOENGAGE_APP_ID", "APP")
    monkeypatch.setenv("MOENGAGE_DATA_CENTER", "101")
    monkeypatch.setenv("MOENGAGE_API_KEY_FILE", str(folder / "key"))
    assert target_from_environment().api_key.reveal() == "key-of-its-own"


def test_a_run_takes_the_key_from_its_file(
    call: Call, users: str, target: SandboxThread, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "key").write_text(target.api_key)
    monkeypatch.delenv("MOENGAGE_API_KEY")
    monkeypatch.setenv("MOENGAGE_API_KEY_FILE", "key")
    said = call("run", users, "-m", "m.yaml", "--json")
    assert said.json["fates"]["delivered"] == 2


@pytest.mark.parametrize(
    ("content", "found"),
    [(None, "No such file"), (b"\xff\xfe", "not a text"), (b"", "not set"), (b"a b", "blanks")],
)
def test_a_key_file_that_holds_no_key_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, found: str
) -> None:
    (folder / ".env").write_text(CREDENTIALS.replace("_KEY=", "_KEY_FILE="))
    if content is not None:
        (folder / "key-of-env-file").write_bytes(content)
    with pytest.raises(TargetError, match=found):
        target_from_environment()


def test_only_what_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOENGAGE_APP_ID", "APP")
    with pytest.raises(TargetError) as caught:
        target_from_environment()
    assert caught.value.problem.found == "MOENGAGE_API_KEY, MOENGAGE_DATA_CENTER not set"


def test_an_env_file_that_cannot_be_read_is_told_without_its_content(folder: Path) -> None:
    (folder / ".env").write_bytes(b"MOENGAGE_API_KEY=s3cret\xff\n")
    with pytest.raises(UsageError) as caught:
        target_from_environment()
    assert ".env" in caught.value.problem.place
    assert "s3cret" not in str(caught.value)
