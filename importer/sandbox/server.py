"""Listens: reads calls off the wire, lets the faults happen, sends the answers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from aiohttp import web

from importer.errors import StateError, UsageError
from importer.moengage import error_texts
from importer.sandbox import admin
from importer.sandbox.calls import Call, Json, Reply, find_route, parse
from importer.sandbox.checking import first_refusal
from importer.sandbox.endpoints import carry_out
from importer.sandbox.faults import Faults, Mishap
from importer.sandbox.mangling import Attributes
from importer.sandbox.profiles import LoggedRequest
from importer.sandbox.settings import SandboxConfig
from importer.sandbox.traffic import Flight
from importer.sandbox.workspace import Workspace

_COMMIT_SECONDS = 0.5
_GONE_POLL_SECONDS = 0.02
_STOP_SECONDS = 1.0

_LOOP_TURNS = 3
"""After so many turns of the event loop, a connection that was closed earlier is known as closed."""


class Sandbox:
    """A local User API server; start it in a running event loop, or use it as a context.

    Raises UsageError (address, faults) and StateError (database) when it starts.
    """

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self.base_url = ""
        self.failure: StateError | None = None
        self.ended = asyncio.Event()

    async def start(self) -> None:
        """Open the database and listen; `base_url` is known from then on."""
        self._workspace = Workspace(self.config)
        server = web.Server(self._handle, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=_STOP_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.config.host, self.config.port).start()
        except (OSError, OverflowError) as error:
            await self._runner.cleanup()
            self._workspace.profiles.close()
            raise _unusable_address(self.config, error) from error
        self.base_url = _url(self.config.host, self._runner.addresses[0][1])
        self._committing = asyncio.create_task(self._commit_regularly())

    async def stop(self) -> None:
        """Answer what is in flight, then commit and close; StateError if the disk refuses."""
        self.ended.set()
        await self._runner.cleanup()
        self._committing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._committing
        self._workspace.profiles.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def app_id(self) -> str:
        return self.config.app_id

    @property
    def api_key(self) -> str:
        return self.config.api_key

    def stats(self) -> dict[str, Json]:
        """Give what `GET /_sandbox/stats` gives."""
        return self._workspace.stats()

    def set_faults(self, settings: Mapping[str, object]) -> None:
        """Do what `PUT /_sandbox/faults` does; UsageError names a wrong key."""
        self._workspace.set_faults(Faults.parse(settings))

    def profiles(self) -> dict[str, Attributes]:
        """Give all profiles, customer id -> attributes."""
        return {one: parse(text.encode()) for one, text in self._workspace.profiles.page()}

    def requests(self) -> list[LoggedRequest]:
        """Give the log of all requests, in the order of their answers."""
        return [request for _, request in self._workspace.profiles.logged()]

    async def _commit_regularly(self) -> None:
        while not self.ended.is_set():
            try:
                self._workspace.profiles.commit()
            except StateError as error:
                self._fail(error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), _COMMIT_SECONDS)

    def _fail(self, error: StateError) -> None:
        # A sandbox that cannot write would accept users and lose them: it ends.
        self.failure = self.failure or error
        self.ended.set()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            if request.path.startswith(admin.PREFIX):
                return _response(admin.answer(self._workspace, await _read_admin_call(request)))
            return await self._handle_call(request, await _read_call(request))
        except StateError as error:
            self._fail(error)
            return _response(self._workspace.answers.injected(500))
        except web.RequestPayloadError:
            return _response(self._workspace.answers.refused(error_texts.MALFORMED_JSON))

    async def _handle_call(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        """Answer one call to the API, keeping count of it."""
        workspace = self._workspace
        arrived = workspace.now()
        flight = Flight(call.customer_ids, lambda: _is_open(request))
        rivals = workspace.traffic.arrive(flight)
        status, reply = 0, None
        try:
            mishap = workspace.faults.draw(workspace.chance)
            if rivals:
                await _let_closed_connections_show()
                workspace.traffic.judge(flight, rivals)
            reply = await self._reply(request, call, mishap)
            if reply is None or mishap in (Mishap.RESET_AFTER, Mishap.HANG):
                return _reset(request)
            status = reply.status
            headers = workspace.quotas.headers(call.route, workspace.now())
            if mishap is Mishap.TRUNCATE:
                return await _send_truncated(request, reply, headers)
            return _response(reply, headers)
        finally:
            workspace.traffic.leave(flight, status)
            self._log(request, call, arrived, status, flight.in_flight, reply)

    async def _reply(
        self, request: web.BaseRequest, call: Call, mishap: Mishap | None
    ) -> Reply | None:
        """Give the answer to a call, or none if it is not to get one."""
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
        while _is_open(request) and not self.ended.is_set():
            await asyncio.sleep(_GONE_POLL_SECONDS)

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
            LoggedRequest(
                arrived, request.path, customer_id, status, call.size, in_flight, dropped
            )
        )
