"""Opens the files of a source as one table, and gives their rows in blocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from importer.errors import SourceError
from importer.records import ArrowBlock, Block, JsonBlock, ReadBlock, SourceOptions, TextBlock
from importer.stages.reading.blocks import DelimitedFile, OnBytes
from importer.stages.reading.columns import TableFile, check_names, own_columns, united
from importer.stages.reading.contents import format_of
from importer.stages.reading.description import SourceFile
from importer.stages.reading.detection import SAMPLE_BYTES, detect
from importer.stages.reading.fingerprint import fingerprints, newest
from importer.stages.reading.hive import Constants
from importer.stages.reading.json_lines import JsonLinesFile
from importer.stages.reading.parquet import ParquetTable
from importer.stages.reading.streams import ByteStream, Place, find_files
from importer.stages.reading.workbooks import SheetTable

Mend = Callable[[ReadBlock], Block]


class Source:
    """A table of users, in one file or several.

    columns: the first file's header, without the columns that a dead letter adds, and with those
        that its folders name.
    files: what is known of each file.
    bytes_total: size of the files on disk.
    """

    def __init__(
        self,
        files: Sequence[TableFile],
        columns: tuple[str, ...],
        constants: Sequence[Constants],
        block_bytes: int | None = None,
    ) -> None:
        self._files = tuple(files)
        self._constants = tuple(constants)
        self._block_bytes = block_bytes
        self._described = tuple(map(_describe, files, constants))
        self.columns = columns
        self.bytes_total = sum(file.size_bytes for file in self.files)
        self._mend: Mend | None = None

    def mended_by(self, mend: Mend) -> None:
        """Have each block's rows mended from now on, as they are read."""
        self._mend = mend

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """What is known of each file; the rows, too, of those that have been read whole."""
        return tuple(
            replace(known, rows=file.rows)
            for known, file in zip(self._described, self._files, strict=True)
        )

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
        for file, constants in zip(self._files, self._constants, strict=True):
            if left == 0:
                return
            for found in file.read_blocks(self._block_bytes, on_bytes):
                block = found if left is None else _first_rows(found, left)
                block = replace(block, number=number, constants=constants)
                yield block if self._mend is None else self._mend(block)
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
            rows += file.count_rows(None if limit is None else limit - rows)
        return rows if limit is None else min(rows, limit)

    def fingerprint(self) -> str:
        """Give what tells later whether the files are still the same (see fingerprint.py)."""
        return fingerprints([file.place for file in self._files])

    def written(self) -> float | None:
        """Give when the newest of the files was written, in seconds since 1970; None if unknown."""
        return newest(self.fingerprint())

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
    """Open files, folders, globs, pipes (`-`) or URLs of one table.

    options: what a person says of how the files are written; it wins over detection.
    block_bytes: about how large a block is; None chooses it by the rows.
    Raises SourceError for everything that cannot be read as a table with a header and rows.
    """
    places = find_files(tuple(str(path) for path in paths))
    files = [_open(place, options) for place in places]
    for file in files:
        check_names(file)
    columns, constants = united(files, may_lack=options.missing_columns == "blank")
    if not any(file.has_rows if isinstance(file, DelimitedFile) else file.rows for file in files):
        raise SourceError(
            files[0].place.path,
            "a header and no rows",
            "at least one row",
            "export the table again, with its rows",
        )
    return Source(files, columns, constants, block_bytes)


def _open(place: Place, options: SourceOptions) -> TableFile:
    with ByteStream(place) as stream:
        sample = stream.read(SAMPLE_BYTES + 1)
        compression = stream.compression
    is_said_text = options.encoding is not None
    form = format_of(place.path, sample, compression, is_said_text=is_said_text)
    if form == "parquet":
        return ParquetTable(place)
    if form == "workbook":
        return SheetTable(place, options.sheet, renames=bool(options.rename_columns))
    if form == "jsonl":
        return JsonLinesFile(place, compression)
    is_whole = len(sample) <= SAMPLE_BYTES
    layout = detect(place.path, sample[:SAMPLE_BYTES], is_whole=is_whole, options=options)
    return DelimitedFile(place, layout, compression)


def _describe(file: TableFile, constants: Constants) -> SourceFile:
    path, size_bytes = file.place.path, file.place.size_bytes
    folders = tuple(name for name, text in constants if text is not None)
    columns = own_columns(file.columns) + folders
    if isinstance(file, ParquetTable):
        return SourceFile(path, size_bytes, "parquet", columns, rows=file.rows)
    if isinstance(file, SheetTable):
        return SourceFile(
            path,
            size_bytes,
            "workbook",
            columns,
            header_line=file.header_line,
            rows=file.rows,
            sheet=file.sheet,
        )
    if isinstance(file, JsonLinesFile):
        return SourceFile(
            path, size_bytes, "jsonl", columns, compression=file.compression, rows=file.rows
        )
    layout = file.layout
    return SourceFile(
        path,
        size_bytes,
        "csv",
        columns,
        layout.dialect,
        file.compression,
        layout.header_line,
        warning=layout.warning,
    )


def _first_rows(block: ReadBlock, rows: int) -> ReadBlock:
    if rows >= block.rows:
        return block
    if isinstance(block, ArrowBlock):
        return _first_arrow_rows(block, rows)
    if isinstance(block, JsonBlock):
        ends = block.ends[:rows]
        return replace(block, starts=block.starts[:rows], ends=ends, lines=block.lines[:rows])
    return _first_records(block, rows)


def _first_arrow_rows(block: ArrowBlock, rows: int) -> ArrowBlock:
    return replace(
        block,
        table=block.table.slice(0, rows),
        native=None if block.native is None else block.native.slice(0, rows),
        lines=None if block.lines is None else block.lines[:rows],
        refused=tuple(rejection for rejection in block.refused if rejection.index < rows),
    )


def _first_records(block: TextBlock, rows: int) -> TextBlock:
    return replace(
        block,
        data=block.data[: int(block.ends[rows - 1])],
        starts=block.starts[:rows],
        ends=block.ends[:rows],
        lines=block.lines[:rows],
        odd=block.odd[: int(np.searchsorted(block.odd, rows))],
    )
