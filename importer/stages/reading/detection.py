"""Finds out how a delimited file is written; what a person says of it wins."""

from __future__ import annotations

import codecs

from importer.errors import SourceError
from importer.records import Dialect, SourceOptions
from importer.stages.reading.delimiters import DELIMITERS, choose_delimiter
from importer.stages.reading.sample import Layout, Sample

SAMPLE_BYTES = 1 << 20

_UTF8_BOM = codecs.BOM_UTF8


def detect(path: str, sample: bytes, *, is_whole: bool, options: SourceOptions) -> Layout:
    """Find the layout from a file's first bytes; what `options` say wins.

    is_whole: the sample is the whole file.  Raises SourceError where no reading, or more than
    one, fits.
    """
    start = len(_UTF8_BOM) if sample.startswith(_UTF8_BOM) else 0
    text = Sample(path, sample, start, is_whole)
    found = _encoding(text)
    ours = [text.layout(Dialect(found, mark)) for mark in DELIMITERS if text.splits(mark)]
    dead_letters = [layout for layout in ours if layout and layout.is_dead_letter]
    if dead_letters:
        # A dead letter is written by us; the options speak of the source that it came from.
        return dead_letters[0]
    encoding = _asked_encoding(text, options.encoding) or found
    quote = _one_byte(path, "quote", options.quote or '"')
    if options.delimiter is None:
        delimiter = choose_delimiter(text, encoding, quote)
    else:
        delimiter = _one_byte(path, "delimiter", options.delimiter)
    return text.require_layout(Dialect(encoding, delimiter, quote))


def _encoding(text: Sample) -> str:
    if text.start:
        return "utf-8"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text.data, final=text.is_whole)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _asked_encoding(text: Sample, asked: str | None) -> str | None:
    if asked is None:
        return None
    try:
        name = codecs.lookup(asked).name
    except LookupError:
        name = ""
    name = {"utf-8-sig": "utf-8", "ascii": "utf-8"}.get(name, name)
    if name != "utf-8" and not _is_single_byte(name):
        raise SourceError(
            text.path,
            f"the encoding {asked!r}",
            "utf-8, cp1252 or another encoding of one byte a character",
            "save the file as UTF-8",
        )
    if name != "utf-8" and text.start:
        raise SourceError(
            text.path,
            "a UTF-8 byte-order mark",
            f"{asked}, which has none",
            "leave `encoding:` away, or save the file without the mark",
        )
    return name


def _is_single_byte(name: str) -> bool:
    """Tell whether each byte is a character or none, even twice, and the lower half is ASCII."""
    lower = bytes(range(128))
    try:
        return lower.decode(name).encode() == lower and all(
            _length(bytes([byte, byte]), name) == 2 * _length(bytes([byte]), name)
            for byte in range(128, 256)
        )
    except (LookupError, UnicodeError):
        return False


def _length(data: bytes, encoding: str) -> int:
    return len(data.decode(encoding, "ignore"))


def _one_byte(path: str, option: str, character: str) -> str:
    try:
        encoded = character.encode("ascii")
    except UnicodeEncodeError:
        encoded = b""
    if len(encoded) != 1 or encoded in b"\r\n":
        raise SourceError(
            path,
            f"the {option} {character!r}",
            "one ASCII character",
            f"say another `{option}:` under `source:` in the mapping",
        )
    return character
