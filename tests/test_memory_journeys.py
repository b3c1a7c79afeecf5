"""Promises of the memory: what was accepted is not sent again, and what is not known is."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer import Fate, RunReport, SendingConfig, UsageError
from importer.memory.opening import clear_memory, show_memory
from importer.mended.retried_rows import RetryChoice
from importer.retry import retry_rows
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import FAST, fates, profiles, run, target_of, write_csv

MAPPING = (
    "mapping: 1\nname: m\ncustomer_id: id\nattributes: {name: name, n: {column: n, type: number}}\n"
)


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as running:
        yield running


Table = list[Sequence[object]]


class Nightly:
    """A table that is imported again and again."""

    def __init__(self, sandbox: SandboxThread, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.header = ["id", "name", "n"]

    def run(
        self,
        rows: Sequence[Sequence[object]],
        mapping: str = MAPPING,
        **settings: Any,
    ) -> RunReport:
        source = write_csv(self.folder / "users.csv", self.header, rows)
        settings = {"only_changed": True, "first_time": True, **settings}
        return run(self.sandbox, source, mapping, self.folder / "state", **settings)


@pytest.fixture
def nightly(sandbox: SandboxThread, tmp_path: Path) -> Nightly:
    return Nightly(sandbox, tmp_path)


def people(count: int, changed: Sequence[int] = ()) -> list[list[object]]:
    return [[f"user-{n}", f"{'New' if n in changed else 'Old'} {n}", n] for n in range(count)]


def test_the_second_run_of_an_unchanged_file_sends_nothing(nightly: Nightly) -> None:
    assert fates(nightly.run(people(200))) == {"delivered": 200}
    second = nightly.run(people(200))
    assert fates(second) == {"unchanged": 200}
    assert second.requests == 0
    assert nightly.sandbox.stats()["requests"] == 200


def test_of_a_changed_file_exactly_the_changed_rows_are_sent(nightly: Nightly) -> None:
    nightly.run(people(200))
    changed = range(0, 200, 33)
    third = nightly.run([*people(200, changed), ["user-new", "New", 1]])
    assert fates(third) == {"delivered": len(changed) + 1, "unchanged": 200 - len(changed)}
    sent = [str(entry.customer_id) for entry in nightly.sandbox.requests()][200:]
    assert sorted(sent) == sorted([*(f"user-{n}" for n in changed), "user-new"])


def impatient(**settings: Any) -> SendingConfig:
    return replace(FAST, retries=0, timeout_seconds=0.3, **settings)


def test_what_timed_out_after_the_server_applied_it_makes_the_old_value_go_again(
    nightly: Nightly,
) -> None:
    first = [["user-1", "A", 1], ["user-2", "same", 1]]
    second = [["user-1", "B", 1], ["user-2", "same", 1]]
    assert fates(nightly.run(first)) == {"delivered": 2}
    nightly.sandbox.set_faults({"hang_rate": 1})
    lost = nightly.run(second, sending=impatient())
    assert fates(lost) == {"undelivered": 1, "unchanged": 1}
    nightly.sandbox.set_faults({})
    until(lambda: profiles(nightly.sandbox)["user-1"]["name"] == "B")
    assert fates(nightly.run(first)) == {"delivered": 1, "unchanged": 1}
    assert profiles(nightly.sandbox)["user-1"]["name"] == "A"


def until(holds: Callable[[], bool]) -> None:
    """Wait for what the sandbox does when its client has given up."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


def test_a_row_that_failed_is_sent_the_next_time_and_no_other(nightly: Nightly) -> None:
    nightly.sandbox.set_faults({"error_rate": 0.3, "error_status": 500})
    first = nightly.run(people(100), sending=replace(FAST, retries=0))
    assert first.fates[Fate.DELIVERED]
    assert first.fates[Fate.UNDELIVERED]
    nightly.sandbox.set_faults({})
    second = nightly.run(people(100))
    assert fates(second) == {
        "delivered": first.fates[Fate.UNDELIVERED],
        "unchanged": first.fates[Fate.DELIVERED],
    }


def test_a_plain_run_between_is_remembered_as_well(nightly: Nightly) -> None:
    nightly.run(people(5))
    assert fates(nightly.run(people(5, [1]), only_changed=False, first_time=False)) == {
        "delivered": 5
    }
    assert fates(nightly.run(people(5, [1]))) == {"unchanged": 5}
    assert fates(nightly.run(people(5))) == {"delivered": 1, "unchanged": 4}


