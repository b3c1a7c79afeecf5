"""Holds the nouns that travel through a run, from a source's block to a row's fate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64s = npt.NDArray[np.int64]


class NumberText(str):
    """The text of a cell that its source holds as a number, which no `decimal:` is about."""

    __slots__ = ()


class Fate(StrEnum):
    """What became of a row in the end; every row has exactly one."""

    DELIVERED = "delivered"
    UNCHANGED = "unchanged"
    FILTERED = "filtered"
    SUPERSEDED = "superseded"
    INVALID = "invalid"
    REJECTED = "rejected"
    UNDELIVERED = "undelivered"
    PENDING = "pending"


DEAD_FATES = (Fate.INVALID, Fate.REJECTED, Fate.UNDELIVERED)
"""The fates whose rows go to the dead letter."""

# The dead letter's own columns, which stand after the source's.  A file that has them all is a
# dead letter, and reading leaves them out again.
DEAD_LETTER_COLUMNS = (
    "_run",
    "_file",
    "_row",
    "_line",
    "_stage",
    "_code",
    "_column",
    "_message",
    "_http_status",
    "_attempts",
    "_request_id",
    "_raw",
)
DEAD_LETTER_KEY = ("_run", "_file", "_row")
"""Which of them say what row of what source a dead letter's row is."""

DEAD_LETTER_SHEET = "dead letter"
"""What the one sheet of a dead letter is called that is a workbook."""


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How a delimited text file is written.

    encoding: a Python codec name ("utf-8", "cp1252").
    delimiter: one character or several.  quote: one character, or "" for none.
    escape: the character before a quote, a delimiter or a line end that is text; "" for none.
    comment: how a line that is no record begins; "" where there are none.
    line_end: "" for LF and CRLF alike, else exactly what ends a record ("\r", "&|\n").
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    comment: str = ""
    line_end: str = ""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What a person says of how a source is written; None is silence, and then it is detected.

    quote, escape, comment: "" says that there is none.
    skip_lines: how many physical lines stand before the header.
    header: how many lines it has; 0 says that the file has none.
    rename_columns: empty and repeated names get new ones; otherwise they are refused.
    trailing_delimiter: each row ends with a delimiter, after which there is no cell.
    sheet: the name of a workbook's sheet; silence is its first.
    missing_columns: "blank" lets a file lack columns that others have.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    comment: str | None = None
    line_end: str | None = None
    skip_lines: int | None = None
    header: int | None = None
    rename_columns: bool | None = None
    trailing_delimiter: bool | None = None
    sheet: str | None = None
    missing_columns: str | None = None

    def over(self, other: SourceOptions) -> SourceOptions:
        """Give these options, and the other's where these are silent."""
        pairs = ((one.name, getattr(self, one.name)) for one in fields(self))
        return replace(other, **{name: value for name, value in pairs if value is not None})


@dataclass(frozen=True)
class TextBlock:
    """Some MiB of a text file that begin and end at a record's edge.

    starts, ends: byte offsets of each record in `data`; `ends` is before the line end.  Offsets
        ascend; what lies between two records (line ends, blank lines) belongs to none.
    lines: the first physical line of each record, counted from 1 in its file.
    odd: positions of the records that only the exact parser may read (a subset of 0..rows-1,
        ascending).  All others are provably regular: cells == columns, and quotes only where
        RFC 4180 allows them.
    number: the block's place in the run, from 0.
    first_row: the row number, in its file, of the block's first record (from 1).
    constants: the columns that are not in the file but have one text in all its rows (the folders
        of a partitioned table; a column that only other files have); None is null.
    """

    number: int
    file: str
    first_row: int
    columns: tuple[str, ...]
    dialect: Dialect
    data: bytes
    starts: Int64s
    ends: Int64s
    lines: Int64s
    odd: Int64s
    constants: tuple[tuple[str, str | None], ...] = ()

    @property
    def rows(self) -> int:
        return len(self.starts)

    def row(self, index: int) -> int:
        """Give the number, in its file, of the row at this position."""
        return self.first_row + index

    def line(self, index: int) -> int:
        """Give the physical line where the row at this position begins."""
        return int(self.lines[index])


