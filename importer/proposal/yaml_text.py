"""Writes values and comments of a mapping file as YAML that reads back to the same texts."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from importer.mapping_file.open_choices import KEY, OTHERS
from importer.proposal.verdict import Choice

# What no YAML reader takes for anything but the text itself, in a flow or in a block.
_PLAIN = re.compile(r"[^\W\d_][\w.+/@-]*(?: [\w.+/@()-]+)*", re.ASCII)
# A format or a date reads better bare, and the grammar asks for the text as it was typed.
_FORMAT = re.compile(r"[A-Z][A-Za-z]*(?:[-/. ,:]+[A-Za-z.]+)*")
_NUMBER = re.compile(r"[0-9]{1,6}|[0-9]{1,6}-[0-9]{2}-[0-9]{2}")
_KEYWORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "t", "f"}

_WIDTH = 96


def value(given: Any) -> str:
    """Write a text, a list, a group or a choice on one line."""
    if isinstance(given, Choice):
        shown = [value(one) for one in given.values] + ([OTHERS] if given.is_open else [])
        return f"{{{KEY}: [{', '.join(shown)}]}}"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, Mapping):
        return "{" + ", ".join(f"{text(key)}: {value(one)}" for key, one in given.items()) + "}"
    if isinstance(given, list | tuple):
        return "[" + ", ".join(value(one) for one in given) + "]"
    return text(str(given))


def text(given: str) -> str:
    """Write a text, with quotes where a reader might take it for something else."""
    bare = _PLAIN.fullmatch(given) or (_FORMAT.fullmatch(given) and "," not in given)
    is_plain = bool(bare or _NUMBER.fullmatch(given)) and given.lower() not in _KEYWORDS
    return given if is_plain and ": " not in given else _quoted(given)


def _quoted(given: str) -> str:
    """Write a text in double quotes; what cannot be seen as an escape."""
    inner = json.dumps(given, ensure_ascii=False)[1:-1]
    return '"' + "".join(one if one.isprintable() else _escape(one) for one in inner) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def comment(said: str, indent: int = 0) -> list[str]:
    """Write a comment, in several lines if it is long."""
    visible = "".join(one if one.isprintable() else " " for one in said)
    start = " " * indent + "# "
    return textwrap.wrap(
        visible,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=start,
        break_long_words=False,
        break_on_hyphens=False,
    )
