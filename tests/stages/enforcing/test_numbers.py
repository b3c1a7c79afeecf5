from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

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


def test_the_digits_of_a_fraction_are_no_large_number() -> None:
    assert enforced(["0." + "1" * 30, "12345678.90123456789"], "type: number").warnings == ()


def test_large_numbers_may_be_refused_or_taken() -> None:
    cells = [str(_EDGE + 1), "1"]
    refused = enforced(cells, "type: integer", "{number-large: error}")
    assert [(one.index, one.code) for one in refused.rejections] == [(0, "number-large")]
    assert enforced(cells, "type: integer", "{number-large: 'off'}").warnings == ()
