"""Finds a text's encoding: by its byte-order mark, by what is valid, and by guesses that are checked.

Guesses are checked: charset-normalizer calls a cp1252 table of customers cp1250, and its guesses
between encodings of one byte a letter are not taken (see western.py, other_letters.py).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from charset_normalizer import from_bytes

from importer.errors import SourceError
from importer.plurals import counted
from importer.stages.reading.other_letters import are_words, likely_encoding
from importer.stages.reading.western import latin_rivals, western_doubt

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESS_BYTES = 1 << 16
_FEW = 20
"""One character in so many may be odd in a text in UTF-16 that has no byte-order mark."""

_EVIDENCE_BYTES = 20
"""Of fewer bytes beyond ASCII nobody can tell the writing."""

_FAMILIES = {"utf-16": ("utf-16-le", "utf-16-be"), "utf-32": ("utf-32-le", "utf-32-be")}
_ALIASES = {"utf-8-sig": "utf-8", "ascii": "utf-8"}
_MEANINGLESS = ("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined")
"""Codecs of Python's that turn bytes into text, and that no table is written in."""

_DOUBT = 0.2
"""A text is Western in cp1252 if no more of its telling letters speak against it."""

_MANY_BYTES = (
    "cp932",
    "shift_jis",
    "shift_jis_2004",
    "shift_jisx0213",
    "euc_jp",
    "euc_jis_2004",
    "euc_jisx0213",
    "iso2022_jp",
    "gb2312",
    "gbk",
    "gb18030",
    "hz",
    "big5",
    "big5hkscs",
    "cp950",
    "cp949",
    "euc_kr",
    "johab",
)


class Encoding(NamedTuple):
    """An encoding, and how many bytes of a mark it is known by (0 without one)."""

    name: str
    mark_bytes: int = 0


def find_encoding(path: str, sample: bytes, *, is_whole: bool) -> Encoding:
    """Find the encoding of a file by its first bytes; SourceError if two are about as likely."""
    for mark, name in MARKS:
        if sample.startswith(mark):
            return Encoding(name, len(mark))
    if wide := _wide(sample):
        return Encoding(wide)
    if _is_valid(sample, "utf-8", is_whole):
        return Encoding("utf-8")
    valid, invalid = _utf8_lines(sample, is_whole)
    if valid > invalid:
        # The few lines that are not are rows that cannot be decoded.
        return Encoding("utf-8")
    if 4 * valid > invalid:
        raise SourceError(
            path,
            f"a text of which {counted(valid, 'line is', 'lines are')} in UTF-8 and {invalid:,} "
            f"{'is' if invalid == 1 else 'are'} not, so that its encoding cannot be told",
            "one encoding",
            "say it: `--encoding utf-8`, or `source: {encoding: cp1252}` in the mapping",
        )
    return Encoding(_single_or_many(path, _lines_beyond_ascii(sample)))


def asked_encoding(path: str, asked: str, sample: bytes) -> Encoding:
    """Give the encoding that a person says, as Python calls it; SourceError for an unknown one."""
    try:
        name = codecs.lookup(asked).name
        is_text = isinstance(b"a".decode(name, "replace"), str)
    except (LookupError, ValueError, TypeError):
        name, is_text = "", False
    name = _ALIASES.get(name, name)
    if not is_text or name in _MEANINGLESS:
        raise SourceError(
            path,
            f"the encoding {asked!r}",
            "an encoding that Python knows, such as utf-8, cp1252 or utf-16",
            "save the file as UTF-8",
        )
    marks = [(mark, found) for mark, found in MARKS if sample.startswith(mark)]
    mark, marked = marks[0] if marks else (b"", "")
    if name in _FAMILIES:
        name = marked if marked in _FAMILIES[name] else _wide(sample) or _FAMILIES[name][0]
    if mark and marked != name:
        kind = "UTF-8" if marked == "utf-8" else marked.upper()
        raise SourceError(
            path,
            f"a {kind} byte-order mark",
            f"{asked}, which has none",
            "leave `encoding:` away, or save the file without the mark",
        )
    return Encoding(name, len(mark))


