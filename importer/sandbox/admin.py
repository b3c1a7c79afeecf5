"""Answers the endpoints under /_sandbox: faults, stats, profiles, requests, reset.

They need no credentials, so they answer only this machine's own programs: a web page that a
browser has open must neither read the profiles nor wipe them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from importer.errors import UsageError
from importer.sandbox.answers import plain
from importer.sandbox.calls import Json, Reply, parse
from importer.sandbox.faults import Faults
from importer.sandbox.workspace import Workspace

PREFIX = "/_sandbox/"
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class AdminCall:
    """One request to the sandbox itself."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


def answer(workspace: Workspace, call: AdminCall) -> Reply:
    """Answer a request under /_sandbox."""
    if _is_foreign(call.headers, workspace.config.host):
        return _wrong(403, "headers", "a request from another site", "one from this machine")
    handlers = _HANDLERS.get(call.path.removeprefix(PREFIX))
    if handlers is None:
        return _wrong(404, call.path, "no such page", ", ".join(PREFIX + one for one in _HANDLERS))
    handler = handlers.get(call.method)
    if handler is None:
        return _wrong(405, call.path, call.method, " or ".join(handlers))
    try:
        return handler(workspace, call)
    except UsageError as error:
        return plain(400, {"error": error.problem.as_dict()})


def _is_foreign(headers: Mapping[str, str], bound_host: str) -> bool:
    """Tell whether a browser sent this for another site, or was lured here by a false name."""
    host = headers.get("Host", "")
    origin = headers.get("Origin")
    name = urlsplit(f"//{host}").hostname
    is_local = bound_host in ("localhost", "::1") or bound_host.startswith("127.")
    lured = is_local and name not in ("localhost", "::1", bound_host)
    return lured or (origin is not None and urlsplit(origin).netloc != host)


def _get_faults(workspace: Workspace, _: AdminCall) -> Reply:
    return plain(200, workspace.faults.settings())


def _put_faults(workspace: Workspace, call: AdminCall) -> Reply:
    settings = parse(call.body)
    if not isinstance(settings, dict):
        raise UsageError("faults", "a body that is no JSON object", "an object; {} clears", "")
    workspace.set_faults(Faults.parse(settings))
    return plain(200, workspace.faults.settings())


def _get_stats(workspace: Workspace, _: AdminCall) -> Reply:
    return plain(200, workspace.stats())


def _get_profiles(workspace: Workspace, call: AdminCall) -> Reply:
    """Page through the profiles by id, 1,000 at a time unless `limit` says otherwise."""
    rows = workspace.profiles.page(call.query.get("after", ""), _number(call, "limit", _PAGE))
    # The attributes are JSON in the store already, so they are not read and written again.
    texts = (
        f'{{"customer_id": {json.dumps(customer_id)}, "attributes": {attributes}}}'
        for customer_id, attributes in rows
    )
    return Reply(200, f'{{"profiles": [{", ".join(texts)}]}}'.encode())


def _get_requests(workspace: Workspace, call: AdminCall) -> Reply:
    """Page through the log of requests by number, of one `customer_id` or of all."""
    rows = workspace.profiles.logged(
        _number(call, "after", 0), _number(call, "limit", _PAGE), call.query.get("customer_id")
    )
    return plain(200, {"requests": [{"id": id_, **one._asdict()} for id_, one in rows]})


def _post_reset(workspace: Workspace, _: AdminCall) -> Reply:
    workspace.clear()
    return plain(200, {"status": "success"})


def _number(call: AdminCall, key: str, default: int) -> int:
    text = call.query.get(key)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise UsageError(key, repr(text), "a whole number, 0 or more", "correct the address")
    return int(text)


def _wrong(status: int, place: str, found: str, expected: str) -> Reply:
    error: dict[str, Json] = {"place": place, "found": found, "expected": expected, "remedy": ""}
    return plain(status, {"error": error})


_HANDLERS: dict[str, dict[str, Callable[[Workspace, AdminCall], Reply]]] = {
    "faults": {"GET": _get_faults, "PUT": _put_faults},
    "stats": {"GET": _get_stats},
    "profiles": {"GET": _get_profiles},
    "requests": {"GET": _get_requests},
    "reset": {"POST": _post_reset},
}
