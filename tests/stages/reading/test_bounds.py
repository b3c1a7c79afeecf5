"""Holds reading to its bounds: how much detection reads, and how much memory a large source takes."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from importer.records import SourceOptions
from importer.stages.reading import open_source
from importer.stages.reading.places import LocalFile

MIB = 1 << 20

# Reads a source whole in a process of its own, and says by how much its memory grew.
READ = """
import json, resource, sys
from importer.records import SourceOptions
from importer.stages.reading import open_source, read_batch
def peak_mib():
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kib >> (20 if sys.platform == "darwin" else 10)
with open(sys.argv[2], "wb") as file:
    file.write(b"id,name\\n1,Ann\\n")
open_source([sys.argv[2]], SourceOptions())
before, rows = peak_mib(), 0
source = open_source([sys.argv[1]], SourceOptions())
for block in source.blocks():
    batch, rejections = read_batch(block, source.columns)
    rows += batch.rows + len(rejections)
print(json.dumps({"rows": rows, "grown_mib": peak_mib() - before}))
"""


class CountingFile(io.FileIO):
    """A file that knows how many of its bytes were read."""

    read_bytes = 0

    def readinto(self, buffer: Any, /) -> int | None:
        count = super().readinto(buffer)
        CountingFile.read_bytes += count or 0
        return count


@pytest.mark.parametrize(
    "line",
    [b"12345,Ann,ann@example.com\n", b"1,a,b\n", b'7,"x\ny\n\n",z\n', b"x" * 3000 + b",y,z\n"],
)
def test_detection_reads_no_more_than_a_mebibyte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(b"id,name,mail\n" + line * (8 * MIB // len(line)))

    def opened(place: LocalFile) -> BinaryIO:
        return io.BufferedReader(CountingFile(place.path))

    monkeypatch.setattr(LocalFile, "open", opened)
    CountingFile.read_bytes = 0
    open_source([path], SourceOptions())
    # What tells a compressed file from a plain one is read first, by a buffer of the system's size.
    assert MIB < CountingFile.read_bytes <= MIB + 2 * io.DEFAULT_BUFFER_SIZE


@pytest.mark.parametrize(
    ("piece", "pieces", "rows"),
    [
        (b"".join(b"%d,some name,x\n" % row for row in range(100_000, 150_000)), 150, 7_500_000),
        (b"x" * MIB, 300, 1),
        (b'"' + b"y\n" * (MIB // 2), 6, None),
        (b"\x00" * MIB, 300, 1),
        (b'1,a,c\n2,"a"b,"c,d"\n' * 50_000, 3, 300_000),
    ],
    ids=["rows", "one line", "open quotes", "zeros", "bad rows"],
)
def test_memory_does_not_depend_on_how_large_a_source_is(
    tmp_path: Path, piece: bytes, pieces: int, rows: int | None
) -> None:
    path = tmp_path / "users.csv.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(b"id,name,mail\n")
    # Compressed streams may stand one after the other: the piece is compressed once.
    path.write_bytes(path.read_bytes() + gzip.compress(piece, 1) * pieces)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), str(tmp_path / "small.csv")],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    found = json.loads(done.stdout)
    assert found["grown_mib"] < 250
    assert rows in (found["rows"], None)
