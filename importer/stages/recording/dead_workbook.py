"""Writes the dead letter as a workbook, every cell of it text, for people who mend it in a spreadsheet.

openpyxl cuts a text of more than 32,767 characters without a word, loses CR, and keeps the whole
sheet in the shared temporary folder meanwhile; a sheet of nothing but texts is written in fewer
lines than it would take to guard against these.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

from importer.errors import WorkbookLimit
from importer.records import DEAD_LETTER_SHEET

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CHARACTERS = 32_767
MAX_SHEET_BYTES = 1 << 30
"""What a sheet holds, and how large one may be that is read again."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

# Number format 49 is text: what a person types into such a cell stays as it is typed.
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        f'<sheets><sheet name="{DEAD_LETTER_SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="2">'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    ),
}
_SHEET = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    f'</sheetView></sheetViews><cols><col min="1" max="{MAX_COLUMNS}" width="16" style="1"/></cols>'
    "<sheetData>"
)

_NO_XML = re.compile("[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold, or changes (CR), and what would be taken for the escape of it."""

_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, and readers of workbooks do not take back from an escape."""


def write_workbook(path: Path, stream: BinaryIO, rows: Iterable[Sequence[object]]) -> None:
    """Write rows, the header first, as the one sheet of an .xlsx; `path` is for messages.

    Raises WorkbookLimit where a sheet cannot hold them; nothing is ever cut.
    """
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _HEAD + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            size_bytes = sheet.write((_HEAD + _SHEET).encode())
            for number, row in enumerate(rows, 1):
                _require_room(path, number, row, size_bytes)
                size_bytes += sheet.write(_row(row).encode())
            sheet.write(b"</sheetData></worksheet>")


def _row(row: Sequence[object]) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(value: object) -> str:
    text = escape(_NO_XML.sub(_escaped, str(value)))
    if not text:
        return '<c s="1"/>'
    return f'<c s="1" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found.group()):04X}_"


def _require_room(path: Path, number: int, row: Sequence[object], size_bytes: int) -> None:
    if number > MAX_ROWS:
        raise _too_much(path, f"{number:,} rows or more", f"at most {MAX_ROWS:,} rows")
    if len(row) > MAX_COLUMNS:
        raise _too_much(path, f"{len(row):,} columns", f"at most {MAX_COLUMNS:,} columns")
    if size_bytes > MAX_SHEET_BYTES:
        limit = f"at most {MAX_SHEET_BYTES >> 20:,} MiB"
        raise _too_much(path, f"more than {limit.removeprefix('at most ')}", limit)
    for value in row:
        text = str(value)
        # A spreadsheet counts a character beyond the first 65,536 of Unicode twice.
        if len(text) > MAX_CHARACTERS // 2 and len(text.encode("utf-16-le")) // 2 > MAX_CHARACTERS:
            found = f"a cell of {len(text):,} characters in its row {number:,}"
            raise _too_much(path, found, f"at most {MAX_CHARACTERS:,} characters in a cell")
        if found_at := _NO_CHARACTER.search(text):
            found = f"the code point U+{ord(found_at.group()):04X} in its row {number:,}"
            raise _too_much(path, found, "characters")


def _too_much(path: Path, found: str, expected: str) -> WorkbookLimit:
    return WorkbookLimit(
        str(path),
        f"what no workbook can hold: {found}",
        expected,
        "name a path that ends in .csv, which has no such limit",
    )
