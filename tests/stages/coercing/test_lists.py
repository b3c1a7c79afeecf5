from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]


@pytest.mark.parametrize(
    ("cell", "separator", "result"),
    [
        ("a|b", "|", '["a","b"]'),
        (" a | b ", "|", '["a","b"]'),
        ("a, b", ",", '["a","b"]'),
        ('say "x"|\\', "|", '["say \\"x\\"","\\\\"]'),
        ('a"b', '"', '["a","b"]'),
        ("a\\b", "\\", '["a","b"]'),
        ("1n2", "n", '["1","2"]'),
        ("a\nb", "\n", '["a","b"]'),
        ("a::b", "::", '["a","b"]'),
        ("a|b|", "|", "not-list"),
        ("|", "|", "not-list"),
        (" ", "|", "not-list"),
        ("a| |b", "|", "not-list"),
        ('["a","b"]', ",", "not-list"),
        ("[a,b]", ",", "not-list"),
        (" [a|b] ", "|", "not-list"),
        ("['a]', 'b']", ",", "not-list"),
        ('["a"]', ",", "not-list"),
        ("[[1],[2]]", ",", "not-list"),
        ("[]", ",", "not-list"),
        ("[Sale]|[New]", "|", '["[Sale]","[New]"]'),
        ("[Sale] shoes|boots", "|", '["[Sale] shoes","boots"]'),
        (' ["a",\n"b"]\t', None, '["a","b"]'),
        ("[1,2.50,-3e2]", None, "[1,2.50,-3e2]"),
        ("[12345678901234567890123]", None, "[12345678901234567890123]"),
        ('["1",2]', None, "list-mixed"),
        ("[null]", None, "not-list"),
        ('{"a":1}', None, "not-list"),
        ("[1,]", None, "not-list"),
        ("['a']", None, "not-list"),
        ("[NaN]", None, "not-list"),
        ("1", None, "not-list"),
        ("[" * 2000, None, "not-list"),
    ],
)
def test_a_list_is_read_or_refused(
    cell: str, separator: str | None, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("list", separator=separator)) == [result]


@given(
    cells=st.lists(st.lists(st.text('ab"\\ \n|', min_size=1), min_size=1)),
    separator=st.sampled_from(["|", ";", "||", '"', "\\"]),
)
def test_the_items_are_the_cells_parts(
    cells: list[list[str]], separator: str, attribute: Make, outcomes: Outcomes
) -> None:
    texts = [separator.join(items) for items in cells]
    column = attribute("list", separator=separator, nulls=frozenset())
    for text, found in zip(texts, outcomes(texts, column), strict=True):
        items = [item.strip() for item in text.split(separator)]
        if all(items):
            assert orjson.loads(str(found)) == items
        else:
            assert found == "not-list"


@pytest.mark.parametrize(
    ("cell", "options", "result"),
    [
        ("1;2.50; -3", {"separator": ";", "items": "numbers"}, "[1,2.50,-3]"),
        ("1;;2", {"separator": ";", "items": "numbers"}, "not-list"),
        ("1;two", {"separator": ";", "items": "numbers"}, "not-list"),
        ("1;2", {"separator": ";", "items": "strings"}, '["1","2"]'),
        ("[1, 2]", {"items": "numbers"}, "[1, 2]"),
        ("[1, 2]", {"items": "strings"}, "not-list"),
        ('["1"]', {"items": "numbers"}, "not-list"),
        ("[]", {"items": "numbers"}, "[]"),
        ("[]", {"update": "add"}, "not-list"),
        ("[]", {"update": "remove"}, "not-list"),
        ('["a"]', {"update": "add"}, '["a"]'),
    ],
)
def test_items_and_updates_are_held_to_what_the_mapping_says(
    cell: str, options: dict[str, Any], result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("list", **options)) == [result]


@given(
    rows=st.lists(
        st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=3), min_size=1)
    )
)
def test_numbers_of_a_list_keep_their_value(
    rows: list[list[Decimal]], attribute: Make, outcomes: Outcomes
) -> None:
    texts = [";".join(f"{number:f}" for number in numbers) for numbers in rows]
    found = outcomes(texts, attribute("list", separator=";", items="numbers"))
    for text, numbers in zip(found, rows, strict=True):
        if text != "not-list":
            read = json.loads(str(text), parse_int=Decimal, parse_float=Decimal)
            assert read == numbers
        else:
            assert any(abs(number) >= 10**38 for number in numbers)
