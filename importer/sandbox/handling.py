"""Takes one request through faults, checks and endpoint to its answer, and keeps count of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from aiohttp import web

from importer.errors import StateError
from importer.moengage import error_texts
from importer.sandbox import admin, wire
from importer.sandbox.answers import html_502
from importer.sandbox.calls import Call, Reply
from importer.sandbox.checking import first_refusal
from importer.sandbox.endpoints import carry_out
from importer.sandbox.faults import Mishap
from importer.sandbox.profiles import LoggedRequest
from importer.sandbox.traffic import Flight
from importer.sandbox.workspace import Workspace

_GONE_POLL_SECONDS = 0.02


class Handler:
    """Answers requests for one workspace.

    ended: set when the sandbox stops, so that a request which hangs does not hold it up.
    fail: is told when the database refuses a write.
    """

    def __init__(
        self, workspace: Workspace, ended: asyncio.Event, fail: Callable[[StateError], None]
    ) -> None:
        self._workspace = workspace
        self._ended = ended
        self._fail = fail

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer any request, to the API or to the sandbox itself."""
        try:
            if request.path.startswith(admin.PREFIX):
                call = await wire.read_admin_call(request)
                return wire.response(admin.answer(self._workspace, call))
            return await self._handle_call(request, await wire.read_call(request))
        except StateError as error:
            self._fail(error)
            return wire.response(self._workspace.answers.injected(500))
        except web.RequestPayloadError:
            return wire.response(self._workspace.answers.refused(error_texts.MALFORMED_JSON))

    async def _handle_call(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        workspace = self._workspace
        arrived = workspace.now()
        mishap = workspace.faults.draw(workspace.chance)
        flight = Flight(call.customer_ids, lambda: wire.is_open(request))
        rivals = workspace.traffic.arrive(flight)
        reply, status = None, 0
        try:
            # Whatever comes in the same turn of the event loop is in flight together, and by the
            # next turn it shows which clients had closed their connections before.
            await asyncio.sleep(0)
            workspace.traffic.judge(flight, rivals)
            reply = await self._reply(request, call, mishap)
            if reply is None or mishap in (Mishap.RESET_AFTER, Mishap.HANG):
                return wire.reset(request)
            status = reply.status
            headers = workspace.quotas.headers(call.route, workspace.now())
            if mishap is Mishap.TRUNCATE:
                return await wire.send_truncated(request, reply, headers)
            return wire.response(reply, headers)
        finally:
            workspace.traffic.leave(flight, status)
            self._log(request, call, arrived, status, flight.in_flight, reply)

    async def _reply(
        self, request: web.BaseRequest, call: Call, mishap: Mishap | None
    ) -> Reply | None:
        """Give the answer to a call; None if it comes to nothing before it is looked at."""
        workspace = self._workspace
        faults, answers = workspace.faults, workspace.answers
        if seconds := faults.wait_seconds(workspace.chance):
            await asyncio.sleep(seconds)
        if workspace.in_outage:
            workspace.traffic.note_mishap("outage")
            return answers.injected(503)
        if mishap is not None:
            workspace.traffic.note_mishap(mishap)
        if mishap is Mishap.ERROR:
            return answers.injected(faults.error_status)
        if mishap is Mishap.HTML_502:
            return html_502()
        if mishap is Mishap.FAIL_200:
            return answers.failed(200, *error_texts.SERVER_ERROR[1:])
        if mishap is Mishap.RESET_BEFORE:
            return None
        if mishap is Mishap.HANG:
            await self._client_has_left(request)
        return first_refusal(workspace, call) or carry_out(workspace, call)

    async def _client_has_left(self, request: web.BaseRequest) -> None:
        while wire.is_open(request) and not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), _GONE_POLL_SECONDS)

    def _log(
        self,
        request: web.BaseRequest,
        call: Call,
        arrived: float,
        status: int,
        in_flight: int,
        reply: Reply | None,
    ) -> None:
        ids = call.customer_ids
        customer_id = ids[0] if len(ids) == 1 else None
        dropped = "; ".join(reply.dropped) if reply else ""
        self._workspace.profiles.log(
            LoggedRequest(arrived, request.path, customer_id, status, call.size, in_flight, dropped)
        )
