"""Reads whole and decimal numbers without losing a digit."""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags, matching, mended, only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where

# Already JSON, and small enough for the narrow Arrow types: the common case.
_PLAIN_INTEGER = r"\A(?:0|-?[1-9][0-9]{0,17})\z"
_PLAIN_NUMBER = r"\A(?:0(?:\.[0-9]{1,18})?|-?[1-9][0-9]{0,17}(?:\.[0-9]{1,18})?)\z"

_PERCENT = r"\A([^%]*[^% \t\x{a0}\x{202f}])[ \t\x{a0}\x{202f}]?%\z"
_PLAIN = r"\A(?P<mantissa>.*)(?P<exponent>)\z"
_SCIENTIFIC = r"\A(?P<mantissa>[^eE]*)(?:[eE](?P<exponent>[+-]?[0-9]{1,3}))?\z"

# Wider than any number that is taken: nothing is ever rounded.
_EXACT = Context(prec=200, Emax=MAX_EMAX, Emin=MIN_EMIN)

# Arrow's widest decimal holds 76 digits.
_WIDEST = r"\A-?[0-9]{1,38}(?:\.[0-9]{1,38})?\z"


# To the eye they are one mark; programs write one or the other.
_SAME_MARKS = dict.fromkeys(" \xa0\u2009\u202f", " \xa0\u2009\u202f") | dict.fromkeys("'’", "'’")

# What JSON writes otherwise.  RE2 reads one digit after a backslash: \10 is group 1, then 0.
_SPELLINGS = (
    (r"\A\+", ""),
    (r"\A(-?)\.", r"\10."),
    (r"\.\z", ""),
    (r"\A(-?)0+([0-9])", r"\1\2"),
    (r"\A-(0(?:\.0*)?)\z", r"\1"),
)


def decimal_texts(texts: pa.Array, decimal: str, thousands: str, indian: bool = False) -> pa.Array:
    """Give each number in JSON's own spelling with all its digits; null where a text is none."""
    plain = _PLAIN_NUMBER if decimal == "." else _PLAIN_INTEGER
    point, whole = re.escape(decimal), _whole(thousands, indian)
    shape = rf"\A[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)\z"
    return _canonical(texts, plain, shape, decimal, thousands)


def _whole(thousands: str, indian: bool) -> str:
    if not thousands:
        return "[0-9]+"
    mark = f"[{''.join(map(re.escape, _SAME_MARKS.get(thousands, thousands)))}]"
    # A group of zeros in front (0.123) is no thousand: it is a decimal point, most likely.
    groups = rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+"
    if indian:
        groups += rf"|[1-9][0-9]?(?:{mark}[0-9]{{2}})*{mark}[0-9]{{3}}"
    return rf"(?:[0-9]+|{groups})"


def _canonical(texts: pa.Array, plain: str, shape: str, decimal: str, thousands: str) -> pa.Array:
    def mend(odd: pa.Array) -> pa.Array:
        odd = only(odd, matching(odd, shape))
        for mark in _SAME_MARKS.get(thousands, thousands):
            odd = pc.replace_substring(odd, mark, "")
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
    if attribute.whole or attribute.percent or attribute.exponent:
        json = _without_fraction(_read(texts, attribute), attribute.whole)
    else:
        shape = rf"\A[+-]?{_whole(attribute.thousands, attribute.indian)}\z"
        json = _canonical(signed(texts, attribute), _PLAIN_INTEGER, shape, ".", attribute.thousands)
    expected = f"a whole number such as 1{attribute.thousands}234{_ending(attribute)}"
    bad = bad_where(flags(pc.is_null(json)), "not-integer", expected)
    return Coerced(_integers(json), json, bad)


def _without_fraction(texts: pa.Array, whole: bool) -> pa.Array:
    """Give the whole numbers; those with zeros after the point, too, if `whole`."""

    def mend(odd: pa.Array) -> pa.Array:
        pattern = r"\A(-?[0-9]+)\.0+\z"
        odd = only(odd, matching(odd, pattern) & whole)
        odd = pc.replace_substring_regex(odd, pattern, r"\1")
        return pc.replace_substring_regex(odd, r"\A-0\z", "0")

    return mended(texts, ~matching(texts, r"\A-?[0-9]+\z"), mend)


def _coerce_number(texts: pa.Array, attribute: Attribute) -> Coerced:
    json = _read(texts, attribute)
    expected = (
        f"a number such as 1{attribute.thousands}234{attribute.decimal}50{_ending(attribute)}"
    )
    bad = bad_where(flags(pc.is_null(json)), "not-number", expected)
    return Coerced(decimals(json), json, bad)


def _ending(attribute: Attribute) -> str:
    return " %" if attribute.percent else ""


