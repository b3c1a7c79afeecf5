"""Chooses the delimiter, quote and escape under which a file is one table, if it is only one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from importer.errors import SourceError
from importer.plurals import counted
from importer.records import Dialect, SourceOptions
from importer.stages.reading.headers import Table, table_of
from importer.stages.reading.rarer_marks import is_strong, other_marks
from importer.stages.reading.sample import Sample, show

DELIMITERS = (",", ";", "\t", "|")

_AGREEMENT = 0.9
"""A reading fits if at least so many of the sample's rows have as many cells as the header."""

_LIKELY = 0.5
"""A reading may be meant if so many of the rows have the same number of cells."""

_ENCLOSING = 0.2
"""Where no cell needs quotes, they are written around all cells of a kind, or around none."""

_MANY_STRAYS = 0.1
"""So many records that a reading cannot read are asked about, if quotes as text explain them."""

_STRAY_ROWS = 3
_STRAYS = 0.3
"""So many stray texts in a table of one column are another delimiter."""

_BETTER = 0.2
"""Another quote or escape is chosen if at most so many of the bad records stay bad."""

_SHOWN_ROWS = 2
_EVIDENCE_BYTES = 1 << 18


def choose_table(text: Sample, dialect: Dialect, options: SourceOptions) -> Table:
    """Choose among the dialects that nothing was said of; SourceError if several fit."""
    plain = _best(text, dialect, options)
    others = [_best(text, other, options) for other in _variants(plain, dialect, options)]
    sound = [other for other in others if other.is_sound and not other.doubt]
    best = min(sound, key=_bad, default=plain)
    if _bad(best) < _bad(plain) and _bad(best) <= _BETTER * _bad(plain):
        return best
    rivals = [
        other
        for other in others
        if other.cut.dialect.quote != plain.cut.dialect.quote
        and _misfits(other) <= _misfits(plain)
        and _encloses(other.cut.dialect.quote, plain)
    ]
    if rivals and not plain.doubt:
        raise _undecided_quote(text, [plain, rivals[0]])
    if bare := _without_quotes(text, plain, options):
        raise _undecided_quote(text, [plain, bare])
    return plain


def _encloses(quote: str, plain: Table) -> bool:
    """Tell whether a quote stands around enough cells to be meant, or is doubled in one of them."""
    lines = [plain.columns, *(row.cells for row in plain.rows)]
    enclosed = [[cell[1:-1] for cell in cells if _is_enclosed(cell, quote)] for cells in lines]
    texts = [text for line in enclosed for text in line if quote * 2 in text]
    is_doubled = any(quote not in text.replace(quote * 2, "") for text in texts)
    return is_doubled or sum(map(bool, enclosed)) >= _ENCLOSING * len(lines)


