"""Reads the entries of `transform:`: words, and transforms with arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from importer.mapping_file.patterns import EXPECTED, fault_of, fault_of_replacement


@dataclass(frozen=True)
class Replace:
    """Puts texts in place of others, all at once: what one has put in, no other one changes."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReplacePattern:
    r"""Puts texts in place of what RE2 patterns find, one after the other; `\1` is a group."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Slice:
    """Keeps the characters from `start` up to, but not with, `stop`; negative from the end."""

    start: int
    stop: int | None


Transform = str | Replace | ReplacePattern | Slice

WITH_ARGUMENTS = ("replace", "replace_pattern", "slice")

_NAMES = {Replace: "replace", ReplacePattern: "replace_pattern", Slice: "slice"}


def name_of(transform: Transform) -> str:
    """Give the name under which a mapping has a transform."""
    return transform if isinstance(transform, str) else _NAMES[type(transform)]


MOST_DIGITS = 7
"""Of a number that counts parts or characters; no cell has more of them."""

_NUMBER = re.compile(rf"-?[0-9]{{1,{MOST_DIGITS}}}")

_SHAPES = {
    "replace": 'replace: {"-": ""}',
    "replace_pattern": 'replace_pattern: {"[^0-9]": ""}',
    "slice": "slice: [0, 10]",
}


def with_arguments(entry: dict[str, object]) -> Transform:
    """Read one `{name: arguments}` of a known name; ValueError says found and expected."""
    ((name, argument),) = entry.items()
    if name == "slice":
        return _slice(argument)
    pairs = _pairs(name, argument)
    if name == "replace":
        return Replace(pairs)
    for pattern, text in pairs:
        if fault := fault_of(pattern):
            raise ValueError(f"the pattern {pattern!r} ({fault}), expected {EXPECTED}")
        if fault := fault_of_replacement(pattern, text):
            raise ValueError(
                f"the replacement {text!r} ({fault}), expected a text, in which \\1 is the "
                "pattern's first group"
            )
    return ReplacePattern(pairs)


def _pairs(name: str, argument: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(argument, dict) or not argument:
        raise ValueError(f"no table behind `{name}:`, expected {_SHAPES[name]}")
    pairs = []
    for old, new in argument.items():
        if not isinstance(new, str) or old == "":
            raise ValueError(f"a pair that is not two texts, expected {_SHAPES[name]}")
        pairs.append((str(old), str(new)))
    return tuple(pairs)


def _slice(argument: object) -> Slice:
    ends = argument if isinstance(argument, list) else []
    numbers = [int(end) for end in ends if isinstance(end, str) and _NUMBER.fullmatch(end)]
    if len(numbers) != len(ends):
        numbers = []
    if len(numbers) not in (1, 2):
        raise ValueError(
            "no two numbers behind `slice:`, expected slice: [0, 10] for the first ten characters"
        )
    return Slice(numbers[0], numbers[1] if len(numbers) == 2 else None)
