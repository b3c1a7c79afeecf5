from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file import parse_mapping
from importer.records import Batch
from importer.stages.building import Built, build
from importer.stages.coercing import coerce
from importer.warned import Warned

HEAD = "mapping: 1\ncustomer_id: id\n"


def built(
    text: str, cells: Mapping[str, Sequence[str | None]], keep: list[bool] | None = None
) -> Built:
    mapping = parse_mapping(HEAD + text)
    table = pa.table({name: pa.array(column, pa.string()) for name, column in cells.items()})
    batch = Batch(np.arange(table.num_rows, dtype=np.int64), table)
    flags = np.array([True] * table.num_rows if keep is None else keep, dtype=bool)
    return build(coerce(batch, mapping), mapping, flags)


def payloads(text: str, cells: Mapping[str, Sequence[str | None]]) -> list[Any]:
    return [json.loads(body) for body in built(text, cells).bodies.to_pylist()]


def test_a_payload_looks_like_the_user_apis_example() -> None:
    text = (
        "attributes: {points: {column: p, type: integer}, super_user: {column: s, type: boolean},\n"
        "  user_persona: u, expiry_date: {column: e, type: datetime}}\n"
        "platforms: [{platform: android, active: a}]\n"
    )
    cells = {
        "id": ["john@example.com"],
        "p": ["20"],
        "s": ["true"],
        "u": ["browsers"],
        "e": ["2020-05-31T03:47:35Z"],
        "a": ["yes"],
    }
    assert payloads(text, cells) == [
        {
            "type": "customer",
            "customer_id": "john@example.com",
            "attributes": {
                "points": 20,
                "super_user": True,
                "user_persona": "browsers",
                "expiry_date": "2020-05-31T03:47:35Z",
                "platforms": [{"platform": "ANDROID", "active": "true"}],
            },
        }
    ]


def test_a_blank_cell_is_left_out_wherever_it_stands() -> None:
    text = "attributes: {a: a, b: b, c: c}\n"
    cells = {
        "id": ["u1"] * 4,
        "a": ["", "1", "1", ""],
        "b": ["1", "", "1", ""],
        "c": ["1", "1", "", ""],
    }
    found = [payload["attributes"] for payload in payloads(text, cells)]
    assert found == [{"b": "1", "c": "1"}, {"a": "1", "c": "1"}, {"a": "1", "b": "1"}, {}]


def test_a_row_without_attributes_is_sent_with_none_and_counted() -> None:
    result = built("attributes: {a: a}\n", {"id": ["u1", "u2"], "a": ["", "x"]})
    assert result.warnings == (Warned("no-attributes", "", 1, 0),)
    assert json.loads(result.bodies[0].as_py())["attributes"] == {}


def test_unset_rules_and_blank_cells_stand_in_unset_attributes() -> None:
    text = (
        "attributes: {a: {column: a, blank: unset}, b: b}\n"
        "unset: [{attr: old_, match: prefix, case_sensitive: false}]\n"
    )
    found = payloads(text, {"id": ["u1", "u2"], "a": ["", "x"], "b": ["1", "2"]})
    rule = {"type": "prefix", "attr": "old_", "case_sensitive": False}
    own = {"type": "equals", "attr": "a", "case_sensitive": True}
    assert [payload["unset_attributes"] for payload in found] == [[rule, own], [rule]]


def test_nothing_to_unset_is_no_key_at_all() -> None:
    (payload,) = payloads(
        "attributes: {a: {column: a, blank: unset}}\n", {"id": ["u1"], "a": ["x"]}
    )
    assert "unset_attributes" not in payload


def test_update_existing_only_stands_in_every_payload() -> None:
    (payload,) = payloads(
        "update_existing_only: true\nattributes: {a: a}\n", {"id": ["u"], "a": ["x"]}
    )
    assert payload["update_existing_only"] is True


