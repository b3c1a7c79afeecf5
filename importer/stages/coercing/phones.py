"""Reads phone numbers with the world's numbering plans."""

from __future__ import annotations

import re

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from importer.mapping_file.mapping import UNKNOWN_REGION, Attribute
from importer.stages.coercing import phone_columns
from importer.stages.coercing.arrays import flags, only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where
from importer.stages.coercing.phone_columns import AMBIGUOUS

# Letters and extensions would be dropped by the library; a number that lost a part is another.
_SHAPE = re.compile(r"\+?[0-9 ()\-./\u00a0\u2009\u2010-\u2015\u202f]+")
# French pages part digits by narrow blanks, which the library does not know.
_NARROW = str.maketrans("\u2009\u202f", "  ")
_DIGITS_ONLY = re.compile(r"[0-9]{8,15}")
# A column of floats writes 9876543210.0, whose last 0 is no digit of the number.
_FLOAT = re.compile(r"(\+?[0-9]+)\.0*")
_FLOAT_TEXT = r"\A(\+?[0-9]+)\.0*\z"

# Region -> the texts of earlier blocks, and what they mean.  To look a cell up among more costs as
# much as to read it.
_KNOWN: dict[str | None, tuple[pa.Array, pa.Array]] = {}
_NOTHING = (pa.array([], pa.string()), pa.array([], pa.string()))
_REMEMBERED = 50_000

# To make a column's patterns ready takes as long as the library takes for so many texts.
_FEW = 20


def digits(text: str, region: str | None) -> str | None:
    """Give country code and number in digits (`918888444411`), or AMBIGUOUS; None for no number.

    region: ISO 3166 letters of the country in which numbers without a country code were written;
        UNKNOWN_REGION if there was such a country, and nobody knows which.
    """
    if not _SHAPE.fullmatch(text) or (region == UNKNOWN_REGION and not text.startswith("+")):
        return None
    if _FLOAT.fullmatch(text):
        return None
    # A number that states its country code is the same in every region.
    return by_library(text.translate(_NARROW), None if text.startswith("+") else region)


def by_library(text: str, region: str | None) -> str | None:
    """Read a text of phone numbers' characters with the library."""
    if text.startswith("+") or region:
        number = _parsed(text, region)
    elif text.startswith("00"):
        number = _parsed("+" + text[2:], None)
    elif _DIGITS_ONLY.fullmatch(text):
        # MoEngage's own spelling.  To supply the plus is our guess, so here the number must be
        # one that its country has really given out.
        number = _parsed("+" + text, None)
        if number and not phonenumbers.is_valid_number(number):
            return None
    else:
        return None
    if number is None:
        return None
    found = _written(number)
    return AMBIGUOUS if region and _may_have_its_code(text, number, found) else found


def _written(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]


