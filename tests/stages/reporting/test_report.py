from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from importer.amounts import Allowance
from importer.records import Fate, Stop
from importer.stages.reporting import Caution, Reason, RunReport, exit_code

STOPPED = Stop("interrupted", "SIGTERM", "again", 143)

REPORT = RunReport(
    run="20260131-120000-ab12",
    sources=("users.csv: utf-8",),
    target="ABC123 at https://api-03.moengage.com",
    rows=10,
    fates=dict.fromkeys(Fate, 0)
    | {Fate.DELIVERED: 4, Fate.INVALID: 3, Fate.REJECTED: 2, Fate.UNDELIVERED: 1},
    sent=True,
    seconds=1.23456,
    exit=1,
    next="moengage-import check users.csv",
    requests=8,
    retries=1,
    warnings=(Caution("left-out", "Born", 2, "users.csv", 3, 4),),
    notes=("a sentence about the mapping",),
    reasons=(Reason("not-email", "E-mail", 3, "users.csv", 7, 8, "'asha(at)home'", "an address"),),
    dead_letter=Path("/state/dead_letter.csv"),
)


@pytest.mark.parametrize(
    ("stop", "dead", "rows", "allowed", "code"),
    [
        (None, 0, 10, "0", 0),
        (None, 1, 10, "0", 1),
        (None, 1, 10, "1", 0),
        (None, 2, 10, "1", 1),
        (None, 1, 10, "10%", 0),
        (None, 2, 10, "10%", 1),
        (None, 0, 0, "0", 0),
        (STOPPED, 0, 10, "0", 143),
        (STOPPED, 5, 10, "0", 143),
        (Stop("credentials", "401", "", 3), 0, 10, "100%", 3),
        (Stop("time", "--max-time", "", 4), 0, 10, "0", 4),
        (Stop("defect", "the sum is off", "", 70), 9, 10, "0", 70),
    ],
)
def test_the_exit_code_says_how_it_ended(
    stop: Stop | None, dead: int, rows: int, allowed: str, code: int
) -> None:
    assert exit_code(stop, dead, rows, Allowance.parse(allowed)) == code


def test_the_report_has_every_key_that_scripts_rely_on() -> None:
    content = REPORT.as_dict()
    assert content.keys() >= {
        "run",
        "rows",
        "fates",
        "requests",
        "retries",
        "warnings",
        "seconds",
        "dead_letter",
        "stopped_because",
        "next",
        "exit",
    }
    assert content["fates"] == {
        "delivered": 4,
        "unchanged": 0,
        "filtered": 0,
        "superseded": 0,
        "invalid": 3,
        "rejected": 2,
        "undelivered": 1,
        "pending": 0,
    }
    assert content["stopped_because"] is None
    assert content["dead_letter"] == "/state/dead_letter.csv"
    assert [warning["code"] for warning in content["warnings"]] == ["left-out", "mapping"]


def test_the_report_as_data_is_plain_json() -> None:
    content = replace(REPORT, stop=STOPPED).as_dict()
    assert json.loads(json.dumps(content)) == content
    assert content["stopped_because"] == "interrupted"
    assert content["stopped_message"] == "SIGTERM"


def test_the_report_as_data_has_no_persons_value() -> None:
    assert "asha" not in json.dumps(REPORT.as_dict())


def test_the_dead_are_those_who_stand_in_the_dead_letter() -> None:
    assert REPORT.dead == 6
    there = REPORT.with_dead_letter(Path("p.csv"))
    assert (there.dead_letter, there.fates) == (Path("p.csv"), REPORT.fates)
