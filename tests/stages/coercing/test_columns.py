from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from importer.mapping_file.mapping import (
    Attribute,
    FromColumns,
    FromConstant,
    FromTemplate,
    Mapping,
)
from importer.records import Batch
from importer.stages.coercing import coerce
from importer.typed import Typed

Make = Callable[..., Attribute]
Coerce = Callable[..., Typed]


def test_the_first_valid_of_several_columns_wins(attribute: Make, typed: Coerce) -> None:
    columns = {
        "A": ["1", "x", "", "x", "", None],
        "B": ["2", "2", "2", "y", "", "z"],
        "C": ["3", "3", "y", "", "", "3"],
    }
    result = typed(columns, attribute("integer", origin=FromColumns(("A", "B", "C"))))
    column = result.attributes[0]
    assert column.json.to_pylist() == ["1", "2", "2", None, None, "3"]
    assert column.values.to_pylist() == [1, 2, 2, None, None, 3]
    assert column.blank.to_pylist() == [False, False, False, False, True, False]
    (refused,) = result.rejections
    assert (refused.index, refused.code, refused.column) == (3, "not-integer", "A, B, C")
    assert refused.found == '"x"'


def test_several_columns_of_unequal_width_keep_their_digits(attribute: Make, typed: Coerce) -> None:
    wide = "9" * 30
    result = typed(
        {"A": ["1", ""], "B": ["", wide]}, attribute("integer", origin=FromColumns(("A", "B")))
    )
    assert result.attributes[0].values.to_pylist() == [Decimal(1), Decimal(wide)]
    assert result.attributes[0].json.to_pylist() == ["1", wide]


def test_a_template_with_a_blank_part_is_blank(attribute: Make, typed: Coerce) -> None:
    origin = FromTemplate(("", " (", ")"), ("Name", "City"))
    column = attribute("string", origin=origin, transforms=("upper",), nulls=frozenset({"", "NA"}))
    result = typed({"Name": ["Ann", "Bob", None, "Eve"], "City": ["Pune", "", "x", "NA"]}, column)
    assert result.attributes[0].json.to_pylist() == ['"ANN (PUNE)"', None, None, None]
    assert result.attributes[0].blank.to_pylist() == [False, True, True, True]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_constant_stands_in_every_row(rows: int, attribute: Make, typed: Coerce) -> None:
    column = attribute("integer", origin=FromConstant("007"))
    result = typed({"C": ["x"] * rows}, column)
    assert result.attributes[0].json.to_pylist() == ["7"] * rows
    bad = typed({"C": ["x"] * rows}, attribute("integer", origin=FromConstant("seven")))
    assert [found.index for found in bad.rejections] == list(range(rows))
    blank = typed({"C": ["x"] * rows}, attribute("integer", origin=FromConstant("")))
    assert blank.attributes[0].blank.to_pylist() == [True] * rows


def test_a_column_of_many_chunks_or_another_text_type_is_read(attribute: Make) -> None:
    mapping = Mapping("m", "m", attribute("string"), (attribute("integer"),))
    for cells in (
        pa.chunked_array([pa.array(["1"]), pa.array([], pa.string()), pa.array(["2", None])]),
        pa.array(["1", "2", None], pa.large_string()),
        pa.array(["1", "2", None]).dictionary_encode(),
        pa.array(["x", "1", "2", None]).slice(1),
    ):
        result = coerce(Batch(np.arange(3), pa.table({"C": cells})), mapping)
        assert result.attributes[0].json.to_pylist() == ["1", "2", None]
        assert result.customer_ids.type == pa.string()
    none = pa.table({"C": pa.chunked_array([], pa.string())})
    assert coerce(Batch(np.arange(0), none), mapping).attributes[0].json.to_pylist() == []


def test_the_first_filled_of_several_columns_is_taken_good_or_bad(
    attribute: Make, typed: Coerce
) -> None:
    columns = {"A": ["1", "x", "", "NA", "", None], "B": ["2", "2", "2", "y", "", "3"]}
    origin = FromColumns(("A", "B"), "filled")
    entry = attribute("integer", origin=origin, nulls=frozenset({"", "NA"}))
    result = typed(columns, entry)
    column = result.attributes[0]
    assert column.json.to_pylist() == ["1", None, "2", None, None, "3"]
    assert column.blank.to_pylist() == [False, False, False, False, True, False]
    assert [(found.index, found.found) for found in result.rejections] == [(1, '"x"'), (3, '"y"')]
