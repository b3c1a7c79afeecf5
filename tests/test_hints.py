from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from importer.amounts import Allowance, Rate
from importer.config import STATE_DIR, RunConfig, SendingConfig
from importer.hints import after_check, after_run, command, in_state_dir, kept_flags, reading_flags
from importer.records import SourceOptions, Stop

RUN = "20260101-000000-abcd"
CHANGED = Stop("source-changed", "it changed", "", 3)
STOP = Stop("interrupted", "SIGINT", "", 130)
DEAD = Path(f"/state/runs/{RUN}/dead_letter.csv")
ELSEWHERE = Path("dead letters/today.csv")
SEND = "moengage-import run users.csv --mapping m.yaml"
SANDBOX = ("--sandbox",)
CHECK = "moengage-import check users.csv --mapping m.yaml"


@pytest.mark.parametrize(
    "path", ["my users.csv", "it's.csv", "$(rm -rf).csv", "a;b.csv", "Zoë.csv"]
)
def test_a_command_can_be_pasted_whatever_the_files_are_called(path: str) -> None:
    line = command("run", [path, "two.csv"], path, "--sandbox")
    words = ["moengage-import", "run", path, "two.csv", "--mapping", path, "--sandbox"]
    assert shlex.split(line) == words


@pytest.mark.parametrize(
    ("dead_letter", "stop", "again", "expected"),
    [
        (None, None, (), f"moengage-import runs show {RUN}"),
        (None, None, SANDBOX, SEND),
        (DEAD, None, (), f"moengage-import retry {RUN}"),
        (DEAD, None, SANDBOX, f"moengage-import retry {RUN}"),
        (ELSEWHERE, None, (), f"moengage-import retry '{ELSEWHERE}'"),
        (None, STOP, (), f"moengage-import resume {RUN}"),
        (DEAD, STOP, (), f"moengage-import resume {RUN}"),
        (None, STOP, SANDBOX, f"moengage-import resume {RUN}"),
        (None, CHANGED, (), SEND),
        (None, CHANGED, SANDBOX, f"{SEND} --sandbox"),
    ],
)
def test_after_a_run_comes_what_is_left_to_do(
    dead_letter: Path | None, stop: Stop | None, again: tuple[str, ...], expected: str
) -> None:
    found = after_run(
        ["users.csv"], "m.yaml", RunConfig(again=again), run=RUN, dead_letter=dead_letter, stop=stop
    )
    assert found == expected


@pytest.mark.parametrize(
    ("dead_letter", "stop", "expected"),
    [
        (DEAD, STOP, f"moengage-import retry {RUN}"),
        (None, STOP, f"moengage-import runs show {RUN}"),
        (DEAD, CHANGED, SEND),
    ],
)
def test_a_run_whose_rows_all_have_their_fate_is_not_resumed(
    dead_letter: Path | None, stop: Stop, expected: str
) -> None:
    found = after_run(
        ["users.csv"],
        "m.yaml",
        RunConfig(),
        run=RUN,
        dead_letter=dead_letter,
        stop=stop,
        is_settled=True,
    )
    assert found == expected


@pytest.mark.parametrize(
    ("config", "flags"),
    [
        (RunConfig(), ()),
        (RunConfig(state_dir=STATE_DIR.absolute()), ()),
        (RunConfig(state_dir=Path("/state")), ("--state-dir", "/state")),
        (RunConfig(update_existing_only=True), ("--update-existing-only",)),
        (RunConfig(update_existing_only=False), ("--create-users",)),
        (RunConfig(only=frozenset({"asha"})), ("--only", "@FILE")),
        (RunConfig(only=frozenset()), ("--only", "@FILE")),
        (RunConfig(allow_failures=Allowance.parse("5%")), ("--allow-failures", "5%")),
        (RunConfig(sending=SendingConfig(rate=Rate.parse("80%"))), ("--rate", "8000/min")),
        (RunConfig(sending=SendingConfig(rate=Rate(None))), ("--rate", "none")),
        (RunConfig(sending=SendingConfig(concurrency=8)), ("--concurrency", "8")),
    ],
)
def test_the_next_command_does_no_more_than_this_one_did(
    config: RunConfig, flags: tuple[str, ...]
) -> None:
    assert kept_flags(config) == flags
    found = after_run(["u.csv"], "m.yaml", config, run=RUN, dead_letter=None, stop=CHANGED)
    assert found.endswith(shlex.join(["--mapping", "m.yaml", *flags]))


