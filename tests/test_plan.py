from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from importer import Fate, RunConfig, RunReport, check_source, run_import
from importer.cli.plan_page import plan_page
from importer.errors import UsageError
from importer.mapping_file import parse_mapping
from importer.plan.plan import Plan, plan_import
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import FAST, fates, profiles, target_of, write_csv

MAPPING = """\
mapping: 1
name: plan
customer_id: id
duplicates: last
attributes:
  name: name
  city: {column: city, blank: unset}
  points: {column: points, type: number}
"""
HEADER = ["id", "name", "city", "points"]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield running


def rows_of(users: range, **changed: Any) -> list[tuple[object, ...]]:
    return [
        (f"u{n:03}", changed.get("name", f"Näme {n}"), changed.get("city", "Nice"), "1.50")
        for n in users
    ]


class Desk:
    """One source file and one state folder, planned and imported again and again."""

    def __init__(self, sandbox: SandboxThread, folder: Path, mapping: str = MAPPING) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.source = folder / "users.csv"
        self.mapping = mapping

    def write(self, *rows: list[tuple[object, ...]]) -> None:
        write_csv(self.source, HEADER, [row for some in rows for row in some])

    def config(self, **settings: Any) -> RunConfig:
        return RunConfig(sending=FAST, state_dir=self.folder / "state", **settings)

    def plan(self, gone: Path | None = None, out: Path | None = None, **settings: Any) -> Plan:
        return plan_import(
            self.source,
            parse_mapping(self.mapping, "m.yaml"),
            self.sandbox.app_id,
            self.config(**settings),
            gone=gone,
            out=out,
        )

    def run(self, **settings: Any) -> RunReport:
        mapping = parse_mapping(self.mapping, "m.yaml")
        target = target_of(self.sandbox)
        return run_import(self.source, mapping, target, self.config(**settings))


@pytest.fixture
def desk(sandbox: SandboxThread, tmp_path: Path) -> Desk:
    return Desk(sandbox, tmp_path)


def counts(plan: Plan) -> tuple[int, int, int, int]:
    found = plan.comparison
    return (found.new, found.changed, found.unchanged, found.unsure)


def test_before_the_first_run_every_user_is_new_and_nothing_is_made(desk: Desk) -> None:
    desk.write(rows_of(range(10)))
    plan = desk.plan()
    assert counts(plan) == (10, 0, 0, 0)
    assert plan.requests == 10
    assert not (desk.folder / "state").exists()
    assert desk.sandbox.stats()["requests"] == 0


def test_a_plan_says_what_the_run_then_does(desk: Desk) -> None:
    desk.write(rows_of(range(100)))
    desk.run()
    sent = desk.sandbox.stats()["requests"]
    desk.write(
        rows_of(range(60)),
        rows_of(range(60, 80), name="New"),
        rows_of(range(80, 90), city=""),
        rows_of(range(200, 207)),
        [("", "nobody", "", "")],
    )
    plan = desk.plan(only_changed=True)
    assert counts(plan) == (7, 30, 60, 0)
    assert {name: rows for name, rows in plan.comparison.changed_by.items() if rows} == {
        "name": 20,
        "city": 10,
    }
    assert plan.comparison.unset == {"city": 10}
    assert plan.requests == 37
    assert {fate: rows for fate, rows in plan.report.fates.items() if rows} == {
        Fate.UNCHANGED: 60,
        Fate.INVALID: 1,
        Fate.PENDING: 37,
    }
    report = desk.run(only_changed=True)
    assert fates(report) == {"delivered": 37, "unchanged": 60, "invalid": 1}
    assert desk.sandbox.stats()["requests"] == sent + 37
    assert counts(desk.plan()) == (0, 0, 97, 0)


def test_without_only_changed_everything_would_be_sent(desk: Desk) -> None:
    desk.write(rows_of(range(20)))
    desk.run()
    plan = desk.plan()
    assert counts(plan) == (0, 0, 20, 0)
    assert plan.requests == 20
    payloads = desk.folder / "payloads.jsonl"
    check_source(desk.source, parse_mapping(desk.mapping, "m.yaml"), payloads=payloads)
    bodies = [line.partition(b'"payload":')[2][:-1] for line in payloads.read_bytes().splitlines()]
    assert plan.comparison.payload_bytes == sum(map(len, bodies))


