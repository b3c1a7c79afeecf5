"""The command `retry`, as a person meets it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from importer.sandbox import SandboxThread
from tests.cli.conftest import Call


def mended(path: str) -> str:
    """Save a dead letter as a German spreadsheet does, with its one bad cell mended."""
    with open(path, encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[1][1] = "2"
    with open("mended.csv", "w", encoding="cp1252", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(rows)
    return "mended.csv"


def test_the_way_from_a_run_to_a_mended_row(
    call: Call, users: str, own_target: SandboxThread, folder: Path
) -> None:
    ran = call("run", users, "--mapping", "m.yaml", "--json")
    assert ran.exit == 1
    assert ran.json["next"] == f"moengage-import retry {ran.json['run']}"
    path = mended(ran.json["dead_letter"])
    said = call("retry", path)
    assert said.exit == 0
    assert f"{path}: cp1252, `;`" in said.out
    assert "delivered     1" in said.out
    assert f"sends rows of run {ran.json['run']} again" in said.out
    again = call("retry", path, "--json")
    assert (again.exit, again.json["requests"]) == (0, 0)
    assert again.json["parent"] == ran.json["run"]
    assert own_target.profiles()["u2"] == {"seq": 2, "name": "Zoë"}


@pytest.mark.parametrize(
    ("words", "found", "remedy"),
    [
        (("last", "--only", "rejected"), "'rejected'", "a copy of the dead letter"),
        (("nothing.csv",), "`nothing.csv`, which is no run here", "moengage-import runs"),
        (("u.csv",), "without the column '_run', '_file', '_row'", "moengage-import run"),
        (("p.csv",), "the problems of a check", "--fixes p.csv"),
        (("last", "--mapping", "other.yaml"), "no such file", "--mapping"),
    ],
)
def test_a_wrong_call_says_what_was_found_and_what_to_do(
    call: Call,
    users: str,
    own_target: SandboxThread,
    words: tuple[str, ...],
    found: str,
    remedy: str,
) -> None:
    call("check", users, "--mapping", "m.yaml", "--problems", "p.csv")
    call("run", users, "--mapping", "m.yaml", "--quiet")
    requests = own_target.stats()["requests"]
    said = call("retry", *words, "--json")
    assert said.exit == 2
    assert found in said.json["error"]["found"]
    assert remedy in said.json["error"]["remedy"]
    assert own_target.stats()["requests"] == requests


def test_fixes_go_from_check_to_run(call: Call, users: str, own_target: SandboxThread) -> None:
    words = (users, "--mapping", "m.yaml")
    checked = call("check", *words, "--problems", "p.csv", "--json")
    assert checked.json["next"] == f"moengage-import check {users} --mapping m.yaml --fixes p.csv"
    path = mended("p.csv")
    again = call("check", *words, "--fixes", path, "--json")
    assert again.exit == 0
    assert again.json["next"] == f"moengage-import run {users} --mapping m.yaml --fixes {path}"
    assert call("run", *words, "--fixes", path, "--dry-run", "--json").exit == 0
    ran = call("run", *words, "--fixes", path, "--json")
    assert (ran.exit, ran.json["fates"]["delivered"]) == (0, 3)
    over = call("check", *words, "--fixes", path, "--problems", path, "--json")
    assert "which is read by this very command" in over.json["error"]["found"]


def test_why_knows_a_row_by_its_source_in_the_run_and_in_its_retry(
    call: Call, users: str, own_target: SandboxThread
) -> None:
    ran = call("run", users, "--mapping", "m.yaml", "--json")
    retried = call("retry", mended(ran.json["dead_letter"]), "--json").json["run"]
    said = call("why", "u2")
    assert said.exit == 0
    assert said.out.count("u.csv row 2 (line 3)") >= 2
    one = call("why", "--run", retried, "--row", "2", "--json")
    assert (one.exit, one.json["rows"][0]["fate"]) == (0, "delivered")
    assert call("why", "--run", retried, "--row", "1").exit == 2
    assert retried in call("runs", "show", ran.json["run"]).out
    assert ran.json["run"] in call("runs", "show", retried).out
