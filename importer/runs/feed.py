"""Fetches prepared blocks in a thread of its own, one ahead, so that no sender waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor

from importer.prepared import Prepared
from importer.records import Block

PreparedBlocks = Generator[tuple[Block, Prepared], None, None]


class BlockFeed:
    """An async front of a blocking generator; `close` it whatever happened."""

    def __init__(self, blocks: PreparedBlocks) -> None:
        self._blocks = blocks
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="prepare")
        self._coming = self._fetch()

    def _fetch(self) -> Future[tuple[Block, Prepared] | None]:
        return self._thread.submit(next, self._blocks, None)

    async def next(self) -> tuple[Block, Prepared] | None:
        """Give the next block, or None at the end; raises what reading or preparing raises.

        A caller that is cancelled while it waits loses nothing but its own turn.
        """
        item = await asyncio.shield(asyncio.wrap_future(self._coming))
        if item is not None:
            self._coming = self._fetch()
        return item

    async def close(self) -> None:
        """Let the fetch under way end, and end the worker processes behind it."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        # The fetch first: a generator that is running cannot be closed.
        self._thread.shutdown(wait=True)
        self._blocks.close()
