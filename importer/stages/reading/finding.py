"""Finds the files that the words on the command line mean: files, folders, globs, pipes, URLs."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from importer.errors import SourceError
from importer.stages.reading.folders import tables_among
from importer.stages.reading.places import LocalFile, Place, explained
from importer.stages.reading.remote import find_remote, is_remote
from importer.stages.reading.spooling import spooled_pipe, spooled_stdin

STANDARD_INPUT = "-"


def find_files(paths: tuple[str, ...]) -> tuple[Place, ...]:
    """Look every path up, in the order given; a folder's and a glob's files come by name.

    Raises SourceError for whatever is no file, and for a file that is named twice.
    """
    found = [place for path in paths for place in _look_up(path)]
    if not found:
        raise SourceError("SOURCE", "no file", "at least one", "name the table to import")
    seen: set[str] = set()
    for place in found:
        if place.path in seen:
            raise SourceError(
                place.path, "a file that is named twice", "each file once", "name it once"
            )
        seen.add(place.path)
    return tuple(found)


def lasting_path(path: str) -> str:
    """Give a file's path so that it means the same in any folder; a URL and `-` stay."""
    return path if is_remote(path) or path == STANDARD_INPUT else str(Path(path).absolute())


def _look_up(path: str) -> list[Place]:
    if path == STANDARD_INPUT:
        return [spooled_stdin()]
    if path.lower().startswith("file://"):
        path = unquote(urlsplit(path).path)
    if is_remote(path):
        return find_remote(path)
    with explained(path):
        # A name such as [avalon].csv is first of all a name.
        if not os.path.lexists(path) and glob.has_magic(path):
            return [place for match in _matches(path) for place in _at(match)]
        return _at(path)


def _at(path: str) -> list[Place]:
    with explained(path):
        info = os.stat(path)
    if stat.S_ISDIR(info.st_mode):
        with explained(path):
            names = list(_files_below(path, ""))
        return [place for name in tables_among(path, names) for place in _at(_join(path, name))]
    if stat.S_ISFIFO(info.st_mode):
        return [spooled_pipe(path)]
    if not stat.S_ISREG(info.st_mode):
        raise SourceError(
            path, "a device or a socket", "a file, a folder or a pipe", "save it as a file first"
        )
    if info.st_size == 0:
        raise SourceError(path, "an empty file", "a header and rows", "export the table again")
    return [LocalFile.of(path, info)]


def _join(folder: str, name: str) -> str:
    return os.path.join(folder, *name.split("/"))


def _files_below(folder: str, within: str) -> Iterator[str]:
    """Give the path of every file, however deep; a folder that cannot be read raises."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{within}{entry.name}"
            if entry.is_dir():
                yield from _files_below(entry.path, f"{name}/")
            else:
                yield name


def _matches(pattern: str) -> list[str]:
    found = sorted(glob.glob(pattern, recursive=True))
    wants_hidden = os.path.basename(pattern).startswith("_")
    # `*` also matches what Spark and Hadoop leave beside the tables: _SUCCESS, _metadata.
    kept = [
        path
        for path in found
        if wants_hidden or not (os.path.basename(path).startswith("_") and "." not in path[-8:])
    ]
    if "**" in pattern:
        kept = [path for path in kept if not os.path.isdir(path)]
    if not kept:
        raise SourceError(pattern, "no file that matches", "at least one", "check the pattern")
    return kept
