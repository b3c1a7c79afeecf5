"""Keeps track of the cells that a source itself holds as numbers, in blocks, batches and rows.

A row's kinds are one letter per cell: `n` a number, `m` a text where numbers may stand too, `?` a
text that may be a number's, `t` a text where there are only texts; "" where all are `t`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
from pyarrow import types

from importer.records import ArrowBlock
from importer.stages.reading.json_text import unwrapped

_TEXT_FILE = re.compile(r"\.(csv|tsv|tab|txt|psv|dat)(\.(gz|bz2|xz|zst|zip))?\Z", re.IGNORECASE)
"""How files are called that hold texts alone; any other may hold numbers."""

_LETTERS = {True: "n", False: "m", None: "?"}
_FLAGS = {"n": True, "m": False, "t": False, "?": None}


def native_columns(block: ArrowBlock, names: Collection[str]) -> pa.Table | None:
    """Give which cells of these columns are numbers (see Batch.native)."""
    found: dict[str, pa.Array | pa.ChunkedArray] = {}
    for name in names:
        if block.native is not None and name in block.native.column_names:
            found[name] = block.native.column(name)
        elif _is_number(block.table.schema.field(name).type):
            found[name] = pa.repeat(True, block.rows)
    return pa.table(found) if found else None


def _is_number(kind: pa.DataType) -> bool:
    kind = unwrapped(pa.nulls(0, kind)).type
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def kinds_at(block: ArrowBlock, index: int) -> str:
    """Give the kinds of one row."""
    return "".join(_kind(block, name, index) for name in block.columns)


def _kind(block: ArrowBlock, name: str, index: int) -> str:
    if block.native is not None and name in block.native.column_names:
        return _LETTERS[block.native.column(name)[index].as_py()]
    return "n" if _is_number(block.table.schema.field(name).type) else "t"


def native_of(kinds: Sequence[str], columns: Sequence[str]) -> pa.Table | None:
    """Give which cells of rows are numbers, from the kinds of each row."""
    found: dict[str, pa.Array] = {}
    for at, name in enumerate(columns):
        letters = [row[at] if row else "t" for row in kinds]
        if set(letters) != {"t"} and letters:
            found[name] = pa.array([_FLAGS[letter] for letter in letters], pa.bool_())
    return pa.table(found) if found else None


def doubted(native: pa.Table | None, names: Sequence[str], files: Sequence[str]) -> pa.Table:
    """Doubt the texts in rows of a dead letter that come from files which may hold numbers."""
    may_hold = np.array([not _TEXT_FILE.search(file) for file in files], dtype=np.bool_)
    found: dict[str, pa.Array] = {}
    for name in names:
        is_number = np.zeros(len(may_hold), bool)
        if native is not None and name in native.column_names:
            is_number = native.column(name).to_numpy().astype(bool)
        found[name] = pa.array(is_number, mask=may_hold & ~is_number)
    return pa.table(found)


def joined(
    first: pa.Table | None, rows: int, second: pa.Table | None, further: int
) -> pa.Table | None:
    """Put the flags of so many further rows after those of others."""
    names = dict.fromkeys(
        name for one in (first, second) if one is not None for name in one.column_names
    )
    if not names:
        return None
    return pa.table(
        {
            name: pa.chunked_array([*_chunks(first, name, rows), *_chunks(second, name, further)])
            for name in names
        }
    )


def _chunks(native: pa.Table | None, name: str, rows: int) -> list[pa.Array]:
    if native is None or name not in native.column_names:
        return [pa.array(np.zeros(rows, bool))]
    return list(native.column(name).chunks)


def mended_kinds(
    before: Sequence[str | None] | None, kinds: str, now: Sequence[str | None], table: str
) -> str:
    """Give the kinds of a row whose cells a person may have changed.

    before, kinds: as its source has it; None where it could not be read.
    table: its kinds in the mended table.
    """
    found = "".join(
        _mended_kind(
            kinds[at] if kinds else "t",
            table[at] if table else "t",
            is_same=before is not None and before[at] == text,
        )
        for at, text in enumerate(now)
    )
    return found if found.strip("t") else ""


def _mended_kind(source: str, table: str, *, is_same: bool) -> str:
    if is_same:
        return source
    if table == "n":
        return "n"
    return "t" if source == "t" else "?"
