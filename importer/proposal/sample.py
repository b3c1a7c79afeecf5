"""Reads the rows at a source's beginning, as far as a proposal looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from importer.errors import SourceError
from importer.records import ArrowBlock, Block, Int64s, MendedBlock
from importer.stages.reading import Source, SourceFile, read_batch

MOST_BYTES = 96 << 20
"""How much text is looked at: memory must not follow the file."""


@dataclass(frozen=True)
class Sample:
    """The first rows of a source, as text.

    cells: one string column per column that can be read; a null is one of the source.
    places: the row number in its file of each row, and `file_names` the file's name.
    unreadable: how many of the rows cannot be read at all; they are not in `cells`.
    is_whole: whether these are all rows of the source.
    refused: column -> cells that cannot be read (the others of their rows can).
    unsuited: column -> the type that no text stands for.
    """

    files: tuple[SourceFile, ...]
    cells: pa.Table
    places: Int64s
    file_names: tuple[str, ...]
    unreadable: int
    is_whole: bool
    refused: dict[str, int] = field(default_factory=dict)
    unsuited: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return int(self.cells.num_rows)

    @property
    def is_delimited(self) -> bool:
        """Tell whether numbers and dates were written by whoever exported the table."""
        return all(file.format == "csv" for file in self.files)

    def place(self, at: int) -> str:
        """Name a row for a person."""
        several = len(set(self.file_names)) > 1
        prefix = f"{Path(self.file_names[at]).name} " if several else ""
        return f"{prefix}row {int(self.places[at]):,}"


def take_sample(source: Source, rows: int) -> Sample:
    """Read at most so many rows from the beginning.

    Raises SourceError where not one row can be read.
    """
    suited, unsuited = _suited(source)
    parts = [_read(block, suited) for block in _blocks(source, rows + 1)]
    seen = sum(part.rows for part in parts)
    schema = pa.schema([(name, pa.string()) for name in suited])
    cells = pa.concat_tables([part.cells for part in parts] or [schema.empty_table()])
    places = np.concatenate([part.places for part in parts] or [np.zeros(0, dtype=np.int64)])
    names = tuple(part.file for part in parts for _ in range(part.cells.num_rows))
    is_whole = seen <= rows and _is_finished(source, seen)
    kept = cells.slice(0, rows)
    if kept.num_rows == 0:
        raise SourceError(
            source.files[0].path,
            "no row that can be read",
            "rows as wide as the header",
            "look at the first lines, and say how the file is written (--delimiter, --quote, ...)",
        )
    refused: dict[str, int] = {}
    for part in parts:
        for name, count in part.refused.items():
            refused[name] = refused.get(name, 0) + count
    return Sample(
        source.files,
        kept,
        places[:rows],
        names[:rows],
        min(sum(part.unreadable for part in parts), rows),
        is_whole,
        refused,
        unsuited,
    )


@dataclass(frozen=True)
class _Part:
    file: str
    rows: int
    cells: pa.Table
    places: Int64s
    unreadable: int
    refused: dict[str, int]


def _blocks(source: Source, rows: int) -> Iterator[Block]:
    """Give blocks until there are so many rows, or so much text."""
    taken = 0
    for block in source.blocks(rows):
        yield block
        taken += _size_bytes(block)
        if taken >= MOST_BYTES:
            return


def _size_bytes(block: Block) -> int:
    if isinstance(block, MendedBlock):
        return _size_bytes(block.read)
    return int(block.table.nbytes) if isinstance(block, ArrowBlock) else len(block.data)


def _is_finished(source: Source, seen: int) -> bool:
    known = [file.rows for file in source.files]
    return all(rows is not None for rows in known) and sum(filter(None, known)) <= seen


def _suited(source: Source) -> tuple[list[str], dict[str, str]]:
    suited, unsuited = [], {}
    for name in source.columns:
        try:
            source.require([name])
        except SourceError as error:
            unsuited[name] = error.problem.found
        else:
            suited.append(name)
    return suited, unsuited


def _read(block: Block, columns: Sequence[str]) -> _Part:
    """Read a block; a column that spoils some rows is read for itself, so that they stay."""
    batch, rejections = read_batch(block, columns)
    troubled = list(dict.fromkeys(r.column for r in rejections if r.column in columns))
    refused: dict[str, int] = {}
    if troubled:
        batch, rejections = read_batch(block, [name for name in columns if name not in troubled])
    cells = {name: batch.cells.column(name) for name in batch.cells.column_names}
    for name in troubled:
        own, own_rejections = read_batch(block, [name])
        refused[name] = len({r.index for r in own_rejections} & set(batch.index.tolist()))
        cells[name] = _aligned(own.cells.column(name), own.index, batch.index)
    table = pa.table({name: cells[name] for name in columns}) if columns else batch.cells
    unreadable = len({rejection.index for rejection in rejections})
    places = np.array([block.row(index) for index in batch.index.tolist()], dtype=np.int64)
    return _Part(block.file, block.rows, _as_text(table), places, unreadable, refused)


def _aligned(cells: pa.ChunkedArray, own: Int64s, wanted: Int64s) -> pa.Array:
    """Give the cells of the wanted rows; null where a row has none."""
    at = np.searchsorted(own, wanted)
    at_most = np.minimum(at, max(len(own) - 1, 0))
    there = (own[at_most] == wanted) if len(own) else np.zeros(len(wanted), dtype=bool)
    text = cells.combine_chunks().cast(pa.string())
    return text.take(pa.array(at_most, mask=~there))


def _as_text(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
