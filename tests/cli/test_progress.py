from __future__ import annotations

import io
import subprocess
from collections.abc import Callable

import pytest

from importer.cli import progress
from importer.cli.progress import Progress
from importer.records import Fate
from importer.sandbox import SandboxThread
from tests.cli.conftest import Call
from tests.cli.terminal import Terminal

Start = Callable[..., subprocess.Popen[str]]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def watch(stream: io.StringIO, *, quiet: bool = False, rows: int | None = 1_000) -> str:
    with Progress(quiet=quiet, stream=stream) as bar:
        bar.began("send to ABC123", rows)
        bar.progressed(Fate.INVALID, 3)
        bar.progressed(Fate.DELIVERED, 997)
        bar.paused(12.4, "the API answered 429")
    return stream.getvalue()


def test_on_a_terminal_there_is_a_bar() -> None:
    shown = watch(Screen())
    assert "send to ABC123: " in shown
    assert "1000/1000 [" in shown
    assert "3 not delivered" in shown
    assert "waiting 12 s: the API answered 429\n" in shown


def test_elsewhere_there_are_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN_LINES", 0.0)
    assert watch(io.StringIO()).splitlines() == [
        "send to ABC123, 1,000 rows",
        "3 of 1,000 rows: 3 invalid",
        "1,000 of 1,000 rows: 3 invalid, 997 delivered",
        "waiting 12 s: the API answered 429",
    ]


def test_plain_lines_are_far_between() -> None:
    assert watch(io.StringIO()).splitlines() == [
        "send to ABC123, 1,000 rows",
        "waiting 12 s: the API answered 429",
    ]


def test_a_source_of_unknown_length_has_progress_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN_LINES", 0.0)
    assert "\n3 rows: 3 invalid\n" in watch(io.StringIO(), rows=None)
    assert "1000 rows [" in watch(Screen(), rows=None)


def test_a_check_shows_how_much_of_the_source_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(stream: io.StringIO, *, quiet: bool = False) -> str:
        with Progress(quiet=quiet, stream=stream) as bar:
            bar.began("check", None)
            # A file that grows under the command must not give 130%.
            for done, size in ((0, 2 << 20), (1 << 20, 2 << 20), (3 << 20, 2 << 20)):
                bar.read(done, size)
                bar.progressed(Fate.PENDING, 700)
                bar.progressed(Fate.INVALID, 2)
        return stream.getvalue()

    monkeypatch.setattr(progress, "_SECONDS_BETWEEN_LINES", 0.0)
    assert shown(io.StringIO(), quiet=True) == ""
    lines = shown(io.StringIO()).splitlines()
    # Before the first row has its fate, the share alone tells how far it is.
    assert lines[1] == "0% of the source read"
    assert lines[2] == "700 rows (0% of the source read): 700 pending"
    assert lines[5] == "1,404 rows (50% of the source read): 1,400 pending, 4 invalid"
    assert lines[7].startswith("2,106 rows (100% of the source read)")
    bar = shown(Screen())
    assert "| 2.00M/2.00M [" in bar
    assert "2,106 rows, 6 not delivered" in bar


def test_an_empty_source_shows_no_share() -> None:
    with Progress(quiet=False, stream=io.StringIO()) as bar:
        bar.began("check", None)
        bar.read(0, 0)


@pytest.mark.parametrize("stream", [io.StringIO(), Screen()])
def test_quiet_is_quiet(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN_LINES", 0.0)
    assert watch(stream, quiet=True) == ""


def test_a_quiet_run_says_nothing_at_all(call: Call, users: str, target: SandboxThread) -> None:
    for name in ("run", "check"):
        said = call(name, users, "-m", "m.yaml", "--quiet")
        assert (said.exit, said.out, said.err) == (1, "", "")


def test_a_run_without_a_terminal_tells_its_progress_apart_from_its_report(
    call: Call, users: str, target: SandboxThread
) -> None:
    said = call("run", users, "-m", "m.yaml")
    host = target.base_url.removeprefix("http://")
    assert said.err == f"send to SANDBOX at {host}, 3 rows\n"
    assert "\r" not in said.out


def test_a_person_at_a_terminal_sees_a_bar_and_the_cells(
    start: Start, users: str, target: SandboxThread
) -> None:
    with Terminal() as terminal:
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.slave)
        process = start("run", users, "-m", "m.yaml", **streams)
        assert process.wait(timeout=30) == 1
        terminal.wait_for("Next:")
    assert "3/3 [" in terminal.shown
    assert "1 not delivered" in terminal.shown
    assert "secret-cell" in terminal.shown


@pytest.mark.parametrize("name", ["run", "check"])
def test_where_no_person_looks_no_cell_is_shown(
    call: Call, users: str, target: SandboxThread, name: str
) -> None:
    for more in ([], ["--json"]):
        said = call(name, users, "-m", "m.yaml", *more)
        assert "not-integer" in said.out
        assert "secret-cell" not in said.out + said.err
