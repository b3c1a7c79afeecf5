from __future__ import annotations

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute, FromCoordinates
from importer.typed import Typed

Make = Callable[..., Attribute]


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ("12.11,123.122", '{"lat":12.11,"lon":123.122}'),
        ("90,180", '{"lat":90,"lon":180}'),
        ("-90.000,-180.0", '{"lat":-90.000,"lon":-180.0}'),
        ("90.00000000000000000000000000000000000001,0", "geo-range"),
        ("0,180.00000000000000000000000000000000000001", "geo-range"),
        ("-91,0", "geo-range"),
        ("100,200", "geo-range"),
        ("10,200", "geo-range"),
        ("1000,0", "geo-range"),
        ("+007.50,.5", '{"lat":7.50,"lon":0.5}'),
        ("-0.5,-0", '{"lat":-0.5,"lon":0}'),
        ("80,89.99", '{"lat":80,"lon":89.99}'),
        ("20 100", '{"lat":20,"lon":100}'),
        ("  20\t100 ", '{"lat":20,"lon":100}'),
        ("20,", "not-geo"),
        (",100", "not-geo"),
        ("20,,100", "not-geo"),
        ("20,100,", "not-geo"),
        ("1e1,2", "not-geo"),
        ("NaN,NaN", "not-geo"),
        ("[20,100]", "not-geo"),
        ("(20,100)", "not-geo"),
        ("20°,100°", '{"lat":20,"lon":100}'),
        ("SRID=4326;point (-74.1 40)", '{"lat":40,"lon":-74.1}'),
        ("SRID=3857;POINT(1 2)", "not-geo"),
        ("POINT Z (1 2 3)", "not-geo"),
        ("POINT(1 91)", "geo-range"),
        ("40,5° 3,25°", '{"lat":40.5,"lon":3.25}'),
        ("40,5 3", "not-geo"),
        ("12,11, 123,122", "not-geo"),
        ("40 7 22.8 -74 7 22.8", '{"lat":40.123,"lon":-74.123}'),
        ("40 7 22 74", "not-geo"),
        ("40 7, 74 7", "not-geo"),
        ("N40 7 W74 7.5", '{"lat":40.116666666667,"lon":-74.125}'),
        ("40°60'N 74°W", "not-geo"),
        ("-40°N 74°W", "not-geo"),
        ("40°N 74°N", "not-geo"),
        ("40°N 74°", "not-geo"),
        ("40°N 74°O", "not-geo"),
        ("N 40°N 74°W", "not-geo"),
        ("90°0'0.001\"N 0°0'0\"E", "geo-range"),
        ("50d4m17s 14d24m2s", "not-geo"),
        ("50d4m17S 14d24m2E", '{"lat":-50.071388888889,"lon":14.400555555556}'),
        ("٢٠,100", "not-geo"),
    ],
)
def test_a_pair_in_one_cell_is_read_or_refused(
    cell: str, result: str, attribute: Make, outcomes: Callable[..., list[str | None]]
) -> None:
    assert outcomes([cell], attribute("geo")) == [result]


def test_a_decimal_comma_leaves_the_semicolon_between(
    attribute: Make, outcomes: Callable[..., list[str | None]]
) -> None:
    cells = ["12,11;123,122", "12,11 123,122", "12,11,123,122"]
    found = outcomes(cells, attribute("geo", decimal=","))
    assert found == ['{"lat":12.11,"lon":123.122}'] * 2 + ["not-geo"]


def test_two_columns_make_a_coordinate_or_a_reason(
    attribute: Make, typed: Callable[..., Typed]
) -> None:
    lat = ["12.11", "", "12.11", None, "abc", "123.1", " 1 "]
    lon = ["123.122", "", "", "5", "5", "12", "\t2"]
    column = attribute("geo", origin=FromCoordinates("lat", "lon"))
    result = typed({"lat": lat, "lon": lon}, column)
    assert result.attributes[0].json.to_pylist() == [
        *('{"lat":12.11,"lon":123.122}', None, None, None, None, None, '{"lat":1,"lon":2}')
    ]
    assert result.attributes[0].blank.to_pylist() == [False, True, *[False] * 5]
    assert [(found.index, found.code, found.column) for found in result.rejections] == [
        (2, "geo-half", "lat, lon"),
        (3, "geo-half", "lat, lon"),
        (4, "not-geo", "lat, lon"),
        (5, "geo-range", "lat, lon"),
    ]


_DEGREES = st.decimals(min_value=-200, max_value=200, places=6).map(str)


@given(pairs=st.lists(st.tuples(_DEGREES, _DEGREES)))
def test_an_accepted_coordinate_is_its_cells(
    pairs: list[tuple[str, str]], attribute: Make, typed: Callable[..., Typed]
) -> None:
    column = attribute("geo", origin=FromCoordinates("lat", "lon"))
    cells = {"lat": [lat for lat, _ in pairs], "lon": [lon for _, lon in pairs]}
    found = typed(cells, column).attributes[0].json.to_pylist()
    for (lat, lon), text in zip(pairs, found, strict=True):
        near = abs(Decimal(lat)) <= 90 and abs(Decimal(lon)) <= 180
        assert (text is not None) == near
        if near:
            place = json.loads(text, parse_float=Decimal, parse_int=Decimal)
            assert place == {"lat": Decimal(lat), "lon": Decimal(lon)}


_SHARED = Path(__file__).parents[4] / "shared/data"
_SPELLINGS = _SHARED / "geo-coordinates-parser/testFormats.dev.json"
_CODES = _SHARED / "open-location-code/encoding.csv"

