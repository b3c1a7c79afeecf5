"""What is masked keeps its shape and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.masking import masked, masked_json, masked_text


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
        "b": ["x#", "(masked)", None],
        "c": "#",
    }


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        ("Zoë", '"xxx"'),
        (True, "(masked)"),
        (False, "(masked)"),
        (Decimal("12.50"), "##.##"),
        (None, "null"),
        ({"é": ["a1", 1, {}], "b": True}, '{"é": ["x#", #, {}], "b": (masked)}'),
    ],
)
def test_only_a_text_stands_in_quotes_when_it_is_written(document: object, shown: str) -> None:
    assert masked_text(document) == shown
