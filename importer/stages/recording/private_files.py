"""Writes files that only their owner may read, and puts them in place whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import orjson

from importer.errors import StateError


def refused(path: Path, error: OSError) -> StateError:
    """Say that the disk refused a write, in a person's words."""
    return StateError(
        str(path),
        f"a write that failed ({error.strerror or error})",
        "a disk with room, and a folder that may be written to",
        "free space, or name another path or --state-dir, then run the command again",
    )


def open_private(path: Path, *, append: bool = False) -> TextIO:
    """Open a UTF-8 text file for writing, 0600, without touching line ends."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else os.O_TRUNC)
    return os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="")


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Write a file beside `path` and rename it there when the block ends well.

    Raises StateError; what stood at `path` before then still does.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_private(draft) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        _remove(draft)
        raise refused(path, error) from None
    except BaseException:
        _remove(draft)
        raise


def _remove(draft: Path) -> None:
    # What is told is why writing failed, not why tidying up failed after it.
    with suppress(OSError):
        draft.unlink()


@contextmanager
def private_bytes(path: Path) -> Iterator[BinaryIO]:
    """Write a file of bytes, 0600, as it comes; StateError if the disk refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb", buffering=1024 * 1024) as stream:
            yield stream
    except OSError as error:
        raise refused(path, error) from None


def private_folder(path: Path) -> None:
    """Make a folder that only its owner may enter; StateError if the disk refuses."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise refused(path, error) from None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write an object as indented JSON, in place by rename; StateError if the disk refuses."""
    text = orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str).decode()
    with replacing(path) as stream:
        stream.write(text + "\n")
