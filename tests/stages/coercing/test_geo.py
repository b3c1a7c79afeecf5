from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
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
        ("20°,100°", "not-geo"),
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