def _read(texts: pa.Array, attribute: Attribute) -> pa.Array:
    """Read numbers with the parentheses, percent signs and exponents that the mapping allows."""
    marks = attribute.decimal, attribute.thousands, attribute.indian
    texts = signed(texts, attribute)
    if attribute.percent:
        texts = only(texts, matching(texts, _PERCENT))
        texts = pc.replace_substring_regex(texts, _PERCENT, r"\1")
    shift = -2 if attribute.percent == "fraction" else 0
    if not attribute.exponent and not shift:
        return decimal_texts(texts, *marks)
    pattern = _SCIENTIFIC if attribute.exponent else _PLAIN
    mantissas, exponents = pc.extract_regex(texts, pattern).flatten()
    return _shifted(decimal_texts(mantissas, *marks), exponents, shift)


def signed(texts: pa.Array, attribute: Attribute) -> pa.Array:
    """Write (5) as -5, as bookkeepers mean it, if the mapping says so."""
    if not attribute.parentheses:
        return texts
    return pc.replace_substring_regex(texts, r"\A\(([^()+-][^()]*)\)\z", r"-\1")


def _shifted(texts: pa.Array, exponents: pa.Array, shift: int) -> pa.Array:
    """Move decimal points by each exponent and by `shift`, once per distinct number."""
    odd = flags(pc.is_valid(texts)) & (flags(pc.not_equal(exponents, "")) | (shift != 0))
    joined = pc.binary_join_element_wise(texts, exponents, "E")

    def move(_: pa.Array) -> pa.Array:
        encoded = joined.filter(pa.array(odd)).dictionary_encode()
        moved = [_moved(text, shift) for text in encoded.dictionary.to_pylist()]
        found = pa.array(moved, pa.string())
        return only(found, matching(found, _WIDEST)).take(encoded.indices)

    return mended(texts, odd, move)


def _moved(text: str, shift: int) -> str:
    mantissa, _, exponent = text.partition("E")
    return f"{Decimal(mantissa).scaleb(int(exponent or 0) + shift, _EXACT):f}"


_GERMAN = {"decimal": ",", "thousands": "."}

_OPTIONS = ("decimal", "thousands", "grouping", "percent", "exponent", "parentheses")

INTEGER = ValueType(
    name="integer",
    rule="A whole number in ASCII digits, at most 38 of them, with a sign or without.",
    options=(*_OPTIONS, "whole"),
    hint="Say `thousands:` if digits are grouped (`grouping: indian` for 1,23,456), `whole: true` "
    "if the file writes 5 as 5.0, `type: number` if there are decimals, and `type: string` for "
    "ids and codes, whose leading zeros a number would lose.",
    examples=(
        Example("42", "42"),
        Example("007", "7"),
        Example("+5", "5"),
        Example("-0", "0"),
        Example("1234567890123456789", "1234567890123456789"),
        Example("1.234", "1234", {"thousands": "."}),
        Example("1.23", "not-integer", {"thousands": "."}),
        Example("1,23,456", "123456", {"thousands": ",", "grouping": "indian"}),
        Example("5.0", "not-integer"),
        Example("17850.0", "17850", {"whole": True}),
        Example("17850.5", "not-integer", {"whole": True}),
        Example("1e3", "not-integer"),
        Example("1.5e3", "1500", {"exponent": True}),
        Example("(1,234)", "-1234", {"thousands": ",", "parentheses": True}),
        Example("1,234", "not-integer"),
        Example("٣", "not-integer"),
    ),
    coerce=_coerce_integer,
)

NUMBER = ValueType(
    name="number",
    rule="A decimal number in ASCII digits, at most 38 before and 38 after the point; all its "
    "digits are sent. Exponents, percent signs and parentheses are refused unless an option "
    "allows them, and so are NaN and infinity always.",
    options=_OPTIONS,
    hint="Say `decimal:` and `thousands:` as the file has them, `grouping: indian` for "
    "1,23,456.78, `exponent: true` for 1e3, `parentheses: true` for (5) that means -5, and for "
    "12 % `percent: points` (12) or `percent: fraction` (0.12); every cell must have its % then.",
    examples=(
        Example("1234.50", "1234.50"),
        Example(".5", "0.5"),
        Example("5.", "5"),
        Example("-007.10", "-7.10"),
        Example("1.234,50", "1234.50", _GERMAN),
        Example("0.123", "not-number", _GERMAN),
        Example("1.23.4", "not-number", _GERMAN),
        Example("1.234,50", "not-number"),
        Example("1,23,456.78", "123456.78", {"thousands": ",", "grouping": "indian"}),
        Example("1e3", "not-number"),
        Example("1.50E+3", "1500", {"exponent": True}),
        Example("NaN", "not-number"),
        Example("12 %", "not-number"),
        Example("12 %", "12", {"percent": "points"}),
        Example("12.5%", "0.125", {"percent": "fraction"}),
        Example("12", "not-number", {"percent": "fraction"}),
        Example("(5.20)", "-5.20", {"parentheses": True}),
    ),
    coerce=_coerce_number,
)
