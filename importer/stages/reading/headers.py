"""Finds where a table begins: lines before the header, the header itself, the width of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from importer.errors import SourceError
from importer.plurals import counted
from importer.records import SourceOptions
from importer.stages.reading.doubts import Doubt, comment_doubt, header_doubt, title_doubt
from importer.stages.reading.evidence import is_data
from importer.stages.reading.names import renamed
from importer.stages.reading.sample import Cut, Layout, SampleRecord, show

_AGREEMENT = 0.9
"""So large a share of the sample's rows speaks for all of them."""

_FEW = 0.25
"""So small a share may be rows that fit by chance."""

_MANY = 3
_MAX_PREAMBLE = 50


@dataclass(frozen=True)
class Table:
    """What one dialect makes of the sample.

    first: which record the header is (or the first row, if there is none).
    columns: as in Layout.  rows: the records after the header.
    usual: how many cells most rows have.  doubt: why this cannot be the reading; "" if it can.
    """

    cut: Cut
    first: int
    columns: tuple[str, ...]
    rows: tuple[SampleRecord, ...]
    usual: int
    header_line: int
    is_closed: bool = False
    doubt: str = ""
    remedy: str = ""
    renames: bool = False
    is_header_said: bool = False

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def fitting(self) -> float:
        """Give the share of the rows that are as wide as the table."""
        return self._share(sum(row.width == self.width for row in self.rows))

    @property
    def strict(self) -> float:
        """Give the share of those that need no lenience, too."""
        return self._share(sum(row.width == self.width and row.strict for row in self.rows))

    @property
    def usual_share(self) -> float:
        return self._share(sum(row.width == self.usual for row in self.rows))

    def _share(self, count: int) -> float:
        return count / len(self.rows) if self.rows else 0.0

    @property
    def is_sound(self) -> bool:
        """Tell whether the header can be read."""
        return self.width > 0

    def layout(self) -> Layout:
        """Give the layout; SourceError if the header is none, or not that of these rows."""
        cut = self.cut
        if not self.is_sound:
            raise _no_header(cut)
        if self.doubt:
            place = f"{cut.sample.path} line {self.header_line or 1}"
            found = f"{self.doubt} ({self._first_lines()})"
            raise SourceError(place, found, "one header, as wide as the rows", self.remedy)
        above = cut.records[: len(cut.records) - len(self.rows)]
        if above:
            offset, line = above[-1].after, cut.line_after(above[-1])
        else:
            offset, line = self.rows[0].at, self.rows[0].line
        return Layout(
            dialect=cut.dialect,
            columns=self._renamed() if self.renames else self.columns,
            header_line=self.header_line,
            data_offset=offset,
            data_line=line,
            has_rows=bool(self.rows) or not cut.sample.is_whole or self._has_rest(offset),
            line_bytes=cut.line_bytes,
            is_closed=self.is_closed,
            warning=self._warning(),
        )

    def _renamed(self) -> tuple[str, ...]:
        names = renamed(self.columns[: self.width - self.is_closed])
        return (*names, *[""] * self.is_closed)

    def _first_lines(self) -> str:
        lines = [record.cells for record in self.cut.records[:3]]
        return ", then ".join(" | ".join(cell[:40] for cell in cells[:9]) for cells in lines)

    def _has_rest(self, offset: int) -> bool:
        # What a dialect cannot read at all is a row, too: one that is invalid.
        return bool(self.cut.text[offset:].strip(b"\r\n")) and not self.cut.dialect.comment

    def _warning(self) -> str:
        data = [name for name in self.columns if is_data(name)] if self.header_line else []
        if not data or self.is_header_said:
            return ""
        return (
            f"{self.cut.sample.path} line {self.header_line} is taken for the header, and looks "
            f"like a row ({data[0]!r}); if it is one, say `header: none`"
        )


def table_of(cut: Cut, options: SourceOptions) -> Table:
    """Find the table among a sample's records; what `options` say wins."""
    records = cut.records
    usual = _usual(records[1:] or records)
    if not records:
        return Table(cut, 0, (), (), 0, 0)
    if options.header == 0:
        return _without_header(cut, usual, options)
    lines = options.header or 1
    first, doubt = 0, ""
    if options.skip_lines is None and options.header is None:
        first, doubt = _past_preamble(records, usual)
    header = records[first : first + lines]
    names = _names(header)
    rows = tuple(records[first + lines :])
    usual = _usual(rows) if rows else len(names)
    renames = bool(options.rename_columns)
    table = Table(cut, first, names, rows, usual, header[0].line, renames=renames)
    if doubt and names:
        return replace(table, doubt=doubt, remedy=_SKIP)
    return (
        _checked(_without_trailing(table, options.trailing_delimiter), options) if names else table
    )


