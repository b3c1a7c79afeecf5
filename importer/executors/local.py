"""Runs prepare() on this machine: here, in threads, or in worker processes ahead of the sender."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from importer.errors import StateError
from importer.pipeline import Preparer
from importer.prepared import Prepared
from importer.records import Block

SMALL_BYTES = 16 * 1024 * 1024
"""Sources up to this size are prepared sooner than a worker process has started."""

_MOST_WORKERS = 8

Result = TypeVar("Result")

_preparer: Preparer | None = None
"""The worker process's own Preparer; each process has one mapping."""


def workers_for(size_bytes: int, asked: int | None) -> int:
    """Give the number of worker processes: as asked, or by the source's size; 0 is none."""
    if asked is not None:
        return asked
    if size_bytes <= SMALL_BYTES:
        return 0
    return min(os.cpu_count() or 1, _MOST_WORKERS)


def threads_for(size_bytes: int) -> int:
    """Give the number of threads where hardly anything is sent, so that no sender is disturbed.

    Arrow's kernels run beside each other in threads, and no block has to travel between
    processes; 1 is this thread alone.
    """
    return 1 if size_bytes <= SMALL_BYTES else min(os.cpu_count() or 1, _MOST_WORKERS)


def prepared_alone(
    preparer: Preparer, blocks: Iterable[Block], size_bytes: int, workers: int | None
) -> Generator[tuple[Block, Prepared], None, None]:
    """Prepare blocks where hardly any row is sent: in threads, or in `workers` if asked."""
    if workers is None:
        return prepared_in_threads(preparer, blocks, threads_for(size_bytes))
    return prepared_blocks(preparer, blocks, workers)


def prepared_in_threads(
    preparer: Preparer, blocks: Iterable[Block], threads: int
) -> Generator[tuple[Block, Prepared], None, None]:
    """Prepare blocks in threads and give them back in their order."""
    yield from done_in_threads(preparer.prepare, blocks, threads)


def done_in_threads(
    work: Callable[[Block], Result], blocks: Iterable[Block], threads: int
) -> Generator[tuple[Block, Result], None, None]:
    """Do something with each block in threads, and give the results in the blocks' order.

    threads: 1 is this thread alone.
    """
    if threads == 1:
        for block in blocks:
            yield block, work(block)
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="prepare")
    try:
        yield from _in_order(blocks, lambda block: pool.submit(work, block), threads)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def prepared_blocks(
    preparer: Preparer, blocks: Iterable[Block], workers: int
) -> Generator[tuple[Block, Prepared], None, None]:
    """Prepare blocks and give them back in their order, at most `workers` + 1 ahead.

    Raises StateError when a worker process dies.
    """
    if workers:
        yield from _by_workers(preparer, blocks, workers)
    else:
        for block in blocks:
            yield block, preparer.prepare(block)


def _by_workers(
    preparer: Preparer, blocks: Iterable[Block], workers: int
) -> Generator[tuple[Block, Prepared], None, None]:
    # Not fork: this process has threads, of Arrow and of its own.
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(preparer,)
    )
    try:
        yield from _in_order(blocks, lambda block: pool.submit(_prepare, block), workers)
    except BrokenProcessPool:
        raise StateError(
            "worker process",
            "a worker process that ended by itself (killed, or out of memory)",
            "workers that live as long as the run",
            "free memory, or run with --workers 0",
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    blocks: Iterable[Block], submit: Callable[[Block], Future[Result]], workers: int
) -> Generator[tuple[Block, Result], None, None]:
    ahead: deque[tuple[Block, Future[Result]]] = deque()
    for block in blocks:
        ahead.append((block, submit(block)))
        if len(ahead) > workers:
            yield _oldest(ahead)
    while ahead:
        yield _oldest(ahead)


def _oldest(ahead: deque[tuple[Block, Future[Result]]]) -> tuple[Block, Result]:
    block, future = ahead.popleft()
    return block, future.result()


def _begin(preparer: Preparer) -> None:
    global _preparer
    # Ctrl-C goes to every process of the terminal; the run decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _preparer = preparer


def _prepare(block: Block) -> Prepared:
    if _preparer is None:
        raise RuntimeError("the worker process was not set up")
    return _preparer.prepare(block)
