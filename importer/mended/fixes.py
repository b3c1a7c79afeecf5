"""Reads rows of a source as a person has mended them, before anything of it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
import pyarrow as pa

from importer.errors import SourceChanged, SourceError
from importer.mended.standing import each_once, faults_of, still_standing
from importer.mended.table import MendedRow, MendedTable
from importer.records import (
    ArrowBlock,
    Block,
    Int64s,
    MendedBlock,
    ReadBlock,
    Rejection,
    SourceOptions,
)
from importer.stages.mending import judged
from importer.stages.reading import (
    Source,
    cell_faults,
    content_mark,
    difference,
    mended_kinds,
    native_of,
    read_record,
)
from importer.stages.recording import consulted, open_for_reading, runs

CHECK = "check-"


def check_mark(source: Source) -> str:
    """Give what stands in `_run` of the problems of a check: it tells the source again."""
    return CHECK + content_mark(source.fingerprint())


@dataclass(frozen=True)
class _Mended:
    """The rows of one file that are in one mended table, by ascending number."""

    numbers: Int64s
    rows: tuple[MendedRow, ...]

    def of(self, block: ReadBlock) -> Iterator[tuple[int, MendedRow]]:
        """Give those of a block, with their positions in it."""
        first = block.row(0)
        start, end = np.searchsorted(self.numbers, [first, first + block.rows]).tolist()
        for at in range(start, end):
            yield int(self.numbers[at]) - first, self.rows[at]


@dataclass(frozen=True)
class _Result:
    """A mended row: its cells, which of them are numbers (reading/natives.py), what is wrong."""

    cells: tuple[str | None, ...]
    kinds: str
    refused: Sequence[Rejection]


class Fixes:
    """Mended rows of a source; of a row that stands in several tables, the later one is on top.

    count: of the rows.
    """

    def __init__(
        self, paths: Sequence[Path], source: Source, state_dir: Path, *, accept_cells: bool
    ) -> None:
        """Read them into memory; SourceError where they are not of this source as it is now."""
        self._columns = source.columns
        self._accept = accept_cells
        known, mark = [file.path for file in source.files], check_mark(source)
        tables = [MendedTable(path, source.columns, SourceOptions()) for path in paths]
        self._layers: list[dict[str, _Mended]] = []
        for table in tables:
            rows = list(table.rows())
            for run, place in {row.run: row.place for row in reversed(rows)}.items():
                if run != mark:
                    _require_run_of(source, run, place, state_dir)
            self._layers.append(_by_file(rows, known))
        self.count = len(
            {
                (file, n)
                for layer in self._layers
                for file, one in layer.items()
                for n in one.numbers.tolist()
            }
        )

    def mend(self, block: ReadBlock) -> Block:
        """Put mended rows in the place of the block's own."""
        positions: dict[int, list[MendedRow]] = {}
        for layer in self._layers:
            if found := layer.get(block.file):
                for position, row in found.of(block):
                    positions.setdefault(position, []).append(row)
        mended = [
            (position, result)
            for position, rows in sorted(positions.items())
            if (result := self._judged(block, position, rows))
        ]
        if not mended:
            return block
        return MendedBlock(
            block.number,
            block,
            np.array([position for position, _ in mended], np.int64),
            self._block(block, [row for _, row in mended]),
        )

    def _judged(self, block: ReadBlock, position: int, rows: Sequence[MendedRow]) -> _Result | None:
        """Give the row as it was mended, and what is wrong with it; None if it was not."""
        record = read_record(block, position, self._columns)
        cells, kinds = record.cells, record.kinds
        refused: list[Rejection] = []
        doubted = [(cells, list(cell_faults(block, position)))] if cells is not None else []
        is_mended = False
        for row in rows:
            if cells is None:
                if any(row.cells):
                    kinds = mended_kinds(None, kinds, row.cells, row.kinds)
                    cells, is_mended = row.cells, True
                    doubted.append((cells, list(row.faults.values())))
                continue
            found = judged(self._columns, cells, row.cells, row.at_fault, accept=self._accept)
            refused, unsure = faults_of(self._columns, cells, found, row.faults)
            kinds = mended_kinds(cells, kinds, found.cells, row.kinds)
            cells, doubted = found.cells, [*doubted, (found.cells, unsure)]
            is_mended = is_mended or found.is_mended or bool(refused or unsure)
        if cells is None or not is_mended:
            return None
        for before, reasons in doubted:
            refused += still_standing(self._columns, before, cells, reasons)
        return _Result(cells, kinds, each_once(refused))

    def _block(self, block: ReadBlock, rows: Sequence[_Result]) -> ArrowBlock:
        return ArrowBlock(
            number=block.number,
            file=block.file,
            first_row=1,
            columns=self._columns,
            table=pa.table(
                {
                    name: pa.array([row.cells[at] for row in rows], pa.string())
                    for at, name in enumerate(self._columns)
                }
            ),
            refused=tuple(
                Rejection(index, one.stage, one.code, one.column, one.found, one.expected, one.raw)
                for index, row in enumerate(rows)
                for one in row.refused
            ),
            native=native_of([row.kinds for row in rows], self._columns),
        )


def _by_file(rows: Sequence[MendedRow], known: Sequence[str]) -> dict[str, _Mended]:
    found: dict[str, dict[int, MendedRow]] = {}
    for row in rows:
        file = found.setdefault(_file(row, known), {})
        if row.row in file:
            raise SourceError(
                row.place,
                f"row {row.row} of {row.file} a second time",
                "each row once",
                "remove one of them",
            )
        file[row.row] = row
    return {
        name: _Mended(np.array(sorted(some), np.int64), tuple(some[n] for n in sorted(some)))
        for name, some in found.items()
    }


def _file(row: MendedRow, known: Sequence[str]) -> str:
    """Give the file of the source that a row names; the folder may be called otherwise now."""
    if row.file in known:
        return row.file
    alike = [path for path in known if PurePath(path).name == PurePath(row.file).name]
    if len(alike) == 1:
        return alike[0]
    raise SourceError(
        f'{row.place} column "_file"',
        f"{row.file!r}",
        "a file of the source",
        "put it back as it was, or name the source that the file belongs to",
    )


def _require_run_of(source: Source, run: str, place: str, state_dir: Path) -> None:
    """Refuse rows of another source: their numbers would mean other users."""
    fingerprint = _fingerprint_of(run, state_dir)
    if fingerprint is not None:
        changes = difference(fingerprint, source.fingerprint(), moved=True)
        if not changes:
            return
    elif run.startswith(CHECK):
        changes = "it is another one, or was written anew"
    else:
        changes = f"no check of it and no run here is called {run!r}"
    raise SourceChanged(
        f'{place} column "_run"',
        f"rows that are not of this source as it is now: {changes}",
        "the source that was checked, and `_run` as it was",
        "check the source again with --problems, and mend what it writes",
    )


def _fingerprint_of(run: str, state_dir: Path) -> str | None:
    connection = open_for_reading(state_dir)
    if connection is None:
        return None
    with consulted(connection):
        found = [record for record in runs(connection) if record.run == run]
    return found[0].fingerprint if found and found[0].kind == "run" else None
