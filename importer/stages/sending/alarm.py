"""Lets tasks sleep until a moment, and wakes them all at once when a run stops."""

from __future__ import annotations

import asyncio


class Alarm:
    """Sleep that anyone can end; once it has rung, nobody sleeps any more."""

    def __init__(self) -> None:
        self._sleepers: set[asyncio.Future[None]] = set()
        self._rung = False

    @property
    def has_rung(self) -> bool:
        return self._rung

    async def sleep_until(self, moment: float) -> None:
        """Sleep until the loop's clock shows `moment` (seconds), or the alarm rings."""
        if self._rung:
            return
        loop = asyncio.get_running_loop()
        sleeper = loop.create_future()
        timer = loop.call_at(moment, _wake, sleeper)
        self._sleepers.add(sleeper)
        try:
            await sleeper
        finally:
            timer.cancel()
            self._sleepers.discard(sleeper)

    def ring(self) -> None:
        """Wake all who sleep."""
        self._rung = True
        for sleeper in self._sleepers:
            _wake(sleeper)


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