def test_the_same_number_written_otherwise_and_attributes_in_another_order_are_no_change(
    nightly: Nightly,
) -> None:
    nightly.run([["user-1", "A", "1234.50"], ["user-2", "A", "7"]])
    turned = MAPPING.replace(
        "{name: name, n: {column: n, type: number}}", "{n: {column: n, type: number}, name: name}"
    )
    again = nightly.run([["user-1", "A", "1234.5"], ["user-2", "A", "7.00"]], turned)
    assert fates(again) == {"unchanged": 2}


def test_another_type_another_attribute_or_another_workspace_is_a_change(nightly: Nightly) -> None:
    nightly.run(people(3))
    as_text = MAPPING.replace("type: number", "type: string")
    assert fates(nightly.run(people(3), as_text)) == {"delivered": 3}
    renamed = MAPPING.replace("{name: name,", "{last_name: name,")
    assert fates(nightly.run(people(3), renamed)) == {"delivered": 3}
    other = renamed.replace("name: m\n", "name: other\n")
    assert fates(nightly.run(people(3), other)) == {"delivered": 3}


def test_users_sent_only_if_they_exist_are_not_remembered(nightly: Nightly) -> None:
    nightly.run(people(3))
    report = nightly.run(people(3, [1]), update_existing_only=True)
    assert fates(report) == {"delivered": 1, "unchanged": 2}
    assert fates(nightly.run(people(3, [1]))) == {"delivered": 1, "unchanged": 2}


def test_after_a_time_everybody_is_sent_all_the_same(nightly: Nightly) -> None:
    nightly.run(people(3))
    assert fates(nightly.run(people(3), refresh_after_seconds=3600.0)) == {"unchanged": 3}
    with sqlite3.connect(nightly.folder / "state" / "ledger.sqlite") as connection:
        connection.execute("UPDATE memory SET accepted = accepted - 7200")
    connection.close()
    assert fates(nightly.run(people(3), refresh_after_seconds=3600.0)) == {"delivered": 3}


def test_an_empty_memory_is_refused_unless_it_is_meant(nightly: Nightly) -> None:
    with pytest.raises(UsageError, match="all 3 rows sent"):
        nightly.run(people(3), first_time=False)
    assert nightly.sandbox.stats()["requests"] == 0
    nightly.run(people(3))
    assert fates(nightly.run(people(3), first_time=False)) == {"unchanged": 3}


def test_what_is_remembered_can_be_shown_and_cleared(nightly: Nightly) -> None:
    state = nightly.folder / "state"
    assert show_memory(state) == ()
    report = nightly.run(people(3))
    (shown,) = show_memory(state)
    assert (shown.mapping_name, shown.known, shown.unknown) == ("m", 3, 0)
    assert (shown.workspace, shown.last_run) == (nightly.sandbox.app_id, report.run)
    assert clear_memory(state, mapping_name="other") == ()
    assert clear_memory(state, mapping_name="m") == (shown,)
    assert show_memory(state) == ()
    assert fates(nightly.run(people(3))) == {"delivered": 3}


CONSENT = (
    "mapping: 1\ncustomer_id: id\nattributes: {name: name, moe_unsubscribe: n}\nduplicates: each\n"
)


def decide(nightly: Nightly, value: str) -> None:
    """Have the user decide in MoEngage itself, as far as the importer can see."""
    other = "mapping: 1\nname: the user\ncustomer_id: id\nattributes: {moe_unsubscribe: {column: n, protect: false}}\n"
    nightly.run([["user-1", "", value]], other, only_changed=False, first_time=False)


def chosen(nightly: Nightly) -> object:
    return profiles(nightly.sandbox)["user-1"]["moe_unsubscribe"]


def test_a_protected_attribute_leaves_what_a_user_chose_until_the_source_changes(
    nightly: Nightly,
) -> None:
    plain = {"only_changed": False, "first_time": False}
    nightly.run([["user-1", "A", "false"]], CONSENT)
    decide(nightly, "true")
    second = nightly.run([["user-1", "B", "false"]], CONSENT, **plain)
    assert fates(second) == {"delivered": 1}
    assert [(one.code, one.column, one.rows) for one in second.warnings] == [
        ("protected", "moe_unsubscribe", 1)
    ]
    assert chosen(nightly) is True
    assert profiles(nightly.sandbox)["user-1"]["name"] == "B"
    nightly.run([["user-1", "B", "true"]], CONSENT, **plain)
    nightly.run([["user-1", "B", "false"]], CONSENT, **plain)
    assert chosen(nightly) is False


