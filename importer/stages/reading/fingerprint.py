"""Tells whether a source is still the one that a run began with, and names what changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import orjson

from importer.plurals import counted
from importer.stages.reading.finding import lasting_path
from importer.stages.reading.places import Place, explained

_END_BYTES = 1 << 16
_SAMPLE_BYTES = 1 << 14
_SAMPLES = 8
_SECOND = 1_000_000_000


@dataclass(frozen=True)
class Fingerprint:
    """What tells one file from another without reading it whole.

    path: absolute, for a run may be gone on with in another folder.
    modified: when it was last written, in nanoseconds since 1970; 0 where there is no such thing.
    version: a server's own mark of the content (ETag); "" where there is none.
    hash: of the head, the tail and some samples between; "" where `version` says it.
    """

    path: str
    size_bytes: int
    modified: int
    version: str
    hash: str


def fingerprints(places: Sequence[Place]) -> str:
    """Give the fingerprints of a source's files as one line of JSON; SourceError if unreadable."""
    return orjson.dumps([asdict(_fingerprint(place)) for place in places]).decode()


def content_mark(fingerprint: str) -> str:
    """Give a short text that is the same for the same files, wherever they lie."""
    files = orjson.loads(fingerprint)
    content = [[file["size_bytes"], file["version"], file["hash"]] for file in files]
    return blake2b(orjson.dumps(content), digest_size=8).hexdigest()


def newest(fingerprint: str) -> float | None:
    """Give when the newest of the files was written, in seconds since 1970; None if unknown."""
    written = [file["modified"] for file in orjson.loads(fingerprint)]
    return max(written) / 1e9 if written and all(written) else None


def difference(then: str, now: str, *, moved: bool = False) -> str:
    """Say in words what changed between two fingerprints; "" if nothing did.

    moved: the same files may lie elsewhere now, and have been written anew.
    """
    old, new = orjson.loads(then), orjson.loads(now)
    if moved and len(old) == len(new):
        old = [
            {**entry, "path": file["path"], "modified": 0}
            for entry, file in zip(old, new, strict=True)
        ]
        new = [{**file, "modified": 0} for file in new]
    old_paths, new_paths = ([entry["path"] for entry in files] for files in (old, new))
    if old_paths != new_paths:
        gone = [f"{path} is gone" for path in old_paths if path not in new_paths]
        come = [f"{path} is new" for path in new_paths if path not in old_paths]
        return "; ".join(gone + come) or "the files come in another order"
    changes = [(file["path"], _changed(entry, file)) for entry, file in zip(old, new, strict=True)]
    return "; ".join(f"{path}: {change}" for path, change in changes if change)


def visible_difference(then: str) -> str:
    """Say what changed in files on this machine without opening them; "" if nothing shows.

    then: a fingerprint.  Only sizes and times are looked at, and only of files on disk.
    """
    changes = []
    for file in orjson.loads(then):
        path = file["path"]
        if file["version"] or "://" in path:
            continue
        if not file["modified"]:
            # Opening a named pipe would wait for ever.
            changes.append(f"{path} was a pipe, and what came through it is gone")
            continue
        try:
            info = os.stat(path)
        except OSError:
            changes.append(f"{path} is gone")
            continue
        now = {**file, "size_bytes": info.st_size, "modified": info.st_mtime_ns}
        if change := _changed(file, now):
            changes.append(f"{path}: {change}")
    return "; ".join(changes)


def _changed(old: dict[str, Any], new: dict[str, Any]) -> str:
    if old["size_bytes"] != new["size_bytes"]:
        return f"{counted(old['size_bytes'], 'byte')} then, {new['size_bytes']:,} now"
    if (old["hash"], old["version"]) != (new["hash"], new["version"]):
        return "other content"
    if old["modified"] != new["modified"]:
        then, now = old["modified"], new["modified"]
        exact = then // _SECOND == now // _SECOND
        return f"written {_moment(then, exact=exact)} then, {_moment(now, exact=exact)} now"
    return ""


def _moment(nanoseconds: int, *, exact: bool) -> str:
    """Write a moment, with its fraction of a second where it must be exact."""
    seconds, fraction = divmod(nanoseconds, _SECOND)
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}{f'.{fraction:09d}' if exact else ''} UTC"


def _fingerprint(place: Place) -> Fingerprint:
    modified, version = place.identity()
    digest = "" if version else _sampled_hash(place)
    return Fingerprint(lasting_path(place.path), place.size_bytes, modified, version, digest)


def _sampled_hash(place: Place) -> str:
    digest = blake2b(digest_size=16)
    step = max((place.size_bytes - _END_BYTES) // (_SAMPLES + 1), 1)
    spots = [(0, _END_BYTES)]
    spots += [(step * number, _SAMPLE_BYTES) for number in range(1, _SAMPLES + 1)]
    spots.append((max(place.size_bytes - _END_BYTES, 0), _END_BYTES))
    with explained(place.path), place.open() as stream:
        for offset, size in spots:
            stream.seek(offset)
            digest.update(stream.read(size))
    return digest.hexdigest()