def test_those_who_are_gone_are_listed_by_their_ids(desk: Desk) -> None:
    desk.write(rows_of(range(300)), [("Zoë-längere-kennung", "Z", "", "2")])
    desk.run()
    # A row that is invalid or filtered is there all the same.
    desk.write(rows_of(range(250)), [("u299", "still here", "", "many")])
    listed = desk.folder / "gone.csv"
    plan = desk.plan(gone=listed)
    with listed.open(encoding="utf-8", newline="") as stream:
        ids = [row["customer_id"] for row in csv.DictReader(stream)]
    assert sorted(ids) == ["Zoë-längere-kennung", *(f"u{n:03}" for n in range(250, 299))]
    assert plan.gone == 50
    assert listed.stat().st_mode & 0o777 == 0o600
    assert len(profiles(desk.sandbox)) == 301


def test_the_ledger_holds_no_id_in_clear(desk: Desk) -> None:
    desk.write([("somebody@example.com", "A", "", "1")])
    desk.run()
    for path in (desk.folder / "state").glob("ledger.sqlite*"):
        assert b"somebody" not in path.read_bytes()


def test_a_user_whose_last_request_may_have_arrived_is_unsure(desk: Desk) -> None:
    desk.write(rows_of(range(3)))
    desk.run()
    desk.write(rows_of(range(3), name="New"))
    desk.sandbox.set_faults({"error_rate": 1, "error_status": 400})
    desk.run()
    desk.sandbox.set_faults({})
    planned = desk.plan()
    assert counts(planned) == (0, 0, 0, 3)
    assert "3  accepted before, but whether the last request arrived is not known" in plan_page(
        planned, gone=None, out=None
    )


def test_a_user_of_whom_nothing_was_accepted_is_new_although_a_request_may_have_arrived(
    desk: Desk,
) -> None:
    desk.write(rows_of(range(3)))
    desk.run()
    desk.write(rows_of(range(5), name="New"))
    desk.sandbox.set_faults({"error_rate": 1, "error_status": 400})
    desk.run()
    desk.sandbox.set_faults({})
    assert counts(desk.plan()) == (2, 0, 0, 3)


def test_a_run_is_held_to_its_plan(desk: Desk) -> None:
    desk.write(rows_of(range(5)))
    out = desk.folder / "plan.json"
    desk.plan(out=out)
    assert json.loads(out.read_text())["requests"] == 5
    assert fates(desk.run(plan=out)) == {"delivered": 5}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("source", "the source"),
        ("mapping", "the mapping m.yaml"),
        ("option", "the option --limit"),
        ("plan", "a file that is no plan"),
        ("gone", "cannot be read"),
    ],
)
def test_a_run_that_was_not_planned_is_refused(desk: Desk, change: str, named: str) -> None:
    desk.write(rows_of(range(5)))
    out, settings = desk.folder / "plan.json", {}
    desk.plan(out=out)
    if change == "source":
        desk.write(rows_of(range(6)))
    elif change == "mapping":
        desk.mapping += "blank: invalid\n"
    elif change == "option":
        settings = {"limit": 3}
    elif change == "plan":
        out.write_text("{}")
    else:
        out.unlink()
    with pytest.raises(UsageError, match=named):
        desk.run(plan=out, **settings)
    assert desk.sandbox.stats()["requests"] == 0


GUARDED = MAPPING + (
    "guards: {rows: -20%..+50%, changed: 30%, newly_blank: 5%, new_attributes: ask}\n"
)


