"""Reads files that lie on servers (https, S3, what else fsspec knows) by ranges, and resumes."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from ipaddress import ip_address
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from importer.errors import SourceError
from importer.plurals import counted
from importer.stages.reading.answers import CHANGED, tried
from importer.stages.reading.folders import tables_among
from importer.stages.reading.places import Place, changed
from importer.stages.reading.spooling import spooled

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_WEB = ("http", "https")
_IN_THE_OPEN = ("http", "ftp", "webhdfs", "telnet")
_EXTRAS = {"s3": "s3", "s3a": "s3", "http": "remote", "https": "remote"}
_PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "az": "adlfs"}
_SMALL_BYTES, _LARGE_BYTES = 1 << 20, 8 << 20
"""How much one request asks for: little where reading jumps, more where it goes on."""


def is_remote(path: str) -> bool:
    """Tell whether a path is a URL."""
    return bool(_URL.match(path))


def shown_url(url: str) -> str:
    """Give a URL without what may be a secret: name, password, query."""
    if not is_remote(url):
        return url
    parts = urlsplit(url)
    # Elsewhere a question mark is a part of a pattern, and holds no signature.
    query = f"?{'...' if parts.scheme in _WEB else parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{query}"


def find_remote(url: str) -> list[Place]:
    """Give the object at a URL, or those below it, or those that its glob matches."""
    shown, scheme = shown_url(url), urlsplit(url).scheme.lower()
    _refuse_plain_text(shown, scheme)
    system, path = _system(url, shown, scheme)
    if scheme in _WEB:
        return [_object(system, path, shown)]
    with_host = f"{scheme}://"
    if any(mark in path for mark in "*?["):
        names = tried(shown, lambda: sorted(system.glob(path)))
        if not names:
            raise SourceError(shown, "no object that matches", "at least one", "check the pattern")
        return [_object(system, name, with_host + name) for name in names]
    if tried(shown, lambda: system.isdir(path)):
        folder = path.rstrip("/") + "/"
        names = [name.removeprefix(folder) for name in tried(shown, lambda: system.find(path))]
        chosen = tables_among(shown, [name for name in names if name])
        return [_object(system, folder + name, with_host + folder + name) for name in chosen]
    return [_object(system, path, shown)]


def _refuse_plain_text(shown: str, scheme: str) -> None:
    host = urlsplit(shown).hostname or ""
    if scheme in _IN_THE_OPEN and not (scheme == "http" and _is_this_machine(host)):
        raise SourceError(
            shown,
            f"{scheme}, which travels in the open",
            "https (plain http only to this machine)",
            "write https://, or download the file first",
        )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _system(url: str, shown: str, scheme: str) -> tuple[Any, str]:
    try:
        system, path = import_module("fsspec.core").url_to_fs(url)
    except ImportError:
        extra = _EXTRAS.get(scheme)
        what = (
            f"'moengage-importer[{extra}]'" if extra else _PACKAGES.get(scheme, f"fsspec {scheme}")
        )
        raise SourceError(
            shown,
            f"a {scheme} address, and the package that reads it is not installed",
            f"the package for {scheme}",
            f"pip install {what}",
        ) from None
    except ValueError:
        raise SourceError(
            shown, f"the unknown protocol {scheme}", "s3, https or a path", "check the address"
        ) from None
    return system, path


@dataclass(frozen=True)
class RemoteFile(Place):
    """An object on a server; `version` (its ETag, or the best there is) changes with its content."""

    _system: Any = field(repr=False)
    _key: str = field(repr=False)
    version: str

    def open(self) -> BinaryIO:
        return io.BufferedReader(_Ranges(self.path, self.size_bytes, self._fetch), _SMALL_BYTES)

    def identity(self) -> tuple[int, str]:
        return 0, self.version

    def require_unchanged(self) -> None:
        """Do nothing: each range is asked for under the condition that the object is the same."""
        if not self.version:
            self._compare()

    def _fetch(self, start: int, end: int) -> bytes:
        data = tried(self.path, lambda: self._range(start, end))
        if len(data) == end - start:
            return data
        self._compare()
        raise SourceError(
            self.path,
            f"{counted(len(data), 'byte')} where {end - start:,} were asked for",
            "a server that gives ranges",
            "download the file first",
        )

    def _range(self, start: int, end: int) -> bytes:
        if urlsplit(self.path).scheme in _WEB:
            is_strong = self.version.startswith('"')
            headers = {"If-Match": self.version} if is_strong else {}
            return _web_range(self._system, self._key, self.size_bytes, (start, end), headers)
        # s3fs puts If-Match on each range of an open file, and on no other request.
        with self._system.open(self._key, "rb", cache_type="none") as file:
            if _version(file.details) not in ("", self.version):
                raise changed(self.path, CHANGED)
            file.seek(start)
            data: bytes = file.read(end - start)
        return data

    def _compare(self) -> None:
        info = tried(self.path, lambda: _info(self._system, self._key))
        if (info.get("size"), _version(info)) != (self.size_bytes, self.version):
            raise changed(self.path, CHANGED)


def _object(system: Any, key: str, shown: str) -> Place:
    info = tried(shown, lambda: _info(system, key))
    _refuse_plain_text(
        shown_url(info.get("url") or shown), urlsplit(info.get("url") or shown).scheme
    )
    size = info.get("size")
    if size == 0:
        raise SourceError(shown, "an empty object", "a header and rows", "export the table again")
    if size is None or not _gives_ranges(system, key, shown, info):
        # It only streams: no range can be asked for, so that it is kept here while it is read.
        return spooled(shown, lambda file: tried(shown, lambda: _download(system, key, file)))
    return RemoteFile(shown, int(size), system, key, _version(info))


def _gives_ranges(system: Any, key: str, shown: str, info: dict[str, Any]) -> bool:
    size = int(info["size"])
    if urlsplit(shown).scheme not in _WEB or size < 2:
        return True
    if not info.get("partial", True):
        return False

    def probe() -> bool:
        try:
            return len(_web_range(system, key, size, (1, 2), {})) == 1
        except ValueError:
            # So fsspec says that the server gave the whole object instead.
            return False

    return tried(shown, probe)


def _web_range(
    system: Any, key: str, size: int, span: tuple[int, int], headers: dict[str, str]
) -> bytes:
    with system.open(key, "rb", cache_type="none", size=size, headers=headers) as file:
        file.seek(span[0])
        data: bytes = file.read(span[1] - span[0])
    return data


def _info(system: Any, key: str) -> dict[str, Any]:
    system.invalidate_cache()
    found: dict[str, Any] = system.info(key)
    return found


def _download(system: Any, key: str, file: Any) -> None:
    file.seek(0)
    file.truncate()
    with system.open(key, "rb", block_size=0) as stream:
        shutil.copyfileobj(stream, file, _SMALL_BYTES)


def _version(info: dict[str, Any]) -> str:
    for name in ("ETag", "etag", "md5Hash", "generation", "Last-Modified", "LastModified", "mtime"):
        if info.get(name):
            return str(info[name])
    return ""


class _Ranges(io.RawIOBase):
    """A file of which each piece is one request."""

    def __init__(self, path: str, size_bytes: int, fetch: Callable[[int, int], bytes]) -> None:
        self._path, self._size, self._fetch = path, size_bytes, fetch
        self._at = 0
        self._start, self._piece = 0, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = origin + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override] # typeshed asks for its own Buffer
        if self._at >= self._size:
            return 0
        ends = self._start + len(self._piece)
        if not self._start <= self._at < ends:
            size = _LARGE_BYTES if self._piece and self._at == ends else _SMALL_BYTES
            self._start = self._at
            self._piece = self._fetch(self._at, min(self._at + max(size, 1), self._size))
        offset = self._at - self._start
        data = self._piece[offset : offset + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
