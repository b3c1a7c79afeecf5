from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute
from importer.typed import Typed

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]

_YES = ["true", "TRUE", "True", "yes", "Y", "t", "1", "on"]
_NO = ["false", "FALSE", "no", "N", "f", "0", "off"]


@pytest.mark.parametrize("invert", [False, True])
def test_words_for_yes_and_no_are_known_in_any_case(
    invert: bool, attribute: Callable[..., Attribute], outcomes: Callable[..., list[str | None]]
) -> None:
    yes, no = ("false", "true") if invert else ("true", "false")
    found = outcomes(_YES + _NO, attribute("boolean", invert=invert))
    assert found == [yes] * len(_YES) + [no] * len(_NO)


@given(
    cells=st.lists(
        st.one_of(
            st.text(max_size=5),
            st.sampled_from(["-1", "00", "1.0", "ｙｅｓ", "ok", "✓", " yes", "oﬀ", "none"]),
        )
    )
)
def test_every_other_word_is_refused(
    cells: list[str],
    attribute: Callable[..., Attribute],
    outcomes: Callable[..., list[str | None]],
) -> None:
    found = outcomes(cells, attribute("boolean", nulls=frozenset()))
    for cell, result in zip(cells, found, strict=True):
        known = cell.isascii() and cell.lower() in (*_YES, *_NO, "y", "n")
        assert (result == "not-boolean") == (not known)


@pytest.mark.parametrize(
    ("cell", "options", "result"),
    [
        ("JA", {"true_words": ("ja",), "false_words": ("nein",)}, "true"),
        ("Nein", {"true_words": ("ja",), "false_words": ("nein",)}, "false"),
        ("yes", {"true_words": ("ja",), "false_words": ("nein",)}, "not-boolean"),
        ("X", {"true_words": ("x",)}, "true"),
        ("false", {"true_words": ("x",)}, "not-boolean"),
        ("ДА", {"true_words": ("да",), "invert": True}, "false"),
    ],
)
def test_a_mappings_own_words_are_the_only_ones(
    cell: str, options: dict[str, Any], result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("boolean", **options)) == [result]


def test_a_refusal_names_the_words(attribute: Make, typed: Callable[..., Typed]) -> None:
    entry = attribute("boolean", true_words=("ja", "j"), false_words=("nein",))
    (refused,) = typed({"C": ["oui"]}, entry).rejections
    assert refused.expected == "ja, j for true; nein for false"
