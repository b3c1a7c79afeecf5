"""Opens the files of a source as one table, and gives their rows in blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from importer.errors import SourceError
from importer.records import (
    DEAD_LETTER_COLUMNS,
    ArrowBlock,
    Block,
    Dialect,
    SourceOptions,
    TextBlock,
)
from importer.stages.reading.blocks import DelimitedFile, OnBytes
from importer.stages.reading.contents import Format, format_of
from importer.stages.reading.detection import SAMPLE_BYTES, detect
from importer.stages.reading.parquet import ParquetTable
from importer.stages.reading.sample import show
from importer.stages.reading.streams import ByteStream, Compression, Place, find_files

_File = DelimitedFile | ParquetTable


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What is known of one file of a source.

    dialect, header_line: of a delimited file; None and 0 for Parquet.
    rows: how many, where the file itself says so (Parquet); otherwise None.
    """

    path: str
    size_bytes: int
    format: Format
    columns: tuple[str, ...]
    dialect: Dialect | None = None
    compression: Compression = ""
    header_line: int = 0
    rows: int | None = None

    def describe(self) -> str:
        """Say how the file is read, in one line for people."""
        columns = "1 column" if len(self.columns) == 1 else f"{len(self.columns)} columns"
        name = Path(self.path).name
        if self.dialect is None:
            return f"{name}: Parquet, {columns}, {self.rows:,} rows"
        parts = [
            self.dialect.encoding,
            show(self.dialect.delimiter),
            show(self.dialect.quote),
            f"header on line {self.header_line}",
            columns,
        ]
        return f"{name}: " + ", ".join([self.compression, *parts] if self.compression else parts)


class Source:
    """A table of users, in one file or several.

    columns: the first file's header, without the columns that a dead letter adds.
    files: what is known of each file.
    bytes_total: size of the files on disk.
    """

    def __init__(self, files: Sequence[_File], block_bytes: int | None = None) -> None:
        self._files = tuple(files)
        self._block_bytes = block_bytes
        self.files = tuple(_describe(file) for file in files)
        self.columns = _own_columns(files[0].columns)
        self.bytes_total = sum(file.size_bytes for file in self.files)

    @property
    def blank_lines(self) -> int:
        """How many lines without a record the last `blocks()` has passed over so far."""
        return sum(file.blank_lines for file in self._files)

    def blocks(self, limit: int | None = None, on_bytes: OnBytes | None = None) -> Iterator[Block]:
        """Give the rows in order, as blocks that are numbered from 0 over all files.

        limit: the source counts as if it had only so many rows.
        on_bytes: is told after each block how many bytes on disk were read since the last call.
        Raises SourceError (a file broken midway) and SourceChanged, after the rows before it.
        """
        for file in self._files:
            file.blank_lines = 0
        left, number = limit, 0
        for file in self._files:
            if left == 0:
                return
            for found in file.read_blocks(self._block_bytes, on_bytes):
                block = found if left is None else _first_rows(found, left)
                yield replace(block, number=number)
                number += 1
                left = None if left is None else left - block.rows
                if left == 0:
                    return

    def count_rows(self, limit: int | None = None) -> int:
        """Count the rows by a quick pass (Parquet says it itself)."""
        rows = 0
        for file in self._files:
            if limit is not None and rows >= limit:
                break
            if isinstance(file, ParquetTable):
                rows += file.rows
            else:
                rows += file.count_rows(None if limit is None else limit - rows)
        return rows if limit is None else min(rows, limit)

    def require(self, columns: Collection[str]) -> None:
        """Raise SourceError if one of these columns has a type that no text stands for."""
        for file in self._files:
            unreadable = file.unreadable if isinstance(file, ParquetTable) else {}
            for name in sorted(set(columns) & set(unreadable)):
                raise SourceError(
                    f"{file.place.path} column {name!r}",
                    f"the type {unreadable[name]}",
                    "text, numbers, dates, booleans, or lists and structs of them",
                    "turn it into text when the table is exported, or leave it out of the mapping",
                )


