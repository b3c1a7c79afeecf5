"""Says how a file is read, for people and as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from importer.plurals import counted
from importer.records import Dialect
from importer.stages.reading.contents import Format
from importer.stages.reading.sample import show
from importer.stages.reading.streams import Compression


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What is known of one file of a source.

    dialect, header_line: of a delimited file; None and 0 for Parquet.
    rows: how many, where the file itself says so (Parquet) or it has been read whole.
    sheet: of a workbook; otherwise "".
    warning: what a person should look at; "" if nothing.
    """

    path: str
    size_bytes: int
    format: Format
    columns: tuple[str, ...]
    dialect: Dialect | None = None
    compression: Compression = ""
    header_line: int = 0
    rows: int | None = None
    warning: str = ""
    sheet: str = ""

    def as_dict(self) -> dict[str, object]:
        """Give all of it for JSON."""
        found = asdict(self)
        dialect = found.pop("dialect") or {}
        return {**found, **dialect, "columns": list(self.columns)}

    def describe(self) -> str:
        """Say how the file is read, in one line for people."""
        columns = counted(len(self.columns), "column")
        name = "standard input" if self.path == "-" else Path(self.path).name
        if self.dialect is None:
            form = _FORMATS[self.format]
            parts = [self.compression, form, f"sheet {self.sheet!r}" if self.sheet else "", columns]
            parts.append(counted(self.rows or 0, "row"))
            return f"{name}: " + ", ".join(filter(None, parts))
        header = f"header on line {self.header_line}" if self.header_line else "no header"
        parts = [*_parts(self.dialect), header, columns]
        if self.rows is not None:
            parts.append(counted(self.rows, "row"))
        return f"{name}: " + ", ".join([self.compression, *parts] if self.compression else parts)


_FORMATS = {"parquet": "Parquet", "jsonl": "JSON lines", "workbook": "workbook"}


def _parts(dialect: Dialect) -> list[str]:
    """Give the dialect word by word; what is as usual is not said."""
    quote = show(dialect.quote) if dialect.quote else "no quotes"
    parts = [dialect.encoding, show(dialect.delimiter), quote]
    if dialect.escape:
        parts.append(f"escape {show(dialect.escape)}")
    if dialect.comment:
        parts.append(f"comments {show(dialect.comment)}")
    if dialect.line_end:
        parts.append("lines end in " + _LINE_ENDS.get(dialect.line_end, repr(dialect.line_end)))
    return parts


_LINE_ENDS = {"\r": "CR", "\n": "LF", "\r\n": "CRLF"}
