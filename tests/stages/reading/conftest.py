"""Gives the tests of reading a way to write a file and see every row's fate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from importer.records import Block, SourceOptions
from importer.stages.reading import Source, open_source, read_batch

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Reading:
    """Everything that reading made of a file.

    rows: (row, line, cells) of the readable rows.  bad: (row, line, code, raw) of the others.
    """

    source: Source
    rows: list[tuple[int, int, Cells]]
    bad: list[tuple[int, int, str, str]]

    @property
    def cells(self) -> list[Cells]:
        return [cells for _, _, cells in self.rows]


def read_source(source: Source) -> Reading:
    rows: list[tuple[int, int, Cells]] = []
    bad: list[tuple[int, int, str, str]] = []
    for number, block in enumerate(source.blocks()):
        assert block.number == number
        batch, rejections = read_batch(block, source.columns)
        columns = [batch.cells.column(name).to_pylist() for name in source.columns]
        seen = [*batch.index.tolist(), *(rejection.index for rejection in rejections)]
        assert sorted(seen) == list(range(block.rows))
        for index, cells in zip(batch.index.tolist(), zip(*columns, strict=True), strict=True):
            rows.append((block.row(index), block.line(index), cells))
        for rejection in rejections:
            row, line = block.row(rejection.index), block.line(rejection.index)
            assert rejection.stage == "reading"
            bad.append((row, line, rejection.code, rejection.raw))
    return Reading(source, rows, bad)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Give a function that writes bytes to a file and reads it whole."""

    def write_and_read(
        data: bytes, block_bytes: int | None = None, name: str = "users.csv", **options: Any
    ) -> Reading:
        path = tmp_path / name
        path.write_bytes(data)
        return read_source(open_source([path], SourceOptions(**options), block_bytes=block_bytes))

    return write_and_read


@pytest.fixture
def read_open() -> Callable[[Source], Reading]:
    """Give a function that reads an opened source whole."""
    return read_source


@pytest.fixture(scope="session")
def text_block(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Block]:
    """Give a function that makes the one block of a CSV file with a header."""

    def block_of(data: bytes) -> Block:
        path = tmp_path_factory.mktemp("block") / "a.csv"
        path.write_bytes(data)
        options = SourceOptions(delimiter=",", encoding="utf-8", quote='"', header=1)
        (block,) = open_source([path], options).blocks()
        return block

    return block_of
