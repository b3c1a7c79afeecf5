"""Tells apart two names that look alike, and finds a name whose end YAML took for a comment."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_MOST_SHOWN = 20
_SEVERAL_LINES = re.compile(r"[\r\n\x85\u2028\u2029]")


def lookalike(name: str, columns: Sequence[str]) -> str | None:
    """Give the column that looks as this name does and is another; None if there is none.

    What differs is not seen: the kind of a blank, a character of no width, how an accent is stored.
    """
    seen = _as_seen(name)
    alike = (column for column in columns if _as_seen(column) == seen)
    return next((column for column in alike if column.casefold() != name.casefold()), None)


def difference(name: str, column: str) -> str:
    """Say where the source's column first differs from the mapping's name, but for case."""
    pairs = zip(name, column, strict=False)
    at = next(
        (at for at, (own, other) in enumerate(pairs) if own.casefold() != other.casefold()),
        min(len(name), len(column)),
    )
    before = column[max(at - _MOST_SHOWN, 0) : at]
    where = f'behind "{before}"' if before.strip() else "at its beginning"
    return (
        f"the two differ {where}: the source has {_named(column, at)} there, "
        f"the mapping {_named(name, at)}"
    )


def visible(text: str) -> str:
    """Write a text in double quotes for YAML, with escapes for all that cannot be seen."""
    return '"' + "".join(map(_escaped, text)) + '"'


def cut_by_comment(name: str, columns: Sequence[str]) -> str | None:
    """Give the column of which this name is what YAML leaves before ` #`; None if there is none."""
    cut = re.compile(re.escape(name) + r"\s+#.*", re.DOTALL)
    return next((column for column in columns if cut.fullmatch(column)), None)


def bare_place(column: str, text: str) -> tuple[int, int] | None:
    """Give the line and column, from 1, where this name stands in a mapping without quotes."""
    bare = re.compile(rf"[^#\"']*?(?:^|[:,\[{{-])\s+(?={re.escape(column)}(?:\s|$))")
    for number, line in enumerate(_SEVERAL_LINES.split(text), start=1):
        if found := bare.match(line):
            return number, found.end() + 1
    return None


def _as_seen(text: str) -> str:
    """Give a text without what cannot be seen in it, and in one case."""
    kept = (" " if one.isspace() else one for one in text if one.isspace() or not _is_hidden(one))
    return " ".join(unicodedata.normalize("NFKC", "".join(kept)).casefold().split())


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc")


def _named(text: str, at: int) -> str:
    """Name the character at a place, with the accent that follows it as one of its own."""
    if at >= len(text):
        return "no more"
    character = text[at]
    if character in " \t":
        return "a blank" if character == " " else "a tab"
    if character.isspace() or _is_hidden(character) or unicodedata.combining(character):
        return _official(character)
    accent = text[at + 1 : at + 2]
    if accent and unicodedata.combining(accent):
        return f'"{character}" and {_official(accent)}'
    return f'"{character}"'


def _official(character: str) -> str:
    name = unicodedata.name(character, "an invisible character").lower()
    return f"{name if name.startswith('an ') else f'a {name}'} (U+{ord(character):04X})"


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable() and not unicodedata.combining(character):
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
