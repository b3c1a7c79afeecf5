"""Runs a sandbox for those without an event loop: the command line, and programs with threads."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Self, TypeVar

from importer.sandbox.calls import Json
from importer.sandbox.mangling import Attributes
from importer.sandbox.profiles import LoggedRequest
from importer.sandbox.server import Sandbox
from importer.sandbox.settings import SandboxConfig

if sys.platform == "win32":
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

_T = TypeVar("_T")


def serve(config: SandboxConfig, on_ready: Callable[[Sandbox], None]) -> None:
    """Run a sandbox in the main thread until SIGINT or SIGTERM.

    on_ready: called once, when it listens.  Raises UsageError and StateError.
    """
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(config, on_ready))


async def _serve(config: SandboxConfig, on_ready: Callable[[Sandbox], None]) -> None:
    sandbox = Sandbox(config)
    loop = asyncio.get_running_loop()

    def end(*_: object) -> None:
        loop.call_soon_threadsafe(sandbox.ended.set)

    async with sandbox:
        for number in (signal.SIGINT, signal.SIGTERM):
            if sys.platform == "win32":
                signal.signal(number, end)
            else:
                loop.add_signal_handler(number, end)
        on_ready(sandbox)
        await sandbox.ended.wait()
    if sandbox.failure:
        raise sandbox.failure


class SandboxThread:
    """A sandbox in a thread of its own, as a context; its methods may be called from any thread.

    Raises what `Sandbox` raises, on entering or (a disk that refused writes) on leaving.
    """

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self._sandbox = Sandbox(config)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._ready: Future[asyncio.AbstractEventLoop] = Future()
        self._finished: Future[None] = Future()

    def __enter__(self) -> Self:
        self._thread.start()
        self._loop = self._ready.result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._sandbox.ended.set)
        self._finished.result()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return self._sandbox.base_url

    @property
    def app_id(self) -> str:
        return self._sandbox.app_id

    @property
    def api_key(self) -> str:
        return self._sandbox.api_key

    def stats(self) -> dict[str, Json]:
        """Give what `GET /_sandbox/stats` gives."""
        return self._ask(self._sandbox.stats)

    def profiles(self) -> dict[str, Attributes]:
        """Give all profiles, customer id -> attributes."""
        return self._ask(self._sandbox.profiles)

    def requests(self) -> list[LoggedRequest]:
        """Give the log of all requests, in the order of their answers."""
        return self._ask(self._sandbox.requests)

    def set_faults(self, settings: Mapping[str, object]) -> None:
        """Do what `PUT /_sandbox/faults` does; UsageError names a wrong key."""
        self._ask(lambda: self._sandbox.set_faults(settings))

    def _ask(self, question: Callable[[], _T]) -> _T:
        """Have the sandbox's own thread answer, which alone may touch its database."""

        async def answer() -> _T:
            return question()

        return asyncio.run_coroutine_threadsafe(answer(), self._loop).result()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(self._live())
            self._finished.set_result(None)
        except BaseException as error:  # noqa: BLE001 - handed over to the thread that waits for it
            (self._finished if self._ready.done() else self._ready).set_exception(error)

    async def _live(self) -> None:
        async with self._sandbox:
            self._ready.set_result(asyncio.get_running_loop())
            await self._sandbox.ended.wait()
        if self._sandbox.failure:
            raise self._sandbox.failure
