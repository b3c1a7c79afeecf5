"""Reads a dead letter that a person has mended, whatever a spreadsheet made of its dialect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from importer.errors import SourceError
from importer.records import (
    DEAD_LETTER_COLUMNS,
    DEAD_LETTER_KEY,
    ArrowBlock,
    Batch,
    MendedBlock,
    ReadBlock,
    Rejection,
    SourceOptions,
)
from importer.stages.mending import CODE as REWRITTEN
from importer.stages.reading import SourceFile, kinds_at, open_source, read_mended

_MOST_NAMED = 5
_BETWEEN = "; "


@dataclass(frozen=True)
class MendedRow:
    """One row of a mended dead letter.

    run, file, row: what it says of where it comes from.
    cells: of the source's columns, as they are now.
    at_fault: the columns for which it says that it was refused.
    faults: what a workbook cannot tell of single cells (column -> why).
    place: where it stands in the mended file, for messages.
    kinds: which cells are numbers there (see reading/natives.py).
    """

    run: str
    file: str
    row: int
    cells: tuple[str, ...]
    at_fault: frozenset[str]
    faults: dict[str, Rejection]
    place: str
    kinds: str = ""


class MendedTable:
    """A dead letter as it came back; columns may come in any order, and further ones do not count.

    columns: of the source, in its order; all must be there.
    """

    def __init__(self, path: Path, columns: Sequence[str], options: SourceOptions) -> None:
        """Open it; SourceError if it cannot be read, or is no dead letter of these columns."""
        self.path = path
        self.columns = tuple(columns)
        if options.rename_columns is None:
            # A spreadsheet adds columns without a name where somebody only touched a cell.
            options = replace(options, rename_columns=True)
        self._source = open_source([str(path)], options)
        _require_columns(path, self._names(), DEAD_LETTER_KEY, "a dead letter")
        _require_columns(path, self._names(), self.columns, "all columns of the dead letter")

    @property
    def files(self) -> tuple[SourceFile, ...]:
        return self._source.files

    def further_columns(self) -> list[str]:
        """Name the columns that somebody has added."""
        known = {*self.columns, *DEAD_LETTER_COLUMNS, ""}
        return [name for name in self._names() if name not in known]

    def _names(self) -> tuple[str, ...]:
        return next(iter(self._source.blocks(1))).columns

    def rows(self) -> Iterator[MendedRow]:
        """Give the rows as they stand; SourceError for one that cannot be told or read."""
        for block in self._source.blocks():
            if isinstance(block, MendedBlock):
                continue
            batch, rejections = read_mended(block)
            faults: dict[int, dict[str, Rejection]] = {}
            for one in rejections:
                if not one.column or not isinstance(block, ArrowBlock):
                    raise _unreadable(_place(self.path, block, one.index), one)
                faults.setdefault(one.index, {})[one.column] = one
            texts = {name: _texts(batch, name) for name in (*DEAD_LETTER_KEY, *self.columns)}
            codes, columns = (_texts(batch, name) for name in ("_code", "_column"))
            for at, index in enumerate(batch.index.tolist()):
                place = _place(self.path, block, index)
                yield MendedRow(
                    run=texts["_run"][at].strip(),
                    file=texts["_file"][at],
                    row=_number(texts["_row"][at], place),
                    cells=tuple(texts[name][at] for name in self.columns),
                    at_fault=at_fault(codes[at].split(_BETWEEN), columns[at].split(_BETWEEN)),
                    faults=faults.get(index, {}),
                    place=place,
                    kinds=self._kinds(block, index),
                )

    def _kinds(self, block: ReadBlock, index: int) -> str:
        if not isinstance(block, ArrowBlock):
            return ""
        of = dict(zip(block.columns, kinds_at(block, index), strict=False))
        return "".join(of.get(name, "t") for name in self.columns)


def _texts(batch: Batch, name: str) -> list[str]:
    """Give a column's texts; blank ones if somebody took it away."""
    if name not in batch.cells.column_names:
        return [""] * batch.rows
    return [text or "" for text in batch.cells.column(name).to_pylist()]


def at_fault(codes: Sequence[str], columns: Sequence[str]) -> frozenset[str]:
    """Name the columns for which a row was refused, apart from what a spreadsheet did to them."""
    reasons = zip_longest(codes, columns, fillvalue="")
    labels = {column for code, column in reasons if code != REWRITTEN}
    return frozenset(labels.union(*(label.split(", ") for label in labels)))


def _place(path: Path, block: ReadBlock, index: int) -> str:
    line = block.line(index)
    return f"{path} row {block.row(index)}" + (f" (line {line})" if line else "")


def _number(text: str, place: str) -> int:
    digits = text.strip().removesuffix(".0")
    if digits.isdecimal():
        return int(digits)
    raise SourceError(
        f'{place} column "_row"',
        f"{text!r}" if text else "nothing",
        "the number that stood there: it says which row of the source this is",
        "put it back; a row that is not of the dead letter goes into a table of its own, for `run`",
    )


def _unreadable(place: str, rejection: Rejection) -> SourceError:
    remedy = "save the file again, or correct the line in an editor"
    if rejection.code == "cell-too-long":
        remedy = (
            "close the quote that was left open, or take the row out of this file: its run keeps it"
        )
    return SourceError(place, f"{rejection.found} [{rejection.code}]", rejection.expected, remedy)


def _require_columns(path: Path, found: Sequence[str], needed: Sequence[str], what: str) -> None:
    missing = [repr(name) for name in needed if name not in found]
    if not missing:
        return
    more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    raise SourceError(
        str(path),
        f"a table without the column {', '.join(missing[:_MOST_NAMED])}{more}",
        what,
        "give a dead letter with the columns as they were, in any order; another table is imported "
        "with `moengage-import run`",
    )