@pytest.mark.parametrize(
    ("android", "ios", "expected"),
    [
        ("yes", "no", [("ANDROID", "true"), ("iOS", "false")]),
        ("", "no", [("iOS", "false")]),
        ("", "", None),
    ],
)
def test_platforms_are_those_that_the_row_speaks_of(
    android: str, ios: str, expected: list[tuple[str, str]] | None
) -> None:
    text = "platforms: [{platform: ANDROID, active: a}, {platform: ios, active: i}]\n"
    (payload,) = payloads(text, {"id": ["u1"], "a": [android], "i": [ios]})
    found = payload["attributes"].get("platforms")
    pairs = [(entry["platform"], entry["active"]) for entry in found] if found else None
    assert pairs == expected


def test_only_the_rows_to_keep_are_built() -> None:
    result = built(
        "attributes: {a: a}\n",
        {"id": ["u1", "u2", "u3"], "a": ["1", "2", "3"]},
        [True, False, True],
    )
    assert result.positions.tolist() == [0, 2]
    assert result.customer_ids.to_pylist() == ["u1", "u3"]
    assert [json.loads(body)["customer_id"] for body in result.bodies.to_pylist()] == ["u1", "u3"]


def test_a_body_over_the_limit_is_refused_and_its_neighbours_are_not() -> None:
    names = ", ".join(f"a{n}: a" for n in range(40))
    result = built(f"attributes: {{{names}}}\n", {"id": ["u1", "u2"], "a": ["x" * 4000, "y"]})
    assert [(rejection.index, rejection.code) for rejection in result.rejections] == [
        (0, "payload-large")
    ]
    assert result.positions.tolist() == [1]


@given(
    st.lists(
        st.tuples(st.text(min_size=1), st.text(), st.text()),
        max_size=8,
    )
)
def test_any_texts_arrive_as_they_are(rows: list[tuple[str, str, str]]) -> None:
    encodable = [row for row in rows if all(_encodable(cell) for cell in row)]
    cells: dict[str, Sequence[str]] = {
        name: [row[at] for row in encodable] for at, name in enumerate(("id", "a", "b"))
    }
    found = payloads(
        "attributes: {'we\"ird\\name': a, b: b}\n".replace("\\", "\\\\").replace('we"', "we''"),
        cells,
    )
    assert [payload["customer_id"] for payload in found] == cells["id"]
    for row, payload in zip(encodable, found, strict=True):
        expected = [cell for cell in row[1:] if cell]
        assert list(payload["attributes"].values()) == expected


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def test_lists_that_are_added_to_stand_apart_from_those_that_are_set() -> None:
    text = (
        "attributes: {a: {column: a, type: list, separator: ';', update: add}, n: n,\n"
        "  r: {column: r, type: list, separator: ';', update: remove},\n"
        "  b: {column: b, type: list, separator: ';', update: add},\n"
        "  s: {column: s, type: list, separator: ';'}}\n"
    )
    cells = {
        "id": ["u1", "u2", "u3", "u4"],
        "a": ["x;y", "", "z", ""],
        "n": ["N", "", "", ""],
        "r": ["q", "", "", ""],
        "b": ["w", "v", "", ""],
        "s": ["t", "", "", ""],
    }
    add, remove = "addValueToArrayField", "removeValueFromArrayField"
    assert [user["attributes"] for user in payloads(text, cells)] == [
        {"n": "N", "s": ["t"], add: {"a": ["x", "y"], "b": ["w"]}, remove: {"r": ["q"]}},
        {add: {"b": ["v"]}},
        {add: {"a": ["z"]}},
        {},
    ]
    assert [warned.code for warned in built(text, cells).warnings] == ["no-attributes"]


def test_a_list_that_every_user_gets_added_needs_no_other_attribute() -> None:
    text = "attributes: {a: {column: a, type: list, separator: ';', update: add}}\n"
    (user,) = payloads(text, {"id": ["u1"], "a": ["x"]})
    assert user["attributes"] == {"addValueToArrayField": {"a": ["x"]}}
