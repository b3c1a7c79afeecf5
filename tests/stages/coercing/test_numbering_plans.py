from __future__ import annotations

import pyarrow as pa
import pytest

from importer.stages.coercing.numbering_plans import (
    are_given_out,
    country_codes,
    plan_of_region,
    plans_of_code,
)


def test_a_country_code_is_found_in_a_rows_own_digits_only() -> None:
    numbers = [
        "16502530000",
        "919876543210",
        "35812345",
        "80012345678",
        "0123",
        "999",
        "4",
        "6",
        "",
    ]
    codes = [1, 91, 358, 800, 0, 0, 0, 0, 0]
    assert country_codes(pa.array(numbers)).tolist() == codes
    assert country_codes(pa.array(["x", *numbers]).slice(1)).tolist() == codes
    assert country_codes(pa.array([], pa.string())).tolist() == []


def test_only_regions_with_phones_have_a_plan() -> None:
    assert plan_of_region("IN") is not None
    assert [plan_of_region(region) for region in ("AQ", "ZZ", "in", "001")] == [None] * 4


@pytest.mark.parametrize(
    ("code", "number", "valid"),
    [
        (91, "9876543210", True),
        (91, "5012345678", False),
        (91, "98765432101", False),
        (1, "6502530000", True),
        (1, "2684641234", True),
        (1, "2681111111", False),
        (1, "0000000000", False),
        (39, "0669812345", True),
        (800, "12345678", True),
    ],
)
def test_numbers_that_are_given_out_are_told_from_others(
    code: int, number: str, valid: bool
) -> None:
    others = ["", "1", "2345678901"]
    found = are_given_out(code, pa.array([*others, number]))
    assert found.tolist()[-1] == valid


@pytest.mark.parametrize(("code", "region"), [(1, "US"), (44, "GB"), (7, "RU"), (47, "NO")])
def test_the_first_plan_of_a_code_is_its_main_regions(code: int, region: str) -> None:
    assert plans_of_code(code)[0] is plan_of_region(region)
