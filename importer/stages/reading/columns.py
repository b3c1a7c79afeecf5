"""Says which columns a file has, and makes one table of several files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from importer.errors import SourceError
from importer.records import DEAD_LETTER_COLUMNS
from importer.stages.reading.blocks import DelimitedFile
from importer.stages.reading.hive import Constants, partitions_of
from importer.stages.reading.json_lines import JsonLinesFile
from importer.stages.reading.parquet import ParquetTable
from importer.stages.reading.workbooks import SheetTable

TableFile = DelimitedFile | JsonLinesFile | ParquetTable | SheetTable


def own_columns(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Give a file's columns without those that a dead letter or a delimiter too many adds."""
    columns = columns[:-1] if columns[-1:] == ("",) else columns
    added = len(DEAD_LETTER_COLUMNS)
    return columns[:-added] if columns[-added:] == DEAD_LETTER_COLUMNS else columns


def check_names(file: TableFile) -> None:
    """Raise SourceError unless each column has a name of its own."""
    is_closed = isinstance(file, DelimitedFile) and file.layout.is_closed
    names = file.columns[:-1] if is_closed else file.columns
    empty = [str(at) for at, name in enumerate(names, 1) if not name.strip()]
    twice = sorted(name for name, count in Counter(file.columns).items() if count > 1)
    if empty:
        found = f"no name for column {', '.join(empty)}"
    elif twice:
        found = f"two columns called {', '.join(map(repr, twice))}"
    else:
        return
    place, remedy = file.place.path, "give each column its own name"
    if isinstance(file, DelimitedFile):
        place += f" line {file.layout.header_line}"
        remedy += (
            ", or say `rename_columns: true` (or `header: none`) under `source:` in the mapping"
        )
    elif isinstance(file, SheetTable):
        place += f" sheet {file.sheet!r} row {file.header_line}"
        remedy += ", or say `rename_columns: true` under `source:` in the mapping"
    raise SourceError(place, found, "a different name for each column", remedy)


def united(
    files: Sequence[TableFile], *, may_lack: bool
) -> tuple[tuple[str, ...], tuple[Constants, ...]]:
    """Give the columns of all files together, and for each file those that are not in it.

    A `name=value` folder gives a column, unless the file has one of that name itself.
    may_lack: a column that only other files have is null; otherwise it is a SourceError.
    """
    partitions = [_partitions(file) for file in files]
    columns = [
        (*own_columns(file.columns), *(name for name, _ in constants))
        for file, constants in zip(files, partitions, strict=True)
    ]
    if not may_lack:
        for file, names in zip(files, columns, strict=True):
            _check_same(file, names, files[0], columns[0])
        return columns[0], tuple(partitions)
    all_columns = tuple(dict.fromkeys(name for names in columns for name in names))
    return all_columns, tuple(
        (*constants, *((name, None) for name in _without(all_columns, names)))
        for constants, names in zip(partitions, columns, strict=True)
    )


def _without(names: Sequence[str], others: Sequence[str]) -> list[str]:
    known = frozenset(others)
    return [name for name in names if name not in known]


def _partitions(file: TableFile) -> Constants:
    return tuple(
        (name, text) for name, text in partitions_of(file.place.path) if name not in file.columns
    )


def _check_same(
    file: TableFile, names: tuple[str, ...], first: TableFile, expected: tuple[str, ...]
) -> None:
    missing = [repr(name) for name in _without(expected, names)]
    further = [repr(name) for name in _without(names, expected)]
    if missing or further:
        parts = [("without ", missing), ("with a further ", further)]
        found = " and ".join(word + ", ".join(some) for word, some in parts if some)
        raise SourceError(
            file.place.path,
            f"a table {found}",
            f"the columns of {first.place.path}",
            "give all files the same columns, or say `missing_columns: blank` under `source:` in "
            "the mapping",
        )
