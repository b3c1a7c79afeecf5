"""Reads coordinates in decimal degrees, from one cell or from two."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags, matching, mended, only
from importer.stages.coercing.contract import Bad, Coerced, Example, ValueType, bad_where
from importer.stages.coercing.degrees import coordinate, pair
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
_SWAPPED = _RANGE + "; swapped they would be a place, so mind which is which"
_HALF = "a latitude and a longitude, or neither"

# Well-known text has the longitude first (OGC 06-103r4); 4326 is the id of plain degrees.
_WKT = (
    r"\A(?i:SRID=4326;\s*)?(?i:POINT)\s*\(\s*(?P<lon>[-+]?[0-9]*\.?[0-9]+)\s+"
    r"(?P<lat>[-+]?[0-9]*\.?[0-9]+)\s*\)\z"
)


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    point = attribute.decimal
    # A comma that is the decimal point cannot also stand between two numbers.
    between = r"(?:\s*[,;]\s*|\s+)" if point != "," else r"(?:\s*;\s*|\s+)"
    number = rf"[+-]?(?:[0-9]+(?:{re.escape(point)}[0-9]*)?|{re.escape(point)}[0-9]+)"
    pattern = rf"\A\s*(?P<lat>{number}){between}(?P<lon>{number})\s*\z"
    lat, lon = pc.extract_regex(texts, pattern).flatten()
    odd = flags(pc.is_null(lat))
    lat, lat_near = _degrees(lat, _WITHIN_90, point)
    lon, lon_near = _degrees(lon, _WITHIN_180, point)
    if odd.any():
        spelt_lat, spelt_lon = _spelt(texts.filter(pa.array(odd)))
        lat, lat_near = _filled(lat, lat_near, odd, spelt_lat, _WITHIN_90)
        lon, lon_near = _filled(lon, lon_near, odd, spelt_lon, _WITHIN_180)
    expected = f"a place such as 12{point}11; 123{point}122 or 40°7'23\"N 74°7'23\"W"
    return _places(lat, lon, lat_near & lon_near, expected)


def from_pair(lat: pa.Array, lon: pa.Array, attribute: Attribute) -> Coerced:
    """Make coordinates of latitudes and longitudes; null is a text that is no number."""
    lat, lat_near = _either(lat, "lat", _WITHIN_90, attribute.decimal)
    lon, lon_near = _either(lon, "lon", _WITHIN_180, attribute.decimal)
    expected = "degrees such as 12.11 and 123.122, or 40°7'23\"N and 74°7'23\"W"
    return _places(lat, lon, lat_near & lon_near, expected)


def _places(lat: pa.Array, lon: pa.Array, near: Flags, expected: str) -> Coerced:
    numeric = flags(pc.and_(pc.is_valid(lat), pc.is_valid(lon)))
    json = pc.binary_join_element_wise('{"lat":', lat, ',"lon":', lon, "}", "")
    json = only(json, numeric & near)
    far = numeric & ~near
    bad = list(bad_where(~numeric, "not-geo", expected))
    if far.any():
        swapped = far & matching(lat, _WITHIN_180) & matching(lon, _WITHIN_90)
        bad += bad_where(far & ~swapped, "geo-range", _RANGE)
        bad += bad_where(swapped, "geo-range", _SWAPPED)
    return Coerced(json, json, tuple(bad))


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


def _either(texts: pa.Array, axis: str, within: str, decimal: str) -> tuple[pa.Array, Flags]:
    """Give the decimals of one column, whether it has decimals or degrees, minutes and seconds."""
    found, near = _degrees(texts, within, decimal)
    odd = flags(pc.is_null(found))
    if not odd.any():
        return found, near

    def read(text: str) -> str | None:
        one = coordinate(text)
        fits = one is not None and one.axis in ("", axis) and not one.doubtful
        return one.text if one and fits else None

    encoded = texts.filter(pa.array(odd)).dictionary_encode()
    spelt = pa.array([read(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return _filled(found, near, odd, spelt.take(encoded.indices), within)


def _spelt(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Give latitudes and longitudes of texts that are no pair of decimals."""
    points = pc.extract_regex(texts, _WKT)
    encoded = only(texts, ~flags(pc.is_valid(points))).dictionary_encode()
    places = [pair(text) or (None, None) for text in encoded.dictionary.to_pylist()]
    lat, lon = (
        pa.array([place[axis] for place in places], pa.string()).take(encoded.indices)
        for axis in (0, 1)
    )
    return pc.coalesce(pc.struct_field(points, "lat"), lat), pc.coalesce(
        pc.struct_field(points, "lon"), lon
    )


def _filled(
    texts: pa.Array, near: Flags, odd: Flags, spelt: pa.Array, within: str
) -> tuple[pa.Array, Flags]:
    """Put spelt-out coordinates where decimals were missing."""
    spelt = decimal_texts(spelt, ".", "")
    near[odd] = matching(spelt, within)
    return pc.replace_with_mask(texts, pa.array(odd), spelt), near


def half(flagged: Flags) -> tuple[Bad, ...]:
    """Refuse rows that have one coordinate of the two."""
    return bad_where(flagged, "geo-half", _HALF)


GEO = ValueType(
    name="geo",
    rule="A latitude of -90 to 90 and a longitude of -180 to 180, from two columns or from one "
    "cell with a comma, a semicolon or blanks between, or as POINT(lon lat); in decimal degrees, "
    "whose digits are all kept, or in degrees, minutes and seconds, which become decimals of "
    'twelve digits at most. Sent as {"lat": ..., "lon": ...}.',
    options=("lat", "lon", "decimal"),
    hint="Say `lat:` and `lon:` if they stand in two columns, and `decimal:` if a comma is the "
    "decimal mark; what can be read in two ways is refused, and so is O for a side (east in "
    "German, west in French).",
    examples=(
        Example("12.11,123.122", '{"lat":12.11,"lon":123.122}'),
        Example(" -33.8670 ; 151.2100 ", '{"lat":-33.8670,"lon":151.2100}'),
        Example("12.11 123.122", '{"lat":12.11,"lon":123.122}'),
        Example("12,11; 123,122", '{"lat":12.11,"lon":123.122}'),
        Example("POINT(123.122 12.11)", '{"lat":12.11,"lon":123.122}'),
        Example("12°06'36\"N 123°07'19.2\"E", '{"lat":12.11,"lon":123.122}'),
        Example("W 74.123 N 40.123", '{"lat":40.123,"lon":-74.123}'),
        Example("40°20'N 74°W", '{"lat":40.333333333333,"lon":-74}'),
        Example("123.122,12.11", "geo-range"),
        Example("12.11", "not-geo"),
        Example("12,11,123,122", "not-geo"),
        Example("40°61'N 74°W", "not-geo"),
    ),
    coerce=_coerce,
)
