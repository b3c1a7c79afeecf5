"""Tells a line of names from a line of values, by what stands in each column below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_AGREEMENT = 0.9
"""A column is one of numbers if so large a share of its cells are."""

_DATA = re.compile(r"[+-]?[$€£]?\d[\d.,:/ T+-]*(%|Z|UTC|GMT|[AaPp][Mm])?|\S+@\S+\.\S+")
"""Numbers, dates and addresses: what stands in rows, and hardly in a header."""

_NULLS = ("", "null", "none", "nan", "na", "n/a", "#n/a", "nil", "-", "--", "?", "\\n")
"""Words for nothing; they stand in rows, and prove no header."""


def is_data(cell: str) -> bool:
    """Tell whether a cell looks like a value, not like a name."""
    return bool(_DATA.fullmatch(cell.strip()))


def row_like(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give the name that makes a first line look like one more row; "" if it looks like a header.

    A word over a column of numbers speaks for a header, twice as loud as what speaks for a row: a
    name that is a value over a column of values, or one that stands in the rows below it.
    """
    words, suspects = 0, []
    for name, *cells in zip(names, *rows, strict=False):
        filled = [cell for cell in cells if cell.strip()]
        is_numeric = sum(map(is_data, filled)) >= _AGREEMENT * len(filled) > 0
        is_nothing = name.strip().lower() in _NULLS
        if is_numeric and not is_nothing and not is_data(name):
            words += 1
        elif (is_data(name) and (is_numeric or not filled)) or (not is_nothing and name in filled):
            suspects.append(name)
    return suspects[0] if len(suspects) > 2 * words else ""