def _may_have_its_code(text: str, number: phonenumbers.PhoneNumber, found: str) -> bool:
    """Tell whether a number that was read as a national one begins with its country's code.

    46812345 is a number of Lund, and one of Stockholm behind Sweden's 46.
    """
    plain = "".join(filter(str.isdigit, text))
    if text.startswith("+") or not plain.startswith(str(number.country_code)) or plain == found:
        return False
    other = _parsed("+" + plain, None)
    if other is None or _written(other) == found:
        return False
    return phonenumbers.is_valid_number(other) or not phonenumbers.is_valid_number(number)


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    """Parse a number of a length that its country has.

    That is enough: the library's ranges lag behind what countries give out, and a number that the
    source states in full keeps its meaning.  A local number without its area code has not such a
    length: nobody else could dial it.
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return number if possible else None


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    region = attribute.region
    if attribute.whole:
        texts = pc.replace_substring_regex(texts, _FLOAT_TEXT, r"\1")
    values = _each(texts, region)
    doubtful = flags(pc.equal(values, AMBIGUOUS))
    values = only(values, ~doubtful)
    if attribute.style == "e164":
        values = pc.binary_join_element_wise("+", values, "")
    bad = (
        *bad_where(flags(pc.is_null(values)) & ~doubtful, "not-phone", _expected(region)),
        *bad_where(doubtful, "phone-ambiguous", f"a number of {region} that begins with + or 0"),
    )
    return Coerced(values, values, bad, in_quotes=True)


def forget() -> None:
    """Forget every number that was read, as if the process were new."""
    _KNOWN.clear()


def _each(texts: pa.Array, region: str | None) -> pa.Array:
    """Give what `_read` does for each text; those that an earlier block had are found in a table."""
    known, results = _KNOWN.get(region, _NOTHING)
    places = pc.index_in(texts, value_set=known)
    if places.null_count:
        missing = pc.is_null(places)
        new = texts.filter(missing).dictionary_encode()
        found = _read(new.dictionary, region)
        first_new = pa.scalar(len(known), pa.int32())
        places = pc.replace_with_mask(places, missing, pc.add(new.indices, first_new))
        known = pa.concat_arrays([known, new.dictionary])
        results = pa.concat_arrays([results, found])
        _KNOWN[region] = (known, results)
        if sum(len(all_texts) for all_texts, _ in _KNOWN.values()) > _REMEMBERED:
            _KNOWN.clear()
    return results.take(places)


def _read(texts: pa.Array, region: str | None) -> pa.Array:
    """Read plain spellings as a column, and leave the others to the library."""
    if len(texts) < _FEW:
        return _one_by_one(texts, region)
    plain = phone_columns.are_plain(texts).astype(np.int64)
    ways = (_one_by_one, phone_columns.read)
    return phone_columns.in_groups(texts, plain, lambda way, part: ways[way](part, region))


def _one_by_one(texts: pa.Array, region: str | None) -> pa.Array:
    return pa.array([digits(text, region) for text in texts.to_pylist()], pa.string())


def _expected(region: str | None) -> str:
    if region is None:
        return "a phone number with its country code, such as +91 98765 43210 (or say `region:`)"
    if region == UNKNOWN_REGION:
        return (
            "a phone number that begins with + and its country code, since the column that "
            "`region:` names has no country that is known"
        )
    return f"a phone number of {region}, or one that begins with + and its country code"


PHONE = ValueType(
    name="phone",
    rule="A phone number of a length that its country has, sent as country code and number in "
    "digits (`style: e164` puts a + before them); without `region:` it needs + or 00 before the "
    "country code, or is 8 to 15 digits that are a valid number with its country code. Digits that "
    "are one number with `region:`'s country code and another without it are refused.",
    options=("region", "style", "whole"),
    hint="Say `region:` with the country's two letters, or `{column: Country}` if a column has it "
    "(names or ISO codes), where numbers are written without a country code, and `whole: true` if "
    "a float column wrote them as 9876543210.0; extensions and letters are refused.",
    examples=(
        Example("+91 88884-44411", '"918888444411"'),
        Example("918888444411", '"918888444411"'),
        Example("918888444411", '"+918888444411"', {"style": "e164"}),
        Example("0049 30 901820", '"4930901820"'),
        Example("088884 44411", '"918888444411"', {"region": "IN"}),
        Example("+49 30 901820", '"4930901820"', {"region": "IN"}),
        Example("088884 44411", "not-phone"),
        Example("12345", "not-phone", {"region": "IN"}),
        Example("9876543210.0", "not-phone", {"region": "IN"}),
        Example("9876543210.0", '"919876543210"', {"region": "IN", "whole": True}),
        Example("468123456", "phone-ambiguous", {"region": "SE"}),
        Example("0468123456", '"46468123456"', {"region": "SE"}),
        Example("555-1234", "not-phone", {"region": "US"}),
        Example("1-800-FLOWERS", "not-phone", {"region": "US"}),
        Example("+33 1\u202f23\u202f45\u202f67\u202f89", '"33123456789"'),
        Example("+91 88884 44411 ext. 5", "not-phone"),
    ),
    coerce=_coerce,
)
