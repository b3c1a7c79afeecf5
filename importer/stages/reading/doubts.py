"""Says what makes it doubtful where a table's header and rows are, and what a person may say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from importer.stages.reading.evidence import row_like
from importer.stages.reading.sample import SampleRecord


class Doubt(NamedTuple):
    """What was found, and what decides."""

    found: str
    remedy: str


def comment_doubt(names: Sequence[str], rows: Sequence[SampleRecord]) -> Doubt | None:
    """Ask about lines among the rows that begin as comments do."""
    lines = [row.line for row in rows if row.cells and row.cells[0].startswith("# ")]
    if not lines or (names and names[0].startswith("#")):
        return None
    return Doubt(
        f"line {lines[0]}, which begins with `#` and may be a comment or a row",
        "if such lines are comments, say `--comment '#'`, or `source: {comment: \"#\"}` in the "
        "mapping; if they are rows, `--comment none`",
    )


def header_doubt(names: Sequence[str], rows: Sequence[SampleRecord]) -> Doubt | None:
    """Ask about a header that stands there again, or that may be the first row."""
    value = row_like(names, [row.cells for row in rows if row.width == len(names)])
    if not (value and len(names) == 1):
        again = next((at for at, row in enumerate(rows) if row.cells == tuple(names)), -1)
        if again >= 0:
            return _repeated(again, rows[again].line)
    if not value:
        return None
    return Doubt(
        f"a first line that may be a header or a row: it has {value!r}",
        "if it is a row, say `--header none`, or `source: {header: none}` in the mapping; if it "
        "is the header, `--header 1`",
    )


def _repeated(rows_before: int, line: int) -> Doubt:
    if not rows_before:
        return Doubt(
            "a header that stands there twice, one line after the other",
            "say how many lines the header has: `--header 2`, or `source: {header: 2}` in the "
            "mapping; with 1, the second is a row that is refused",
        )
    return Doubt(
        f"the header once more on line {line}: two tables, or one in pieces",
        "if it is one in pieces, say `--header 1`, or `source: {header: 1}` in the mapping, and "
        "each further header is a row that is refused; if not, cut the file, or take the first "
        f"table alone: `--limit {rows_before}`",
    )


def title_doubt(rows: Sequence[SampleRecord], usual: int) -> Doubt | None:
    """Ask about a first line of one text, where the other rows have several."""
    if usual <= 2 or len(rows) < 2 or rows[0].filled != 1:
        return None
    if any(row.filled < 2 for row in rows[1:]):
        return None
    return Doubt(
        "a first line of one text, which may be a title or a row",
        "say how many lines stand before the rows: `--skip-lines N`, or `source: {skip_lines: N}` "
        "in the mapping; 0 if it is a row",
    )
