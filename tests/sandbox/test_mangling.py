"""Holds the silent losses of the real API to what is documented of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.moengage.names import ARRAY_UPDATES, BANNED_IDS, RESERVED_NAMES
from importer.sandbox.mangling import DROPPED, Attributes, Settled, kept_value, settle

URL = "https://example.com/" + "x" * 500


def update(
    attributes: dict[str, Any] | None = None,
    before: Attributes | None = None,
    known: frozenset[str] = frozenset(),
    **keys: Any,
) -> Settled:
    """Settle one update of the user "ann"."""
    return settle({"customer_id": "ann", "attributes": attributes or {}, **keys}, before, known)


@pytest.mark.parametrize(
    ("value", "kept", "loss"),
    [
        ("x" * 512, "x" * 512, ""),
        ("x" * 513, "x" * 512, "string cut"),
        ("é" * 513, "é" * 512, "string cut"),
        (URL[:512], URL[:512], ""),
        (URL, DROPPED, "long URL dropped"),
        (URL.upper(), DROPPED, "long URL dropped"),
        (10**30, 10**30, ""),
        (1.5, 1.5, ""),
        (False, False, ""),
        (None, None, ""),
        ("", "", ""),
        ({}, DROPPED, "empty object dropped"),
        ({"lat": 1.5, "lon": 2}, {"lat": 1.5, "lon": 2}, ""),
        ([], [], ""),
        (["a", "b"], ["a", "b"], ""),
        ([1, 2.5], [1, 2.5], ""),
        ([{"platform": "web"}], [{"platform": "web"}], ""),
        ([1, "a"], DROPPED, "mixed array dropped"),
        ([True, False], DROPPED, "mixed array dropped"),
        ([1, True], DROPPED, "mixed array dropped"),
        ([None], DROPPED, "mixed array dropped"),
        ([["a"]], DROPPED, "mixed array dropped"),
        (["a"] * 50, ["a"] * 50, ""),
        (["a"] * 51, ["a"] * 50, "array cut"),
        (["x" * 513], ["x" * 512], "string cut"),
    ],
)
def test_a_value_is_kept_cut_or_dropped(value: object, kept: object, loss: str) -> None:
    assert kept_value(value) == (kept, loss)


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("id", "blocked name"),
        ("_id", "blocked name"),
        ("", "blocked name"),
        ("status", "reserved name"),
        ("MOE_GAID", "reserved name"),
        ("t_rev", "read-only name"),
        ("moe_rsp_anything", "read-only name"),
        ("locale_de_display", "read-only name"),
    ],
)
def test_a_name_that_cannot_be_written_is_dropped(name: str, loss: str) -> None:
    assert update({name: "x", "city": "Pune"}) == Settled({"city": "Pune"}, (loss,))


def test_names_are_case_sensitive() -> None:
    assert update({"Status": 1, "ID": 2}).attributes == {"Status": 1, "ID": 2}


def test_a_long_name_is_cut_and_then_overwrites_its_twin() -> None:
    settled = update({"n" * 200 + "a": 1, "n" * 200 + "b": 2})

    assert settled == Settled({"n" * 200: 2}, ("name cut", "name cut"))


@pytest.mark.parametrize("customer_id", [*sorted(BANNED_IDS - {""}), " NULL ", "Guest", "7", "x"])
def test_a_blacklisted_or_one_character_id_leaves_no_profile(customer_id: str) -> None:
    settled = settle({"customer_id": customer_id, "attributes": {"a": 1}}, None, frozenset())

    assert settled.attributes is None
    assert len(settled.dropped) == 1


def test_an_update_keeps_what_it_does_not_name() -> None:
    assert update({"a": 2}, before={"a": 1, "b": 1}).attributes == {"a": 2, "b": 1}


def test_create_only_names_are_taken_when_the_user_is_new_and_never_again() -> None:
    sent = {"source": "web", "campaign_name": "c"}

    assert update(sent).attributes == sent
    assert update(sent, before={"source": "shop"}) == Settled(
        {"source": "shop"}, ("name taken only on creation",) * 2
    )


def test_update_existing_only_creates_nobody() -> None:
    assert update({"a": 1}, update_existing_only=True).attributes is None
    assert update({"a": 1}, {}, update_existing_only=True).attributes == {"a": 1}


def test_platforms_may_stand_outside_the_attributes() -> None:
    web = [{"platform": "web", "active": "true"}]

    assert update({}, platforms=web).attributes == {"platforms": web}


def test_an_empty_array_unsets() -> None:
    assert update({"tags": []}, before={"tags": ["a"], "b": 1}).attributes == {"b": 1}


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ({"type": "equals", "attr": "plan"}, {"Plan", "plan_b", "my_plan", "a_plan_c"}),
        ({"type": "prefix", "attr": "plan"}, {"Plan", "my_plan", "a_plan_c"}),
        ({"type": "suffix", "attr": "plan"}, {"Plan", "plan_b", "a_plan_c"}),
        ({"type": "contains", "attr": "plan"}, {"Plan"}),
        (
            {"type": "equals", "attr": "PLAN", "case_sensitive": False},
            {"plan_b", "my_plan", "a_plan_c"},
        ),
        ({"type": "contains", "attr": "PLAN", "case_sensitive": False}, set()),
        ({"type": "equals", "attr": "PLAN"}, {"plan", "Plan", "plan_b", "my_plan", "a_plan_c"}),
        ({"type": "contains", "attr": ""}, {"plan", "Plan", "plan_b", "my_plan", "a_plan_c"}),
    ],
)
def test_unset_rules_match_by_operator_and_case(rule: dict[str, Any], left: set[str]) -> None:
    before = dict.fromkeys(("plan", "Plan", "plan_b", "my_plan", "a_plan_c"), 1)

    assert (update({}, before, unset_attributes=[rule]).attributes or {}).keys() == left


def test_unset_wins_over_set_in_the_same_request() -> None:
    rules = [{"type": "equals", "attr": "a"}]

    assert update({"a": 1, "b": 1}, unset_attributes=rules).attributes == {"b": 1}


def test_system_attributes_cannot_be_unset() -> None:
    rules = [{"type": "prefix", "attr": "moe_"}]
    before = {"moe_unsubscribe": True}

    assert update({}, before, unset_attributes=rules).attributes == before


def test_arrays_grow_and_shrink_by_value() -> None:
    add, remove = "addValueToArrayField", "removeValueFromArrayField"

    assert update({add: {"t": ["a"]}}).attributes == {"t": ["a"]}
    assert update({add: {"t": ["a", "b"]}}, {"t": ["a"]}).attributes == {"t": ["a", "b"]}
    assert update({remove: {"t": ["a"]}}, {"t": ["a", "b", "a"]}).attributes == {"t": ["b"]}
    assert update({remove: {"t": ["a"]}}, {"t": ["a"]}).attributes == {}
    assert update({remove: {"t": ["a"]}}).attributes == {}
    assert update({add: {"t": ["a"]}}, {"t": "text"}).attributes == {"t": "text"}
    assert update({add: {"email": ["a"]}}).attributes == {}


def test_a_workspace_learns_256_names_and_drops_further_ones() -> None:
    known = frozenset(f"a{number}" for number in range(255))

    settled = update({"new": 1, "newer": 1, "a0": 1}, known=known)

    assert settled == Settled({"new": 1, "a0": 1}, ("attribute beyond 256",))


# Array updates are instructions, not attributes, and are refused before if they are ill-formed.
names = (st.sampled_from(["a", "status", "id", "source", "n" * 201, "n" * 202]) | st.text()).filter(
    lambda name: name not in ARRAY_UPDATES
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
texts = st.sampled_from(["x" * 512, "x" * 513, URL])
items = scalars | texts | st.lists(scalars, max_size=2) | st.dictionaries(st.text(), scalars)
values = items | st.lists(texts, max_size=60) | st.lists(items, max_size=3)


@given(value=values)
def test_what_was_kept_once_is_kept_unharmed_again(value: object) -> None:
    kept, _ = kept_value(value)
    if kept is not DROPPED:
        assert kept_value(kept) == (kept, "")


@given(attributes=st.dictionaries(names, values), before=st.dictionaries(names, scalars))
def test_whatever_changes_is_said(attributes: dict[str, Any], before: dict[str, Any]) -> None:
    settled = update(attributes, before)
    wanted = {**before, **attributes}
    wanted = {name: one for name, one in wanted.items() if name not in attributes or one != []}

    assert settled.dropped or settled.attributes == wanted


@given(attributes=st.dictionaries(names, values))
def test_no_reserved_long_or_oversized_thing_is_ever_stored(attributes: dict[str, Any]) -> None:
    for name, value in (update(attributes).attributes or {}).items():
        assert len(name) <= 200
        assert name not in RESERVED_NAMES | {"id", "_id", ""}
        assert not isinstance(value, str | list) or len(value) <= 512
        assert value not in ([], {})
