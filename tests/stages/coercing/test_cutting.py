from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute, FromColumns, FromCoordinates
from importer.mapping_file.patterns import fault_of
from importer.stages.coercing.cutting import part
from importer.typed import Typed

Make = Callable[..., Attribute]
Coerce = Callable[..., Typed]
Outcomes = Callable[..., list[str | None]]


@pytest.mark.parametrize(
    ("cell", "separator", "take", "result"),
    [
        ("a;b;c", ";", 1, "a"),
        ("a;b;c", ";", 2, "b"),
        ("a;b;c", ";", 3, "c"),
        ("a;b;c", ";", 4, None),
        ("a;b;c", ";", -1, "c"),
        ("a;b;c", ";", -3, "a"),
        ("a;b;c", ";", -4, None),
        ("a;;c", ";", 2, None),
        ("abc", ";", 1, "abc"),
        ("abc", ";", 2, None),
        ("Pune, MH, India", ", ", -1, "India"),
        ("a.b", ".", 2, "b"),
        ("", ";", 1, None),
        (None, ";", 1, None),
        ("NULL", "U", 1, None),
    ],
)
def test_a_cell_is_split_and_a_missing_part_is_blank(
    cell: str | None,
    separator: str,
    take: int,
    result: str | None,
    attribute: Make,
    outcomes: Outcomes,
) -> None:
    entry = attribute("string", split=separator, take=take, nulls=frozenset({"", "NULL"}))
    assert outcomes([cell], entry) == [None if result is None else f'"{result}"']


@pytest.mark.parametrize(
    ("cell", "options", "result"),
    [
        ("order #17, #18", {"extract": "#([0-9]+)"}, '"17"'),
        ("order #17", {"extract": "#[0-9]+"}, '"#17"'),
        ("two\nlines 5", {"extract": "[0-9]$"}, '"5"'),
        ("Straße 5", {"extract": "(?i)STRA(?:ß|ss)e"}, '"Straße"'),
        ("ab", {"extract": "a|ab"}, '"a"'),
        ("xaab", {"extract": "a*?b"}, '"aab"'),
        ("none", {"extract": "#([0-9]+)"}, "no-match"),
        ("none", {"extract": "#([0-9]+)", "no_match": "blank"}, None),
        ("none", {"extract": "#([0-9]+)", "no_match": "keep"}, '"none"'),
        ("none", {"extract": "(#)?none"}, "no-match"),
        ("none 5", {"extract": "[0-9]*"}, "no-match"),
        ("none 5", {"extract": "[0-9]*", "no_match": "keep"}, '"none 5"'),
        ("none 5", {"extract": "[0-9]*", "no_match": "blank"}, None),
        ("", {"extract": "x"}, None),
        ("NULL", {"extract": "x", "nulls": frozenset({"NULL"})}, None),
        ("a;#7", {"split": ";", "take": 2, "extract": "#([0-9])"}, '"7"'),
        ("a;#7", {"split": ";", "take": 3, "extract": "#([0-9])"}, None),
        (
            "x#7",
            {"extract": "#([0-9])", "values": {"7": "seven"}, "otherwise": "invalid"},
            '"seven"',
        ),
        (
            "x#8",
            {"extract": "#([0-9])", "values": {"7": "seven"}, "otherwise": "invalid"},
            "not-listed",
        ),
        ("xx", {"extract": "#([0-9])", "values": {"7": "seven"}, "otherwise": "blank"}, "no-match"),
        ("#007", {"extract": "#([0-9]+)", "transforms": ("strip",)}, '"007"'),
    ],
)
def test_a_pattern_takes_its_group_or_all_that_it_finds(
    cell: str, options: dict[str, Any], result: str | None, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("string", **options)) == [result]


def test_a_cell_without_a_match_is_bad_and_not_blank(attribute: Make, typed: Coerce) -> None:
    result = typed({"C": ["x", ""]}, attribute("integer", extract="([0-9]+)"))
    assert result.attributes[0].blank.to_pylist() == [False, True]
    (refused,) = result.rejections
    assert (refused.index, refused.code, refused.found) == (0, "no-match", '"x"')
    assert refused.expected == "a text that fits `extract: ([0-9]+)`"


def test_the_first_valid_column_is_sought_behind_one_without_a_match(
    attribute: Make, typed: Coerce
) -> None:
    entry = attribute("string", origin=FromColumns(("A", "B")), extract="#(.)")
    result = typed({"A": ["x", "#1", "x"], "B": ["#2", "#2", "y"]}, entry)
    assert result.attributes[0].json.to_pylist() == ['"2"', '"1"', None]
    assert [found.index for found in result.rejections] == [2]


def test_half_a_coordinate_without_a_match_is_no_blank_one(attribute: Make, typed: Coerce) -> None:
    entry = attribute("geo", origin=FromCoordinates("A", "B"), extract="[0-9.]+")
    result = typed({"A": ["12.5 N", "x"], "B": ["7.25 E", "7 E"]}, entry)
    assert result.attributes[0].json.to_pylist() == ['{"lat":12.5,"lon":7.25}', None]
    assert [found.code for found in result.rejections] == ["not-geo"]


@given(
    cells=st.lists(st.one_of(st.none(), st.text("ab;", max_size=9))),
    separator=st.sampled_from([";", "a", ";;", "ab"]),
    take=st.integers(-4, 4).filter(bool),
)
def test_a_part_is_pythons(cells: list[str | None], separator: str, take: int) -> None:
    found = part(pa.array(cells, pa.string()), separator, take).to_pylist()
    for cell, text in zip(cells, found, strict=True):
        if cell is None:
            assert text is None
        elif take > 0:
            parts = cell.split(separator)
            assert text == (parts[take - 1] if take <= len(parts) else None)
        else:
            parts = cell.rsplit(separator, -take)
            assert text == (parts[take] if -take <= len(parts) else None)


_PIECES = st.sampled_from(["a", "b", "a*", "b+?", "(?:a|b)", "[^a]", ".", "ab?", "^", "$", r"\b"])


@given(
    cells=st.lists(st.text("ab\n ", max_size=8)),
    before=st.lists(_PIECES, max_size=2).map("".join),
    group=st.lists(_PIECES, max_size=2).map("".join),
    after=st.lists(_PIECES, max_size=2).map("".join),
)
def test_what_is_extracted_is_what_a_search_finds(
    cells: list[str], before: str, group: str, after: str, attribute: Make, typed: Coerce
) -> None:
    pattern = f"{before}({group}){after}"
    # `$` is the very end for RE2, and the last line's for Python.
    try:
        searched = re.compile(pattern.replace("$", r"\Z"))
    except re.error:
        return
    if fault_of(pattern):
        return
    entry = attribute("string", extract=pattern, nulls=frozenset())
    result = typed({"C": cells}, entry)
    matches = [searched.search(cell) for cell in cells]
    wanted = [match[1] or None if match else None for match in matches]
    found = result.attributes[0].values.to_pylist()
    assert found == wanted
    assert [reason.index for reason in result.rejections] == [
        place for place, text in enumerate(wanted) if text is None
    ]
