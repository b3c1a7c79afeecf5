"""Starts and stops a sandbox in an event loop, and gives programs a look into it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from aiohttp import web

from importer.errors import StateError, UsageError
from importer.sandbox.calls import Json, parse
from importer.sandbox.faults import Faults
from importer.sandbox.handling import Handler
from importer.sandbox.mangling import Attributes
from importer.sandbox.profiles import LoggedRequest
from importer.sandbox.settings import SandboxConfig
from importer.sandbox.workspace import Workspace

_COMMIT_SECONDS = 0.5
_STOP_SECONDS = 1.0
_HIGHEST_PORT = 65_535


class Sandbox:
    """A local User API server, for use inside a running event loop.

    ended: set when it stops or cannot go on; `failure` then says why it could not.
    Raises UsageError (address, faults) and StateError (database) when it starts.
    """

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self.base_url = ""
        self.failure: StateError | None = None
        self.ended = asyncio.Event()

    async def start(self) -> None:
        """Open the database and listen; `base_url` is known from then on."""
        if not 0 <= self.config.port <= _HIGHEST_PORT:
            raise UsageError(
                "--port", str(self.config.port), f"0 to {_HIGHEST_PORT}", "0 takes a free port"
            )
        self._workspace = Workspace(self.config)
        handler = Handler(self._workspace, self.ended, self._fail)
        self._runner = web.ServerRunner(
            web.Server(handler.handle, access_log=None), shutdown_timeout=_STOP_SECONDS
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.config.host, self.config.port).start()
        except OSError as error:
            await self._runner.cleanup()
            self._workspace.profiles.close()
            raise _unusable_address(self.config, error) from error
        self.base_url = _url(self.config.host, self._runner.addresses[0][1])
        self._committing = asyncio.create_task(self._commit_regularly())

    async def stop(self) -> None:
        """Answer what is in flight, then commit and close; StateError if the disk refuses."""
        self.ended.set()
        await self._runner.cleanup()
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
        # A sandbox that cannot write would accept users and lose them, so it ends.
        self.failure = self.failure or error
        self.ended.set()


def _url(host: str, port: int) -> str:
    """Give the address under which this machine's programs reach the sandbox."""
    with contextlib.suppress(ValueError):
        address = ip_address(host)
        if address.is_unspecified:
            host = "127.0.0.1" if address.version == 4 else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _unusable_address(config: SandboxConfig, error: OSError) -> UsageError:
    return UsageError(
        f"--host {config.host} --port {config.port}",
        f"it cannot be listened on: {error.strerror or error}",
        "a free port of an address of this machine",
        "leave --port away, and a free one is taken",
    )
