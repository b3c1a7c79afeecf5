"""Reads what a person says of how a delimited file is written, in a mapping or by a flag."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from importer.records import SourceOptions


class OptionProblem(NamedTuple):
    """One option that means nothing, in the parts of an error."""

    option: str
    found: str
    expected: str
    remedy: str


_WORDS = {
    "tab": "\t",
    "\\t": "\t",
    "space": " ",
    "lf": "\n",
    "crlf": "\r\n",
    "cr": "\r",
}
_NONE = "none"


class _NotAllowed(ValueError):
    """Carries what was expected."""


def _encoding(text: str) -> str:
    try:
        codecs.lookup(text)
    except (LookupError, ValueError):
        raise _NotAllowed(
            "an encoding that Python knows, such as utf-8, cp1252 or utf-16"
        ) from None
    return text


def _delimiter(text: str) -> str:
    value = _WORDS.get(text.lower(), text)
    if not value or "\n" in value or "\r" in value:
        raise _NotAllowed('one character or several, such as ";" or "\\t" or "+|"')
    return value


def _character(text: str) -> str:
    if text.lower() == _NONE:
        return ""
    if len(text) != 1 or text in "\r\n":
        raise _NotAllowed('one character, such as "\'", or none')
    return text


def _comment(text: str) -> str:
    if text.lower() == _NONE:
        return ""
    if not text or "\n" in text or "\r" in text:
        raise _NotAllowed('how a comment line begins, such as "#", or none')
    return text


def _line_end(text: str) -> str:
    value = _WORDS.get(text.lower(), text.replace("\\r", "\r").replace("\\n", "\n"))
    if not value:
        raise _NotAllowed('lf, crlf, cr, or the text that ends a row, such as "&|"')
    return value


def _lines(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise _NotAllowed("a number of lines, such as 2")
    return int(text)


def _header(text: str) -> int:
    if text.lower() == _NONE:
        return 0
    if text not in ("0", "1", "2", "3", "4", "5"):
        raise _NotAllowed("none, or how many lines it has (1 to 5)")
    return int(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "encoding": _encoding,
    "delimiter": _delimiter,
    "quote": _character,
    "escape": _character,
    "comment": _comment,
    "line_end": _line_end,
    "skip_lines": _lines,
    "header": _header,
}
OPTION_TEXTS = tuple(_READERS)
"""The options that are given as text; the others are yes or no."""


def source_options(
    texts: Mapping[str, str | None], **flags: bool | None
) -> tuple[SourceOptions, list[OptionProblem]]:
    """Give the options that the texts say, and what is wrong with the others."""
    values: dict[str, Any] = {}
    problems: list[OptionProblem] = []
    for name, text in texts.items():
        if text is None:
            continue
        try:
            values[name] = _READERS[name](text)
        except _NotAllowed as error:
            problems.append(OptionProblem(name, repr(text), str(error), f"correct `{name}`"))
    return SourceOptions(**{**values, **flags}), problems
