from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from importer.errors import SourceError, StateError
from importer.executors.local import (
    SMALL_BYTES,
    prepared_blocks,
    prepared_in_threads,
    workers_for,
)
from importer.mapping_file import bind, parse_mapping
from importer.pipeline import Preparer
from importer.prepared import Prepared
from importer.records import Block, SourceOptions
from importer.stages.reading import open_source
from tests.executors.preparers import Dying, Refusing
from tests.journeys import write_csv

MAPPING = bind(
    parse_mapping("mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}}\n"),
    ["id", "seq"],
    "u.csv",
)


@pytest.fixture
def blocks(tmp_path: Path) -> list[Block]:
    """Give some blocks of which the rows are good and bad in turns."""
    rows = [(f"user-{n}", n if n % 3 else "bad") for n in range(200)]
    source = open_source(
        [write_csv(tmp_path / "u.csv", ["id", "seq"], rows)], SourceOptions(), block_bytes=500
    )
    found = list(source.blocks())
    assert len(found) > 3
    return found


def plain(prepared: Prepared) -> dict[str, Any]:
    """Give what compares with ==."""
    return {
        "number": prepared.number,
        "rows": prepared.rows,
        "index": prepared.index.tolist(),
        "customer_ids": prepared.customer_ids.to_pylist(),
        "bodies": prepared.bodies.to_pylist(),
        "filtered": prepared.filtered.tolist(),
        "rejections": prepared.rejections,
        "left_out": prepared.left_out,
        "warnings": prepared.warnings,
    }


def children() -> set[int]:
    return {child.pid or 0 for child in multiprocessing.active_children()}


def test_the_number_of_workers_changes_nothing(blocks: list[Block]) -> None:
    found = []
    for workers in (0, 1, 2):
        pairs = list(prepared_blocks(Preparer(MAPPING), iter(blocks), workers))
        assert [block.number for block, _ in pairs] == list(range(len(blocks)))
        found.append([plain(prepared) for _, prepared in pairs])
    assert found[0] == found[1] == found[2]
    assert any(block["rejections"] for block in found[0])


def test_no_more_than_one_block_per_worker_and_one_are_read_ahead(blocks: list[Block]) -> None:
    read = []

    def noted() -> Iterator[Block]:
        for block in blocks:
            read.append(block.number)
            yield block

    stream = prepared_blocks(Preparer(MAPPING), noted(), 1)
    next(stream)
    ahead = list(read)
    stream.close()
    assert ahead == [0, 1]


def test_a_worker_that_dies_is_one_clear_error(blocks: list[Block]) -> None:
    with pytest.raises(StateError, match="ended by itself") as caught:
        list(prepared_blocks(Dying(MAPPING), iter(blocks), 1))
    assert "--workers 0" in caught.value.problem.remedy
    assert not children()


def test_an_error_of_ours_crosses_from_the_worker_as_it_is(blocks: list[Block]) -> None:
    with pytest.raises(SourceError, match="a broken page") as caught:
        list(prepared_blocks(Refusing(MAPPING), iter(blocks), 1))
    assert caught.value.problem.place == "u.csv row 3"
    assert not children()


def test_a_stream_that_is_closed_early_leaves_no_process(blocks: list[Block]) -> None:
    stream = prepared_blocks(Preparer(MAPPING), iter(blocks), 1)
    next(stream)
    assert children()
    stream.close()
    assert not children()


@pytest.mark.parametrize(
    ("size_bytes", "asked", "workers"),
    [
        (0, None, 0),
        (SMALL_BYTES, None, 0),
        (SMALL_BYTES + 1, None, min(os.cpu_count() or 1, 8)),
        (10 * SMALL_BYTES, 0, 0),
        (1, 3, 3),
    ],
)
def test_workers_are_as_asked_or_by_the_sources_size(
    size_bytes: int, asked: int | None, workers: int
) -> None:
    assert workers_for(size_bytes, asked) == workers


def test_the_number_of_threads_changes_nothing(blocks: list[Block]) -> None:
    alone, beside = (
        [plain(prepared) for _, prepared in prepared_in_threads(Preparer(MAPPING), blocks, threads)]
        for threads in (1, 3)
    )
    assert beside == alone


def test_what_is_left_early_ends_its_threads(blocks: list[Block]) -> None:
    before = set(threading.enumerate())
    found = prepared_in_threads(Preparer(MAPPING), blocks, 2)
    next(found)
    assert set(threading.enumerate()) > before
    found.close()
    assert set(threading.enumerate()) == before
