from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file import parse_mapping
from importer.records import Batch
from importer.stages.coercing import coerce
from importer.stages.enforcing import Enforced, enforce

_EDGE = 2**53


def enforced(cells: Sequence[str], options: str, rules: str = "{}") -> Enforced:
    attribute = f"{{column: c, {options}}}"
    mapping = parse_mapping(
        f"mapping: 1\ncustomer_id: key\nattributes:\n  a: {attribute}\nrules: {rules}\n"
    )
    users = pa.array([f"user-{n}" for n in range(len(cells))])
    table = pa.table({"key": users, "c": pa.array(cells, pa.string())})
    batch = Batch(np.arange(len(cells), dtype=np.int64), table)
    return enforce(coerce(batch, mapping), mapping)


@pytest.mark.parametrize("options", ["type: integer", "type: number", "type: money, currency: EUR"])
def test_numbers_that_a_double_rounds_are_warned_of_and_counted(options: str) -> None:
    cells = ["5", str(_EDGE), str(_EDGE + 1), "", str(-_EDGE), str(-_EDGE - 1), "9" * 30]
    found = enforced(cells, options)
    assert found.rejections == ()
    assert [(one.code, one.rows, one.index) for one in found.warnings] == [("number-large", 3, 2)]


@pytest.mark.parametrize(
    "cell",
    [
        "123456789012.12345",
        "12345678.123456789012",
        "0.1234567890123456789",
        "-0.1234567890123456789",
        "0.10000000000000001",
        "9007199254740991.5001",
        "0." + "0" * 20 + "123456789012345678",
        "0." + "1" * 38,
    ],
)
def test_a_fraction_that_a_double_rounds_is_warned_of(cell: str) -> None:
    found = enforced(["1.5", cell], "type: number").warnings
    assert [(one.code, one.rows, one.index) for one in found] == [("number-digits", 1, 1)]


@pytest.mark.parametrize(
    "cell",
    ["1234.50", "0.1", "19.99", "1234.500000000000000000", "0.30000000000000004", f"{_EDGE}.0"],
)
def test_a_fraction_that_a_double_keeps_is_not_warned_of(cell: str) -> None:
    assert enforced([cell, "0"], "type: number").warnings == ()


def test_a_large_fraction_is_warned_of_once() -> None:
    found = enforced([f"{'9' * 38}.{'1' * 38}", "0.5", f"{_EDGE}.5"], "type: number").warnings
    assert [(one.code, one.rows) for one in found] == [("number-large", 2)]


def test_money_and_percents_are_looked_at_too() -> None:
    digits = "12345678.123456789012"
    for options, cell in [
        ("type: money, currency: EUR, decimal: '.'", f"{digits} €"),
        ("type: number, percent: fraction", f"{digits}%"),
        ("type: number, exponent: true", f"{digits}e2"),
    ]:
        assert [one.code for one in enforced([cell], options).warnings] == ["number-digits"]


@given(st.lists(st.tuples(st.integers(0, 10**20), st.text("0123456789", max_size=25)), min_size=1))
def test_warned_of_is_exactly_what_the_nearest_double_is_not(
    numbers: list[tuple[int, str]],
) -> None:
    cells = [f"{whole}.{fraction}" if fraction else str(whole) for whole, fraction in numbers]
    rounded = [cell for cell in cells if Decimal(cell) != Decimal(repr(float(cell)))]
    large = [cell for cell in cells if Decimal(cell) > _EDGE]
    found = {one.code: one.rows for one in enforced(cells, "type: number").warnings}
    assert found.get("number-large", 0) == len(large)
    assert found.get("number-digits", 0) == len([one for one in rounded if one not in large])
    lists = enforced([f"[{cell}]" for cell in cells], "type: list").warnings
    assert {one.code: one.rows for one in lists} == found


def test_the_last_digits_of_a_place_are_not_warned_of() -> None:
    place = "12.123456789012345678,123.12345678901234567"
    assert enforced([place], "type: geo").warnings == ()


def test_fractions_of_many_digits_may_be_refused_or_taken() -> None:
    cells = ["0.1234567890123456789", "1"]
    refused = enforced(cells, "type: number", "{number-digits: error}")
    assert [(one.index, one.code) for one in refused.rejections] == [(0, "number-digits")]
    assert enforced(cells, "type: number", "{number-digits: 'off'}").warnings == ()


def test_large_numbers_may_be_refused_or_taken() -> None:
    cells = [str(_EDGE + 1), "1"]
    refused = enforced(cells, "type: integer", "{number-large: error}")
    assert [(one.index, one.code) for one in refused.rejections] == [(0, "number-large")]
    assert enforced(cells, "type: integer", "{number-large: 'off'}").warnings == ()
