"""Reads phone numbers with the world's numbering plans."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import repeat

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from importer.mapping_file.mapping import UNKNOWN_REGION, Attribute
from importer.stages.coercing.arrays import flags, only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where

# Letters and extensions would be dropped by the library; a number that lost a part is another.
_SHAPE = re.compile(r"\+?[0-9 ()\-./\u00a0\u2010-\u2015\u202f]+")
_DIGITS_ONLY = re.compile(r"[0-9]{8,15}")
# A column of floats writes 9876543210.0, whose last 0 is no digit of the number.
_FLOAT = re.compile(r"(\+?[0-9]+)\.0*")

# region and `whole:` -> text -> what `_one` gives, for all blocks of a process.
_KNOWN: dict[tuple[str | None, bool], dict[str, str | None]] = {}

_UNSEEN = "?"

AMBIGUOUS = ""
"""Stands for digits that are a number with their country code, and another without one."""

# Some 30 MB at most; the same numbers come again in other blocks.
_REMEMBERED = 200_000


@lru_cache(maxsize=_REMEMBERED)
def digits(text: str, region: str | None) -> str | None:
    """Give country code and number in digits (`918888444411`), or AMBIGUOUS; None for no number.

    region: ISO 3166 letters of the country in which numbers without a country code were written;
        UNKNOWN_REGION if there was such a country, and nobody knows which.
    """
    if not _SHAPE.fullmatch(text) or (region == UNKNOWN_REGION and not text.startswith("+")):
        return None
    if _FLOAT.fullmatch(text):
        return None
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
    found = _each(texts.to_pylist(), region, attribute.whole)
    values = pa.array(found, pa.string())
    doubtful = np.zeros(len(found), dtype=np.bool_)
    if AMBIGUOUS in found:
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
    digits.cache_clear()
    _KNOWN.clear()


def _each(texts: list[str], region: str | None, whole: bool) -> list[str | None]:
    """Read texts that are all different; what an earlier block had costs a look into a table."""
    if sum(map(len, _KNOWN.values())) > _REMEMBERED:
        _KNOWN.clear()
    known = _KNOWN.setdefault((region, whole), {})
    found = list(map(known.get, texts, repeat(_UNSEEN)))
    if _UNSEEN in found:
        for place, text in enumerate(texts):
            if found[place] is _UNSEEN:
                found[place] = known[text] = _one(text, region, whole)
    return found


def _one(text: str, region: str | None, whole: bool) -> str | None:
    if whole:
        text = _FLOAT.sub(r"\1", text) if _FLOAT.fullmatch(text) else text
    # A number that states its country code is the same in every region, and remembered once.
    return digits(text, None if text.startswith("+") else region)


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
        Example("+91 88884 44411 ext. 5", "not-phone"),
    ),
    coerce=_coerce,
    distinct=True,
)
