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
        for pattern, replacement in (
            (r"\A\+", ""),
            (r"\A(-?)\.", r"\g<1>0."),
            (r"\.\z", ""),
            (r"\A(-?)0+([0-9])", r"\g<1>\g<2>"),
            (r"\A-(0(?:\.0*)?)\z", r"\g<1>"),
        ):
            odd = pc.replace_substring_regex(odd, pattern, re.sub(r"\\g<(\d)>", r"\\\1", replacement))
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
    expected = "a whole number such as " + _sample("1234", attribute.thousands, "")
    return Coerced(_integers(json), json, _bad(json, "not-integer", expected))


def _coerce_number(texts: pa.Array, attribute: Attribute) -> Coerced:
    json = decimal_texts(texts, attribute.decimal, attribute.thousands)
    expected = "a number such as " + _sample("1234", attribute.thousands, attribute.decimal + "50")
    return Coerced(decimals(json), json, _bad(json, "not-number", expected))


def _bad(json: pa.Array, code: str, expected: str) -> tuple[object, ...]:
    return bad_where(flags(pc.is_null(json)), code, expected)
