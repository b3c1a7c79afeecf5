from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.decided_by import DecidedBy
from importer.mapping_file.mapping import UNKNOWN_REGION, Attribute, FromColumns
from importer.stages.coercing.phones import digits
from importer.typed import Typed

_VECTORS = (
    Path(__file__).parents[4] / "shared/data/phone-vectors/libphonenumber_examples_e164.dev.csv"
)


@pytest.mark.parametrize(
    ("text", "region", "result"),
    [
        ("+1 (650) 253-0000", None, "16502530000"),
        ("+1.650.253.0000", None, "16502530000"),
        ("+1\u00a0650\u2011253\u20110000", None, "16502530000"),
        ("(650) 253-0000", "US", "16502530000"),
        ("011 49 30 901820", "US", "4930901820"),
        ("0049 30 901820", "US", None),
        ("+39 06 6982", None, "39066982"),
        ("918888444411", "IN", "918888444411"),
        ("1234567890", "IN", "911234567890"),
        ("999999999999999", None, None),
        ("10000000000", None, None),
        ("+10000000000", None, "10000000000"),
        ("1234567", None, None),
        ("+", None, None),
        ("++91 88884 44411", None, None),
        ("91 88884 44411", None, None),
        ("88884-44411", None, None),
        ("+91 88884 44411x5", None, None),
        ("+91 88884 44411;ext=5", None, None),
        ("+91 88884 44411 / +91 88884 44412", None, None),
        ("tel:+918888444411", None, None),
        ("+٩١٨٨٨٨٤٤٤٤١١", None, None),
        ("+999 123456789", None, None),
        ("9.1888E+11", "IN", None),
        (" ", "IN", None),
    ],
)
def test_a_number_becomes_country_code_and_digits_or_is_refused(
    text: str, region: str | None, result: str | None
) -> None:
    assert digits(text, region) == result


@pytest.mark.skipif(not _VECTORS.exists(), reason="the collection of real files is not here")
def test_libphonenumbers_own_examples_are_right_or_refused() -> None:
    with _VECTORS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    refused = []
    for row in rows:
        number = row["expected_e164"].removeprefix("+")
        found = {digits(row["expected_e164"], None)}
        # 001 stands for numbers that belong to no country; `region:` takes countries only.
        if row["region"] != "001":
            found.add(digits(row["national_number"], row["region"]))
        if found != {number}:
            assert found == {None}
            refused.append(number)
    # Benin's numbers have had ten digits since 2024; these two are the old plan's.
    assert refused == ["22985751234", "22981123456"]


@given(text=st.text("0123456789 +-()./x#", max_size=20), region=st.sampled_from(["IN", "US", None]))
def test_an_accepted_number_is_its_own_digits_again(text: str, region: str | None) -> None:
    result = digits(text, region)
    if result is not None:
        assert result.isdigit()
        assert digits("+" + result, None) == result


def test_each_distinct_number_is_parsed_once(
    monkeypatch: pytest.MonkeyPatch,
    attribute: Callable[..., Attribute],
    outcomes: Callable[..., list[str | None]],
) -> None:
    parsed: list[str] = []
    real = phonenumbers.parse

    def counting(text: str, region: str | None) -> object:
        parsed.append(text)
        return real(text, region)

    digits.cache_clear()
    monkeypatch.setattr(phonenumbers, "parse", counting)
    cells = ["+918888444411", "+918888444412", "12"] * 100
    assert outcomes(cells, attribute("phone"))[:2] == ['"918888444411"', '"918888444412"']
    outcomes(cells, attribute("phone"))
    assert len(parsed) == 2


@pytest.mark.skipif(not _VECTORS.exists(), reason="the collection of real files is not here")
def test_national_numbers_are_right_by_the_region_of_their_row_or_refused(
    attribute: Callable[..., Attribute], typed: Callable[..., Typed]
) -> None:
    with _VECTORS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cells = {name: [row[name] for row in rows] for name in ("national_number", "region")}
    column = attribute(
        "phone",
        origin=FromColumns(("national_number",)),
        decided=(DecidedBy("region", "region", None),),
        style="e164",
    )
    result = typed(cells, column)
    refused = [rows[found.index] for found in result.rejections]
    # 001 is no country, and Benin's old numbers have eight digits.
    assert {row["region"] for row in refused} == {"001", "BJ"}
    assert (len(rows), len(refused)) == (670, 14)
    found = result.attributes[0].values.to_pylist()
    for row, text in zip(rows, found, strict=True):
        assert text == (None if row in refused else row["expected_e164"])


def test_a_number_with_its_country_code_is_parsed_once_in_all_regions(
    monkeypatch: pytest.MonkeyPatch,
    attribute: Callable[..., Attribute],
    typed: Callable[..., Typed],
) -> None:
    parsed: list[str] = []
    real = phonenumbers.parse

    def counting(text: str, region: str | None) -> object:
        parsed.append(text)
        return real(text, region)

    digits.cache_clear()
    monkeypatch.setattr(phonenumbers, "parse", counting)
    column = attribute(
        "phone", origin=FromColumns(("P",)), decided=(DecidedBy("region", "C", None),)
    )
    typed({"P": ["+918888444411"] * 6, "C": ["IN", "DE", "US", "", "India", "?"]}, column)
    assert parsed == ["+918888444411"]


def test_a_number_of_an_unknown_country_must_state_its_own() -> None:
    assert digits("+918888444411", UNKNOWN_REGION) == "918888444411"
    assert digits("918888444411", UNKNOWN_REGION) is None
    assert digits("00918888444411", UNKNOWN_REGION) is None
