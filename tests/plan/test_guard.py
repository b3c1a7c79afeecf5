from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from importer.errors import MappingError
from importer.mapping_file import Guards, parse_mapping
from importer.plan.guard import EXIT, Expectation, breaches, guarded_stop

USUAL = Expectation(
    rows=1000,
    runs_before=2,
    rows_before=1000,
    run_before="20260101-000000-abcd",
    known=900,
    changed=90,
    newly_blank={"city": 9},
    source_age_seconds=3600.0,
)
ALL = Guards(
    rows=(Decimal("0.2"), Decimal("0.5")),
    changed=Decimal("0.3"),
    newly_blank=Decimal("0.05"),
    max_source_age_seconds=26 * 3600.0,
    new_attributes="ask",
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": 799}, "the source has 799 rows"),
        ({"rows": 800}, ""),
        ({"rows": 1500}, ""),
        ({"rows": 1501}, r"had 1,000 \(guards: rows: -20%..\+50%\)"),
        ({"rows": 0}, "has 0 rows"),
        ({"changed": 270}, ""),
        ({"changed": 271}, r"271 of 900 known users \(30.1%\) have changed \(guards: changed: 30%"),
        ({"newly_blank": {"city": 45, "name": 46}}, "46 of 900 .* had a value of `name`"),
        ({"newly_blank": {"city": 45}}, ""),
        ({"new_attributes": ("vip",)}, "no run before has sent `vip`"),
        ({"source_age_seconds": 27 * 3600.0}, r"written 27h ago \(guards: max_source_age: 26h\)"),
        ({"source_age_seconds": 26 * 3600.0}, ""),
        ({"source_age_seconds": None}, "is not known"),
        ({"known": 0, "changed": 0, "newly_blank": {}}, ""),
    ],
)
def test_a_run_unlike_those_before_it_breaks_a_guard(change: dict[str, Any], said: str) -> None:
    found = breaches(ALL, replace(USUAL, **change))
    if not said:
        assert found == ()
        return
    (sentence,) = found
    assert re.search(said, sentence), sentence
    stop = guarded_stop(found)
    assert (stop.code, stop.message, stop.exit_code) == ("guard", sentence, EXIT)


def test_nothing_is_guarded_unless_the_mapping_says_so() -> None:
    wild = replace(USUAL, rows=1, changed=900, newly_blank={"city": 900}, new_attributes=("a",))
    assert breaches(Guards(), wild) == ()
    assert len(breaches(ALL, wild)) == 4


@pytest.mark.parametrize(("runs_before", "from_run", "holds"), [(1, 3, 0), (2, 3, 1), (0, 1, 1)])
def test_what_compares_holds_from_the_third_run_on_unless_said_otherwise(
    runs_before: int, from_run: int, holds: int
) -> None:
    guards = replace(ALL, from_run=from_run)
    assert len(breaches(guards, replace(USUAL, rows=1, runs_before=runs_before))) == holds


def test_who_overrides_the_guards_overrides_all_but_what_is_refused() -> None:
    wild = replace(USUAL, rows=1, changed=900, new_attributes=("vip",))
    assert breaches(ALL, wild, overridden=True) == ()
    refusing = replace(ALL, new_attributes="refuse")
    assert len(breaches(refusing, wild, overridden=True)) == 1
    assert breaches(refusing, replace(wild, runs_before=1), overridden=True) == ()


def test_the_sources_age_is_guarded_from_the_first_run_on() -> None:
    first = Expectation(rows=1, source_age_seconds=30 * 3600.0)
    assert len(breaches(ALL, first)) == 1


def test_every_breach_is_said() -> None:
    bad = replace(USUAL, rows=1, changed=900, newly_blank={"a": 900, "b": 900})
    assert len(breaches(ALL, bad)) == 4


def mapping_with(guards: str) -> Guards:
    return parse_mapping(
        f"mapping: 1\ncustomer_id: id\nattributes: {{name: name}}\nguards: {guards}\n", "m.yaml"
    ).guards


def test_guards_are_read_as_people_write_them() -> None:
    assert (
        mapping_with(
            "{rows: -20%..+50%, changed: 30%, newly_blank: 5%, max_source_age: 26h, "
            "new_attributes: ask}"
        )
        == ALL
    )
    assert mapping_with("{max_source_age: 90min}").max_source_age_seconds == 5400.0
    assert mapping_with("{max_source_age: 2d, from_run: 1}") == Guards(
        max_source_age_seconds=172800.0, from_run=1
    )


@pytest.mark.parametrize(
    ("guards", "place"),
    [
        ("{rows: 20%}", "4:16"),
        ("{rows: -20%..50%}", "4:16"),
        ("{changed: 0.3}", "4:19"),
        ("{newly_blank: many}", "4:23"),
        ("{max_source_age: 26}", "4:26"),
        ("{new_attributes: maybe}", "4:26"),
        ("{from_run: 0}", "4:20"),
        ("{row: -20%..+50%}", "4:10"),
    ],
)
def test_a_guard_that_cannot_be_read_is_refused_with_its_place(guards: str, place: str) -> None:
    with pytest.raises(MappingError, match=place):
        mapping_with(guards)
