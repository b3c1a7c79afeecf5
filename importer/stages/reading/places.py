"""Names the places where a file's bytes can lie, and says what went wrong with one."""

from __future__ import annotations

import os
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from importer.errors import SourceChanged, SourceError


@dataclass(frozen=True)
class Place(ABC):
    """A file that exists, as it was when it was found.

    path: as a person may see it, without credentials.
    size_bytes: as it lies there, compressed or not.
    """

    path: str
    size_bytes: int

    @property
    def name(self) -> str:
        return PurePath(self.path).name or self.path

    @abstractmethod
    def open(self) -> BinaryIO:
        """Open it for reading at any offset; OSError if it cannot be."""

    @abstractmethod
    def require_unchanged(self) -> None:
        """Raise SourceChanged if it is no longer as it was found."""

    def identity(self) -> tuple[int, str]:
        """Give when it was written (nanoseconds since 1970) and its server's mark of the content.

        0 and "" where there is no such thing.
        """
        return 0, ""

    def for_arrow(self) -> Any:
        """Give what pyarrow opens."""
        return self.open()


@dataclass(frozen=True)
class LocalFile(Place):
    """A file on disk; `stamp` changes when its content does."""

    stamp: tuple[int, ...]

    @classmethod
    def of(cls, path: str, info: os.stat_result) -> LocalFile:
        """Describe the file as it is now."""
        return cls(path, info.st_size, _stamp(info))

    def open(self) -> BinaryIO:
        return open(self.path, "rb")

    def identity(self) -> tuple[int, str]:
        return self.stamp[1], ""

    def for_arrow(self) -> Any:
        return self.path

    def require_unchanged(self) -> None:
        try:
            stamp = _stamp(os.stat(self.path))
        except OSError:
            raise changed(self.path, "a file that went away while it was read") from None
        if stamp != self.stamp:
            raise changed(self.path, "a file that changed while it was read")


def _stamp(info: os.stat_result) -> tuple[int, ...]:
    return (info.st_size, info.st_mtime_ns, info.st_ino, info.st_dev)


def changed(path: str, found: str) -> SourceChanged:
    """Say that a file is not what it was."""
    return SourceChanged(
        path,
        found,
        "the same file until the end",
        "wait until it is complete, then run the import again",
    )


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn the system's errors about this file into a SourceError."""
    try:
        yield
    except FileNotFoundError:
        raise SourceError(path, "no such file", "a file", "check the spelling") from None
    except PermissionError:
        raise SourceError(
            path, "no permission to read it", "a readable file", f"try: ls -l {path}"
        ) from None
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise SourceError(path, f"it cannot be read ({error})", "a readable file", "") from None
