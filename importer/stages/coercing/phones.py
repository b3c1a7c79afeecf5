"""Reads phone numbers with the world's numbering plans."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

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

# region and `whole:` -> the texts of earlier blocks, and what `_one` made of them.
_KNOWN: dict[tuple[str | None, bool], tuple[pa.Array, pa.Array]] = {}
_NOTHING = (pa.array([], pa.string()), pa.array([], pa.string()))

UNSURE = "?"
"""Stands for a text whose reading is left to the library."""

# What numbers are spaced with, and nothing else means; the library reads the other marks.
_MARKS = str.maketrans("", "", " ()-.\u00a0")
_FEWEST = 5

AMBIGUOUS = ""
"""Stands for digits that are a number with their country code, and another without one."""

# Some 30 MB at most; the same numbers come again in other blocks.
_REMEMBERED = 200_000


@dataclass(frozen=True)
class _Plan:
    """What the library knows of a region's numbers, ready to be asked many times.

    code: the country code.  abroad, prefix, general: patterns of what is dialled to go abroad,
    of what is dialled before a national number (None: nothing), and of national numbers.
    rewrites: whether the prefix is replaced rather than left out.
    lengths, local: of whole national numbers, and of those without their area code.
    """

    code: str
    abroad: re.Pattern[str]
    prefix: re.Pattern[str] | None
    general: re.Pattern[str]
    rewrites: bool
    lengths: tuple[int, ...]
    local: frozenset[int]

    def without_prefix(self, number: str) -> str:
        """Take the prefix off, unless what is left would be no number where the whole was one."""
        found = self.prefix.match(number) if self.prefix else None
        if found is None:
            return number
        rest = number[found.end() :]
        if self.general.fullmatch(number) and not self.general.fullmatch(rest):
            return number
        fits = self.is_possible(rest) or len(rest) > self.lengths[-1]
        return rest if fits else number

    def read(self, number: str, main: _Plan) -> str | None:
        """Read a number without its code; `main` is the plan of the first region of that code."""
        if self.rewrites and self.has_prefix(number):
            return UNSURE
        rest = self.without_prefix(number)
        return self.code + rest if main.is_possible(rest) else None

    def read_with_code(self, digits: str) -> str | None:
        """Read digits that begin with the code, which cannot be a number of the region."""
        rest = digits[len(self.code) :]
        too_long = len(digits) > self.lengths[-1] and len(digits) not in self.local
        fits = self.general.fullmatch(rest) and not self.general.fullmatch(digits)
        if self.has_prefix(rest) or not (too_long or fits):
            return UNSURE
        return digits if self.is_possible(rest) else None

    def is_possible(self, number: str) -> bool:
        return len(number) in self.lengths and len(number) not in self.local

    def has_prefix(self, number: str) -> bool:
        return self.prefix is not None and self.prefix.match(number) is not None


@lru_cache(maxsize=1000)
def _plan(region: str) -> _Plan | None:
    found = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    general = found and found.general_desc
    if not found or not general or not general.national_number_pattern:
        return None
    prefix = found.national_prefix_for_parsing
    return _Plan(
        str(found.country_code),
        re.compile(found.international_prefix or "NonMatch"),
        re.compile(prefix) if prefix else None,
        re.compile(general.national_number_pattern),
        bool(found.national_prefix_transform_rule),
        tuple(general.possible_length),
        frozenset(general.possible_length_local_only),
    )


@lru_cache(maxsize=1000)
def _plan_of_code(digits_after_plus: str) -> _Plan | None:
    """Give the plan of the country code that a number begins with; None for none, or no country's."""
    for length in (1, 2, 3):
        code = digits_after_plus[:length]
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code else None
        if regions and code[0] != "0":
            return _plan(regions[0])
    return None


def quickly(text: str, region: str | None) -> str | None:
    """Read a number of a plain spelling as the library does, some ten times faster.

    UNSURE where its other rules may play a part: codes for abroad, numbers that begin with their
    country's code, prefixes that are replaced.
    """
    plain = text.translate(_MARKS)
    if not plain.removeprefix("+").isdigit() or len(plain) < _FEWEST:
        return UNSURE
    if plain.startswith("+"):
        plan = _plan_of_code(plain[1:4])
        return plan.read(plain[1 + len(plan.code) :], plan) if plan else UNSURE
    plan = _plan(region) if region else None
    main = _plan_of_code(plan.code) if plan else None
    if plan is None or main is None or plan.abroad.match(plain):
        return UNSURE
    if plain.startswith(plan.code):
        return plan.read_with_code(plain) if plan is main else UNSURE
    return plan.read(plain, main)


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
    quick = quickly(text, region)
    return by_library(text, region) if quick == UNSURE else quick


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
    values = _each(texts, region, attribute.whole)
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


def _each(texts: pa.Array, region: str | None, whole: bool) -> pa.Array:
    """Give what `_one` does for each text; those that an earlier block had are found in a table."""
    known, results = _KNOWN.get((region, whole), _NOTHING)
    places = pc.index_in(texts, value_set=known)
    if places.null_count:
        new = texts.filter(pc.is_null(places))
        if len(known) + len(new) > _REMEMBERED:
            (known, results), new = _NOTHING, texts
        found = [_one(text, region, whole) for text in new.to_pylist()]
        known = pa.concat_arrays([known, new])
        results = pa.concat_arrays([results, pa.array(found, pa.string())])
        places = pc.index_in(texts, value_set=known)
        if len(known) <= _REMEMBERED:
            _KNOWN[region, whole] = (known, results)
    return results.take(places)


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
