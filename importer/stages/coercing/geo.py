"""Reads coordinates in decimal degrees, from one cell or from two."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags, matching, mended, only
from importer.stages.coercing.contract import Bad, Coerced, Example, ValueType, bad_where
from importer.stages.coercing.numbers import decimal_texts
from importer.typed import Flags

# Of canonical decimals, digit by digit: a float would round 90.00000000000000001 to 90.
_FRACTION = r"(?:\.[0-9]{1,38})?"


def _within(whole: str, limit: int) -> str:
    """Match canonical decimals of a range: 0, `whole` with a fraction, and the limit itself."""
    beyond_zero = rf"0\.[0-9]{{1,38}}|(?:{whole}){_FRACTION}|{limit}(?:\.0{{1,38}})?"
    return rf"\A(?:0{_FRACTION}|-?(?:{beyond_zero}))\z"


_WITHIN_90 = _within("[1-8]?[1-9]|[1-8]0", 90)
_WITHIN_180 = _within("[1-9]?[1-9]|[1-9]0|1[0-7][0-9]", 180)

_RANGE = "a latitude of -90 to 90 and a longitude of -180 to 180, in this order"
_HALF = "a latitude and a longitude, or neither"


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    point = attribute.decimal
    # A comma that is the decimal point cannot also stand between two numbers.
    between = r"(?:\s*[,;]\s*|\s+)" if point != "," else r"(?:\s*;\s*|\s+)"
    number = rf"[+-]?(?:[0-9]+(?:{re.escape(point)}[0-9]*)?|{re.escape(point)}[0-9]+)"
    pattern = rf"\A\s*(?P<lat>{number}){between}(?P<lon>{number})\s*\z"
    lat, lon = pc.extract_regex(texts, pattern).flatten()
    return from_pair(lat, lon, attribute, f"a pair such as 12{point}11;123{point}122")


def from_pair(
    lat: pa.Array,
    lon: pa.Array,
    attribute: Attribute,
    expected: str = "decimal degrees such as 12.11 and 123.122",
) -> Coerced:
    """Make coordinates of latitudes and longitudes; null is a text that is no number."""
    lat, lat_near = _degrees(lat, _WITHIN_90, attribute.decimal)
    lon, lon_near = _degrees(lon, _WITHIN_180, attribute.decimal)
    numeric = flags(pc.and_(pc.is_valid(lat), pc.is_valid(lon)))
    near = lat_near & lon_near
    json = pc.binary_join_element_wise('{"lat":', lat, ',"lon":', lon, "}", "")
    json = only(json, numeric & near)
    bad = bad_where(~numeric, "not-geo", expected)
    return Coerced(json, json, (*bad, *bad_where(numeric & ~near, "geo-range", _RANGE)))


def _degrees(texts: pa.Array, within: str, decimal: str) -> tuple[pa.Array, Flags]:
    """Give canonical decimals, null where a text is none, and which of them are within range."""
    if decimal != ".":
        texts = decimal_texts(pc.utf8_trim_whitespace(texts), decimal, "")
        return texts, matching(texts, within)
    near = matching(texts, within)
    far = ~near
    texts = mended(texts, far, lambda odd: decimal_texts(pc.utf8_trim_whitespace(odd), decimal, ""))
    near[far] = matching(texts.filter(pa.array(far)), within)
    return texts, near


def half(flagged: Flags) -> tuple[Bad, ...]:
    """Refuse rows that have one coordinate of the two."""
    return bad_where(flagged, "geo-half", _HALF)


GEO = ValueType(
    name="geo",
    rule="A latitude of -90 to 90 and a longitude of -180 to 180 in decimal degrees, from two "
    'columns or from one cell with a comma, a semicolon or blanks between; sent as {"lat": ..., '
    '"lon": ...} with all digits.',
    options=("lat", "lon", "decimal"),
    hint="Say `lat:` and `lon:` if they stand in two columns; degrees, minutes and letters are "
    "refused.",
    examples=(
        Example("12.11,123.122", '{"lat":12.11,"lon":123.122}'),
        Example(" -33.8670 ; 151.2100 ", '{"lat":-33.8670,"lon":151.2100}'),
        Example("12.11 123.122", '{"lat":12.11,"lon":123.122}'),
        Example("123.122,12.11", "geo-range"),
        Example("12.11", "not-geo"),
        Example("12,11,123,122", "not-geo"),
        Example("12°06'36\"N 123°07'19\"E", "not-geo"),
    ),
    coerce=_coerce,
)
