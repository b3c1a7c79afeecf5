"""Judges mended rows cell by cell."""

from __future__ import annotations

from importer.stages.mending import judged

COLUMNS = ("id", "zip", "email")


def test_a_rewritten_cell_is_put_back_and_named_and_mended_ones_are_kept() -> None:
    found = judged(COLUMNS, ("u1", "02134", "bad"), ("u1", "2134", "a@b.de"), {"email"})
    assert found.cells == ("u1", "02134", "a@b.de")
    ((column, words, _),) = found.faults
    assert column == "zip"
    assert words == '"2134" where "02134" was (it lost its leading zeros)'
    assert found.is_mended


def test_cells_that_are_accepted_are_taken_as_they_are() -> None:
    found = judged(COLUMNS, ("u1", "02134", "bad"), ("u1", "2134", "bad"), (), accept=True)
    assert (found.cells, found.faults, found.is_mended) == (("u1", "2134", "bad"), (), True)


def test_a_null_stays_one_where_the_dead_letter_shows_an_empty_cell() -> None:
    found = judged(COLUMNS, ("u1", None, "x"), ("u1", "", "x"), ())
    assert (found.cells, found.faults, found.is_mended) == (("u1", None, "x"), (), False)


def test_line_ends_that_a_spreadsheet_wrote_anew_are_as_they_were() -> None:
    found = judged(COLUMNS, ("u1", "a\r\nb", "c\rd"), ("u1", "a\nb", "c\nd"), ())
    assert (found.cells, found.faults, found.is_mended) == (("u1", "a\r\nb", "c\rd"), (), False)
