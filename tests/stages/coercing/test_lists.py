from __future__ import annotations

from collections.abc import Callable

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
