"""What was sent of a user and what is kept of him are the same only if they mean the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.history.comparing import Verdict, compare, of_all, same, wanted_of


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("Ana", "Ana"),
        (1, Decimal("1.0")),
        (Decimal("1234.50"), Decimal("1234.5")),
        (12345678901234567890, 12345678901234567890),
        ("2019-05-21T03:47:35Z", "2019-05-21T03:47:35.000Z"),
        ("2019-05-21T03:47:35Z", "2019-05-21T05:47:35+02:00"),
        ("2019-05-21T03:47:35Z", 1558410455),
        ("2019-05-21T03:47:35Z", 1558410455000),
        ("2019-05-21", "2019-05-21T00:00:00Z"),
        ({"lat": Decimal("12.10"), "lon": 3}, {"lat": Decimal("12.1"), "lon": 3}),
        (["a", "b"], ["a", "b"]),
        (True, True),
    ],
)
def test_values_that_mean_the_same_are_the_same(sent: Any, found: Any) -> None:
    assert same(sent, found)


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("Ana", "ana"),
        ("02134", 2134),
        ("02134", "2134"),
        (True, 1),
        (1, True),
        ("true", True),
        (Decimal("0.1"), Decimal("0.10000000000000001")),
        ("2019-05-21T03:47:35Z", "2019-05-21T03:47:36Z"),
        ("2019-05-21T03:47:35Z", "soon"),
        ("2019", 2019),
        (["a", "b"], ["b", "a"]),
        (["a"], ["a", "a"]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ("Ana", None),
    ],
)
def test_values_that_mean_something_else_are_not(sent: Any, found: Any) -> None:
    assert not same(sent, found)


def payload(attributes: dict[str, Any], *unset: dict[str, Any]) -> dict[str, Any]:
    return {"attributes": attributes, "unset_attributes": list(unset)}


def rule(attr: str, kind: str = "equals", case_sensitive: bool = True) -> dict[str, Any]:
    return {"type": kind, "attr": attr, "case_sensitive": case_sensitive}


ADD, REMOVE = "addValueToArrayField", "removeValueFromArrayField"


@pytest.mark.parametrize(
    ("payloads", "profile", "verdicts"),
    [
        ([payload({"a": 1})], {"a": 1}, {"a": "equal"}),
        ([payload({"a": 1})], {"a": 2}, {"a": "different"}),
        ([payload({"a": 1})], {}, {"a": "missing"}),
        # A later row wins, and what it does not have stays.
        ([payload({"a": 1, "b": 1}), payload({"a": 2})], {"a": 2, "b": 1}, {"a": "equal", "b": "equal"}),
        ([payload({"a": 1}), payload({"a": 2})], {"a": 1}, {"a": "different"}),
        # Unset wins over set, and a later set over an earlier unset.
        ([payload({"a": 1}, rule("a"))], {}, {"a": "equal"}),
        ([payload({"a": 1}, rule("a"))], {"a": 1}, {"a": "different"}),
        ([payload({}, rule("a")), payload({"a": 3})], {"a": 3}, {"a": "equal"}),
        ([payload({"Ab": 1}, rule("aB", case_sensitive=False))], {}, {"Ab": "equal", "aB": "equal"}),
        ([payload({"xa": 1, "b": 1}, rule("x", "prefix"))], {"b": 1}, {"xa": "equal", "b": "equal"}),
        ([payload({"a": []})], {}, {"a": "equal"}),
        ([payload({"a": []})], {"a": ["x"]}, {"a": "different"}),
        # Lists that are added to and removed from.
        ([payload({ADD: {"l": ["x"]}})], {"l": ["w", "x"]}, {"l": "equal"}),
        ([payload({ADD: {"l": ["x"]}})], {"l": ["w"]}, {"l": "different"}),
        ([payload({ADD: {"l": ["x"]}})], {}, {"l": "missing"}),
        ([payload({REMOVE: {"l": ["x"]}})], {"l": ["w"]}, {"l": "equal"}),
        ([payload({REMOVE: {"l": ["x"]}})], {"l": ["w", "x"]}, {"l": "different"}),
        ([payload({"l": ["a"]}), payload({ADD: {"l": ["b"]}})], {"l": ["a", "b"]}, {"l": "equal"}),
        ([payload({"l": ["a", "b"]}), payload({REMOVE: {"l": ["a"]}})], {"l": ["b"]}, {"l": "equal"}),
        # A later row's platforms are there, whatever became of an earlier one's.
        (
            [payload({"platforms": [{"p": 1}, {"p": 2}]}), payload({"platforms": [{"p": 1}]})],
            {"platforms": [{"p": 2}, {"p": 1}]},
            {"platforms": "equal"},
        ),
        ([payload({"platforms": [{"p": 1}]})], {"platforms": [{"p": 2}]}, {"platforms": "different"}),
        # MoEngage's own names for standard attributes.
        ([payload({"email": "a@b.c"})], {"u_em": "a@b.c"}, {"email": "equal"}),
        ([payload({"mobile": "91"})], {"u_mb": "92"}, {"mobile": "different"}),
        # What MoEngage takes at creation only, computes itself, or does not unset.
        ([payload({"created_time": "2020-01-01"})], {"cr_t": "2019-01-01"}, {"created_time": "not comparable"}),
        ([payload({"created_time": "2020-01-01"})], {"cr_t": "2020-01-01"}, {"created_time": "equal"}),
        ([payload({"t_rev": 1})], {"t_rev": 2}, {"t_rev": "not comparable"}),
        ([payload({}, rule("moe_spam"))], {"moe_spam": True}, {"moe_spam": "not comparable"}),
    ],
)  # fmt: skip
def test_attributes_are_compared_with_what_all_rows_together_make(
    payloads: list[dict[str, Any]], profile: dict[str, Any], verdicts: dict[str, str]
) -> None:
    compared = compare(wanted_of(payloads), profile)
    assert {one.attribute: str(one.verdict) for one in compared} == verdicts
    bad = {"different", "missing"} & set(verdicts.values())
    assert of_all(compared) is (Verdict.DIFFERENT if bad else Verdict.EQUAL)
    assert all(one.why for one in compared if one.verdict is Verdict.NOT_COMPARABLE)


def test_what_may_not_have_been_sent_is_not_comparable() -> None:
    (one,) = compare(wanted_of([payload({"a": 1})]), {"a": 2}, {"a": "protected"})
    assert (one.verdict, one.why) == (Verdict.NOT_COMPARABLE, "protected")
