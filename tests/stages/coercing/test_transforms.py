from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.types import TRANSFORMS
from importer.stages.coercing.transforms import title, transformed


@pytest.mark.parametrize(
    ("text", "names", "result"),
    [
        ("  a b\t\n", ["strip"], "a b"),
        ("\u00a0a\u3000", ["strip"], "a"),
        ("  a \t\n b\u00a0\u2003c ", ["collapse"], "a b c"),
        ("STRASSE Ünï", ["lower"], "strasse ünï"),
        ("straße", ["upper"], "STRASSE"),
        ("ΟΔΟΣ", ["lower"], "οδος"),
        ("  ANN ", ["strip", "lower", "title"], "Ann"),
        ("", ["strip", "lower", "upper", "title", "collapse"], ""),
    ],
)
def test_transforms_apply_in_their_order(text: str, names: list[str], result: str) -> None:
    assert transformed(pa.array([text, None]), names).to_pylist() == [result, None]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("ANN o'neil", "Ann O'Neil"),
        ("bob's", "Bob's"),
        ("BOB’S", "Bob’s"),
        ("d’artagnan", "D’Artagnan"),
        ("JEAN-luc", "Jean-Luc"),
        ("jose\u0301maria", "Jose\u0301maria"),
        ("élodie 2nd", "Élodie 2nd"),
        ("mcdonald", "Mcdonald"),
        ("राम", "राम"),
    ],
)
def test_title_begins_words_with_capitals(text: str, result: str) -> None:
    assert title(text) == result


@given(st.lists(st.one_of(st.none(), st.text())))
def test_lower_and_upper_are_pythons(texts: list[str | None]) -> None:
    for name, method in (("lower", str.lower), ("upper", str.upper)):
        found = transformed(pa.array(texts, pa.string()), [name]).to_pylist()
        assert found == [None if text is None else method(text) for text in texts]


@given(st.lists(st.one_of(st.none(), st.text())), st.lists(st.sampled_from(TRANSFORMS)))
def test_a_transform_never_raises_and_keeps_the_rows(
    texts: list[str | None], names: list[str]
) -> None:
    found = transformed(pa.array(texts, pa.string()), names)
    assert found.is_null().to_pylist() == [text is None for text in texts]
