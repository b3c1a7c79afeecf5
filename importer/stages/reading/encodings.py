"""Finds a text's encoding: by its byte-order mark, by what is valid, and by guesses that are checked.

A guess of charset-normalizer is taken only where cp1252, which most exports that are not UTF-8
are written in, is clearly worse: it calls a cp1252 table of customers cp1250.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from charset_normalizer import from_bytes

from importer.errors import SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_GUESS_BYTES = 1 << 16
_FEW = 20
"""One character in so many may be odd in a text in UTF-16 that has no byte-order mark."""

_EVIDENCE_BYTES = 12
"""Of fewer bytes beyond ASCII nobody can tell the writing."""

_FAMILIES = {"utf-16": ("utf-16-le", "utf-16-be"), "utf-32": ("utf-32-le", "utf-32-be")}
_ALIASES = {"utf-8-sig": "utf-8", "ascii": "utf-8"}
_MEANINGLESS = ("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined")
"""Codecs of Python's that turn bytes into text, and that no table is written in."""

_WESTERN_MARKS = set("’‘“”„–—…€£§©®°ªº«»·•´`¨²³½¼¾×±µ¡¿\u00a0\u00ad")


class Encoding(NamedTuple):
    """An encoding, and how many bytes of a mark it is known by (0 without one)."""

    name: str
    mark_bytes: int = 0


def find_encoding(path: str, sample: bytes, *, is_whole: bool) -> Encoding:
    """Find the encoding of a file by its first bytes; SourceError if two are about as likely."""
    for mark, name in _MARKS:
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
            f"a text of which {valid} lines are in UTF-8 and {invalid} are not, so that its "
            "encoding cannot be told",
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
    marks = [(mark, found) for mark, found in _MARKS if sample.startswith(mark)]
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
    return any(head.startswith(mark) for mark, _ in _MARKS[1:]) or bool(_wide(head))


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
    """Choose between cp1252 and what charset-normalizer guesses from the lines beyond ASCII."""
    text = b"\n".join(lines)[:_GUESS_BYTES]
    text = text[: text.rfind(b"\n")] if b"\n" in text else text
    if _doubt(text) < 0.2 or sum(byte > 0x7F for byte in text) < _EVIDENCE_BYTES:
        return "cp1252"
    guessed = from_bytes(text).best()
    name = codecs.lookup(guessed.encoding).name if guessed else ""
    name = _ALIASES.get(name, name)
    if name and name not in _WIDE and _is_valid(text, name, False):
        # Guesses between the Latin writings of one byte a letter are worth nothing.
        if _is_in_other_letters(text.decode(name, "replace")):
            return name
    else:
        name = ""
    shown = lines[0][:60].decode("cp1252", "replace")
    raise SourceError(
        path,
        f"a text whose encoding cannot be told: as cp1252 it would begin with {shown!r}"
        + (f", as {name} with {lines[0][:60].decode(name, 'replace')!r}" if name else ""),
        "UTF-8, or an encoding that can be told from the bytes",
        f"say it: `--encoding {name or 'cp1252'}`, or `source: {{encoding: ...}}` in the mapping",
    )


def _doubt(data: bytes) -> float:
    """Tell how unlike a Western text this is in cp1252: the share of odd characters beyond ASCII.

    Odd are those that cp1252 does not have, signs between letters (`z³oty`), and letters in runs
    of three or more, as whole words of Greek or Japanese make them.
    """
    text = data.decode("cp1252", "replace")
    beyond = sum(one > "\x7f" for one in text)
    runs = sum(len(run) for run in re.findall(r"[\x80-\U0010ffff]{3,}", text) if not _is_mark(run))
    signs = re.findall(r"(?<=[A-Za-z])[^\x00-\x7f](?=[a-z])", text)
    odd = sum(not one.isalpha() and one not in "’‘´­·" for one in signs)
    return (runs + odd + text.count("\ufffd") * 2) / max(beyond, 1)


def _is_mark(run: str) -> bool:
    return set(run) <= _WESTERN_MARKS


def _is_in_other_letters(text: str) -> bool:
    """Tell whether this is plausibly a text in letters that are not Latin, as words are written."""
    beyond = [one for one in text if one > "\x7f" and one not in _WESTERN_MARKS]
    letters = [one for one in beyond if one.isalpha()]
    latin = sum("LATIN" in unicodedata.name(one, "LATIN") for one in letters)
    inner = re.findall(
        r"(?<=[^\W\d_])[^\W\d_]", "".join(one for one in text if one > "\x7f" or one.isspace())
    )
    upper = sum(one.isupper() for one in inner)
    is_written_so = 3 * upper < max(len(inner), 1)
    return is_written_so and len(letters) > 0.8 * len(beyond) and latin < 0.1 * len(letters)
