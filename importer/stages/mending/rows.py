"""Judges a mended row cell by cell, and puts back what a spreadsheet changed by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from importer.stages.mending.rewriting import is_same_text, rewritten

STAGE = "mending"
CODE = "cell-rewritten"
_EXPECTED = "the cell as it was, which the new dead letter has; or --accept-cells, if it is meant"
_SHOWN = 60


@dataclass(frozen=True)
class Judged:
    """What is to be made of a mended row.

    cells: as the person meant them, in the source's order; a cell that a spreadsheet changed is as
        it was.
    faults: of each such cell its column, what was found, and what was expected.
    is_mended: whether the person changed anything.
    """

    cells: tuple[str | None, ...]
    faults: tuple[tuple[str, str, str], ...]
    is_mended: bool


def judged(
    columns: Sequence[str],
    original: Sequence[str | None],
    now: Sequence[str],
    at_fault: Collection[str],
    *,
    accept: bool = False,
) -> Judged:
    """Compare a row with what it was; all three sequences have one entry per column.

    at_fault: the columns for which the row was refused before.
    accept: take every cell as it is now.
    """
    cells: list[str | None] = []
    faults: list[tuple[str, str, str]] = []
    mended = False
    for column, before, text in zip(columns, original, now, strict=True):
        # A dead letter has nothing to tell a null from an empty text.
        if is_same_text(before or "", text):
            cells.append(before)
            continue
        how = "" if accept else rewritten(before or "", text, at_fault=column in at_fault)
        if how:
            cells.append(before)
            found = f"{_shown(text)} where {_shown(before or '')} was ({how})"
            faults.append((column, found, _EXPECTED))
            continue
        cells.append(text)
        mended = True
    return Judged(tuple(cells), tuple(faults), mended)


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[: _SHOWN - 3]}..."'
