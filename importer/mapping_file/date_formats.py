"""Turns a date format as people write it (`DD/MM/YYYY hh:mm`) into strptime directives."""

from __future__ import annotations

import re

ORDINAL = "%o"
"""Our own directive beside strptime's: the day with its ending, 1st, 2nd, 3rd."""

# Longest first, so that YYYY is not read as two YY.  Case decides: MM is a month, mm are minutes.
_TOKENS = (
    ("YYYY", "%Y"),
    ("YY", "%y"),
    ("MMMM", "%B"),
    ("MMM", "%b"),
    ("MM", "%m"),
    ("M", "%m"),
    ("dddd", "%A"),
    ("ddd", "%a"),
    ("DD", "%d"),
    ("Do", ORDINAL),
    ("D", "%d"),
    ("hh", "%H"),
    ("h", "%H"),
    ("HH", "%H"),
    ("H", "%H"),
    ("mm", "%M"),
    ("m", "%M"),
    ("ss.s", "%S.%f"),
    ("ss,s", "%S,%f"),
    ("ss", "%S"),
    ("s", "%S"),
    ("TZD", "%z"),
    ("Z", "%z"),
    ("AM", "%p"),
    ("PM", "%p"),
    ("A", "%p"),
    ("T", "T"),
)

# These stand behind the numbers in Chinese, Japanese and Korean dates.
_UNITS = "年月日时時分秒년월일시분초"

WORDS = {
    "date": ("iso", "excel", "excel_1904"),
    "datetime": (
        *("iso", "excel", "excel_1904"),
        *("epoch_seconds", "epoch_milliseconds", "epoch_microseconds"),
    ),
}
"""Formats with a name: ISO 8601, and those that count days or seconds; by the types they fit."""

DIRECTIVES = frozenset("YymdBbAaHMSfzIp")
"""The strptime directives that are understood."""


def directives(text: str) -> str | None:
    """Give strptime directives for a token format, or the text itself if it has directives.

    None where a letter is no known token: it would be taken literally and match nothing.
    """
    if text in WORDS["datetime"]:
        return text
    if "%" in text:
        found = re.findall(r"%(.)", text)
        return text if found and all(letter in DIRECTIVES for letter in found) else None
    result = []
    position = 0
    while position < len(text):
        for token, directive in _TOKENS:
            if text.startswith(token, position):
                result.append(directive)
                position += len(token)
                break
        else:
            if text[position].isalpha() and text[position] not in _UNITS:
                return None
            result.append(text[position])
            position += 1
    pattern = "".join(result)
    # Beside AM, hours are counted to 12.
    return pattern.replace("%H", "%I") if "%p" in pattern else pattern


def meant(text: str, kind: str) -> str | None:
    """Guess the format that was meant by one whose letters have the wrong case (dd/mm/yyyy)."""
    day, blank, clock = text.partition(" ")
    for guess in (day.upper() + blank + clock, day.upper() + blank + clock.lower()):
        pattern = directives(guess)
        if guess != text and pattern is not None and fits(pattern, kind):
            return guess
    return None


def fits(pattern: str, kind: str) -> bool:
    """Tell whether a date or a datetime can be read by what `directives` gave."""
    if "%" not in pattern:
        return pattern in WORDS.get(kind, ())
    has_day = is_full_date(pattern) and has_whole_clock(pattern)
    return has_day and not (kind == "date" and has_time(pattern))


def is_full_date(pattern: str) -> bool:
    """Tell whether a pattern has a year, a month and a day, each once, and no part twice."""
    letters = re.findall(r"%(.)", pattern)
    groups = ("Yy", "mBb", "do")
    if sum(letter in "Aa" for letter in letters) > 1:
        return False
    return all(sum(letter in group for letter in letters) == 1 for group in groups) and len(
        set(letters)
    ) == len(letters)


def has_whole_clock(pattern: str) -> bool:
    """Tell whether the hours are told apart: %I needs %p, and %H goes with neither."""
    letters = set(re.findall(r"%(.)", pattern))
    return ("I" in letters) == ("p" in letters) and not ("H" in letters and "I" in letters)


def has_time(pattern: str) -> bool:
    return any(f"%{letter}" in pattern for letter in "HMSfIp")
