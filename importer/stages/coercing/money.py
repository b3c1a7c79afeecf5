"""Reads amounts of money, whose currency the mapping or another column states."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.currencies import currencies_of, is_written_with_dot
from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags, matching, only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where
from importer.stages.coercing.numbers import decimal_texts, decimals, signed
from importer.typed import Flags

# Digits and their marks, what names the currency before or behind, a sign anywhere before the
# digits.  A mark before the digits is a decimal mark (`$.50`), but for the dot that ends letters:
# `Rs. 5` is no .5.
_BLANK = r"[ \x{a0}\x{2009}\x{202f}]"
_NO_NAME = r"-+0-9 \t\r\n\x{a0}\x{2009}\x{202f}"
_NAME = rf"(?:[^{_NO_NAME}]*(?:\p{{L}}\.|[^{_NO_NAME}.,]))?"
_AMOUNT = (
    rf"\A(?P<sign>[-+]?){_BLANK}?(?P<before>{_NAME})(?P<gap>{_BLANK}?)(?P<inner>[-+]?)"
    rf"(?P<number>[.,]?[0-9](?:(?:[.,'\x{{2019}}]|{_BLANK})?[0-9])*){_BLANK}?"
    r"(?P<after>[^-+0-9()%: \t\r\n\x{a0}\x{2009}\x{202f}]*)\z"
)

# (decimal mark, mark between thousands), as the world writes amounts.
_STYLES = ((".", ","), (".", "'"), (".", " "), (",", "."), (",", "'"), (",", " "))

# The comma groups digits wherever these are used, and never is a decimal mark.
_COMMA_GROUPS = frozenset({"INR", "PKR", "LKR", "NPR", "BDT"})


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    found = pc.extract_regex(signed(texts, attribute), _AMOUNT)
    parts = {field.name: found.field(place) for place, field in enumerate(found.type)}
    numbers = only(parts["number"], flags(pc.is_valid(found)))
    core, doubtful = _amounts(numbers, attribute)
    core, one_sign = _with_signs(core, parts["sign"], parts["inner"])
    ours = _marked(parts["before"], parts["after"], attribute.currency or "")
    dotted = _dotted(parts["before"], pc.binary_join_element_wise(parts["gap"], parts["inner"], ""))
    known = flags(pc.is_valid(core)) & one_sign
    ok = known & ours & ~doubtful & ~dotted
    core = only(core, ok)
    marks = attribute.thousands or attribute.decimal
    expected = f"an amount of {attribute.currency} such as 1234.50"
    bad = (
        *bad_where(
            ~known & ~doubtful, "not-money", expected + (f" (marks: {marks})" * bool(marks))
        ),
        *bad_where(
            doubtful,
            "money-ambiguous",
            "an amount whose marks can be read in one way only (or say `decimal:`)",
        ),
        *bad_where(
            known & dotted & ~doubtful,
            "money-ambiguous",
            f"a blank before or behind the dot, which may be a decimal mark: {attribute.currency} .50",
        ),
        *bad_where(
            known & ~doubtful & ~dotted & ~ours,
            "currency-other",
            f"an amount of {attribute.currency}, with its sign or code, or without any",
        ),
    )
    return Coerced(decimals(core), core, bad)


def _amounts(numbers: pa.Array, attribute: Attribute) -> tuple[pa.Array, Flags]:
    """Read digits by every style that may be meant; flag those that two styles read differently."""
    core = pa.nulls(len(numbers), pa.string())
    doubtful = np.zeros(len(numbers), dtype=np.bool_)
    for decimal, thousands in _styles(attribute):
        found = decimal_texts(numbers, decimal, thousands, indian=True)
        doubtful |= flags(pc.not_equal(core, found))
        core = pc.coalesce(core, found)
    return core, doubtful


def _styles(attribute: Attribute) -> tuple[tuple[str, str], ...]:
    """Give the styles that agree with what the mapping says, and with the currency's habits."""
    decimal, thousands = attribute.decimal, attribute.thousands
    if decimal and thousands:
        return ((decimal, thousands),)
    if not decimal and not thousands and attribute.currency in _COMMA_GROUPS:
        return ((".", ","),)
    fitting = tuple(
        (point, mark) for point, mark in _STYLES if point == decimal or mark == thousands
    )
    return fitting or ((decimal or ".", thousands),) if decimal or thousands else _STYLES


def _with_signs(core: pa.Array, before: pa.Array, inner: pa.Array) -> tuple[pa.Array, Flags]:
    """Put a minus before amounts that have one on either side of the currency."""
    signs = pc.binary_join_element_wise(before, inner, "")
    minus = flags(pc.equal(signs, "-")) & ~matching(core, r"\A0(?:\.0*)?\z")
    negative = pc.binary_join_element_wise("-", core, "")
    return pc.if_else(pa.array(minus), negative, core), flags(pc.less(pc.binary_length(signs), 2))


def _marked(before: pa.Array, after: pa.Array, currency: str) -> Flags:
    """Flag the amounts whose signs, if there are any, are of this currency."""
    encoded = pc.binary_join_element_wise(before, after, " ").dictionary_encode()
    known = [
        all(currency in currencies_of(word) for word in (text or "").split())
        for text in encoded.dictionary.to_pylist()
    ]
    return flags(pa.array(known, pa.bool_()).take(encoded.indices))


def _dotted(before: pa.Array, between: pa.Array) -> Flags:
    """Flag the dots right before digits that may be the decimal mark: RM.50, unlike Rs.50."""
    encoded = before.dictionary_encode()
    doubtful = [
        (text or "").endswith(".") and not is_written_with_dot(text)
        for text in encoded.dictionary.to_pylist()
    ]
    found = flags(pa.array(doubtful, pa.bool_()).take(encoded.indices))
    return found & flags(pc.equal(between, ""))


_EURO = {"currency": "EUR"}

MONEY = ValueType(
    name="money",
    rule="An amount with the sign or the code of its currency, or without; its number is sent, "
    "with all digits. Another currency is refused, and so is an amount that can be read in two "
    "ways: `decimal:` or `thousands:` settles that of 1.234 and 1,234; a dot right before the digits "
    "is a decimal mark, but for those of Rs., kr., Fr. and their like, and in doubt behind other letters.",
    options=("currency", "decimal", "thousands", "parentheses"),
    hint="Say `currency: EUR`, or `{column: Currency}` if a column has it (codes or signs), and "
    "`decimal:` and `thousands:` as the file has them.",
    examples=(
        Example("1.234,50 €", "1234.50", _EURO),
        Example("EUR 12", "12", _EURO),
        Example("12,50", "12.50", _EURO),
        Example("-1'234.50 EUR", "-1234.50", _EURO),
        Example("$ 1,234.50", "1234.50", {"currency": "USD"}),
        Example("Rs. 1,23,456.78", "123456.78", {"currency": "INR"}),
        Example("Rs.50", "50", {"currency": "INR"}),
        Example("$.50", "0.50", {"currency": "USD"}),
        Example("USD.50", "money-ambiguous", {"currency": "USD"}),
        Example("1.234 €", "money-ambiguous", _EURO),
        Example("1.234 €", "1234", {"currency": "EUR", "decimal": ","}),
        Example("12 USD", "currency-other", _EURO),
        Example("1.23.4 €", "not-money", _EURO),
        Example("twelve", "not-money", _EURO),
    ),
    coerce=_coerce,
    distinct=True,
)
