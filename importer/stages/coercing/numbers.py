"""Reads whole and decimal numbers without losing a digit."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags, matching, mended, only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where

# Already JSON, and small enough for the narrow Arrow types: the common case.
_PLAIN_INTEGER = r"\A(?:0|-?[1-9][0-9]{0,17})\z"
_PLAIN_NUMBER = r"\A(?:0(?:\.[0-9]{1,18})?|-?[1-9][0-9]{0,17}(?:\.[0-9]{1,18})?)\z"

# Arrow's widest decimal holds 76 digits.
_WIDEST = r"\A-?[0-9]{1,38}(?:\.[0-9]{1,38})?\z"


# What JSON writes otherwise.  RE2 reads one digit after a backslash: \10 is group 1, then 0.
_SPELLINGS = (
    (r"\A\+", ""),
    (r"\A(-?)\.", r"\10."),
    (r"\.\z", ""),
    (r"\A(-?)0+([0-9])", r"\1\2"),
    (r"\A-(0(?:\.0*)?)\z", r"\1"),
)


def decimal_texts(texts: pa.Array, decimal: str, thousands: str) -> pa.Array:
    """Give each number in JSON's own spelling with all its digits; null where a text is none."""
    plain = _PLAIN_NUMBER if decimal == "." else _PLAIN_INTEGER
    point, whole = re.escape(decimal), _whole(thousands)
    shape = rf"\A[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)\z"
    return _canonical(texts, plain, shape, decimal, thousands)


def _whole(thousands: str) -> str:
    if not thousands:
        return "[0-9]+"
    # A group of zeros in front (0.123) is no thousand: it is a decimal point, most likely.
    return rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:{re.escape(thousands)}[0-9]{{3}})+)"


def _canonical(texts: pa.Array, plain: str, shape: str, decimal: str, thousands: str) -> pa.Array:
    def mend(odd: pa.Array) -> pa.Array:
        odd = only(odd, matching(odd, shape))
        if thousands:
            odd = pc.replace_substring(odd, thousands, "")
        if decimal != ".":
            odd = pc.replace_substring(odd, decimal, ".")
        for pattern, replacement in _SPELLINGS:
            odd = pc.replace_substring_regex(odd, pattern, replacement)
        return only(odd, matching(odd, _WIDEST))

    return mended(texts, ~matching(texts, plain), mend)


def decimals(texts: pa.Array) -> pa.Array:
    """Turn canonical texts into decimal128(38, 18), or decimal256(76, 38) where that is too narrow."""
    try:
        return pc.cast(texts, pa.decimal128(38, 18))
    except pa.ArrowInvalid:
        return pc.cast(texts, pa.decimal256(76, 38))


def _integers(texts: pa.Array) -> pa.Array:
    try:
        return pc.cast(texts, pa.int64())
    except pa.ArrowInvalid:
        return pc.cast(texts, pa.decimal128(38, 0))


def _coerce_integer(texts: pa.Array, attribute: Attribute) -> Coerced:
    shape = rf"\A[+-]?{_whole(attribute.thousands)}\z"
    json = _canonical(texts, _PLAIN_INTEGER, shape, ".", attribute.thousands)
    expected = f"a whole number such as 1{attribute.thousands}234"
    bad = bad_where(flags(pc.is_null(json)), "not-integer", expected)
    return Coerced(_integers(json), json, bad)


def _coerce_number(texts: pa.Array, attribute: Attribute) -> Coerced:
    json = decimal_texts(texts, attribute.decimal, attribute.thousands)
    expected = f"a number such as 1{attribute.thousands}234{attribute.decimal}50"
    bad = bad_where(flags(pc.is_null(json)), "not-number", expected)
    return Coerced(decimals(json), json, bad)


_GERMAN = {"decimal": ",", "thousands": "."}

INTEGER = ValueType(
    name="integer",
    rule="A whole number in ASCII digits, at most 38 of them, with a sign or without.",
    options=("thousands",),
    hint="Say `thousands:` if digits are grouped, `type: number` if there are decimals, and "
    "`type: string` for ids and codes, whose leading zeros a number would lose.",
    examples=(
        Example("42", "42"),
        Example("007", "7"),
        Example("+5", "5"),
        Example("-0", "0"),
        Example("1234567890123456789", "1234567890123456789"),
        Example("1.234", "1234", {"thousands": "."}),
        Example("1.23", "not-integer", {"thousands": "."}),
        Example("5.0", "not-integer"),
        Example("1e3", "not-integer"),
        Example("1,234", "not-integer"),
    ),
    coerce=_coerce_integer,
)

NUMBER = ValueType(
    name="number",
    rule="A decimal number in ASCII digits, at most 38 before and 38 after the point; all its "
    "digits are sent, and exponents are refused.",
    options=("decimal", "thousands"),
    hint="Say `decimal:` and `thousands:` as the file has them.",
    examples=(
        Example("1234.50", "1234.50"),
        Example(".5", "0.5"),
        Example("5.", "5"),
        Example("-007.10", "-7.10"),
        Example("1.234,50", "1234.50", _GERMAN),
        Example("0.123", "not-number", _GERMAN),
        Example("1.234,50", "not-number"),
        Example("1e3", "not-number"),
        Example("NaN", "not-number"),
        Example("12 %", "not-number"),
    ),
    coerce=_coerce_number,
)