def is_wide(head: bytes) -> bool:
    """Tell whether these are the first bytes of a text in UTF-16 or UTF-32."""
    return any(head.startswith(mark) for mark, _ in MARKS[1:]) or bool(_wide(head))


def _wide(sample: bytes) -> str:
    """Name the kind of UTF-16 or UTF-32 that the zeros among the bytes speak for; "" for none."""
    head = sample[: 1 << 12]
    head = head[: len(head) - len(head) % 4]
    if b"\x00" not in head:
        return ""
    for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = head.decode(name, "replace")
        odd = sum(
            one == "\ufffd" or unicodedata.category(one) in ("Cc", "Cn", "Co") for one in text
        )
        odd -= sum(one in "\r\n\t" for one in text)
        # A table has line ends and delimiters, which are ASCII in any writing.
        if odd * _FEW <= len(text) and sum(one < "\x7f" for one in text) * 4 > len(text):
            return name
    return ""


def _is_valid(data: bytes, encoding: str, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final=is_whole)
    except UnicodeDecodeError:
        return False
    return True


def _utf8_lines(sample: bytes, is_whole: bool) -> tuple[int, int]:
    """Count the lines beyond ASCII that are UTF-8, and those that are not."""
    lines = _lines_beyond_ascii(sample if is_whole else sample[: sample.rfind(b"\n") + 1])
    valid = sum(_is_valid(line, "utf-8", True) for line in lines)
    return valid, len(lines) - valid


def _lines_beyond_ascii(sample: bytes) -> list[bytes]:
    return [line for line in re.split(rb"[\r\n]+", sample) if not line.isascii()]


def _single_or_many(path: str, lines: list[bytes]) -> str:
    """Choose among the encodings that are not Unicode, by the lines beyond ASCII."""
    text = b"\n".join(lines)
    if len(text) > _GUESS_BYTES:
        # A character of several bytes may be cut.
        text = text[: max(text.rfind(b"\n", 0, _GUESS_BYTES), 0) or _GUESS_BYTES]
    if western_doubt(text) < _DOUBT:
        return "cp1252"
    guesses = _guesses(text)
    if len(guesses) == 1 and sum(byte > 0x7F for byte in text) >= _EVIDENCE_BYTES:
        return guesses[0]
    readings = ["cp1252", *(guesses or latin_rivals(text))[:2]]
    shown = "; ".join(f"{name} gives {_first_line(lines, name)!r}" for name in readings)
    raise SourceError(
        path,
        f"a text whose encoding cannot be told: {shown}",
        "UTF-8, or an encoding that can be told from the bytes",
        "say it: "
        + " or ".join(f"`--encoding {name}`" for name in readings)
        + ", or `source: {encoding: ...}` in the mapping",
    )


def _first_line(lines: list[bytes], name: str) -> str:
    return lines[0].decode(name, "replace")[:60]


def _guesses(text: bytes) -> list[str]:
    """Name the encodings of letters that are not Latin by which this is words, the likeliest first.

    Of one byte a letter: by how common the letters are.  Of several: what charset-normalizer says.
    """
    found = from_bytes(text).best()
    guessed = codecs.lookup(found.encoding).name if found else ""
    single = likely_encoding(text)
    if guessed in _MANY_BYTES and _is_valid(text, guessed, False):
        words = text.decode(guessed, "replace")
        if are_words(words) and not _is_half_width(words):
            return [guessed]
    return [single] if single else []


def _is_half_width(text: str) -> bool:
    """Tell whether a text is katakana of half a width, as all bytes of Thai are by cp932."""
    beyond = [one for one in text if one > "\x7f"]
    return 3 * sum("\uff61" <= one <= "\uff9f" for one in beyond) > len(beyond)
