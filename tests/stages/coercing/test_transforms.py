from __future__ import annotations

import hashlib
import unicodedata
from typing import Literal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.transforming import Replace, ReplacePattern, Slice, Transform
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


@pytest.mark.parametrize(
    ("text", "transform", "result"),
    [
        ("a-b-c", Replace((("-", ""),)), "abc"),
        ("1.234,5", Replace(((",", "."), (".", ""))), "1234.5"),
        ("1.234,5", Replace(((".", ","), (",", "."))), "1,234.5"),
        ("a-b", Replace((("-", ""), ("ab", "x"))), "ab"),
        ("abc", Replace((("a", "1"), ("ab", "2"))), "2c"),
        ("a.b", Replace(((".", "+"),)), "a+b"),
        ("xyz", Replace((("x", "y"), ("y", "z"), ("z", "x"))), "yzx"),
        ("+49 (30) 12", ReplacePattern((("[^0-9]", ""),)), "493012"),
        ("Doe, John", ReplacePattern(((r"(\w+), (\w+)", r"\2 \1"),)), "John Doe"),
        ("äöüß", Slice(0, 2), "äö"),
        ("äöüß", Slice(-2, None), "üß"),
        ("äöüß", Slice(1, -1), "öü"),
        ("ab", Slice(3, None), ""),
        ("e\u0301", "nfc", "é"),
        ("ﬁ", "nfc", "ﬁ"),
        ("ﬁ\uff21", "nfkc", "fiA"),
        (
            "ann@example.com",
            "sha256",
            "71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476",
        ),
        (
            "ä",
            "sha256",
            hashlib.sha256("ä".encode()).hexdigest(),
        ),
    ],
)
def test_a_transform_with_arguments_or_a_hash_does_one_thing(
    text: str, transform: Transform, result: str
) -> None:
    assert transformed(pa.array([text, None]), (transform,)).to_pylist() == [result, None]


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=12))),
    st.integers(-14, 14),
    st.one_of(st.none(), st.integers(-14, 14)),
)
def test_a_slice_is_pythons(texts: list[str | None], start: int, stop: int | None) -> None:
    found = transformed(pa.array(texts, pa.string()), (Slice(start, stop),)).to_pylist()
    assert found == [None if text is None else text[start:stop] for text in texts]


@given(
    st.lists(st.one_of(st.none(), st.text("abc", max_size=8))),
    st.dictionaries(
        st.text("abc", min_size=1, max_size=2), st.text("abcd", max_size=2), min_size=1, max_size=4
    ),
)
def test_texts_are_replaced_all_at_once(texts: list[str | None], table: dict[str, str]) -> None:
    found = transformed(pa.array(texts, pa.string()), (Replace(tuple(table.items())),))
    assert found.to_pylist() == [None if text is None else _at_once(text, table) for text in texts]


def _at_once(text: str, table: dict[str, str]) -> str:
    """Walk through the text; of those that begin here the longest is replaced."""
    result, place = "", 0
    while place < len(text):
        old = max((key for key in table if text.startswith(key, place)), key=len, default=None)
        result += text[place] if old is None else table[old]
        place += 1 if old is None else len(old)
    return result


@given(st.lists(st.one_of(st.none(), st.text())))
def test_normal_forms_are_stable_and_mean_the_same(texts: list[str | None]) -> None:
    forms: tuple[tuple[str, Literal["NFC", "NFKC"]], ...] = (("nfc", "NFC"), ("nfkc", "NFKC"))
    for name, form in forms:
        once = transformed(pa.array(texts, pa.string()), (name,))
        assert transformed(once, (name,)).to_pylist() == once.to_pylist()
        for text, found in zip(texts, once.to_pylist(), strict=True):
            if text is not None and text.isascii():
                assert found == text
            elif text is not None and _is_old(text):
                assert found == unicodedata.normalize(form, text)


def _is_old(text: str) -> bool:
    """Tell whether all characters are of a Unicode that both libraries know."""
    return all(unicodedata.ucd_3_2_0.category(character) != "Cn" for character in text)
