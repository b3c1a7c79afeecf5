"""Tells whether a cell is only the same number, written or rounded as a spreadsheet does it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

_MOST_CHARACTERS = 60
_MOST_EXPONENT = 300
_KEPT_DIGITS = 15
"""A spreadsheet keeps so many digits of a number."""
_SHOWN_DIGITS = 9
"""A spreadsheet that cuts a fraction by itself, to fit a column, still shows so many digits."""
_PHONE_DIGITS = 7

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.I)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{2,3})+(?:\.\d*)?")
_EXPONENT = re.compile(r"([+-]?[\d.,]+)e[+-]?\d+", re.I)
_ZEROS = re.compile(r"[+-]?0+(?=\d)")
_BLANKS = dict.fromkeys(map(ord, "  \u00a0\u202f'\u2019"), "") | {ord("\u2212"): "-"}
_SWAPPED = str.maketrans(",.", ".,")


def number_rewritten(original: str, now: str, *, at_fault: bool) -> str:
    """Say how `now` is the number that `original` is; "" if it is another one, or none.

    at_fault: the cell was refused before, so that only what no person writes counts.
    """
    pairs = [(a, b) for a in _readings(original) for b in _readings(now)]
    if any(a == b for a, b in pairs):
        return _same_value(original.strip(), now.strip(), at_fault=at_fault)
    digits = _mantissa_digits(now)
    for a, b in pairs:
        if digits and b in _rounded(a, digits):
            return "it became scientific notation"
        if _digits(a) > _KEPT_DIGITS and (b in _rounded(a, _KEPT_DIGITS) or b in _as_float(a)):
            return f"it was rounded to {_KEPT_DIGITS} digits"
        if not at_fault and _digits(b) >= _SHOWN_DIGITS and _is_cut_fraction(a, b):
            return "its fraction was rounded"
    return ""


def as_number(text: str) -> Decimal | None:
    """Give the number that a text is, with a point and no groups."""
    return next(iter(_readings(text)), None)


def _same_value(original: str, now: str, *, at_fault: bool) -> str:
    if _ZEROS.match(original) and not _ZEROS.match(now):
        return "it lost its leading zeros"
    if _mantissa_digits(original) or _mantissa_digits(now):
        return "it became a number in another notation"
    digits = sum(letter.isdigit() for letter in original)
    if original.startswith("+") and not now.startswith("+") and digits >= _PHONE_DIGITS:
        return "it lost its plus sign"
    return "" if at_fault else "the same number was written in another way"


def _readings(text: str) -> Iterator[Decimal]:
    """Give the number that a text is, by point or comma as decimal sign; there may be two."""
    if len(text) > _MOST_CHARACTERS:
        return
    plain = text.strip().translate(_BLANKS)
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Sc")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    share = plain.endswith("%")
    plain = plain.removesuffix("%")
    for variant in (plain, plain.translate(_SWAPPED)):
        if _GROUPED.fullmatch(variant):
            variant = variant.replace(",", "")
        if not _NUMBER.fullmatch(variant) or not variant.isascii():
            continue
        number = Decimal(variant)
        if number and abs(number.adjusted()) > _MOST_EXPONENT:
            continue
        yield number / 100 if share else number


def _mantissa_digits(text: str) -> int:
    """Count the digits before the exponent; 0 if there is none."""
    found = _EXPONENT.fullmatch(text.strip())
    return sum(letter.isdigit() for letter in found[1]) if found else 0


def _digits(number: Decimal) -> int:
    return len(number.as_tuple().digits)


def _rounded(number: Decimal, digits: int) -> list[Decimal]:
    ways = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
    return [Context(prec=digits, rounding=way).plus(number) for way in ways]


def _as_float(number: Decimal) -> list[Decimal]:
    """Give what is left of a number that was kept as a float, exactly and as it is written."""
    kept = float(number)
    return [Decimal(kept), Decimal(repr(kept))]


def _is_cut_fraction(a: Decimal, b: Decimal) -> bool:
    before, after = _places(a), _places(b)
    if not 0 < after < before:
        return False
    unit = Decimal(1).scaleb(-after)
    context = Context(prec=_MOST_CHARACTERS * 2)
    return any(
        a.quantize(unit, rounding=way, context=context) == b
        for way in (ROUND_HALF_UP, ROUND_HALF_EVEN)
    )


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
