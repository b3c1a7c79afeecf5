"""Turns the records of a text block into cells: the regular ones at once, the odd ones exactly."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from importer.errors import Defect
from importer.plurals import counted
from importer.records import Batch, Int64s, Rejection, TextBlock
from importer.stages.reading.exact import (
    grammar_of,
    has_torn_quotes,
    longest_record,
    read_cells,
    scan,
)
from importer.stages.reading.wire import wire_of

_BOM = b"\xef\xbb\xbf"


def read_text_block(
    block: TextBlock, columns: Collection[str]
) -> tuple[Batch, tuple[Rejection, ...]]:
    """Give the cells of these columns, and a Rejection for each record that cannot be read.

    The cells stand in the block's own order of columns, all text, none null.
    """
    names = [name for name in block.columns if name in columns or not name]
    rejections: list[Rejection] = []
    found: dict[int, list[bytes]] = {}
    undecodable = _undecodable(block)
    for index in block.odd.tolist():
        cells = _exact(block, index)
        if isinstance(cells, Rejection):
            rejections.append(cells)
            undecodable.pop(index, None)
        elif index not in undecodable:
            found[index] = cells
    rejections.extend(_not_decoded(block, index, byte) for index, byte in undecodable.items())
    is_regular = np.ones(block.rows, bool)
    is_regular[block.odd] = False
    is_regular[list(undecodable)] = False
    regular = np.flatnonzero(is_regular)
    batch = _spliced(block, names, regular, _read_regular(block, regular, names), found)
    if _is_closed(block):
        batch, further = _closed(block, batch)
        rejections.extend(further)
    batch, further = _without_headers(block, batch)
    rejections.extend(further)
    rejections.sort(key=lambda rejection: rejection.index)
    return batch, tuple(rejections)


def _without_headers(block: TextBlock, batch: Batch) -> tuple[Batch, list[Rejection]]:
    """Take rows away that repeat the header, as files do that were put one after the other."""
    if not batch.cells.num_columns:
        return batch, []
    name = batch.cells.column_names[0]
    alike = np.flatnonzero(np.asarray(pc.equal(batch.cells.column(0), name)))
    repeated = [at for at in alike.tolist() if _is_header(block, int(batch.index[at]))]
    if not repeated:
        return batch, []
    stays = np.ones(batch.rows, bool)
    stays[repeated] = False
    further = [
        _rejection(block, index, "header-repeated", "", "the header once more", "a user's cells")
        for index in batch.index[repeated].tolist()
    ]
    return Batch(batch.index[stays], batch.cells.filter(pa.array(stays))), further


def _is_header(block: TextBlock, index: int) -> bool:
    cells = cells_of(block, index)
    return cells is not None and len(cells) > 1 and tuple(cells) == block.columns


def _closed(block: TextBlock, batch: Batch) -> tuple[Batch, list[Rejection]]:
    """Take the nothing after the last delimiter away, and the rows that have something there."""
    last = batch.cells.column("")
    is_bad = np.asarray(pc.not_equal(last, ""))
    further = [_ragged(block, index, len(block.columns)) for index in batch.index[is_bad].tolist()]
    cells = batch.cells.drop_columns([""])
    if further:
        cells = cells.filter(pa.array(~is_bad))
    return Batch(batch.index[~is_bad], cells), further


def _exact(block: TextBlock, index: int) -> list[bytes] | Rejection:
    record = record_of(block, index)
    grammar = grammar_of(block.dialect)
    width, record_bytes = len(block.columns), longest_record(block.columns)
    if len(record) > record_bytes:
        found, expected = f"more than {record_bytes:,} bytes", f"at most {record_bytes:,}"
        return _rejection(block, index, "cell-too-long", "", found, expected)
    scanned = scan(record, 0, len(record), grammar, is_end=True)
    column = block.columns[scanned.cells] if scanned.cells < width else ""
    if scanned.trouble == "quote-stray":
        found = "text after a closing quote"
        return _rejection(block, index, "quote-stray", column, found, "the delimiter")
    if scanned.trouble:
        found = "a quote that is opened and never closed"
        return _rejection(block, index, "quote-open", column, found, "a closing quote")
    if scanned.cells != width or scanned.after < len(record):
        return _ragged(block, index, scanned.cells)
    if not scanned.strict and has_torn_quotes(record, grammar):
        found = "a quote that opens inside one cell and closes in another"
        return _rejection(block, index, "quote-stray", "", found, "the delimiter before the quote")
    cells = read_cells(record, grammar)
    return _ragged(block, index, width) if _is_closed(block) and cells[-1] else cells


def _is_closed(block: TextBlock) -> bool:
    """Tell whether each record ends with a delimiter, after which nothing may stand."""
    return block.columns[-1] == ""


def _ragged(block: TextBlock, index: int, cells: int) -> Rejection:
    found = counted(cells, "cell")
    width = len(block.columns) - _is_closed(block)
    return _rejection(block, index, "ragged-row", "", found, f"{width:,}, like the header")


def _not_decoded(block: TextBlock, index: int, byte: int) -> Rejection:
    found, expected = f"the byte \\x{byte:02x}", f"text in {block.dialect.encoding}"
    return _rejection(block, index, "undecodable", "", found, expected)


def _rejection(
    block: TextBlock, index: int, code: str, column: str, found: str, expected: str
) -> Rejection:
    raw = raw_of(block, index)
    return Rejection(index, "reading", code, column, found, expected, raw)


def cells_of(block: TextBlock, index: int) -> list[str] | None:
    """Give all cells of one row as text; None if the row cannot be read."""
    cells = _exact(block, index)
    wire = wire_of(block.dialect)
    if isinstance(cells, Rejection) or wire.bad_byte(record_of(block, index)) is not None:
        return None
    return [wire.cell(cell) for cell in cells]


def short_cells(block: TextBlock, index: int) -> list[str] | None:
    """Give the cells of a row that has fewer than the header; None if it is no such row."""
    wire, grammar, record = (
        wire_of(block.dialect),
        grammar_of(block.dialect),
        record_of(block, index),
    )
    found = scan(record, 0, len(record), grammar, is_end=True)
    is_whole = not found.trouble and found.after >= len(record)
    if not is_whole or found.cells >= len(block.columns) or wire.bad_byte(record) is not None:
        return None
    return [wire.cell(cell) for cell in read_cells(record, grammar)]


def record_of(block: TextBlock, index: int) -> bytes:
    """Give the bytes of one record, without its line end."""
    return block.data[int(block.starts[index]) : int(block.ends[index])]


def block_of(block: TextBlock, indexes: Sequence[int]) -> TextBlock:
    """Give a block of some rows (ascending) of another."""
    records = [record_of(block, index) for index in indexes]
    ends = np.cumsum([len(record) + 1 for record in records], dtype=np.int64) - 1
    return replace(
        block,
        data=b"\n".join([*records, b""]),
        starts=np.concatenate([[0], ends[:-1] + 1]).astype(np.int64),
        ends=ends,
        lines=block.lines[list(indexes)],
        odd=np.flatnonzero(np.isin(indexes, block.odd)),
    )


def raw_of(block: TextBlock, index: int) -> str:
    r"""Give one record as text that loses nothing: bad bytes as \xNN, a backslash doubled."""
    return wire_of(block.dialect).raw(record_of(block, index))


def _undecodable(block: TextBlock) -> dict[int, int]:
    """Find the records that the block's encoding cannot read, each with its first bad byte."""
    found: dict[int, int] = {}
    if block.data.isascii() or _is_readable(block):
        return found
    beyond_ascii = np.flatnonzero(np.frombuffer(block.data, np.uint8) >= 0x80)
    indexes = np.unique(np.searchsorted(block.starts, beyond_ascii, side="right") - 1)
    for index in indexes[indexes >= 0].tolist():
        byte = wire_of(block.dialect).bad_byte(record_of(block, index))
        if byte is not None:
            found[index] = byte
    return found


