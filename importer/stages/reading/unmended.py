"""Tells what of a dead letter's row is as it was when the reading refused it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    InvalidOperation,
)

from importer.records import DEAD_LETTER_COLUMNS, DEAD_LETTER_KEY, Rejection

ROUNDED = "cell-rounded"
NOT_COMPUTED = "cell-not-computed"
HEADER = "header-repeated"
_CODES = {ROUNDED, NOT_COMPUTED, HEADER}
_BETWEEN = "; "
_NUMBER = re.compile(r"found the number (-?\d+(?:\.\d+)?), expected ")
_BLANKS = dict.fromkeys(map(ord, " \t\u00a0\u202f'\u2019"), "")
_KEPT_DIGITS = 15
_UNKNOWN = (
    "a cell that was refused, and no word of what it was",
    "`_code`, `_column` and `_message` as they were, or the file given to `retry`, which knows",
)


def is_dead_letter(columns: Collection[str]) -> bool:
    """Tell whether a file of these columns is a dead letter."""
    return set(DEAD_LETTER_COLUMNS) <= set(columns)


def tells_rows(columns: Collection[str]) -> bool:
    """Tell whether a file of these columns has all of a dead letter that `retry` needs."""
    return set(DEAD_LETTER_KEY) <= set(columns)


def unfilled_raw(cells: Mapping[str, str | None]) -> str:
    """Give `_raw` of a dead letter's row whose own cells nobody has filled from it; else "".

    cells: of all its columns, by name.
    """
    if any(text for name, text in cells.items() if name not in DEAD_LETTER_COLUMNS):
        return ""
    return str(cells["_raw"] or "")


def has_unsure_cells(codes: str) -> bool:
    """Tell whether `_code` names what a look at the cells does not show."""
    return not _CODES.isdisjoint(codes.split(_BETWEEN))


def unmended(cells: Mapping[str, str | None]) -> Iterator[Rejection]:
    """Give what the reading refused of a dead letter's row, and nobody has mended since.

    cells: of all its columns, by name.
    """
    codes = (cells["_code"] or "").split(_BETWEEN)
    columns = (cells["_column"] or "").split(_BETWEEN)
    numbers = [Decimal(digits) for digits in _NUMBER.findall(cells["_message"] or "")]
    if len(codes) != len(columns):
        yield from (_unknown(code) for code in codes if code in _CODES)
        return
    for code, column in zip(codes, columns, strict=True):
        if code == HEADER:
            own = [(name, text) for name, text in cells.items() if name not in DEAD_LETTER_COLUMNS]
            if all(name == text for name, text in own):
                yield Rejection(0, "reading", code, "", "the header once more", "a user's cells")
        elif code not in _CODES:
            continue
        elif column not in cells or (code == ROUNDED and not numbers):
            yield _unknown(code)
        elif code == NOT_COMPUTED and not (cells[column] or "").strip():
            found = "a formula without a result"
            yield Rejection(0, "reading", code, column, found, "a value")
        elif code == ROUNDED and (number := _rounded(cells[column] or "", numbers)) is not None:
            found = f"the number {format(number, 'f')}"
            yield Rejection(0, "reading", code, column, found, "at most 15 digits, or text")


def _unknown(code: str) -> Rejection:
    return Rejection(0, "reading", code, "", *_UNKNOWN)


def _rounded(text: str, numbers: list[Decimal]) -> Decimal | None:
    """Give the refused number that a cell still is, also as a spreadsheet writes it anew."""
    values = list(_readings(text))
    return next((one for one in numbers if any(_is_of(value, one) for value in values)), None)


def _readings(text: str) -> Iterator[Decimal]:
    plain = text.translate(_BLANKS)
    for variant in {plain, plain.replace(",", "."), plain.replace(",", ""), plain.replace(".", "")}:
        try:
            value = Decimal(variant)
        except InvalidOperation:
            continue
        if value.is_finite():
            yield value


def _is_of(value: Decimal, number: Decimal) -> bool:
    """Tell whether a value is a number, or what at most 15 of its digits are."""
    ways = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
    return value == number or any(
        value == Context(prec=digits, rounding=way).plus(number)
        for digits in range(1, _KEPT_DIGITS + 1)
        for way in ways
    )
