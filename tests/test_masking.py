"""What is masked keeps its shape and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.masking import masked, masked_json


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", ""),
        ("02134", "#####"),
        ("1.23E+18", "#.##x+##"),
        ("03/04/2021 10:15", "##/##/#### ##:##"),
        ("Zoë O'Brien", "xxx x'xxxxx"),
        ("२४", "##"),
        ("½", "x"),
    ],
)
def test_a_text_keeps_its_length_and_its_signs(text: str, shape: str) -> None:
    assert masked(text) == shape


@given(st.text())
def test_no_letter_and_no_digit_comes_through(text: str) -> None:
    shape = masked(text)
    assert len(shape) == len(text)
    assert all(new in "x#" or not new.isalnum() for new in shape)


def test_a_document_keeps_its_keys_and_hides_every_value() -> None:
    document = {"a": {"lat": 12.5}, "b": ["x1", True, None], "c": 7}
    assert masked_json(document) == {
        "a": {"lat": "##.#"},
        "b": ["x#", "xxxx", None],
        "c": "#",
    }
