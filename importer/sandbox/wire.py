"""Turns HTTP requests into calls and replies into HTTP, broken ones included."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from collections.abc import Mapping
from urllib.parse import unquote

from aiohttp import web

from importer.sandbox.admin import AdminCall
from importer.sandbox.calls import Call, Reply, find_route, parse


async def read_call(request: web.BaseRequest) -> Call:
    """Read a request to the API.

    Its JSON is parsed at once, since whose request it is must be known before the checks.
    """
    route, id_in_path = find_route(request.rel_url.raw_path)
    size, body = await _read_body(request)
    ids = (
        unquote(id_in_path),
        request.query.get("app_id", ""),
        request.headers.get("MOE-APPKEY", "") if route and route.id_in_header else "",
    )
    return Call(
        method=request.method,
        route=route,
        app_ids=tuple(one for one in ids if one),
        headers=request.headers,
        address=request.remote or "",
        size=size,
        body=body,
        payload=parse(body),
    )


async def _read_body(request: web.BaseRequest) -> tuple[int, bytes]:
    """Give a body and its size; of one that no endpoint takes only the size."""
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return max(request.content_length or 0, request.client_max_size + 1), b""
    return len(body), body


async def read_admin_call(request: web.BaseRequest) -> AdminCall:
    """Read a request to the sandbox itself."""
    _, body = await _read_body(request)
    return AdminCall(request.method, request.path, request.query, request.headers, body)


def response(reply: Reply, headers: Mapping[str, str] | None = None) -> web.Response:
    """Make the HTTP answer of a reply."""
    content = {"Content-Type": reply.content_type, **(headers or {})}
    return web.Response(body=reply.body, status=reply.status, headers=content)


async def send_truncated(
    request: web.BaseRequest, reply: Reply, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Promise the whole answer, send half of it, and hang up."""
    answer = web.StreamResponse(status=reply.status, headers=dict(headers))
    answer.content_type = reply.content_type
    answer.content_length = len(reply.body)
    with contextlib.suppress(ConnectionError):
        await answer.prepare(request)
        await answer.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return answer


def reset(request: web.BaseRequest) -> web.StreamResponse:
    """Break the connection the hard way (RST); what is returned goes nowhere."""
    transport = request.transport
    if transport is not None:
        at_once = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        transport.abort()
    return web.Response()


def is_open(request: web.BaseRequest) -> bool:
    """Tell whether the client still waits for its answer."""
    transport = request.transport
    return transport is not None and not transport.is_closing()
