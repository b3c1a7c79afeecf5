"""Decides whether a cell changed only as a spreadsheet changes cells by itself."""

from __future__ import annotations

import re

from importer.stages.mending.calendar_texts import date_rewritten
from importer.stages.mending.figures import number_rewritten

MAX_CHARACTERS = 32_767
"""What a spreadsheet's cell holds."""

_ERROR = re.compile(
    r"#(NAME|REF|VALUE|DIV/0|N/A|NUM|NULL|SPILL|CALC|FIELD)[?!]?|Err:\d{3}|#{3,}", re.I
)
_WORDS = {
    True: ("true", "wahr", "vrai", "verdadero", "vero", "waar", "verdadeiro", "prawda", "истина"),
    False: ("false", "falsch", "faux", "falso", "onwaar", "fałsz", "ложь"),
}
_TRUTHS = {word: truth for truth, words in _WORDS.items() for word in words}
_SIGNS = ("=", "+", "-", "@")


def rewritten(original: str, now: str, *, at_fault: bool = False) -> str:
    """Say what a spreadsheet did to make `now` of `original`; "" where a person must have.

    at_fault: the cell was refused before.  Then a person had a reason to write the same date,
    number or word in another way, and only what no person writes counts.
    """
    if now == original:
        return ""
    return (
        _garbled(original, now)
        or _computed(original, now, at_fault=at_fault)
        or number_rewritten(original, now, at_fault=at_fault)
        or ("" if at_fault else _restyled(original, now))
    )


def is_same_text(original: str, now: str) -> bool:
    """Tell whether two texts differ in their line ends at most, which nobody sees or types."""
    return original == now or _lines(original) == _lines(now)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _garbled(original: str, now: str) -> str:
    """Say what was lost that no person takes away."""
    if _ERROR.fullmatch(now.strip()) and not _ERROR.fullmatch(original.strip()):
        return "a formula's error took its place"
    if len(now) >= MAX_CHARACTERS and original.startswith(now):
        return f"it was cut to {len(now):,} characters"
    if _has_lost_letters(original, now):
        return "letters became question marks"
    if not original.isascii() and _misread(now) == original:
        return "its letters were read in another encoding"
    return ""


def _has_lost_letters(original: str, now: str) -> bool:
    if len(original) != len(now) or original.isascii() or "?" not in now:
        return False
    pairs = [(a, b) for a, b in zip(original, now, strict=True) if a != b]
    return all(b == "?" and not a.isascii() for a, b in pairs)


def _misread(text: str) -> str | None:
    """Give the text that UTF-8 would have given, if this is what cp1252 makes of its bytes."""
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return None


def _byte(letter: str) -> bytes:
    # Bytes without a letter of their own become control characters, or private ones.
    if ord(letter) & ~0xFF in (0, 0xF100):
        return bytes([ord(letter) & 0xFF])
    return letter.encode("cp1252")


def _computed(original: str, now: str, *, at_fault: bool) -> str:
    if original.startswith("=") and not now.startswith("=") and not at_fault:
        return "a formula was computed"
    if original.startswith(_SIGNS) and now == "=" + original:
        return "it was taken for a formula"
    if now == "'" + original or original == "'" + now:
        return "an apostrophe was put before it, or taken away"
    return ""


def _restyled(original: str, now: str) -> str:
    if date := date_rewritten(original, now):
        return date
    truth = _TRUTHS.get(original.strip().casefold())
    if truth is not None and _TRUTHS.get(now.strip().casefold()) is truth:
        return "a word for true or false was written in another way"
    if original.split() == now.split():
        return "its blanks changed"
    return ""
