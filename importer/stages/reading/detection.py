"""Finds out how a delimited file is written; what a person says of it wins."""

from __future__ import annotations

import codecs
import re

from importer.errors import SourceError
from importer.records import Dialect, SourceOptions
from importer.stages.reading.delimiters import DELIMITERS, choose_table
from importer.stages.reading.encodings import Encoding, asked_encoding, find_encoding
from importer.stages.reading.headers import table_of
from importer.stages.reading.sample import Layout, Sample

SAMPLE_BYTES = 1 << 20

_SILENT = SourceOptions()
_EXCELS_LINE = re.compile(r"sep=(.)(?=[\r\n])", re.IGNORECASE)
_EXCELS_BYTES = 32
_FIRST_LINE = re.compile(r'(?:[^"\r\n]|"[^"]*")*+(\r\n|\r|\n)')


def detect(path: str, sample: bytes, *, is_whole: bool, options: SourceOptions) -> Layout:
    """Find the layout from a file's first bytes; what `options` say wins.

    is_whole: the sample is the whole file.  Raises SourceError where no reading, or more than
    one, fits.
    """
    if own := _dead_letter(path, sample, is_whole):
        return own
    _require_characters(path, options)
    if options.encoding is None:
        encoding = find_encoding(path, sample, is_whole=is_whole)
    else:
        encoding = asked_encoding(path, options.encoding, sample)
    options = _with_excels_line(sample, encoding, options)
    dialect = Dialect(
        encoding=encoding.name,
        quote='"' if options.quote is None else options.quote,
        escape=options.escape or "",
        comment=options.comment or "",
        line_end=_line_end(sample, encoding, options.line_end),
    )
    text = Sample(path, sample, encoding.mark_bytes, is_whole)
    return choose_table(text, dialect, options).layout()


def _with_excels_line(sample: bytes, encoding: Encoding, options: SourceOptions) -> SourceOptions:
    """Take `sep=;` in the first line as what Excel takes it for: it names the delimiter."""
    head = sample[encoding.mark_bytes : encoding.mark_bytes + _EXCELS_BYTES]
    found = _EXCELS_LINE.match(head.decode(encoding.name, errors="ignore"))
    if not found or options.skip_lines is not None:
        return options
    return options.over(SourceOptions(delimiter=found[1], skip_lines=1))


def _dead_letter(path: str, sample: bytes, is_whole: bool) -> Layout | None:
    """Read a dead letter as it was written by us; options speak of the source it came from."""
    if not _is_utf8(sample, is_whole=is_whole):
        # A spreadsheet has saved it in an encoding of its own.
        return None
    encoding = Encoding("utf-8", 3) if sample.startswith(b"\xef\xbb\xbf") else Encoding("utf-8")
    text = Sample(path, sample, encoding.mark_bytes, is_whole)
    for mark in DELIMITERS:
        if not text.splits(mark):
            continue
        table = table_of(text.cut(Dialect("utf-8", mark), rows=2), _SILENT)
        if table.is_sound and not table.doubt and (layout := table.layout()).is_dead_letter:
            return layout
    return None


def _is_utf8(sample: bytes, *, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=is_whole)
    except UnicodeDecodeError:
        return False
    return True


def _require_characters(path: str, options: SourceOptions) -> None:
    asked = {"delimiter": options.delimiter, "quote": options.quote, "escape": options.escape}
    for name, text in asked.items():
        if text is None or (name != "delimiter" and not text):
            continue
        if not text or "\r" in text or "\n" in text or (name != "delimiter" and len(text) > 1):
            raise SourceError(
                path,
                f"the {name} {text!r}",
                "a text without line ends" if name == "delimiter" else "one character",
                f"say another `{name}:` under `source:` in the mapping",
            )


def _line_end(sample: bytes, encoding: Encoding, asked: str | None) -> str:
    """Give what ends a record: "" where LF and CRLF do."""
    text = sample.decode(encoding.name, "replace")
    if asked:
        # A person who says `&|` means the line that ends with it.
        longer = [asked + end for end in ("\r\n", "\n") if asked + end in text]
        return longer[0] if longer and not asked.endswith(("\r", "\n")) else asked
    lone = text.count("\r") - text.count("\r\n")
    if lone == 0 or lone < text.count("\n"):
        return ""
    first = _FIRST_LINE.match(text) or re.search(r"(\r\n|\r|\n)", text)
    return "\r" if first and first.group(1) == "\r" else ""
