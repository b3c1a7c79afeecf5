"""Gives the rows of another run that are to be sent again, as a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from importer.records import ArrowBlock, Block
from importer.stages.reading.blocks import OnBytes
from importer.stages.reading.description import SourceFile
from importer.stages.reading.fingerprint import fingerprints
from importer.stages.reading.places import LocalFile, explained
from importer.stages.reading.source import Source


class StoredSource(Source):
    """Rows that stand in a run's folder, each with its place in the file that it came from.

    path: of the file that holds them; it must not change while they are read.
    read: gives them as blocks, each of rows of one file.
    described: how the file was read that a person gave; otherwise the stored one is named.
    """

    def __init__(
        self,
        path: Path,
        columns: tuple[str, ...],
        rows: int,
        read: Callable[[], Iterator[ArrowBlock]],
        described: Sequence[SourceFile] = (),
    ) -> None:
        super().__init__((), columns, ())
        self._place = _local(path)
        self._rows, self._read = rows, read
        size = self._place.size_bytes
        own = SourceFile(str(path), size, "jsonl", columns, rows=rows)
        self._described = tuple(described) or (own,)
        self.bytes_total = size

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """What is known of each file."""
        return self._described

    def blocks(self, limit: int | None = None, on_bytes: OnBytes | None = None) -> Iterator[Block]:
        """Give the rows in order; there is no limit to them, and they are read at once."""
        del limit
        for number, block in enumerate(self._read()):
            self._place.require_unchanged()
            yield replace(block, number=number)
        if on_bytes is not None:
            on_bytes(self.bytes_total)

    def count_rows(self, limit: int | None = None) -> int:
        """Give the number of rows, which is known."""
        return self._rows if limit is None else min(self._rows, limit)

    def fingerprint(self) -> str:
        """Give what tells later whether the stored rows are still the same."""
        return fingerprints([self._place])


def fingerprint_of(path: Path) -> str:
    """Give the fingerprint of one file on this disk."""
    return fingerprints([_local(path)])


def _local(path: Path) -> LocalFile:
    with explained(str(path)):
        return LocalFile.of(str(path), path.stat())
