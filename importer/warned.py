"""Holds what the rules say of rows that are sent all the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Warned:
    """What one rule has to say of some rows of a block, which are sent all the same.

    code: the rule's code (see rules.py).
    column: the source column, or the attribute, that it is about; "" for the whole row.
    rows: how many rows of the block.
    index: the position of the first of them in its block, from 0.
    other: the position of a second row that belongs to the first; None where one tells enough.
    found: what stands there, in words that hold no person's data; "" where there are none.
    """

    code: str
    column: str
    rows: int
    index: int
    other: int | None = None
    found: str = ""