def _is_readable(block: TextBlock) -> bool:
    try:
        block.data.decode(wire_of(block.dialect).encoding)
    except UnicodeDecodeError:
        return False
    return True


def _read_regular(block: TextBlock, regular: Int64s, names: Sequence[str]) -> pa.Table:
    """Read the regular records in one call, as UTF-8 text."""
    if not names or not len(regular):
        return pa.table({name: pa.array([], pa.string()) for name in names})
    text, wire = _bytes_of(block, regular), wire_of(block.dialect)
    if wire.encoding != "utf-8" and not text.isascii():
        text = text.decode(wire.encoding).encode()
    if text.startswith(_BOM):
        # pyarrow drops a mark at the start of what it is given; here it is a cell's own text.
        text = b"\n" + text
    table = pa.csv.read_csv(
        io.BytesIO(text),
        read_options=pa.csv.ReadOptions(
            column_names=list(block.columns), use_threads=False, block_size=len(text) + 1
        ),
        parse_options=pa.csv.ParseOptions(
            delimiter=wire.delimiter.decode(),
            quote_char=wire.quote.decode(),
            newlines_in_values=wire.quote in text,
        ),
        convert_options=pa.csv.ConvertOptions(
            include_columns=list(names),
            column_types={name: pa.string() for name in names},
            strings_can_be_null=False,
        ),
    )
    if table.num_rows != len(regular):
        found, expected = f"{counted(table.num_rows, 'row')} from pyarrow.csv", f"{len(regular)}"
        raise Defect(f"{block.file} block {block.number}", found, expected, "report it, please")
    if wire.has_tokens(text):
        table = pa.table({name: wire.column(table.column(name)) for name in names})
    return table


def _bytes_of(block: TextBlock, regular: Int64s) -> bytes:
    """Give the text of these records; those that stand side by side come in one piece."""
    if len(regular) == block.rows and not block.dialect.comment:
        return block.data
    apart = np.diff(regular) > 1
    if block.dialect.comment:
        # More than a line end between two records is a comment, or may be one.
        apart |= block.starts[regular[1:]] - block.ends[regular[:-1]] > 2
    breaks = np.flatnonzero(apart)
    first = regular[np.concatenate([[0], breaks + 1])]
    last = regular[np.concatenate([breaks, [len(regular) - 1]])]
    spans = zip(block.starts[first].tolist(), block.ends[last].tolist(), strict=True)
    return b"\n".join([block.data[start:end] for start, end in spans])


def _spliced(
    block: TextBlock,
    names: Sequence[str],
    regular: Int64s,
    table: pa.Table,
    found: dict[int, list[bytes]],
) -> Batch:
    """Put the odd records that could be read at their places among the regular ones."""
    if not found:
        return Batch(regular, table)
    wire = wire_of(block.dialect)
    odd = {
        name: pa.array([wire.cell(cells[place]) for cells in found.values()], pa.string())
        for place, name in enumerate(block.columns)
        if name in names
    }
    index = np.concatenate([regular, np.array(list(found), np.int64)])
    order = np.argsort(index, kind="stable")
    if names:
        table = pa.concat_tables([table, pa.table(odd)]).take(pa.array(order))
    return Batch(index[order], table)
