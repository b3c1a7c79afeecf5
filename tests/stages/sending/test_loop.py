from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from importer.stages.sending.loop import run_in_loop


async def kind_of_loop() -> str:
    return type(asyncio.get_running_loop()).__module__


@pytest.mark.skipif(sys.platform == "win32", reason="there is no uvloop on Windows")
def test_the_loop_is_uvloops_where_there_is_one() -> None:
    assert run_in_loop(kind_of_loop()).startswith("uvloop")


async def test_it_also_runs_where_a_loop_is_running_already() -> None:
    assert run_in_loop(kind_of_loop())


def test_an_error_comes_out_and_the_loop_is_closed() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def fail() -> None:
        loops.append(asyncio.get_running_loop())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_in_loop(fail())
    assert loops[0].is_closed()


def test_whoever_is_under_way_at_ctrl_c_gets_to_clean_up() -> None:
    cleaned: list[str] = []

    async def wait(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            # Cleaning up may take more than one turn of the loop.
            await asyncio.sleep(0)
            cleaned.append(name)

    async def work() -> None:
        asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)
        await asyncio.gather(wait("first"), wait("second"))

    with pytest.raises(KeyboardInterrupt):
        run_in_loop(work())
    assert sorted(cleaned) == ["first", "second"]
