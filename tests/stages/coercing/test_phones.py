from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.decided_by import DecidedBy
from importer.mapping_file.mapping import UNKNOWN_REGION, Attribute, FromColumns, FromTemplate
from importer.stages.coercing import phones
from importer.stages.coercing.phone_columns import AMBIGUOUS, are_plain, read
from importer.stages.coercing.phones import digits, forget
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
        ("8888444411.0", "IN", None),
        ("8888444411.", "IN", None),
        ("+918888444411.00", None, None),
        ("030 12345-0", "DE", "4930123450"),
        ("468123456", "SE", AMBIGUOUS),
        ("0468123456", "SE", "46468123456"),
        ("+46 8 123456", "SE", "468123456"),
        ("2631312345", "ZW", AMBIGUOUS),
        ("4930901820", "DE", "4930901820"),
        ("442070313000", "GB", "442070313000"),
        ("16502530000", "US", "16502530000"),
        (" ", "IN", None),
    ],
)
def test_a_number_becomes_country_code_and_digits_or_is_refused(
    text: str, region: str | None, result: str | None
) -> None:
    assert digits(text, region) == result
    cells = pa.array([text])
    if are_plain(cells).all():
        assert read(cells, region).to_pylist() == [result]


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
    if result is not None and result != AMBIGUOUS:
        assert result.isdigit()
        assert digits("+" + result, None) == result


def test_common_spellings_are_not_left_to_the_library() -> None:
    cells = ["098765 43210", "9876543210", "919876543210", "+91 98765-43210", "030/901820", "12345"]
    assert are_plain(pa.array(cells)).all()


def test_few_numbers_many_and_odd_ones_are_read_alike(
    attribute: Callable[..., Attribute], outcomes: Callable[..., list[str | None]]
) -> None:
    many = [f"098765 43{number}" for number in range(100, 200)]
    odd = ["098765 43210 x5", "9876543210.0", "unknown", "098765\u200743210", "12345"]
    column = attribute("phone", region="IN")
    numbers = [f'"91{text[1:].replace(" ", "")}"' for text in many]
    forget()
    assert outcomes([*odd, *many, *odd], column) == [
        *["not-phone"] * 5,
        *numbers,
        *["not-phone"] * 5,
    ]
    forget()
    assert outcomes(many[:3], column) == numbers[:3]


def test_more_numbers_than_are_remembered_are_read_alike(
    monkeypatch: pytest.MonkeyPatch,
    attribute: Callable[..., Attribute],
    outcomes: Callable[..., list[str | None]],
) -> None:
    forget()
    monkeypatch.setattr(phones, "_REMEMBERED", 3)
    column = attribute("phone", region="IN")
    for numbers in (range(3), range(1, 4), range(6), range(3), range(2, 5)):
        cells = [f"098765 4321{number}" for number in numbers]
        assert outcomes(cells, column) == [f'"91987654321{number}"' for number in numbers]
        assert sum(len(texts) for texts, _ in phones._KNOWN.values()) <= 3


def test_each_distinct_number_is_parsed_once(
    monkeypatch: pytest.MonkeyPatch,
    attribute: Callable[..., Attribute],
    outcomes: Callable[..., list[str | None]],
) -> None:
    parsed: list[str] = []
    real = phones._read

    def counting(texts: pa.Array, region: str | None) -> pa.Array:
        parsed.extend(texts.to_pylist())
        return real(texts, region)

    forget()
    monkeypatch.setattr(phones, "_read", counting)
    cells = ["+918888444411", "+918888444412", "12"] * 100
    assert outcomes(cells, attribute("phone"))[:2] == ['"918888444411"', '"918888444412"']
    outcomes([*cells, "+918888444413"], attribute("phone"))
    assert sorted(parsed) == sorted({*cells, "+918888444413"})
    forget()
    outcomes(cells, attribute("phone"))
    assert len(parsed) == 4 + 3


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


@pytest.mark.skipif(not _VECTORS.exists(), reason="the collection of real files is not here")
def test_country_code_and_number_from_two_columns_are_right_but_for_the_old_plan_of_benin(
    attribute: Callable[..., Attribute], typed: Callable[..., Typed]
) -> None:
    with _VECTORS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cells = {name: [row[name] for row in rows] for name in ("country_code", "national_number")}
    origin = FromTemplate(("+", " ", ""), ("country_code", "national_number"))
    result = typed(cells, attribute("phone", origin=origin, style="e164"))
    refused = [rows[found.index] for found in result.rejections]
    assert [row["region"] for row in refused] == ["BJ", "BJ"]
    found = result.attributes[0].values.to_pylist()
    expected = [None if row in refused else row["expected_e164"] for row in rows]
    assert found == expected


@pytest.mark.skipif(not _VECTORS.exists(), reason="the collection of real files is not here")
def test_digits_with_their_country_code_are_never_read_as_a_longer_national_number() -> None:
    with _VECTORS.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] != "001"]
    counts = Counter(
        {number: "right", None: "refused", AMBIGUOUS: "ambiguous"}.get(
            digits(number, row["region"]), "different"
        )
        for row in rows
        for number in [row["expected_e164"].removeprefix("+")]
    )
    assert counts == {"right": 650, "ambiguous": 6, "refused": 2}


def test_the_point_and_zero_of_a_float_column_are_no_digits_of_a_number(
    attribute: Callable[..., Attribute], outcomes: Callable[..., list[str | None]]
) -> None:
    cells = ["9876543210.0", "919876543210.00", "98765.43210", "9876543210"]
    numbers = ['"919876543210"'] * 4
    column = attribute("phone", region="IN")
    assert outcomes(cells, column) == ["not-phone", "not-phone", *numbers[:2]]
    assert outcomes(cells, attribute("phone", region="IN", whole=True)) == numbers


def test_a_number_with_its_country_code_is_the_same_in_all_regions(
    attribute: Callable[..., Attribute], typed: Callable[..., Typed]
) -> None:
    column = attribute(
        "phone", origin=FromColumns(("P",)), decided=(DecidedBy("region", "C", None),)
    )
    countries = ["IN", "DE", "US", "", "India", "?"]
    for number, result in [("+918888444411", "918888444411"), ("+00918888444411", None)]:
        found = typed({"P": [number] * 180, "C": countries * 30}, column)
        assert found.attributes[0].values.to_pylist() == [result] * 180


def test_a_number_of_an_unknown_country_must_state_its_own() -> None:
    assert digits("+918888444411", UNKNOWN_REGION) == "918888444411"
    assert digits("918888444411", UNKNOWN_REGION) is None
    assert digits("00918888444411", UNKNOWN_REGION) is None
