"""Reads Parquet by row groups into blocks of bounded size, and blocks into text."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from importer.errors import SourceError
from importer.plurals import counted
from importer.records import ArrowBlock, Batch, Rejection
from importer.stages.reading.blocks import OnBytes, suitable_bytes
from importer.stages.reading.natives import native_columns
from importer.stages.reading.streams import Place, require_unchanged
from importer.stages.reading.text import has_text, to_text

_BUFFER_BYTES = 1 << 20
_NO_TEXT = ("bytes that are no text", "text in utf-8")
_NANOSECONDS_REACH = (2**63 - 1) // 1000
"""Microseconds from 1970 (to 1677 and 2262) that fit a count of nanoseconds."""


class ParquetTable:
    """One Parquet file of a source.  Every error is a SourceError that names the file.

    blank_lines: there are none.
    unreadable: the columns whose type no text stands for, with that type.
    """

    blank_lines = 0

    def __init__(self, place: Place) -> None:
        self.place = place
        with _explained(place), pq.ParquetFile(place.for_arrow()) as file:
            schema, metadata = file.schema_arrow, file.metadata
            self.columns: tuple[str, ...] = tuple(schema.names)
            self.rows: int = metadata.num_rows
            groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
            self._row_bytes: float = sum(g.total_byte_size for g in groups) / max(self.rows, 1)
            self._has_int96, self._instants = _int96_columns(file.schema, self.columns)
        self.unreadable: dict[str, str] = {
            field.name: str(field.type) for field in schema if not has_text(field.type)
        }

    def read_blocks(
        self, block_bytes: int | None = None, on_bytes: OnBytes | None = None
    ) -> Iterator[ArrowBlock]:
        """Give the rows in blocks that are numbered from 0."""
        done = told = 0
        for number, table in enumerate(self._tables(self._block_rows(block_bytes))):
            require_unchanged(self.place)
            yield ArrowBlock(number, self.place.path, done + 1, self.columns, table)
            done += table.num_rows
            if on_bytes is not None:
                read = self.place.size_bytes * done // self.rows
                on_bytes(read - told)
                told = read
        require_unchanged(self.place)
        if done != self.rows:
            raise _broken(
                self.place, f"its footer counts {counted(self.rows, 'row')}, and it has {done:,}"
            )

    def count_rows(self, limit: int | None = None) -> int:
        """Give the number of rows, which is known."""
        return self.rows if limit is None else min(self.rows, limit)

    def _tables(self, block_rows: int) -> Iterator[pa.Table]:
        unit = "us" if self._has_int96 else None
        with _explained(self.place), self._open(unit) as file:
            batches = file.iter_batches(block_rows)
            fine = self._open("ns") if self._instants else nullcontext()
            with fine as fine_file:
                fine_batches = (
                    fine_file.iter_batches(block_rows, columns=self._instants)
                    if fine_file
                    else None
                )
                for batch in batches:
                    table = pa.Table.from_batches([batch])
                    yield _with_instants(table, next(fine_batches)) if fine_batches else table

    def _open(self, int96_unit: str | None) -> Any:
        return pq.ParquetFile(
            self.place.for_arrow(),
            pre_buffer=False,
            buffer_size=_BUFFER_BYTES,
            coerce_int96_timestamp_unit=int96_unit,
        )

    def _block_rows(self, block_bytes: int | None) -> int:
        row_bytes = max(self._row_bytes, 1.0)
        return max(1, int((block_bytes or suitable_bytes(row_bytes)) / row_bytes))


def read_arrow_block(
    block: ArrowBlock, columns: Collection[str]
) -> tuple[Batch, tuple[Rejection, ...]]:
    """Give the text of these columns; a row with bytes that are no text is a Rejection."""
    names = [name for name in block.columns if name in columns]
    texts: dict[str, pa.StringArray] = {}
    column_of: dict[int, str] = {}
    for name in names:
        texts[name], bad = to_text(_whole(block.table, name))
        for position in bad.tolist():
            column_of.setdefault(position, name)
    index, cells = np.arange(block.rows), pa.table(texts)
    native = native_columns(block, names)
    refused = tuple(one for one in block.refused if not one.column or one.column in columns)
    if not column_of and not refused:
        return Batch(index, cells, native), ()
    bad_rows = sorted(column_of)
    raws = _raws(block.table.take(pa.array(bad_rows, pa.int64())))
    index = np.delete(index, sorted({*bad_rows, *(rejection.index for rejection in refused)}))
    kept = pa.array(index)
    native = None if native is None else native.take(kept)
    return Batch(index, cells.take(kept), native), refused + tuple(
        Rejection(row, "reading", "undecodable", column_of[row], *_NO_TEXT, raw)
        for row, raw in zip(bad_rows, raws, strict=True)
    )


def cells_of_arrow(block: ArrowBlock, index: int) -> tuple[list[str | None] | None, str]:
    r"""Give all cells of one row as text, or None and the row as text with bad bytes as \xNN.

    A cell of a type that no text stands for is None.
    """
    row = block.table.slice(index, 1)
    cells: list[str | None] = []
    for name in block.columns:
        column = _whole(row, name)
        text, bad = to_text(column) if has_text(column.type) else (pa.nulls(1, pa.string()), ())
        if len(bad):
            return None, _raws(row)[0]
        cells.append(text[0].as_py())
    return cells, ""


def _raws(rows: pa.Table) -> list[str]:
    """Give each row as one text that loses nothing."""
    names = rows.column_names
    columns = [_shown(_whole(rows, name)) for name in names]
    return [
        "; ".join(f"{name}={text}" for name, text in zip(names, texts, strict=True))
        for texts in zip(*columns, strict=True)
    ]


def _shown(column: pa.Array) -> list[str]:
    if not has_text(column.type):
        return [""] * len(column)
    found, bad = to_text(column)
    texts = [(text or "").replace("\\", "\\\\") for text in found.to_pylist()]
    for position in bad.tolist():
        texts[position] = _escaped(column[position])
    return texts


def _escaped(value: pa.Scalar) -> str:
    try:
        data: bytes = value.cast(pa.large_binary()).as_py()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return f"({value.type})"
    return data.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def _whole(table: pa.Table, name: str) -> pa.Array:
    column = table.column(name)
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _int96_columns(schema: Any, columns: Collection[str]) -> tuple[bool, list[str]]:
    """Tell whether the file has INT96 timestamps, and which columns are nothing else."""
    found = [schema.column(at) for at in range(len(schema))]
    paths = [column.path for column in found if column.physical_type == "INT96"]
    return bool(paths), [path for path in paths if path in columns]


def _with_instants(table: pa.Table, fine: pa.RecordBatch) -> pa.Table:
    """Put exact INT96 instants into the table, which has them cut to microseconds.

    Arrow reads INT96 as nanoseconds, and wraps the years before 1677 and after 2262 around
    without a word (9999-12-31 becomes 1816-03-29): those are taken from the microseconds.
    """
    for place, name in enumerate(table.column_names):
        if name not in fine.schema.names:
            continue
        coarse, exact = _whole(table, name), fine.column(name)
        since_1970 = coarse.view(pa.int64())
        fits = pc.and_(
            pc.less(since_1970, _NANOSECONDS_REACH), pc.greater(since_1970, -_NANOSECONDS_REACH)
        )
        if not pc.all(fits).as_py():
            exact = pc.if_else(fits, to_text(exact)[0], to_text(coarse)[0])
        table = table.set_column(place, name, exact)
    return table


@contextmanager
def _explained(place: Place) -> Iterator[None]:
    try:
        yield
    except SourceError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        require_unchanged(place)
        raise _broken(place, str(error).split("\n", 1)[0][:200]) from None


def _broken(place: Place, cause: str) -> SourceError:
    return SourceError(
        place.path,
        f"a broken Parquet file ({cause})",
        "a whole Parquet file",
        "export or copy it again",
    )
