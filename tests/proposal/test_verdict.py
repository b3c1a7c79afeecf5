from __future__ import annotations

import pytest

from importer.proposal.verdict import cells


@pytest.mark.parametrize(
    ("count", "verbs", "text"),
    [
        (1, ("has", "have"), "1 cell has"),
        (1200, ("has", "have"), "1,200 cells have"),
        (0, ("holds", "hold"), "0 cells hold"),
        (1, (), "1 cell"),
        (2, (), "2 cells"),
    ],
)
def test_one_cell_is_spoken_of_as_one(count: int, verbs: tuple[str, ...], text: str) -> None:
    assert cells(count, *verbs) == text
