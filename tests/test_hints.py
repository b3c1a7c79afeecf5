from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from importer.hints import after_check, after_run, command, reading_flags
from importer.records import SourceOptions, Stop

STOP = Stop("interrupted", "SIGINT", "", 130)
DEAD = Path("/state/runs/1/dead_letter.csv")
SEND = "moengage-import run users.csv --mapping m.yaml"
CHECK = "moengage-import check users.csv --mapping m.yaml"


@pytest.mark.parametrize(
    "path", ["my users.csv", "it's.csv", "$(rm -rf).csv", "a;b.csv", "Zoë.csv"]
)
def test_a_command_can_be_pasted_whatever_the_files_are_called(path: str) -> None:
    line = command("run", [path, "two.csv"], path, "--sandbox")
    words = ["moengage-import", "run", path, "two.csv", "--mapping", path, "--sandbox"]
    assert shlex.split(line) == words


@pytest.mark.parametrize(
    ("dead_letter", "stop", "is_local", "expected"),
    [
        (None, None, False, CHECK),
        (None, None, True, SEND),
        (DEAD, None, False, f"moengage-import run {DEAD} --mapping m.yaml"),
        (DEAD, None, True, f"moengage-import run {DEAD} --mapping m.yaml --sandbox"),
        (None, STOP, False, SEND),
        (DEAD, STOP, False, SEND),
        (None, STOP, True, f"{SEND} --sandbox"),
    ],
)
def test_after_a_run_comes_what_is_left_to_do(
    dead_letter: Path | None, stop: Stop | None, is_local: bool, expected: str
) -> None:
    found = after_run(
        ["users.csv"], "m.yaml", dead_letter=dead_letter, stop=stop, is_local=is_local
    )
    assert found == expected


@pytest.mark.parametrize(
    ("problems", "dead", "stop", "expected"),
    [
        (None, 0, None, SEND),
        (Path("p.csv"), 0, None, SEND),
        (None, 3, None, f"{CHECK} --problems problems.csv"),
        (Path("p.csv"), 3, None, "moengage-import check p.csv --mapping m.yaml"),
        (None, 0, STOP, CHECK),
        (Path("p.csv"), 3, STOP, CHECK),
    ],
)
def test_after_a_check_comes_mending_or_sending(
    problems: Path | None, dead: int, stop: Stop | None, expected: str
) -> None:
    found = after_check(["users.csv"], "m.yaml", problems=problems, dead=dead, stop=stop)
    assert found == expected


def test_what_was_said_of_the_source_is_said_again() -> None:
    options = SourceOptions(
        delimiter="\t", quote="", line_end="&|\n", skip_lines=0, header=0, rename_columns=False
    )
    flags = reading_flags(options)
    assert " ".join(flags) == (
        "--delimiter tab --quote none --line-end &|\\n --skip-lines 0 --header none --refuse-columns"
    )
    found = after_check(["u.csv"], "m.yaml", problems=None, dead=0, stop=None, reading=flags[:2])
    assert found == "moengage-import run u.csv --mapping m.yaml --delimiter tab"
    assert reading_flags(SourceOptions()) == []