def test_a_protected_attribute_stays_known_when_a_body_without_it_fails(nightly: Nightly) -> None:
    nightly.run([["user-1", "A", "false"]], CONSENT)
    nightly.sandbox.set_faults({"error_rate": 1, "error_status": 500})
    nightly.run([["user-1", "B", "false"]], CONSENT, sending=replace(FAST, retries=0))
    nightly.sandbox.set_faults({})
    decide(nightly, "true")
    assert fates(nightly.run([["user-1", "B", "false"]], CONSENT)) == {"delivered": 1}
    assert chosen(nightly) is True


CHANGED = (
    "mapping: 1\ncustomer_id: id\nsend: changed\n"
    "attributes: {name: name, n: {column: n, blank: unset, type: number}}\n"
)
PLAIN: dict[str, Any] = {"only_changed": False, "first_time": False}


def put(nightly: Nightly, name: str, n: object) -> None:
    """Have somebody else change a user in MoEngage."""
    other = "mapping: 1\nname: somebody else\ncustomer_id: id\nattributes: {name: name, n: {column: n, type: number}}\n"
    nightly.run([["user-1", name, n]], other, **PLAIN)


def profile(nightly: Nightly) -> dict[str, Any]:
    return dict(profiles(nightly.sandbox)["user-1"])


def test_only_what_changed_is_sent_where_the_mapping_says_so(nightly: Nightly) -> None:
    nightly.run([["user-1", "A", 1]], CHANGED, **PLAIN)
    put(nightly, "X", 9)
    assert fates(nightly.run([["user-1", "B", 1]], CHANGED, **PLAIN)) == {"delivered": 1}
    assert (profile(nightly)["name"], profile(nightly)["n"]) == ("B", 9)
    assert fates(nightly.run([["user-1", "B", 1]], CHANGED, **PLAIN)) == {"unchanged": 1}
    nightly.run([["user-1", "B", ""]], CHANGED, **PLAIN)
    assert "n" not in profile(nightly)
    put(nightly, "X", 9)
    nightly.run([["user-1", "C", ""]], CHANGED, **PLAIN)
    assert (profile(nightly)["name"], profile(nightly)["n"]) == ("C", 9)


def test_a_user_who_is_not_known_is_sent_in_full(nightly: Nightly) -> None:
    nightly.run([["user-1", "A", 1]], CHANGED, **PLAIN)
    nightly.sandbox.set_faults({"error_rate": 1, "error_status": 500})
    nightly.run([["user-1", "B", 1]], CHANGED, **PLAIN, sending=replace(FAST, retries=0))
    nightly.sandbox.set_faults({})
    put(nightly, "X", 9)
    nightly.run([["user-1", "B", 1]], CHANGED, **PLAIN)
    assert (profile(nightly)["name"], profile(nightly)["n"]) == ("B", 1)


def test_an_old_dead_letter_does_not_undo_what_was_sent_since(nightly: Nightly) -> None:
    nightly.sandbox.set_faults({"error_rate": 1, "error_status": 500})
    first = nightly.run(
        [["user-1", "Old", 1], ["user-2", "Old", 1]],
        sending=replace(FAST, retries=0),
        **PLAIN,
    )
    nightly.sandbox.set_faults({})
    nightly.run([["user-1", "New", 2]], **PLAIN)
    again = retry_rows(first.run, target_of(nightly.sandbox), state_dir=nightly.folder / "state")
    assert fates(again) == {"delivered": 1, "superseded": 1}
    assert [(one.code, one.rows) for one in again.warnings] == [("stale", 1)]
    assert {user: found["name"] for user, found in profiles(nightly.sandbox).items()} == {
        "user-1": "New",
        "user-2": "Old",
    }
    forced = retry_rows(
        first.run,
        target_of(nightly.sandbox),
        state_dir=nightly.folder / "state",
        choice=RetryChoice(anew=True),
    )
    assert fates(forced) == {"delivered": 2}
    assert profile(nightly)["name"] == "Old"


@pytest.mark.parametrize("block_bytes", [20, 10_000])
def test_the_rows_of_one_user_in_one_file_do_not_hide_each_other(
    nightly: Nightly, block_bytes: int
) -> None:
    rows = [["user-1", name, "false" if name != "B" else "true"] for name in "ABAB"]
    nightly.run(rows[:1], CONSENT, **PLAIN)
    report = nightly.run(rows[:3], CONSENT, **PLAIN, block_bytes=block_bytes)
    assert fates(report) == {"delivered": 3}
    assert chosen(nightly) is False
    assert [(one.code, one.rows) for one in report.warnings] == [("protected", 1)]
    nightly.run(rows, CONSENT, **PLAIN, block_bytes=block_bytes)
    assert chosen(nightly) is True
    assert fates(nightly.run(rows[3:], CONSENT)) == {"unchanged": 1}


