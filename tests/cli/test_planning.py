from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call


@pytest.fixture
def source(folder: Path) -> str:
    """Write a good table and its mapping."""
    (folder / "p.csv").write_text("id,name\nu-1,Ann\nu-2,Bob\nu-3,Cat\n")
    (folder / "p.yaml").write_text(
        "mapping: 1\ncustomer_id: id\nattributes: {name: name}\n"
        "guards: {rows: -20%..+50%, from_run: 2}\n"
    )
    return "p.csv"


def test_a_plan_needs_a_workspace_and_no_key(call: Call, source: str) -> None:
    said = call("plan", source, "-m", "p.yaml")
    assert said.exit == 2
    assert "MOENGAGE_APP_ID not set" in said.err
    assert "--sandbox" in said.err
    said = call("plan", source, "-m", "p.yaml", "--sandbox")
    assert said.exit == 0
    assert "  new                    3  of these users nothing was accepted yet" in said.out
    assert said.out.splitlines()[-1] == (
        "Next:        moengage-import run p.csv --mapping p.yaml --sandbox"
    )


def test_a_plan_a_run_that_keeps_it_and_one_that_does_not(
    call: Call, folder: Path, source: str
) -> None:
    assert call("plan", source, "-m", "p.yaml", "--sandbox", "--out", "plan.json").exit == 0
    assert json.loads((folder / "plan.json").read_text())["requests"] == 3
    words = ("run", source, "-m", "p.yaml", "--sandbox", "--rate", "none", "--quiet")
    assert call(*words, "--plan", "plan.json").exit == 0
    (folder / "p.csv").write_text("id,name\nu-1,Ann\nu-2,Bobby\n")
    said = call(*words, "--plan", "plan.json", "--json")
    assert said.exit == 2
    assert "the source (" in said.json["error"]["found"]


def test_a_guard_is_told_by_plan_stops_the_run_and_yields_to_yes(
    call: Call, folder: Path, source: str
) -> None:
    words = (source, "-m", "p.yaml", "--sandbox")
    assert call("run", *words, "--rate", "none", "--quiet").exit == 0
    (folder / "p.csv").write_text("id,name\nu-2,Bobby\n")
    planned = call("plan", *words, "--gone", "gone.csv", "--json")
    assert planned.exit == planned.json["exit"] == 5
    assert planned.err.startswith("Stopped (guard): the source has 1 row, and run ")
    plan = planned.json["plan"]
    assert (plan["changed"], plan["gone"], plan["requests"]) == (1, 2, 1)
    assert plan["guards"][0].startswith("the source has 1 row, and run ")
    assert (folder / "gone.csv").read_text().split() == ["customer_id", "u-1", "u-3"] or (
        folder / "gone.csv"
    ).read_text().split() == ["customer_id", "u-3", "u-1"]
    told = call("plan", *words, "--gone", "gone.csv").out
    assert "gone          2 users were sent before" in told
    assert "A guard would stop this run (exit 5; --yes sends all the same):" in told
    stopped = call("run", *words, "--rate", "none", "--json")
    assert (stopped.exit, stopped.json["stopped_because"]) == (5, "guard")
    assert stopped.json["fates"]["pending"] == stopped.json["rows"] == 1
    following = stopped.json["next"].split()[1:]
    assert following[:3] == ["resume", stopped.json["run"], "--yes"]
    assert call(*following, "--json").json["fates"]["delivered"] == 1
