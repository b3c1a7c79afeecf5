"""The command `resume` of a run whose source came through a pipe, as a person calls it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from importer.sandbox import SandboxThread
from tests.cli.conftest import Call


class Piped(io.TextIOWrapper):
    """Standard input with something piped in."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))


@pytest.fixture
def stopped(
    call: Call, users: str, own_target: SandboxThread, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Pipe three users into a run that has no time to send them; give its id."""
    assert own_target.stats()["requests"] == 0
    monkeypatch.setattr("sys.stdin", Piped(Path(users).read_bytes()))
    said = call("run", "-", "--mapping", "m.yaml", "--finish-by", "2020-01-01T00:00Z", "--json")
    assert said.json["fates"]["pending"] > 0
    return str(said.json["run"])


def test_resume_without_what_was_piped_says_to_pipe_it_in_again(
    call: Call, stopped: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = f"... | moengage-import resume {stopped}"
    monkeypatch.setattr("sys.stdin", Piped(b""))
    error = call("resume", "--json").json["error"]
    assert (error["place"], error["expected"]) == ("standard input", "the same data as then")
    assert error["found"] == f"no data at all, and run {stopped} read its source from a pipe"
    assert f"`{again}`" in error["remedy"]
    assert f"It read a pipe: pipe the same data in again ({again}).\n" in call("runs", "show").out


@pytest.mark.parametrize("words", [(), ("--source", "u.csv")])
def test_resume_goes_on_with_the_same_data(
    call: Call, stopped: str, users: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Piped(b"" if words else Path(users).read_bytes()))
    said = call("resume", stopped, *words, "--json").json
    assert {fate: count for fate, count in said["fates"].items() if count} == {
        "delivered": 2,
        "invalid": 1,
    }
    assert "It read a pipe" not in call("runs", "show").out


def test_other_data_is_not_taken_for_what_was_piped(
    call: Call, stopped: str, users: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Path(users).read_bytes().replace(b"Asha", b"Asya")
    monkeypatch.setattr("sys.stdin", Piped(other))
    said = call("resume", stopped, "--json").json
    assert said["exit"] == 3
    assert "other content" in said["error"]["found"]
