"""Finds what a workbook (.xlsx) shows beyond its values: leading zeros, errors, missing results.

python-calamine gives 2134 for a cell that a person sees as 02134, and nothing for `#N/A` or for a
formula that was never computed.  All three stand in the sheet's XML.
"""

from __future__ import annotations

import re
import zipfile
from typing import IO
from xml.etree import ElementTree

from importer.stages.reading.archives import BROKEN
from importer.stages.reading.streams import Place

SheetNotes = dict[tuple[int, int], str]
"""(row of the sheet from 1, column from 0) -> the text that is shown, or NOT_COMPUTED."""

NOT_COMPUTED = "\x00not computed"

_ZEROS = re.compile(r"(?:\\?.)?(0{2,})")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_LINK = "id"


def notes_of(place: Place, sheet: str) -> SheetNotes:
    """Read what is shown in a sheet; nothing where the file is no .xlsx.

    Raises nothing for a broken file: the reader of the values says what is wrong with it.
    """
    try:
        with place.open() as file, zipfile.ZipFile(file) as archive:
            path = _sheet_path(archive, sheet)
            if not path:
                return {}
            widths = _zero_widths(archive)
            with archive.open(path) as xml:
                return _notes(xml, widths)
    except (*BROKEN, KeyError, ElementTree.ParseError):
        return {}


def _sheet_path(archive: zipfile.ZipFile, sheet: str) -> str:
    if "xl/workbook.xml" not in archive.namelist():
        return ""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - expat has no outer entities, and refuses bombs
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - likewise
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    for element in book.iter():
        if _name(element) == "sheet" and element.get("name") == sheet:
            key = next(value for name, value in element.items() if name.endswith("}" + _LINK))
            target = targets[key]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _zero_widths(archive: zipfile.ZipFile) -> dict[int, int]:
    """Give, for each style that fills up with zeros, to how many digits."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - likewise
    formats: dict[str, int] = {}
    widths: dict[int, int] = {}
    for element in styles.iter():
        if _name(element) == "numFmt" and re.fullmatch(
            r"0{2,}(;.*)?", element.get("formatCode", "")
        ):
            code = element.get("formatCode", "").split(";", 1)[0]
            formats[element.get("numFmtId", "")] = len(code)
        if _name(element) == "cellXfs":
            for index, style in enumerate(element):
                width = formats.get(style.get("numFmtId", ""))
                if width:
                    widths[index] = width
    return widths


def _notes(xml: IO[bytes], widths: dict[int, int]) -> SheetNotes:
    found: SheetNotes = {}
    row = column = 0
    for event, element in ElementTree.iterparse(xml, events=("start", "end")):  # noqa: S314 - likewise
        name = _name(element)
        if event == "start" and name == "row":
            row, column = int(element.get("r", row + 1)), 0
        elif event == "end" and name == "c":
            column = _column(element.get("r", "")) if element.get("r") else column
            note = _note(element, widths)
            if note is not None:
                found[row, column] = note
            column += 1
        elif event == "end" and name == "row":
            element.clear()
    return found


def _note(cell: ElementTree.Element, widths: dict[int, int]) -> str | None:
    parts = {_name(part): part.text for part in cell}
    value = parts.get("v")
    if cell.get("t") == "e":
        return value or ""
    if "f" in parts and value is None and "is" not in parts:
        return NOT_COMPUTED
    width = widths.get(int(cell.get("s", 0)))
    if width and value and cell.get("t", "n") == "n" and value.isdigit():
        return value.zfill(width)
    return None


def _column(reference: str) -> int:
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number - 1


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