def test_a_user_in_several_rows_is_refused_where_only_changes_are_sent(nightly: Nightly) -> None:
    rows: Table = [*people(4), ["user-2", "Other", 9], ["", "nobody", 1], ["", "nobody", 1]]
    with pytest.raises(
        UsageError, match=r"1 user in several rows \(row 3 of .* row 5 of "
    ) as found:
        nightly.run(rows)
    assert "duplicates: last" in str(found.value)
    assert nightly.sandbox.stats()["requests"] == 0
    assert not list((nightly.folder / "state").glob("runs/*"))
    last = nightly.run(rows, MAPPING + "duplicates: last\n")
    assert fates(last) == {"delivered": 4, "superseded": 1, "invalid": 2}
    assert fates(nightly.run(rows, MAPPING + "duplicates: last\n"))["unchanged"] == 4


def test_rows_that_cannot_be_sent_make_nobody_stand_in_several(nightly: Nightly) -> None:
    rows: Table = [*people(2), ["user-1", "Other", "no number"]]
    assert fates(nightly.run(rows)) == {"delivered": 2, "invalid": 1}
    assert fates(nightly.run(rows)) == {"unchanged": 2, "invalid": 1}


def test_a_merged_user_is_compared_as_he_is_sent(nightly: Nightly) -> None:
    merging = MAPPING + "duplicates: merge\n"
    rows: Table = [["user-1", "A", ""], ["user-2", "B", 2], ["user-1", "", 1]]
    assert fates(nightly.run(rows, merging)) == {"delivered": 2, "superseded": 1}
    assert fates(nightly.run(rows, merging)) == {"unchanged": 2, "superseded": 1}
    rows[0] = ["user-1", "C", ""]
    assert fates(nightly.run(rows, merging)) == {"delivered": 1, "unchanged": 1, "superseded": 1}
    assert profile(nightly)["name"] == "C"


def saying(attributes: str, send: str = "changed", more: str = "") -> str:
    return (
        f"mapping: 1\nname: m\ncustomer_id: id\nsend: {send}\n{more}"
        f"attributes: {{name: {{column: name, protect: true}}, {attributes}}}\n"
    )


TAGS = "tags: {column: n, type: list, separator: '|'%s}"
REPLACE, ADD = saying(TAGS % ""), saying(TAGS % ", update: add")


def test_a_value_goes_again_after_another_mapping_changed_its_attribute_otherwise(
    nightly: Nightly,
) -> None:
    nightly.run([["user-1", "A", "x|y"]], REPLACE, **PLAIN)
    nightly.run([["user-1", "A", "z"]], ADD, **PLAIN)
    assert profile(nightly)["tags"] == ["x", "y", "z"]
    nightly.run([["user-1", "A", "x|y"]], REPLACE, **PLAIN)
    assert profile(nightly)["tags"] == ["x", "y"]
    nightly.run([["user-1", "A", "z"]], ADD, **PLAIN)
    assert profile(nightly)["tags"] == ["x", "y", "z"]


UNSETTING = saying("m: n", more="unset: [{attr: note, match: equals}]\n")
NOTE = saying("note: {column: n, protect: true}", send="full")


def test_a_value_goes_again_after_a_rule_unset_its_attribute(nightly: Nightly) -> None:
    nightly.run([["user-1", "A", "x"]], NOTE, **PLAIN)
    nightly.run([["user-1", "A", "x"]], UNSETTING, **PLAIN)
    assert "note" not in profile(nightly)
    nightly.run([["user-1", "A", "x"]], NOTE, **PLAIN)
    assert profile(nightly)["note"] == "x"
    nightly.run([["user-1", "A", "y"]], UNSETTING, **PLAIN)
    assert "note" not in profile(nightly)


def test_a_list_that_the_next_run_added_to_is_replaced_by_an_equal_one(nightly: Nightly) -> None:
    protected = saying(TAGS % ", protect: true", send="full")
    added = saying(TAGS % ", update: add", send="full")
    nightly.run([["user-1", "A", "x"]], protected, **PLAIN)
    nightly.run([["user-1", "A", "y"]], added, **PLAIN)
    nightly.run([["user-1", "B", "x"]], protected, **PLAIN)
    assert profile(nightly)["tags"] == ["x"]