def _is_enclosed(cell: str, quote: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == quote


def _without_quotes(text: Sample, plain: Table, options: SourceOptions) -> Table | None:
    """Give the reading by which quotes are text, if only it fits, and they hardly enclose cells."""
    if options.quote is not None or not plain.is_sound:
        return None
    if _misfits(plain) < max(_MANY_STRAYS * len(plain.rows), _STRAY_ROWS):
        return None
    dialect = replace(plain.cut.dialect, quote="")
    bare = _table(text, dialect, dialect.delimiter, options)
    if not bare.is_sound or _misfits(bare) > _BETTER * _misfits(plain):
        return None
    quoted = [
        cell for row in bare.rows for cell in row.cells if cell[:1] == '"' or cell[-1:] == '"'
    ]
    enclosed = sum(_is_enclosed(cell, '"') for cell in quoted)
    return bare if 2 * enclosed <= len(quoted) else None


def _bad(table: Table) -> int:
    """Count what speaks against this reading."""
    return _misfits(table) + bool(table.doubt)


def _misfits(table: Table) -> int:
    """Count the records that this reading cannot read as rows of the table."""
    if not table.is_sound:
        return len(table.cut.records) + 1
    return sum(row.width != table.width for row in table.rows)


def _variants(plain: Table, dialect: Dialect, options: SourceOptions) -> list[Dialect]:
    """Give the dialects with another quote or escape that the text gives reason to try."""
    wire = plain.cut.text[:_EVIDENCE_BYTES]
    quotes = [dialect.quote]
    if options.quote is None and _is_quoted_by(wire, b"'") and not _is_quoted_by(wire, b'"'):
        quotes.append("'")
    escapes = [dialect.escape]
    if options.escape is None and re.search(rb"\\[\"']", wire):
        escapes.append("\\")
    pairs = [(quote, escape) for quote in quotes for escape in escapes]
    return [replace(dialect, quote=quote, escape=escape) for quote, escape in pairs[1:]]


def _is_quoted_by(wire: bytes, quote: bytes) -> bool:
    return bool(
        re.search(rb"(?m)(^|[,;\t|])" + quote + rb"[^" + quote + rb"\r\n]", wire)
        and re.search(rb"(?m)[^" + quote + rb"\r\n]" + quote + rb"\r?($|[,;\t|])", wire)
    )


def _best(text: Sample, dialect: Dialect, options: SourceOptions) -> Table:
    if options.delimiter is not None:
        return _table(text, dialect, options.delimiter, options)
    return choose_delimiter(text, dialect, options)


def _table(text: Sample, dialect: Dialect, delimiter: str, options: SourceOptions) -> Table:
    cut = text.cut(replace(dialect, delimiter=delimiter), options.skip_lines or 0)
    return table_of(cut, options)


def choose_delimiter(text: Sample, dialect: Dialect, options: SourceOptions) -> Table:
    """Choose the delimiter under which the rows have the header's width, if it is only one."""
    tables = [_table(text, dialect, mark, options) for mark in DELIMITERS]
    several = [table for table in tables if table.width > 1]
    fitting = sorted(
        (table for table in several if table.fitting),
        key=lambda table: (table.strict, table.fitting),
        reverse=True,
    )
    if len(fitting) > 1 and fitting[0].strict - fitting[1].strict < 1 - _AGREEMENT:
        raise _undecided(text, fitting[:2])
    if fitting:
        return _without_rival(text, fitting[0], options)
    rivals = [
        table
        for table in tables
        if table.usual > 1 and table.usual_share >= _LIKELY and table not in several
    ]
    if rivals or len(several) > 1:
        alone = len(several) + len(rivals) == 1
        single = [table for table in tables if alone and table.usual == 1][:1]
        raise _undecided(text, [*single, *several, *rivals])
    return _without_rival(text, several[0] if several else _one_column(text, tables), options)


def _one_column(text: Sample, tables: Sequence[Table]) -> Table:
    """Take the file for one column, if its rows are whole; SourceError if they only may be.

    Commas in free text that nobody has quoted would cut it.
    """
    plain, best = tables[0], max(tables, key=lambda table: table.fitting)
    strays = sum(row.trouble == "quote-stray" for row in plain.rows)
    if strays >= _STRAYS * len(plain.rows) > 0:
        raise SourceError(
            text.path,
            f"{strays} of the first {counted(len(plain.rows), 'line')} with text after a closing "
            "quote, as if an unknown delimiter stood there",
            f"one of {', '.join(map(show, DELIMITERS))}",
            "say the delimiter: `--delimiter '^'`, or `source: {delimiter: \"^\"}` in the mapping",
        )
    if plain.fitting < _AGREEMENT <= best.fitting:
        raise _undecided(text, [best, plain])
    return plain


def _without_rival(text: Sample, chosen: Table, options: SourceOptions) -> Table:
    """Give the reading back, unless a rarer mark parts all cells; SourceError then."""
    dialect = chosen.cut.dialect
    for mark in other_marks(chosen):
        for quote in dict.fromkeys([dialect.quote, ""]):
            rival = _table(text, replace(dialect, quote=quote), mark, options)
            if rival.usual > 1 and _rivals(rival, mark, chosen):
                raise _undecided(text, [chosen, rival])
    return chosen


def _rivals(rival: Table, mark: str, chosen: Table) -> bool:
    delimiter = chosen.cut.dialect.delimiter
    if (rival.usual - 1) * max(mark.count(delimiter), 1) < chosen.width - 1:
        return False
    if delimiter in mark:
        # `,+` may begin a column of phone numbers: the header must have it, too.
        return rival.width == rival.usual and rival.fitting >= chosen.fitting
    return _parts(rival, mark)


def _parts(table: Table, mark: str) -> bool:
    """Tell whether a rarer mark stands between the cells, and not only in texts."""
    if table.fitting >= (_LIKELY if is_strong(mark) else _AGREEMENT):
        return True
    needed = _LIKELY if table.usual > 2 else _AGREEMENT
    return is_strong(mark) and table.usual_share >= needed


def _undecided(text: Sample, tables: Sequence[Table]) -> SourceError:
    shown = "; ".join(
        f"{show(table.cut.dialect.delimiter)} gives {_first_rows(table)} "
        f"and rows of {counted(table.usual, 'cell')}"
        for table in tables
    )
    marks = [_escaped(table.cut.dialect.delimiter) for table in tables]
    return SourceError(
        text.path,
        f"a table whose delimiter cannot be told: {shown}",
        "one delimiter under which the rows have as many cells as the header",
        "say it in the mapping: "
        + " or ".join(f'source: {{delimiter: "{mark}"}}' for mark in marks)
        + f"; or by a flag: --delimiter '{marks[0]}'",
    )


def _undecided_quote(text: Sample, tables: Sequence[Table]) -> SourceError:
    shown = "; ".join(
        f"{_quote(table)} gives {_first_rows(table)}, and "
        f"{counted(_misfits(table), 'row that does', 'rows that do')} not fit"
        for table in tables
    )
    said = [table.cut.dialect.quote or "none" for table in tables]
    return SourceError(
        text.path,
        f"a table whose quote cannot be told: {shown}",
        "one quote",
        """say it in the mapping: """
        + " or ".join(f"source: {{quote: {_yaml(quote)}}}" for quote in said)
        + f"; or by a flag: --quote {_shell(said[1])}",
    )


def _quote(table: Table) -> str:
    return show(table.cut.dialect.quote) if table.cut.dialect.quote else "no quote at all"


def _shell(quote: str) -> str:
    return '"' + quote + '"' if quote == "'" else shlex.quote(quote)


def _yaml(quote: str) -> str:
    return f"'{quote}'" if quote == '"' else f'"{quote}"'


def _first_rows(table: Table) -> str:
    rows = [row for row in table.rows if row.cells][:_SHOWN_ROWS]
    parts = [f"the header {_line(table.columns)}"]
    return ", ".join([*parts, *(f"then {_line(row.cells)}" for row in rows)])


def _line(cells: Sequence[str]) -> str:
    line = " | ".join(cell[:40] for cell in cells[:6]) or "(unreadable)"
    return line if len(cells) <= 6 else f"{line} | ..."


def _escaped(delimiter: str) -> str:
    return "\\t" if delimiter == "\t" else delimiter
