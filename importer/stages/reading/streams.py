"""Reads source files as streams of plain bytes, and turns what can go wrong into one clear error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from importer.errors import SourceError
from importer.stages.reading.archives import BROKEN, Compression, compression_of, opened
from importer.stages.reading.finding import find_files
from importer.stages.reading.places import Place, explained

__all__ = ["ByteStream", "Compression", "Place", "explained", "find_files", "require_unchanged"]


class ByteStream:
    """The plain bytes of a file, decompressed by what its content says, not its name.

    Use as a context manager.  Every error is a SourceError that names the file; where the file
    changed meanwhile, it is SourceChanged, which explains the others.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.compression: Compression = ""
        with explained(place.path):
            self._file = place.open()
        try:
            with self._explained():
                self.compression = compression_of(self._file)
                self._plain = opened(place.path, self._file, self.compression)
        except SourceError:
            self._file.close()
            raise

    def read(self, size: int) -> bytes:
        """Give the next bytes: exactly so many, fewer only at the end."""
        pieces: list[bytes] = []
        with self._explained():
            while size > 0 and (piece := self._plain.read(size)):
                pieces.append(piece)
                size -= len(piece)
        # Before the bytes are used: a file that grows may end in the middle of a cell.
        self._place.require_unchanged()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    @property
    def position_bytes(self) -> int:
        """How much of the file, as it lies there, has been read."""
        return self._file.tell()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SourceError:
            raise
        except BROKEN as error:
            self._place.require_unchanged()
            kind = f"a broken {self.compression} file" if self.compression else "it cannot be read"
            raise SourceError(
                self._place.path, f"{kind} ({error})", "a whole one", "copy or export it again"
            ) from None

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def require_unchanged(place: Place) -> None:
    """Raise SourceChanged if the file is no longer as it was found."""
    place.require_unchanged()
