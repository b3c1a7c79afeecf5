"""Tries patterns before a row is seen: RE2 runs in linear time, and refuses what cannot."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

EXPECTED = r"a RE2 pattern, which has no lookahead `(?=` and no backreference `\1`"


def fault_of(pattern: str) -> str:
    """Say why RE2 does not take a pattern; "" if it does."""
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        return str(error).partition(": ")[2] or str(error)
    return ""


def fault_of_replacement(pattern: str, text: str) -> str:
    r"""Say why `text` cannot stand for what a valid pattern finds (`\1` is its first group)."""
    try:
        pc.replace_substring_regex(pa.array([""]), pattern, text)
    except pa.ArrowInvalid as error:
        return str(error).partition(": ")[2] or str(error)
    return ""


def has_group(pattern: str, number: int = 1) -> bool:
    """Tell whether a valid pattern has as many groups in parentheses as `number`."""
    return fault_of_replacement(pattern, f"\\{number}") == ""
