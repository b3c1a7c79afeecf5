"""Asks a server until it answers, and says what went wrong without any secret of its address."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from importer.errors import SourceError
from importer.stages.reading.places import changed

_WAITS_SECONDS = (0.2, 0.5, 1.0, 3.0, 10.0)
"""How long to wait before an object is asked for again."""

CHANGED = "an object that changed on its server while it was read"

_HOPELESS = (400, 401, 403, 404, 405, 410, 412, 416)
Given = TypeVar("Given")


def tried(shown: str, ask: Callable[[], Given]) -> Given:
    """Ask a server until it answers; every error names the object and none of its secrets."""
    for wait_seconds in (*_WAITS_SECONDS, None):
        try:
            return ask()
        except SourceError:
            raise
        except Exception as wrapped:  # noqa: BLE001 - each filesystem raises its own library's errors
            error = _cause(wrapped)
            failure, is_hopeless = _failure(shown, error), _is_hopeless(error)
        # Not in the handler: what is raised there keeps the other error, with the whole address.
        if is_hopeless or wait_seconds is None:
            raise failure
        time.sleep(wait_seconds)
    raise failure


def _cause(error: BaseException) -> BaseException:
    """Give what is behind an error: fsspec says of whatever goes wrong that there is no file."""
    while isinstance(error, FileNotFoundError) and error.__cause__ is not None:
        error = error.__cause__
    return error


def _status(error: BaseException) -> int:
    """Give the HTTP status behind an error; 0 if there is none."""
    status = getattr(error, "status", 0)
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status if isinstance(status, int) else 0


def _is_changed(error: BaseException) -> bool:
    return _status(error) == 412 or type(error).__name__ == "FileExpired"


def _is_hopeless(error: BaseException) -> bool:
    status = _status(error)
    if status:
        return status in _HOPELESS
    kinds = (FileNotFoundError, PermissionError, NotImplementedError, ImportError)
    is_refused = _lacks_credentials(error) or _is_unvouched(error)
    return isinstance(error, kinds) or _is_changed(error) or is_refused


def _is_unvouched(error: BaseException) -> bool:
    return "Certificate" in type(error).__name__


def _lacks_credentials(error: BaseException) -> bool:
    return "Credential" in type(error).__name__


def _failure(shown: str, error: BaseException) -> SourceError:
    status = _status(error)
    if _is_changed(error):
        return changed(shown, CHANGED)
    if status in (404, 410) or (not status and isinstance(error, FileNotFoundError)):
        return SourceError(shown, "no such object", "an object", "check the address")
    if status in (401, 403) or isinstance(error, PermissionError) or _lacks_credentials(error):
        return SourceError(
            shown,
            "no permission to read it",
            "credentials that may read it",
            "set them in the environment, as the server's own tools take them",
        )
    if _is_unvouched(error):
        return SourceError(
            shown,
            "a server whose certificate nobody here vouches for",
            "a certificate of a known authority, for this host and this day",
            "if the authority is your own, put the path of its certificate into SSL_CERT_FILE",
        )
    reason = f"HTTP {status}" if status else type(error).__name__
    if isinstance(error, OSError) and error.errno:
        reason = os.strerror(error.errno)
    return SourceError(
        shown, f"a server that does not answer ({reason})", "the object", "try again later"
    )
