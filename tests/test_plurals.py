from __future__ import annotations

import pytest

from importer.plurals import counted


@pytest.mark.parametrize(
    ("count", "words", "text"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (2, ("row",), "2 rows"),
        (1_200, ("row",), "1,200 rows"),
        (1, ("retry", "retries"), "1 retry"),
        (3, ("retry", "retries"), "3 retries"),
        (1, ("row has", "rows have"), "1 row has"),
    ],
)
def test_one_has_another_word_than_several(count: int, words: tuple[str, ...], text: str) -> None:
    assert counted(count, *words) == text
