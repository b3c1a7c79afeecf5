"""Keeps what the reading refused of a row standing until a person has changed that very cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from importer.records import Rejection
from importer.stages.mending import CODE, STAGE, Judged

_READING = "reading"
_NOT_COMPUTED = "cell-not-computed"
_OF_CELLS = ("cell-rounded", _NOT_COMPUTED)

Cells = Sequence[str | None]


def still_standing(
    columns: Sequence[str], before: Cells, now: Cells, reasons: Iterable[Rejection]
) -> Iterator[Rejection]:
    """Give what the reading refused of cells that are as they were then.

    A number that a workbook rounded reads as a good one, and a formula without a result as an
    empty cell: only a change tells that somebody has looked at them.  A reason without a column
    is of the row, and stands until any of its cells is another one.
    """
    pairs = list(zip(columns, before, now, strict=True))
    same = {column for column, then, text in pairs if (then or "") == (text or "")}
    if len(same) == len(pairs):
        same.add("")
    return (
        one
        for one in reasons
        if one.stage == _READING
        # Where it was lost which cell it is, no change of the row tells that it is mended.
        and (one.column in same or (not one.column and one.code in _OF_CELLS))
    )


def faults_of(
    columns: Sequence[str], before: Cells, found: Judged, faults: Mapping[str, Rejection]
) -> tuple[list[Rejection], list[Rejection]]:
    """Give what a spreadsheet changed in a row, and what cannot be told of its mended cells.

    faults: what cannot be told of the cells of the mended table (column -> why).
    """
    rewritten = [Rejection(0, STAGE, CODE, *fault) for fault in found.faults]
    known = {one.column for one in rewritten}
    pairs = zip(columns, found.cells, before, strict=True)
    new = {column for column, now, then in pairs if now != then}
    unsure = [
        fault
        for column, fault in faults.items()
        # A formula without a result reads as the empty cell that may have been there.
        if column not in known and (column in new or fault.code == _NOT_COMPUTED)
    ]
    return rewritten, unsure


def each_once(reasons: Iterable[Rejection]) -> list[Rejection]:
    """Give the reasons in their order, without a second one of the same code and column."""
    return list({(one.code, one.column): one for one in reversed(list(reasons))}.values())[::-1]