def test_guards_stop_the_third_run_before_its_first_request(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    desk = Desk(sandbox, tmp_path, GUARDED)
    desk.write(rows_of(range(100)))
    assert desk.run().exit == 0
    desk.write(rows_of(range(100), name="New"))
    assert desk.run().exit == 0
    sent = sandbox.stats()["requests"]
    desk.write(rows_of(range(60), name="Newer"))
    assert desk.plan().report.exit == 5
    report = desk.run()
    assert (report.exit, fates(report)) == (5, {"pending": 60})
    assert report.stop is not None
    assert "the source has 60 rows" in report.stop.message
    assert "60 of 60 known users (100.0%) have changed" in report.stop.message
    assert sandbox.stats()["requests"] == sent
    assert "--yes" in report.next
    again = desk.run(override_guards=True)
    assert (again.run, again.exit, fates(again)) == (report.run, 0, {"delivered": 60})


NEWLY_BLANK = MAPPING + "guards: {newly_blank: 5%, from_run: 2}\n"


def living_in(city: str, *, nameless: int, users: int = 100) -> list[tuple[object, ...]]:
    """Give users each with a street of his own, the first so many without a name."""
    return [(f"u{n:03}", "" if n < nameless else f"N {n}", f"{city} {n}", n) for n in range(users)]


def nights_later(desk: Desk, **settings: Any) -> list[dict[str, int]]:
    """Give what a plan says of four nights, and see that the run says so too.

    The night before them all users had a name.  Then some have none, twice, and then all of them
    move, twice.
    """
    desk.write(living_in("Nice", nameless=0))
    assert desk.run().exit == 0
    found = []
    for city in ("Nice", "Nice", "Rome", "Bern"):
        desk.write(living_in(city, nameless=20))
        plan = desk.plan(**settings)
        report = desk.run(**settings)
        found.append(plan.as_dict()["plan"]["newly_blank"])
        assert report.exit == plan.report.exit == (5 if found[-1] else 0)
        if report.stop is not None:
            assert "20 of 100 known users (20.0%) had a value of `name`" in report.stop.message
            assert desk.run(override_guards=True, **settings).exit == 0
    return found


@pytest.mark.parametrize("only_changed", [False, True])
def test_a_value_is_newly_blank_on_its_first_night_only(
    sandbox: SandboxThread, tmp_path: Path, only_changed: bool
) -> None:
    desk = Desk(sandbox, tmp_path, NEWLY_BLANK)
    assert nights_later(desk, only_changed=only_changed) == [{"name": 20}, {}, {}, {}]
    desk.write(living_in("Oslo", nameless=27))
    assert desk.plan().as_dict()["plan"]["newly_blank"] == {"name": 7}


def test_with_changed_values_only_a_value_is_newly_blank_in_the_first_row_that_is_sent(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    desk = Desk(sandbox, tmp_path, f"{NEWLY_BLANK}send: changed\n")
    assert nights_later(desk) == [{}, {}, {"name": 20}, {}]


def test_a_blank_that_unsets_is_not_counted_as_newly_blank(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    unsetting = NEWLY_BLANK.replace("  name: name\n", "  name: {column: name, blank: unset}\n")
    assert unsetting != NEWLY_BLANK
    assert nights_later(Desk(sandbox, tmp_path, unsetting)) == [{}, {}, {}, {}]


def test_after_a_row_of_another_mapping_every_blank_counts(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    desk = Desk(sandbox, tmp_path, NEWLY_BLANK)
    desk.write(rows_of(range(10)))
    desk.run()
    desk.write(rows_of(range(10), name=""))
    desk.mapping = NEWLY_BLANK.replace("  points:", "  vip: city\n  points:")
    desk.run(override_guards=True)
    desk.mapping = NEWLY_BLANK
    desk.write(rows_of(range(10), name="", city="Rome"))
    assert desk.plan().as_dict()["plan"]["newly_blank"] == {"name": 10}


@pytest.mark.parametrize("part", [{"limit": 2}, {"only": frozenset({"u001", "u002"})}])
def test_a_part_of_the_source_is_not_taken_for_a_source_that_shrank(
    sandbox: SandboxThread, tmp_path: Path, part: dict[str, Any]
) -> None:
    desk = Desk(sandbox, tmp_path, MAPPING + "guards: {rows: -20%..+50%, from_run: 2}\n")
    desk.write(rows_of(range(100)))
    assert desk.run().exit == 0
    desk.write(rows_of(range(20)))
    assert desk.plan().breaches
    assert desk.plan(**part).breaches == ()
    report = desk.run(**part)
    assert (report.exit, fates(report)["delivered"]) == (0, 2)


def test_an_attribute_that_was_never_sent_is_asked_about(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    desk = Desk(sandbox, tmp_path, MAPPING + "guards: {new_attributes: ask}\n")
    desk.write(rows_of(range(4)))
    for _ in range(2):
        assert desk.run().exit == 0
    desk.mapping = desk.mapping.replace("  points:", "  vip: name\n  points:")
    report = desk.run()
    assert report.exit == 5
    assert report.stop is not None
    assert "`vip`" in report.stop.message
    assert desk.run(override_guards=True).exit == 0


def test_an_attribute_that_must_not_be_new_is_refused_whatever_is_said(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    desk = Desk(sandbox, tmp_path, MAPPING + "guards: {new_attributes: refuse, from_run: 2}\n")
    desk.write(rows_of(range(4)))
    assert desk.run().exit == 0
    desk.mapping = desk.mapping.replace("  points:", "  vip: name\n  points:")
    assert desk.run(override_guards=True).exit == 5


def test_a_source_that_is_too_old_is_not_sent(sandbox: SandboxThread, tmp_path: Path) -> None:
    desk = Desk(sandbox, tmp_path, MAPPING + "guards: {max_source_age: 26h}\n")
    desk.write(rows_of(range(4)))
    assert desk.run().exit == 0
    os.utime(desk.source, (1_700_000_000, 1_700_000_000))
    assert desk.run().exit == 5
    assert desk.run(override_guards=True).exit == 0
