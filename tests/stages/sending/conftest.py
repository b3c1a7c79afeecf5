"""Gives the sending tests a scripted API, and a clock that nobody has to wait for."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any, TypeVar
from unittest.mock import Mock

import pytest
from aiohttp import ClientResponse
from aioresponses import aioresponses

T = TypeVar("T")
InVirtualTime = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture
def api() -> Iterator[Any]:
    """aioresponses, mended for aiohttp 3.14 (pnuckowski/aioresponses#289)."""
    whole_response = partial(ClientResponse, stream_writer=Mock())
    with aioresponses() as scripted:
        scripted.post = partial(scripted.post, response_class=whole_response)
        yield scripted


class _NobodyWaits(selectors.DefaultSelector):
    """Moves the loop's clock on instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "every task waits for another one, for ever"
            self.now += timeout
        return ready


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _NobodyWaits()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now

    @property
    def timers(self) -> list[asyncio.TimerHandle]:
        return [timer for timer in vars(self)["_scheduled"] if not timer.cancelled()]


@pytest.fixture(scope="session")
def in_virtual_time() -> InVirtualTime[Any]:
    """Run a coroutine on a loop whose seconds pass at once; no task or timer may stay behind."""

    def run(work: Coroutine[Any, Any, T]) -> T:
        loop = _VirtualLoop()
        try:
            result = loop.run_until_complete(work)
            assert not asyncio.all_tasks(loop), "tasks were left running"
            assert loop.timers == [], "timers were left running"
            return result
        finally:
            loop.close()

    return run
