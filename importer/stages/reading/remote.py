"""Reads files that lie on servers (https, S3, what else fsspec knows) by ranges, and resumes."""

from __future__ import annotations

import io
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from ipaddress import ip_address
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urlsplit

from importer.errors import SourceError
from importer.stages.reading.folders import tables_among
from importer.stages.reading.places import Place, changed
from importer.stages.reading.spooling import spooled

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_WEB = ("http", "https")
_IN_THE_OPEN = ("http", "ftp", "webhdfs", "telnet")
_EXTRAS = {"s3": "s3", "s3a": "s3", "http": "remote", "https": "remote"}
_PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "az": "adlfs"}
_WAITS_SECONDS = (0.2, 0.5, 1.0, 3.0, 10.0)
"""How long to wait before an object is asked for again."""

_SMALL_BYTES, _LARGE_BYTES = 1 << 20, 8 << 20
"""How much one request asks for: little where reading jumps, more where it goes on."""

_CHANGED = "an object that changed on its server while it was read"
_HOPELESS = (400, 401, 403, 404, 405, 410, 412, 416)
Given = TypeVar("Given")


def is_remote(path: str) -> bool:
    """Tell whether a path is a URL."""
    return bool(_URL.match(path))


def shown_url(url: str) -> str:
    """Give a URL without what may be a secret: name, password, query."""
    if not is_remote(url):
        return url
    parts = urlsplit(url)
    query = "?..." if parts.query and parts.scheme in _WEB else ""
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
        names = _tried(shown, lambda: sorted(system.glob(path)))
        if not names:
            raise SourceError(shown, "no object that matches", "at least one", "check the pattern")
        return [_object(system, name, with_host + name) for name in names]
    if _tried(shown, lambda: system.isdir(path)):
        folder = path.rstrip("/") + "/"
        names = [name.removeprefix(folder) for name in _tried(shown, lambda: system.find(path))]
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

    def require_unchanged(self) -> None:
        """Do nothing: each range is asked for under the condition that the object is the same."""
        if not self.version:
            self._compare()

    def _fetch(self, start: int, end: int) -> bytes:
        data = _tried(self.path, lambda: self._range(start, end))
        if len(data) == end - start:
            return data
        self._compare()
        raise SourceError(
            self.path,
            f"{len(data):,} bytes where {end - start:,} were asked for",
            "a server that gives ranges",
            "download the file first",
        )

    def _range(self, start: int, end: int) -> bytes:
        if urlsplit(self.path).scheme in _WEB:
            conditions = {"headers": {"If-Match": self.version}} if self.version[:1] == '"' else {}
            web: bytes = self._system.cat_file(self._key, start=start, end=end, **conditions)
            return web
        # s3fs puts If-Match on each range of an open file, and on no other request.
        with self._system.open(self._key, "rb", cache_type="none") as file:
            if _version(file.details) not in ("", self.version):
                raise changed(self.path, _CHANGED)
            file.seek(start)
            data: bytes = file.read(end - start)
        return data

    def _compare(self) -> None:
        info = _tried(self.path, lambda: _info(self._system, self._key))
        if (info.get("size"), _version(info)) != (self.size_bytes, self.version):
            raise changed(self.path, _CHANGED)


def _object(system: Any, key: str, shown: str) -> Place:
    info = _tried(shown, lambda: _info(system, key))
    _refuse_plain_text(
        shown_url(info.get("url") or shown), urlsplit(info.get("url") or shown).scheme
    )
    size = info.get("size")
    if size == 0:
        raise SourceError(shown, "an empty object", "a header and rows", "export the table again")
    if size is None or not info.get("partial", True):
        # It only streams: no range can be asked for, so that it is kept here while it is read.
        return spooled(shown, lambda file: _tried(shown, lambda: _download(system, key, file)))
    return RemoteFile(shown, int(size), system, key, _version(info))


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


def _tried(shown: str, ask: Callable[[], Given]) -> Given:
    """Ask a server until it answers; every error names the object and none of its secrets."""
    for wait_seconds in (*_WAITS_SECONDS, None):
        try:
            return ask()
        except SourceError:
            raise
        except Exception as error:  # noqa: BLE001 - each filesystem raises its own library's errors
            failure, is_hopeless = _failure(shown, error), _is_hopeless(error)
        # Not in the handler: what is raised there keeps the other error, with the whole address.
        if is_hopeless or wait_seconds is None:
            raise failure
        time.sleep(wait_seconds)
    raise failure


def _status(error: BaseException) -> int:
    """Give the HTTP status behind an error; 0 if there is none."""
    status = getattr(error, "status", 0)
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if not status and error.__cause__ is not None:
        # fsspec says of every answer but 200 that there is no such file.
        return _status(error.__cause__)
    return status if isinstance(status, int) else 0


def _is_changed(error: BaseException) -> bool:
    return _status(error) == 412 or type(error).__name__ == "FileExpired"


def _is_hopeless(error: BaseException) -> bool:
    status = _status(error)
    if status:
        return status in _HOPELESS
    kinds = (FileNotFoundError, PermissionError, NotImplementedError, ImportError)
    return isinstance(error, kinds) or _is_changed(error) or _lacks_credentials(error)


def _lacks_credentials(error: BaseException) -> bool:
    return "Credential" in type(error).__name__


def _failure(shown: str, error: BaseException) -> SourceError:
    status = _status(error)
    if _is_changed(error):
        return changed(shown, _CHANGED)
    if status in (404, 410) or (not status and isinstance(error, FileNotFoundError)):
        return SourceError(shown, "no such object", "an object", "check the address")
    if status in (401, 403) or isinstance(error, PermissionError) or _lacks_credentials(error):
        return SourceError(
            shown,
            "no permission to read it",
            "credentials that may read it",
            "set them in the environment, as the server's own tools take them",
        )
    reason = f"HTTP {status}" if status else type(error).__name__
    if isinstance(error, OSError) and error.errno:
        reason = os.strerror(error.errno)
    return SourceError(
        shown, f"a server that does not answer ({reason})", "the object", "try again later"
    )


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