def open_source(
    paths: Sequence[str | Path], options: SourceOptions, *, block_bytes: int | None = None
) -> Source:
    """Open files (or folders of Parquet files) of one table.

    options: what a person says of how delimited files are written; it wins over detection.
    block_bytes: about how large a block is; None chooses it by the rows.
    Raises SourceError for everything that cannot be read as a table with a header and rows.
    """
    places = find_files(tuple(str(path) for path in paths))
    files = [_open(place, options) for place in places]
    for file in files:
        _check_names(file)
    for file in files[1:]:
        _check_same_columns(file, files[0])
    if not any(file.rows if isinstance(file, ParquetTable) else file.has_rows for file in files):
        raise SourceError(
            files[0].place.path,
            "a header and no rows",
            "at least one row",
            "export the table again, with its rows",
        )
    return Source(files, block_bytes)


def _open(place: Place, options: SourceOptions) -> _File:
    with ByteStream(place) as stream:
        sample = stream.read(SAMPLE_BYTES + 1)
        compression = stream.compression
    if format_of(place.path, sample, is_compressed=bool(compression)) == "parquet":
        return ParquetTable(place)
    is_whole = len(sample) <= SAMPLE_BYTES
    layout = detect(place.path, sample[:SAMPLE_BYTES], is_whole=is_whole, options=options)
    return DelimitedFile(place, layout, compression)


def _describe(file: _File) -> SourceFile:
    path, size_bytes = file.place.path, file.place.size_bytes
    if isinstance(file, ParquetTable):
        return SourceFile(path, size_bytes, "parquet", file.columns, rows=file.rows)
    layout, columns = file.layout, _own_columns(file.columns)
    return SourceFile(
        path, size_bytes, "csv", columns, layout.dialect, file.compression, layout.header_line
    )


def _own_columns(columns: tuple[str, ...]) -> tuple[str, ...]:
    added = len(DEAD_LETTER_COLUMNS)
    return columns[:-added] if columns[-added:] == DEAD_LETTER_COLUMNS else columns


def _check_names(file: _File) -> None:
    empty = [str(at) for at, name in enumerate(file.columns, 1) if not name.strip()]
    twice = sorted({name for name in file.columns if file.columns.count(name) > 1})
    if empty:
        found = f"no name for column {', '.join(empty)}"
    elif twice:
        found = f"two columns called {', '.join(map(repr, twice))}"
    else:
        return
    place = file.place.path
    if isinstance(file, DelimitedFile):
        place += f" line {file.layout.header_line}"
    raise SourceError(
        place, found, "a different name for each column", "give each column its own name"
    )


def _check_same_columns(file: _File, first: _File) -> None:
    names, expected = _own_columns(file.columns), _own_columns(first.columns)
    missing = [repr(name) for name in expected if name not in names]
    further = [repr(name) for name in names if name not in expected]
    if missing or further:
        parts = [("without ", missing), ("with a further ", further)]
        found = " and ".join(word + ", ".join(some) for word, some in parts if some)
        raise SourceError(
            file.place.path,
            f"a table {found}",
            f"the columns of {first.place.path}",
            "give all files the same columns, or import them one by one",
        )


def _first_rows(block: Block, rows: int) -> Block:
    if rows >= block.rows:
        return block
    if isinstance(block, ArrowBlock):
        return replace(block, table=block.table.slice(0, rows))
    return _first_records(block, rows)


def _first_records(block: TextBlock, rows: int) -> TextBlock:
    return replace(
        block,
        data=block.data[: int(block.ends[rows - 1])],
        starts=block.starts[:rows],
        ends=block.ends[:rows],
        lines=block.lines[:rows],
        odd=block.odd[: int(np.searchsorted(block.odd, rows))],
    )
