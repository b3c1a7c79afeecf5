"""Holds the nouns that travel through the sandbox: a Call, and the Reply to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from importer.moengage import access, limits

Json = Any
"""What JSON can hold; its shape is what the checks find out."""


@dataclass(frozen=True)
class Route:
    """One endpoint: its path, where its app id may stand, and its sizes."""

    name: str
    path: str
    id_in_path: bool = False
    id_in_header: bool = False
    body_bytes: int = limits.SERVER_BODY_BYTES
    users_per_minute: int | None = None


# The longer paths stand first: /v1/customer/merge is not the workspace "merge".
ROUTES = (
    Route("export", access.EXPORT_PATH, users_per_minute=limits.EXPORT_USERS_PER_MINUTE),
    Route("merge", access.MERGE_PATH, users_per_minute=limits.MERGE_USERS_PER_MINUTE),
    Route("delete", access.DELETE_PATH, users_per_minute=limits.DELETES_PER_MINUTE),
    Route("authentication", access.TEST_PATH, id_in_header=True),
    Route(
        "customer",
        access.CUSTOMER_PATH,
        id_in_path=True,
        users_per_minute=limits.USERS_PER_MINUTE,
    ),
    Route(
        "transition",
        access.BULK_PATH,
        id_in_path=True,
        body_bytes=limits.BULK_SERVER_BODY_BYTES,
        users_per_minute=limits.BULK_USERS_PER_MINUTE,
    ),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read but not yet judged.

    app_ids: the ids in path, query and (authentication only) header, in this order.
    body: b"" where `size` is above what any endpoint takes.
    payload: the body's JSON, or None where it is none.
    """

    method: str
    route: Route | None
    app_ids: tuple[str, ...]
    headers: Mapping[str, str]
    address: str
    size: int
    body: bytes
    payload: Json

    @property
    def users(self) -> list[dict[str, Json]]:
        """Give the user objects in the body, as far as it has the shape to hold any."""
        if self.route is None or not isinstance(self.payload, dict):
            return []
        if self.route.name == "customer":
            return [self.payload]
        if self.route.name == "transition":
            elements = self.payload.get("elements")
            found = elements if isinstance(elements, list) else []
            return [one for one in found if isinstance(one, dict) and one.get("type") == "customer"]
        return []

    @property
    def customer_ids(self) -> tuple[str, ...]:
        """Give the ids of the users in the body, each once."""
        ids = (user.get("customer_id") for user in self.users)
        return tuple(dict.fromkeys(one for one in ids if isinstance(one, str)))


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sandbox answers.

    dropped: what the API would have dropped or cut without a word, one short name each.
    """

    status: int
    body: bytes
    content_type: str = "application/json"
    dropped: tuple[str, ...] = field(default=())


def find_route(path: str) -> tuple[Route | None, str]:
    """Give the endpoint of a path and the app id in it ("" if there is none)."""
    for route in ROUTES:
        if path == route.path:
            return route, ""
        rest = path.removeprefix(f"{route.path}/")
        if route.id_in_path and rest != path and "/" not in rest:
            return route, unquote(rest)
    return None, ""


def parse(body: bytes) -> Json:
    """Give the JSON in a body, or None where it is not JSON in UTF-8.

    Two parsers, because orjson makes floats of integers beyond 64 bits, and json lets through
    what JSON forbids (NaN, lone surrogates, numbers beyond all bounds).
    """
    try:
        orjson.loads(body)
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
