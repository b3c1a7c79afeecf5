from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from importer.records import ArrowBlock
from importer.stages.reporting import Caution, Cautions
from importer.warned import Warned


def block(first_row: int) -> ArrowBlock:
    lines = np.arange(first_row + 1, first_row + 11, dtype=np.int64)
    cells = pa.table({"id": ["x"] * 10})
    return ArrowBlock(0, "u.xlsx", first_row, ("id",), cells, lines)


def test_each_kind_has_its_count_and_its_first_place() -> None:
    cautions = Cautions()
    cautions.take(block(1), [Warned("looks-null", "City", 2, 3, found="NULL")])
    cautions.take(
        block(11), [Warned("looks-null", "City", 5, 0), Warned("id-case", "id", 1, 4, other=2)]
    )
    case, null = cautions.all()
    assert null == Caution("looks-null", "City", 7, "u.xlsx", 4, 5, found="NULL")
    assert null.place == 'u.xlsx row 4 (line 5) column "City"'
    assert case.place == 'u.xlsx row 15 (line 16) and row 13 column "id"'


def test_columns_are_told_apart() -> None:
    cautions = Cautions()
    cautions.take(block(1), [Warned("looks-null", "City", 2, 3), Warned("looks-null", "Zip", 1, 0)])
    assert [(one.column, one.rows) for one in cautions.all()] == [("City", 2), ("Zip", 1)]


def test_what_has_no_place_shows_none() -> None:
    cautions = Cautions()
    cautions.put("blank-lines", 3)
    (one,) = cautions.all()
    assert one.place == ""
    assert one.as_dict()["row"] is None


def test_another_process_goes_on_where_one_ended() -> None:
    cautions = Cautions()
    cautions.take(block(1), [Warned("looks-null", "City", 2, 3), Warned("looks-null", "Zip", 1, 0)])
    later = Cautions(json.loads(json.dumps(cautions.as_plain())))
    assert later.all() == cautions.all()
    later.take(block(11), [Warned("looks-null", "City", 1, 0)])
    assert later.all()[0] == Caution("looks-null", "City", 3, "u.xlsx", 4, 5)
