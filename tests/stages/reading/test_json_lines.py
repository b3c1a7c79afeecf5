from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import pytest

from importer.errors import SourceChanged, SourceError
from importer.records import JsonBlock, SourceOptions
from importer.stages.reading import open_source, read_batch, read_record

LINES = (
    b'\xef\xbb\xbf{"id": 1, "name": "Ann"}\n'
    b'\n{"id": 2, "tags": ["a", "b"]}\r\n'
    b'{"id": 3, \n'
    b'  \n{"id": 4, "name": null, "late": 1.50}'
)


def written(tmp_path: Path, data: bytes, name: str = "users.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("block_bytes", [1, 20, 60, None])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_each_line_is_a_row_and_a_broken_one_is_invalid(
    tmp_path: Path, block_bytes: int | None, pack: type[bytes]
) -> None:
    source = open_source([written(tmp_path, pack(LINES))], SourceOptions(), block_bytes=block_bytes)
    assert source.columns == ("id", "name", "tags", "late")
    assert source.files[0].describe().endswith("JSON lines, 4 columns, 4 rows")
    rows, bad = [], []
    for block in source.blocks():
        same = pickle.loads(pickle.dumps(block))
        batch, rejections = read_batch(same, source.columns)
        for index, row in zip(batch.index.tolist(), batch.cells.to_pylist(), strict=True):
            rows.append((block.row(index), block.line(index), *row.values()))
            assert read_record(block, index).cells == tuple(row.values())
        for rejection in rejections:
            row_number = block.row(rejection.index)
            bad.append((row_number, block.line(rejection.index), rejection.code, rejection.raw))
            assert read_record(block, rejection.index).raw == rejection.raw
    assert rows == [
        (1, 1, "1", "Ann", None, None),
        (2, 3, "2", None, '["a", "b"]', None),
        (4, 6, "4", None, None, "1.50"),
    ]
    assert bad == [(3, 4, "json-line", '{"id": 3, ')]
    assert source.blank_lines == 2
    assert source.count_rows() == 4


def test_a_key_that_comes_late_is_a_column(tmp_path: Path) -> None:
    data = b'{"id": 1}\n' * 200_000 + b'{"id": 2, "late": "x"}\n'
    source = open_source([written(tmp_path, data)], SourceOptions())
    assert source.columns == ("id", "late")
    *_, last = source.blocks()
    assert read_record(last, last.rows - 1).cells == ("2", "x")


def test_a_limit_makes_the_source_so_many_rows_long(tmp_path: Path) -> None:
    source = open_source([written(tmp_path, LINES)], SourceOptions())
    assert sum(block.rows for block in source.blocks(2)) == source.count_rows(2) == 2


def test_a_line_without_an_end_takes_bounded_memory_and_is_one_invalid_row(tmp_path: Path) -> None:
    data = b'{"id": 1}\n{"id": "' + b"x" * (40 << 20) + b'"}\n{"id": 3}\n'
    source = open_source([written(tmp_path, data)], SourceOptions(), block_bytes=1 << 20)
    found = []
    for block in source.blocks():
        assert isinstance(block, JsonBlock)
        assert len(block.data) < 8 << 20
        batch, rejections = read_batch(block, ["id"])
        found += [(block.line(at), "") for at in batch.index.tolist()]
        found += [(block.line(one.index), one.code) for one in rejections]
    assert found == [(1, ""), (2, "cell-too-long"), (3, "")]


def test_a_file_that_changed_since_it_was_opened_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, LINES)
    source = open_source([path], SourceOptions())
    path.write_bytes(LINES + b'\n{"id": 5}')
    with pytest.raises(SourceChanged):
        list(source.blocks())


def test_lines_without_any_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no line that is a JSON object with keys"):
        open_source([written(tmp_path, b"{}\n{}\n")], SourceOptions())


def test_more_keys_than_a_table_has_are_refused(tmp_path: Path) -> None:
    data = b"".join(b'{"key %d": 1}\n' % number for number in range(10_001))
    with pytest.raises(SourceError, match="more than 10,000 different keys"):
        open_source([written(tmp_path, data)], SourceOptions())


def test_real_json_lines_are_read(shared_data: Path) -> None:
    source = open_source([shared_data / "kylo-userdata/json/books1.json"], SourceOptions())
    (block,) = source.blocks()
    batch, rejections = read_batch(block, source.columns)
    assert not rejections
    first = batch.cells.to_pylist()[0]
    assert (first["id"], first["price"], first["inStock"]) == ("978-0641723445", "12.50", "true")
