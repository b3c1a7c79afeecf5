from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute

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
