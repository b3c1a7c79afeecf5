from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from importer.stages.sending.alarm import Alarm


def test_a_sleeper_wakes_at_his_moment(
    in_virtual_time: Callable[[Coroutine[Any, Any, float]], float],
) -> None:
    async def sleep() -> float:
        loop = asyncio.get_running_loop()
        start = loop.time()
        await Alarm().sleep_until(start + 40)
        return loop.time() - start

    assert 40 <= in_virtual_time(sleep()) < 40.1


def test_ringing_wakes_all_at_once_and_nobody_sleeps_afterwards(
    in_virtual_time: Callable[[Coroutine[Any, Any, float]], float],
) -> None:
    async def sleep() -> float:
        loop, alarm = asyncio.get_running_loop(), Alarm()
        start = loop.time()
        sleepers = [asyncio.create_task(alarm.sleep_until(start + n)) for n in (50, 60, 70)]
        loop.call_later(1, alarm.ring)
        await asyncio.gather(*sleepers)
        await alarm.sleep_until(start + 99)
        return loop.time() - start

    assert in_virtual_time(sleep()) < 1.1