# Two numbers on each side without a unit may be degrees with minutes, or anything else; and the S
# of a column of latitudes may be seconds.
_NOT_TAKEN_AS_A_PAIR = ["50 8.2914,-5 2.4447"]
_NOT_TAKEN_FROM_COLUMNS = ["50d4m17.698S 14d24m2.826E", "50 8.2914,-5 2.4447"]


@pytest.mark.skipif(not _SPELLINGS.exists(), reason="the collection of real files is not here")
def test_spelt_coordinates_are_right_or_refused(
    attribute: Make, typed: Callable[..., Typed]
) -> None:
    rows = json.loads(_SPELLINGS.read_text(encoding="utf-8"))
    texts = [row["verbatimCoordinates"] for row in rows]
    one = typed({"C": texts}, attribute("geo"))
    columns = {
        "lat": [row["verbatimLatitude"] for row in rows],
        "lon": [row["verbatimLongitude"] for row in rows],
    }
    two = typed(columns, attribute("geo", origin=FromCoordinates("lat", "lon")))
    for result, not_taken in ((one, _NOT_TAKEN_AS_A_PAIR), (two, _NOT_TAKEN_FROM_COLUMNS)):
        assert [texts[refused.index] for refused in result.rejections] == not_taken
        found = [json.loads(text) for text in result.attributes[0].json.drop_null().to_pylist()]
        taken = [row for row in rows if row["verbatimCoordinates"] not in not_taken]
        assert len(found) == len(rows) - len(not_taken) == len(taken)
        for place, row in zip(found, taken, strict=True):
            # The vectors' own decimals are rounded.
            assert place["lat"] == pytest.approx(row["decimalLatitude"], abs=6e-6)
            assert place["lon"] == pytest.approx(row["decimalLongitude"], abs=6e-6)


@pytest.mark.skipif(not _CODES.exists(), reason="the collection of real files is not here")
def test_coordinates_of_open_location_codes_are_kept_or_out_of_range(
    attribute: Make, typed: Callable[..., Typed]
) -> None:
    with _CODES.open(encoding="utf-8") as file:
        rows = list(csv.reader(line for line in file if line.strip() and line[0] != "#"))
    cells = {"lat": [row[0] for row in rows], "lon": [row[1] for row in rows]}
    result = typed(cells, attribute("geo", origin=FromCoordinates("lat", "lon")))
    found = result.attributes[0].json.to_pylist()
    assert {refused.code for refused in result.rejections} == {"geo-range"}
    for (lat, lon, *_), text in zip(rows, found, strict=True):
        near = abs(Decimal(lat)) <= 90 and abs(Decimal(lon)) <= 180
        assert (text is not None) == near
        if text is not None:
            place = json.loads(text, parse_float=Decimal, parse_int=Decimal)
            assert place == {"lat": Decimal(lat), "lon": Decimal(lon)}
    assert (len(rows), len(result.rejections)) == (302, 46)


def test_swapped_columns_are_named_as_such(attribute: Make, typed: Callable[..., Typed]) -> None:
    result = typed({"C": ["123.1,12.2", "100,200"]}, attribute("geo"))
    swapped, far = result.rejections
    assert "swapped they would be a place" in swapped.message
    assert "swapped" not in far.message


def test_a_column_of_longitudes_takes_no_latitude(
    attribute: Make, typed: Callable[..., Typed]
) -> None:
    column = attribute("geo", origin=FromCoordinates("lat", "lon"))
    cells = {"lat": ["40°N", "74°W", "40°7'23S"], "lon": ["74°W", "40°N", "74°W"]}
    result = typed(cells, column)
    assert result.attributes[0].json.to_pylist() == ['{"lat":40,"lon":-74}', None, None]


@settings(max_examples=60)
@given(
    lat=st.tuples(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59999)),
    lon=st.tuples(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59999)),
    sides=st.tuples(st.sampled_from("NS"), st.sampled_from("EW")),
    shape=st.sampled_from(
        ["{0}°{1}'{2}\"{3}", "{3} {0}° {1}′ {2}″", "{0}:{1}:{2}{3}", "{0}d{1}m{2}{3}"]
    ),
    between=st.sampled_from([" ", ", ", ";", ","]),
)
def test_degrees_minutes_and_seconds_are_the_same_place(
    lat: tuple[int, int, int],
    lon: tuple[int, int, int],
    sides: tuple[str, str],
    shape: str,
    between: str,
    attribute: Make,
    outcomes: Callable[..., list[str | None]],
) -> None:
    texts, meant = [], []
    for (degrees, minutes, millis), side in zip((lat, lon), sides, strict=True):
        seconds = Decimal(millis) / 1000
        texts.append(shape.format(degrees, minutes, f"{seconds:f}", side))
        size = degrees + Decimal(minutes) / 60 + seconds / 3600
        meant.append(-size if side in "SW" else size)
    (found,) = outcomes([between.join(texts)], attribute("geo"))
    place = json.loads(str(found), parse_float=Decimal, parse_int=Decimal)
    assert abs(place["lat"] - meant[0]) <= Decimal("1e-12")
    assert abs(place["lon"] - meant[1]) <= Decimal("1e-12")


_PLACELIKE = st.text("0123456789 .,;:-+°'\"NSEWdms", max_size=24)


@given(cells=st.lists(_PLACELIKE, max_size=6))
def test_whatever_stands_in_a_cell_is_a_place_or_refused_and_neighbours_change_nothing(
    cells: list[str], attribute: Make, outcomes: Callable[..., list[str | None]]
) -> None:
    column = attribute("geo")
    assert outcomes(cells, column) == [outcomes([cell], column)[0] for cell in cells]