def _without_header(cut: Cut, usual: int, options: SourceOptions) -> Table:
    records = cut.records
    is_closed = usual > 1 and bool(options.trailing_delimiter)
    columns = tuple(f"column_{number}" for number in range(1, usual + 1 - is_closed))
    table = Table(
        cut, 0, columns + ("",) * is_closed, tuple(records), usual, 0, is_closed=is_closed
    )
    found = title_doubt(records, usual) if options.skip_lines is None else None
    return _doubted(table, found or _comments((), records, options))


_SKIP = (
    "say how many lines stand before the header: `--skip-lines N`, or `source: {skip_lines: N}` "
    "in the mapping"
)


def _usual(records: list[SampleRecord] | tuple[SampleRecord, ...]) -> int:
    widths = Counter(record.width for record in records if record.width)
    return max(widths, key=lambda width: widths[width]) if widths else 0


def _names(header: list[SampleRecord]) -> tuple[str, ...]:
    if any(record.width != header[0].width for record in header):
        return ()
    stacked = zip(*(record.cells for record in header), strict=True)
    return tuple(" ".join(filter(None, parts)) for parts in stacked)


def _past_preamble(records: list[SampleRecord], usual: int) -> tuple[int, str]:
    """Give the header's place among the records, and a doubt where it cannot be told.

    Lines before a header are titles: one text, or nothing, on a line that no row looks like.
    """
    at = 0
    while at < min(len(records), _MAX_PREAMBLE) and _is_title(records[at], usual):
        at += 1
    if at == 0:
        return 0, ""
    if at == len(records) or not _is_header(records[at], records[at + 1 :], usual):
        same_width = records[0].width == usual
        doubt = "a first line of one text, which may be a title or the header" if same_width else ""
        return 0, doubt
    return at, ""


def _is_title(record: SampleRecord, usual: int) -> bool:
    if usual < 2 or record.trouble:
        return False
    if record.width == 1:
        return True
    is_note = record.cells[0].startswith("#") and record.width != usual
    return is_note or (record.filled <= 1 and record.width == usual > 2)


def _is_header(record: SampleRecord, rows: list[SampleRecord], usual: int) -> bool:
    """Tell whether a line has a name for each cell, and the rows after it look otherwise."""
    if record.width != usual or not rows:
        return False
    # A delimiter may stand at the end of each line.
    names = record.cells[:-1] if not record.cells[-1].strip() else record.cells
    if not all(name.strip() for name in names):
        return False
    if len(set(names)) < len(names) or any(is_data(name) for name in names):
        return False
    return any(is_data(cell) for row in rows for cell in row.cells)


def _without_trailing(table: Table, asked: bool | None) -> Table:
    """Take a delimiter at the end of each record, or of the header alone, for no column.

    One that only the rows have is taken for it if a person says so: a header that lacks a name
    looks the same.
    """
    names, usual = table.columns, table.usual
    if asked is False:
        return table
    if asked and names[-1]:
        return replace(table, columns=(*names, ""), is_closed=True)
    if len(names) > 1 and not names[-1]:
        if len(names) == usual + 1 and _is_clear(table):
            return replace(table, columns=names[:-1])
        typical = [row for row in table.rows if row.width == usual > 0]
        empty = sum(not row.cells[-1] for row in typical)
        if asked or (len(names) == usual and empty >= _AGREEMENT * len(typical)):
            return replace(table, is_closed=True)
    return table


def _is_clear(table: Table) -> bool:
    return table.usual_share >= _AGREEMENT


def _checked(table: Table, options: SourceOptions) -> Table:
    """Note what speaks against this header, or against this line's being one."""
    names, rows = table.columns, table.rows
    is_clear = _is_clear(table) if len(rows) < _MANY else table.usual_share > 2 * table.fitting
    if len(rows) > 1 and table.usual != table.width and table.fitting <= _FEW and is_clear:
        cells = counted(table.usual, "cell")
        doubt = f"a header of {counted(table.width, 'name')} over rows of {cells}"
        remedy = f"mend the header; or {_SKIP}"
        if table.usual == table.width + 1:
            remedy += "; or `--trailing-delimiter`, if each row ends with one"
        return replace(table, doubt=doubt, remedy=remedy)
    is_said = options.header is not None
    found = _comments(names, rows, options) or (None if is_said else header_doubt(names, rows))
    return _doubted(replace(table, is_header_said=is_said), found)


def _comments(
    names: Sequence[str], rows: Sequence[SampleRecord], options: SourceOptions
) -> Doubt | None:
    return comment_doubt(names, rows) if options.comment is None else None


def _doubted(table: Table, doubt: Doubt | None) -> Table:
    return replace(table, doubt=doubt.found, remedy=doubt.remedy) if doubt else table


def _no_header(cut: Cut) -> SourceError:
    line = cut.records[0].line if cut.records else 1
    return SourceError(
        f"{cut.sample.path} line {line}",
        "a first line that is no header: empty, too long, not "
        f"{cut.dialect.encoding}, or with a quote that is not closed",
        f"the column names, separated by {show(cut.dialect.delimiter)}",
        "mend the header, or say how the file is written under `source:` in the mapping",
    )
