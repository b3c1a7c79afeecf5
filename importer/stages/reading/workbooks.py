"""Reads one sheet of a workbook (.xlsx, .xls, .xlsb, .ods) as rows of text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count, islice

import numpy as np
import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    WorksheetNotFound,
)

from importer.errors import SourceError
from importer.records import DEAD_LETTER_SHEET, ArrowBlock, NumberText, Rejection
from importer.stages.reading.archives import unpacked_bytes
from importer.stages.reading.blocks import OnBytes
from importer.stages.reading.names import renamed
from importer.stages.reading.places import explained
from importer.stages.reading.sheet_notes import NOT_COMPUTED, SheetNotes, notes_of
from importer.stages.reading.streams import Place, require_unchanged

_BLOCK_ROWS = 20_000
MAX_UNPACKED_BYTES = 1 << 30
_EXACT = 10**15
"""Spreadsheets keep 15 digits of a number; from here on the last ones may be others."""

Value = str | int | float | bool | date | datetime | time | timedelta
Fault = tuple[str, str, str]
"""A rule's code, what was found, what was expected."""


class SheetTable:
    """One sheet of a workbook.  A workbook has a million rows at most, and is read whole.

    columns: the first row that is not empty.  header_line: its row in the sheet.
    rows: how many are not empty.  blank_lines: how many are.
    """

    compression = ""

    def __init__(self, place: Place, sheet: str | None, *, renames: bool = False) -> None:
        self.place = place
        self.blank_lines = 0
        with _explained(place), place.open() as file:
            _require_bounded(place, unpacked_bytes(file))
            book = CalamineWorkbook.from_filelike(file)
            self.sheet = _sheet_name(place, book, sheet)
            self._sheet: CalamineSheet = book.get_sheet_by_name(self.sheet)
            # The rows of a sheet begin with its first column that holds anything.
            self._offset = self._sheet.start[1] if self._sheet.start else 0
            self._notes: SheetNotes = notes_of(place, self.sheet)
            self.header_line, header = self._header()
            self.rows = max(sum(1 for _ in self._filled()) - 1, 0)
        self.columns: tuple[str, ...] = renamed(header) if renames else tuple(header)

    def read_blocks(
        self,
        block_bytes: int | None = None,  # noqa: ARG002 - a sheet's blocks go by rows
        on_bytes: OnBytes | None = None,
    ) -> Iterator[ArrowBlock]:
        """Give the rows in blocks that are numbered from 0.  Raises SourceChanged."""
        rows = islice(self._filled(), 1, None)
        done = told = 0
        last_line = self.header_line
        self.blank_lines = 0
        for number in count():
            require_unchanged(self.place)
            chunk = list(islice(rows, _BLOCK_ROWS))
            if not chunk:
                return
            self.blank_lines += chunk[-1][0] - last_line - len(chunk)
            last_line = chunk[-1][0]
            yield self._block(number, done + 1, chunk)
            done += len(chunk)
            if on_bytes is not None:
                read = self.place.size_bytes * done // self.rows
                on_bytes(read - told)
                told = read

    def count_rows(self, limit: int | None = None) -> int:
        """Give the number of rows, which is known."""
        return self.rows if limit is None else min(self.rows, limit)

    def _block(
        self, number: int, first_row: int, chunk: list[tuple[int, list[Value]]]
    ) -> ArrowBlock:
        refused: list[Rejection] = []
        columns: dict[str, list[str]] = {name: [] for name in self.columns}
        for index, (line, values) in enumerate(chunk):
            for at, name in enumerate(self.columns):
                text, fault = self._text(line, at, values[at])
                columns[name].append(text)
                if fault:
                    refused.append(Rejection(index, "reading", fault[0], name, *fault[1:]))
        return ArrowBlock(
            number,
            self.place.path,
            first_row,
            self.columns,
            pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()}),
            np.array([line for line, _ in chunk], np.int64),
            tuple(refused),
            native=pa.table({name: _are_numbers(texts) for name, texts in columns.items()}),
        )

    def _header(self) -> tuple[int, list[str]]:
        line, values = next(self._filled(), (0, list[Value]()))
        names = [self._text(line, at, value)[0] for at, value in enumerate(values)]
        while names and not names[-1] and self._is_empty_column(len(names) - 1):
            names.pop()
        return line, names

    def _is_empty_column(self, at: int) -> bool:
        return all(_is_empty(values[at]) for _, values in self._filled())

    def _filled(self) -> Iterator[tuple[int, list[Value]]]:
        """Give the rows that are not empty, each with its number in the sheet."""
        for line, values in enumerate(self._sheet.iter_rows(), 1):
            if any(not _is_empty(value) for value in values):
                yield line, values

    def _text(self, line: int, at: int, value: Value) -> tuple[str, Fault | None]:
        return cell_text(value, self._notes.get((line, self._offset + at)))


def _require_bounded(place: Place, size_bytes: int) -> None:
    if size_bytes > MAX_UNPACKED_BYTES:
        raise SourceError(
            place.path,
            f"a workbook that unpacks to {size_bytes >> 20:,} MiB",
            f"at most {MAX_UNPACKED_BYTES >> 20:,} MiB, because it is read whole into memory",
            "export the table as CSV",
        )


def _sheet_name(place: Place, book: CalamineWorkbook, sheet: str | None) -> str:
    tables = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    # Options speak of the source that a dead letter came from.
    if tables == [DEAD_LETTER_SHEET] or (sheet is None and tables):
        return tables[0]
    if sheet in tables:
        return str(sheet)
    raise SourceError(
        place.path,
        f"no sheet called {sheet!r}" if sheet else "no sheet at all",
        f"one of {', '.join(map(repr, tables))}" if tables else "a workbook with a table",
        "say another `sheet:` under `source:` in the mapping" if sheet else "export it again",
    )


def cell_text(value: Value, note: str | None = None) -> tuple[str, Fault | None]:
    """Give a cell's text, and what is wrong with it: code, found, expected.

    note: what the sheet says beyond the value (sheet_notes.py): the text as it is shown.
    """
    if note == NOT_COMPUTED:
        return "", ("cell-not-computed", "a formula without a result", "a value")
    if note is not None:
        return note, None
    if isinstance(value, bool):
        return str(value).lower(), None
    if isinstance(value, int | float):
        text, fault = _number(value)
        return NumberText(text), fault
    if isinstance(value, date | time):
        return value.isoformat(), None
    if isinstance(value, timedelta):
        return _duration(value), None
    return value, None


def _are_numbers(texts: list[str]) -> pa.Array:
    return pa.array([isinstance(text, NumberText) for text in texts], pa.bool_())


def _number(value: float) -> tuple[str, Fault | None]:
    digits = format(Decimal(repr(value)), "f")
    text = digits.removesuffix(".0") if "." in digits else digits
    if abs(value) >= _EXACT:
        return text, ("cell-rounded", f"the number {text}", "at most 15 digits, or text")
    return text, None


def _duration(value: timedelta) -> str:
    seconds = value.days * 86_400 + value.seconds
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02d}:{rest % 60:02d}"


def _is_empty(value: Value) -> bool:
    return value == ""


@contextmanager
def _explained(place: Place) -> Iterator[None]:
    try:
        with explained(place.path):
            yield
    except PasswordError:
        found, remedy = "a workbook with a password", "save it without the password"
    except (CalamineError, WorksheetNotFound) as error:
        require_unchanged(place)
        cause = str(error).split("\n", 1)[0][:200]
        found, remedy = f"a broken workbook ({cause})", "save it again, or export it as CSV"
    else:
        return
    raise SourceError(place.path, found, "a workbook that can be read", remedy)
