from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from importer.records import DEAD_LETTER_COLUMNS, Block, MendedBlock
from importer.stages.reading import read_batch, read_mended, read_record

TextBlockOf = Callable[[bytes], Block]
COLUMNS = ["id", "b", *DEAD_LETTER_COLUMNS]


def dead_letter(*rows: dict[str, str], end: int | None = None) -> bytes:
    """Write a dead letter whose rows have the cells up to `end`."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([row.get(name, "") for name in COLUMNS][:end] for row in rows)
    return text.getvalue().encode()


def test_what_a_dead_letter_added_is_left_out(text_block: TextBlockOf) -> None:
    row = dict.fromkeys(DEAD_LETTER_COLUMNS, "z") | {"id": "1", "b": "x"}
    block = text_block(dead_letter(row))
    assert read_record(block, 0).cells == ("1", "x")
    batch, _ = read_batch(block, ["id", "b"])
    assert batch.cells.to_pydict() == {"id": ["1"], "b": ["x"]}


ROUNDED = {
    "_code": "cell-rounded",
    "_column": "b",
    "_message": "found the number 1234567890123457000, expected at most 15 digits, or text",
}


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ({"id": "1"}, []),
        ({"_raw": "1,x,more"}, ["not-mended"]),
        ({"_raw": "1,x,more", "b": "x"}, []),
        (ROUNDED | {"id": "1", "b": "1234567890123457000"}, ["cell-rounded"]),
        (ROUNDED | {"id": "1", "b": "1234567890123456789"}, []),
        (ROUNDED | {"_column": "", "_message": "", "id": "1", "b": "x"}, ["cell-rounded"]),
    ],
)
def test_a_row_that_nobody_has_mended_is_refused_once_more(
    text_block: TextBlockOf, row: dict[str, str], codes: list[str]
) -> None:
    block = text_block(dead_letter({"id": "0", "b": "0"}, row))
    batch, rejections = read_batch(block, ["id", "b"])
    assert [(one.index, one.code) for one in rejections] == [(1, code) for code in codes]
    assert batch.index.tolist() == ([0] if codes else [0, 1])


def test_a_cell_in_doubt_counts_where_it_is_asked_for(text_block: TextBlockOf) -> None:
    row = ROUNDED | {"id": "1", "b": "1234567890123457000"}
    block = text_block(dead_letter(row))
    assert [len(read_batch(block, names)[1]) for names in (["id"], ["b"], [])] == [0, 1, 0]


def test_texts_may_be_numbers_where_the_source_could_hold_them(text_block: TextBlockOf) -> None:
    files = ["u.csv", "u.parquet", "u.txt.gz", ""]
    block = text_block(dead_letter(*({"id": "1", "_file": file} for file in files)))
    batch, _ = read_batch(block, ["id"])
    assert batch.native is not None
    assert batch.native.to_pydict() == {"id": [False, None, False, None]}


@pytest.mark.parametrize(
    ("end", "refused"), [(None, []), (-1, []), (2, []), (1, ["ragged-row", "ragged-row"])]
)
def test_own_cells_that_a_spreadsheet_left_away_at_the_end_are_empty(
    text_block: TextBlockOf, end: int | None, refused: list[str]
) -> None:
    block = text_block(dead_letter({"id": "1", "b": "x"}, {"id": "2", "b": "y"}, end=end))
    assert not isinstance(block, MendedBlock)
    batch, rejections = read_mended(block)
    assert [one.code for one in rejections] == refused
    if not refused:
        assert batch.index.tolist() == [0, 1]
        assert batch.cells.column("b").to_pylist() == ["x", "y"]
        assert set(batch.cells.column("_raw").to_pylist()) == {""}