@dataclass(frozen=True)
class ArrowBlock:
    """Some rows of a Parquet file or a workbook, as typed columns.

    lines: the row of the sheet where each row stands; Parquet has none, and `line` is 0.
    refused: what cannot be read of some rows; it counts where its column is asked for, or always
        if it has none.
    constants: as in TextBlock.
    numbers: the number of each row in its file, where they are not consecutive (mended rows).
    places: of each row, its place in the run that read it from its file; None where that is this
        run.
    native: as in Batch, apart from the columns of `table` that have a type of numbers.
    """

    number: int
    file: str
    first_row: int
    columns: tuple[str, ...]
    table: pa.Table
    lines: Int64s | None = None
    refused: tuple[Rejection, ...] = ()
    constants: tuple[tuple[str, str | None], ...] = ()
    numbers: Int64s | None = None
    places: Int64s | None = None
    native: pa.Table | None = None

    @property
    def rows(self) -> int:
        return int(self.table.num_rows)

    def row(self, index: int) -> int:
        """Give the number, in its file, of the row at this position."""
        return self.first_row + index if self.numbers is None else int(self.numbers[index])

    def line(self, index: int) -> int:
        """Give the row of the sheet; 0 for Parquet."""
        return 0 if self.lines is None else int(self.lines[index])

    @cached_property
    def refused_at(self) -> Mapping[int, tuple[Rejection, ...]]:
        """What cannot be read of each row, by its position."""
        found: dict[int, list[Rejection]] = {}
        for one in self.refused:
            found.setdefault(one.index, []).append(one)
        return {index: tuple(some) for index, some in found.items()}


@dataclass(frozen=True)
class JsonBlock:
    """Some MiB of a file with one JSON object a line; the fields mean what they do in TextBlock."""

    number: int
    file: str
    first_row: int
    columns: tuple[str, ...]
    data: bytes
    starts: Int64s
    ends: Int64s
    lines: Int64s
    constants: tuple[tuple[str, str | None], ...] = ()

    @property
    def rows(self) -> int:
        return len(self.starts)

    def row(self, index: int) -> int:
        """Give the number, in its file, of the row at this position."""
        return self.first_row + index

    def line(self, index: int) -> int:
        """Give the physical line where the row at this position stands."""
        return int(self.lines[index])


ReadBlock = TextBlock | ArrowBlock | JsonBlock
"""A block as it comes from a file."""


@dataclass(frozen=True)
class MendedBlock:
    """A block some of whose rows a person has mended.

    positions: of those rows (ascending).
    mended: what is read instead of them, one row per position.
    """

    number: int
    read: ReadBlock
    positions: Int64s
    mended: ArrowBlock

    @property
    def file(self) -> str:
        return self.read.file

    @property
    def columns(self) -> tuple[str, ...]:
        return self.read.columns

    @property
    def rows(self) -> int:
        return self.read.rows

    def row(self, index: int) -> int:
        """Give the number, in its file, of the row at this position."""
        return self.read.row(index)

    def line(self, index: int) -> int:
        """Give the line where the row at this position stands in its file."""
        return self.read.line(index)


Block = ReadBlock | MendedBlock


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason why one row, or one value of it, was refused before sending.

    index: the row's position in its block, from 0.
    code: the rule's code (see rules.py).
    column: the source column, or the attribute, that is at fault; "" for the whole row.
    found, expected: both halves of the message; `found` may hold a person's data.
    raw: the record's own bytes as text, where it could not be split or decoded.
    """

    index: int
    stage: str
    code: str
    column: str
    found: str
    expected: str
    raw: str = ""

    @property
    def message(self) -> str:
        return f"found {self.found}, expected {self.expected} [{self.code}]"


@dataclass(frozen=True)
class Batch:
    """The readable rows of a block, as text.

    index: each row's position in its block (int64, ascending).
    cells: one string column per source column that was asked for, len(index) rows; a null cell
        is one that the source itself says is null (Parquet), never an empty text.
    native: of the columns that may hold numbers, a boolean per cell: true where the source holds
        it as a number; null where a person, or a table of text, may have written a number's text
        in its place, of which nobody knows by which marks.  None: there are only texts.
    """

    index: Int64s
    cells: pa.Table
    native: pa.Table | None = None

    @property
    def rows(self) -> int:
        return len(self.index)


@dataclass(frozen=True, slots=True)
class Request:
    """One row on its way to the API; `ordinal` is its place in the run, from 0."""

    ordinal: int
    customer_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request in the end: delivered, rejected, undelivered or pending.

    attempts: how often it was sent; 0 for a pending row that was never tried.
    http_status: of the last answer; 0 if none came.
    message: what the API said, or why no answer came; "" when delivered.
    untouched: whether it is certain that nothing changed in MoEngage: the row was never tried, or
        every try of it met a refusal of the whole account.
    """

    ordinal: int
    fate: Fate
    attempts: int = 1
    http_status: int = 200
    code: str = ""
    message: str = ""
    request_id: str = ""
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run ended before its rows did.

    code: one word for `stopped_because` ("credentials", "interrupted", "time", ...).
    exit_code: what the command exits with.
    """

    code: str
    message: str
    remedy: str
    exit_code: int