def test_a_run_that_is_begun_anew_writes_where_the_first_one_was_to() -> None:
    config = RunConfig(dead_letter=Path("d.csv"), report=Path("r.json"), receipt=Path("my r.csv"))
    found = after_run(["u.csv"], "m.yaml", config, run=RUN, dead_letter=None, stop=CHANGED)
    assert found.endswith(" m.yaml --dead-letter d.csv --report r.json --receipt 'my r.csv'")


def test_a_retry_needs_no_word_but_where_the_run_is_kept() -> None:
    config = RunConfig(state_dir=Path("/my state"), update_existing_only=True, limit=3)
    found = after_run(["u.csv"], "m.yaml", config, run=RUN, dead_letter=DEAD, stop=None)
    assert found == f"moengage-import retry {RUN} --state-dir '/my state'"


def test_a_retry_that_left_nothing_over_is_looked_at() -> None:
    config = RunConfig(again=SANDBOX)
    found = after_run(
        ["d.csv"], "m.yaml", config, run=RUN, dead_letter=None, stop=None, is_retry=True
    )
    assert found == f"moengage-import runs show {RUN}"


@pytest.mark.parametrize("again", [(), SANDBOX])
def test_a_run_that_took_no_row_is_followed_by_a_look_at_the_rows(again: tuple[str, ...]) -> None:
    config = RunConfig(again=again, only=frozenset({"asha"}), source=SourceOptions(delimiter=";"))
    found = after_run(
        ["u.csv"], "m.yaml", config, run=RUN, dead_letter=None, stop=None, none_taken=True
    )
    assert found == "moengage-import preview u.csv --mapping m.yaml --delimiter ';'"
    stopped = after_run(
        ["u.csv"], "m.yaml", config, run=RUN, dead_letter=None, stop=STOP, none_taken=True
    )
    assert stopped == f"moengage-import resume {RUN}"


def test_after_the_first_rows_of_a_source_come_all_of_them() -> None:
    config = RunConfig(limit=0)
    for stop, end in ((CHANGED, "--limit 0"), (None, "m.yaml")):
        found = after_run(["u.csv"], "m.yaml", config, run=RUN, dead_letter=None, stop=stop)
        assert found.startswith("moengage-import run u.csv")
        assert found.endswith(end)


@pytest.mark.parametrize(
    ("problems", "dead", "stop", "expected"),
    [
        (None, 0, None, SEND),
        (Path("p.csv"), 0, None, SEND),
        (None, 3, None, f"{CHECK} --problems problems.csv"),
        (Path("p.csv"), 3, None, f"{CHECK} --fixes p.csv"),
        (None, 0, STOP, CHECK),
        (Path("p.csv"), 3, STOP, CHECK),
    ],
)
def test_after_a_check_comes_mending_or_sending(
    problems: Path | None, dead: int, stop: Stop | None, expected: str
) -> None:
    found = after_check(["users.csv"], "m.yaml", problems=problems, dead=dead, stop=stop)
    assert found == expected


def test_fixes_are_named_again_until_they_are_sent() -> None:
    fixes = [Path("a.csv"), Path("b.xlsx")]
    words = "--fixes a.csv --fixes b.xlsx"
    found = [
        after_check(["users.csv"], "m.yaml", problems=path, dead=dead, stop=None, fixes=fixes)
        for path, dead in ((None, 0), (None, 2), (Path("c.csv"), 2))
    ]
    assert found == [
        f"{SEND} {words}",
        f"{CHECK} {words} --problems problems3.csv",
        f"{CHECK} {words} --fixes c.csv",
    ]


def test_a_sandboxs_rate_is_not_proposed_for_a_real_workspace() -> None:
    config = RunConfig(sending=SendingConfig(rate=Rate(None)), again=SANDBOX)
    found = after_run(["u.csv"], "m.yaml", config, run=RUN, dead_letter=None, stop=None)
    assert found == "moengage-import run u.csv --mapping m.yaml"


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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"retry {RUN} --state-dir S", f"retry {RUN} --state-dir 'my S2'"),
        (f"retry {RUN}", f"retry {RUN} --state-dir 'my S2'"),
        (
            "run 'a b.csv' --state-dir S --limit 5",
            "run 'a b.csv' --state-dir 'my S2' --limit 5",
        ),
        ("preview users.csv --mapping m.yaml", "preview users.csv --mapping m.yaml"),
    ],
)
def test_a_command_of_an_earlier_day_means_the_folder_that_is_looked_in(
    line: str, expected: str
) -> None:
    found = in_state_dir(f"moengage-import {line}", Path("my S2"))
    assert found == f"moengage-import {expected}"
    assert "--state-dir" not in in_state_dir(
        f"moengage-import retry {RUN} --state-dir S", STATE_DIR
    )
