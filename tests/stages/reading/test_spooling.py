from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.errors import SourceError
from importer.records import SourceOptions
from importer.stages.reading import open_source, read_batch
from importer.stages.reading.spooling import spooled


class Stdin:
    """Stands for standard input."""

    def __init__(self, data: bytes, is_terminal: bool = False) -> None:
        self.buffer = io.BytesIO(data)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def test_standard_input_is_counted_and_then_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"id,name\n1,Ann\n2,Bob\n"))
    source = open_source(["-"], SourceOptions())
    assert source.files[0].describe().startswith("standard input: utf-8")
    assert source.count_rows() == 2
    for _ in range(2):
        (block,) = source.blocks()
        batch, _ = read_batch(block, source.columns)
        assert batch.cells.to_pydict() == {"id": ["1", "2"], "name": ["Ann", "Bob"]}


def test_parquet_comes_through_a_pipe_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["1"]}), tmp_path / "a")
    monkeypatch.setattr(sys, "stdin", Stdin((tmp_path / "a").read_bytes()))
    assert open_source(["-"], SourceOptions()).count_rows() == 1


def test_a_keyboard_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"", is_terminal=True))
    with pytest.raises(SourceError, match="nothing on standard input but a keyboard"):
        open_source(["-"], SourceOptions())


def test_an_empty_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b""))
    with pytest.raises(SourceError, match="-: no data at all"):
        open_source(["-"], SourceOptions())


def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"id\n" + b"1\n" * 100_000,))
    writer.start()
    source = open_source([pipe], SourceOptions())
    writer.join()
    assert source.count_rows() == sum(block.rows for block in source.blocks()) == 100_000


def test_what_is_kept_has_no_name_and_nobody_else_may_read_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def write(file: IO[bytes]) -> None:
        file.write(b"id\n1\n")

    place = spooled("-", write)
    assert list(tmp_path.iterdir()) == []
    with place.open() as one, place.open() as other:
        assert (one.read(2), other.read(4), one.read(), other.read()) == (
            b"id",
            b"id\n1",
            b"\n1\n",
            b"\n",
        )


def test_a_pipe_that_breaks_is_one_clear_error() -> None:
    def write(file: IO[bytes]) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(SourceError, match="No space left"):
        spooled("-", write)
