from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from importer.mapping_check.expectations import meant, missing_parts, shown
from importer.mapping_file import parse_mapping

HEAD = "mapping: 1\ncustomer_id: id\ntests:\n"


def differences(written: str, found: Any) -> list[tuple[str, str, str, str]]:
    text = HEAD + f"  - given: {{id: u}}\n    expect: {{attributes: {{it: {written}}}}}\n"
    (test,) = parse_mapping(text, "m.yaml").tests
    different = missing_parts(test, test.payload, {"attributes": {"it": found}})
    return [(one.place, one.key, one.expected, one.got) for one in different]


@pytest.mark.parametrize(
    ("written", "found", "same"),
    [
        ("1.5", Decimal("1.50"), True),
        ("1.6", Decimal("1.50"), False),
        ("1", "1", False),
        ("1", True, False),
        ("0x10", "0x10", True),
        ("007", "007", True),
        ("007", Decimal(7), False),
        ("0.5", Decimal("0.5"), True),
        ("1e3", Decimal(1000), True),
        ('"1"', "1", True),
        ('"1"', Decimal(1), False),
        ("true", True, True),
        ("true", "true", False),
        ("[x]", ["x"], True),
        ("[x]", ["y"], False),
        ("[x]", ["x", "y"], False),
        ("[{a: 1}]", [{"a": Decimal(1), "b": 2}], True),
        ("[{a: 1}]", [{"a": Decimal(2)}], False),
        ("{a: 1}", {"a": Decimal(1), "b": 2}, True),
        ("{a: {b: x}}", {"a": {}}, False),
        ("{a: 1}", Decimal(1), False),
    ],
)
def test_comparing_finds_every_difference(written: str, found: object, same: bool) -> None:
    assert (differences(written, found) == []) is same


def test_a_difference_names_its_place_its_key_and_both_values() -> None:
    found = {"a": ["x", Decimal("1.50")], "c": "z"}
    assert differences("{a: [x, 1.6], b: {c: y}, c: z}", found) == [
        ("m.yaml:5:39", "attributes.it.a[1]", "1.6", "1.50"),
        ("m.yaml:5:45", "attributes.it.b", '{"c": "y"}', "nothing"),
    ]


def test_values_are_shown_as_json_shows_them() -> None:
    value = {"a": [Decimal("1.50"), True, None, "Zoë"]}
    assert shown(value) == '{"a": [1.50, true, null, "Zoë"]}'
    assert meant(None) is None
