"""Sends requests from an iterator, many at once, and settles each exactly once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from importer.config import SendingConfig
from importer.records import Fate, Outcome, Request
from importer.stages.sending.alarm import Alarm
from importer.stages.sending.canary import Canary
from importer.stages.sending.courier import Courier, Poster, Trip
from importer.stages.sending.ordering import WAITING_ROWS, UserLanes
from importer.stages.sending.traffic import Observer, Traffic
from importer.stopping import StopSignal


class Sender:
    """Draws requests, sends them with `config.concurrency` tasks, and settles them; for one run.

    settle: is given exactly one Outcome for every request drawn, as soon as it is known, in the
        event loop's thread.  If it raises, nothing more is settled and the error leaves `run`.
    """

    def __init__(
        self,
        client: Poster,
        config: SendingConfig,
        stop: StopSignal,
        *,
        settle: Callable[[Outcome], None],
        chance: Callable[[], float] = random.random,
        wall_clock: Callable[[], float] = time.time,
        observer: Observer | None = None,
    ) -> None:
        self._config = config
        self._stop = stop
        self._settle = settle
        self._alarm = Alarm()
        self._courier = Courier(
            client,
            config,
            stop,
            self._alarm,
            chance=chance,
            wall_clock=wall_clock,
            observer=observer or Observer(),
        )
        self._canary = Canary()
        self._lanes = UserLanes()
        # Every request that was drawn and not settled, so that none can be forgotten.
        self._open: dict[int, Trip] = {}
        self._ready: asyncio.Queue[Request | None] = asyncio.Queue()
        self._room = asyncio.Event()
        self._settle_failed = False
        self._feeder: asyncio.Task[None] | None = None
        self._workers: tuple[asyncio.Task[None], ...] = ()
        self._end_of_grace: asyncio.TimerHandle | None = None

    @property
    def traffic(self) -> Traffic:
        return self._courier.traffic

    async def run(self, requests: AsyncIterator[Request]) -> None:
        """Send until the iterator ends or the run is asked to stop.

        On a stop, requests in flight may go on for `config.grace_seconds`; what is not settled
        then is settled as pending.  The same happens when the iterator raises, and its error
        leaves `run` afterwards.  No task outlives this call.  The iterator is not closed.
        """
        if self._stop.is_set():
            return
        loop = asyncio.get_running_loop()
        self._feeder = asyncio.create_task(self._feed(requests))
        self._workers = tuple(
            asyncio.create_task(self._work()) for _ in range(self._config.concurrency)
        )
        self._stop.listen(lambda: _hand_over(loop, self._halt))
        try:
            await self._until_done(self._feeder)
        finally:
            await self._wind_up(self._feeder)

    async def _until_done(self, feeder: asyncio.Task[None]) -> None:
        everyone = (feeder, *self._workers)
        await asyncio.wait(everyone, return_when=asyncio.FIRST_EXCEPTION)
        if feeder.done() and not feeder.cancelled() and feeder.exception():
            self._halt()
            await asyncio.wait(self._workers, return_when=asyncio.FIRST_EXCEPTION)

    async def _wind_up(self, feeder: asyncio.Task[None]) -> None:
        # The workers first: what kept an outcome from being settled outweighs a broken source.
        everyone = (*self._workers, feeder)
        for task in everyone:
            task.cancel()
        ends = await asyncio.gather(*everyone, return_exceptions=True)
        if self._end_of_grace is not None:
            self._end_of_grace.cancel()
        if not self._settle_failed:
            self._settle_the_rest()
        for end in ends:
            if isinstance(end, Exception):
                raise end

    def _halt(self) -> None:
        """Stop drawing, wake the sleepers, and give those in flight their time of grace."""
        if self._alarm.has_rung:
            return
        self._alarm.ring()
        if self._feeder is not None:
            self._feeder.cancel()
        self._ready.put_nowait(None)
        loop = asyncio.get_running_loop()
        self._end_of_grace = loop.call_later(self._config.grace_seconds, self._cut_off)

    def _cut_off(self) -> None:
        for worker in self._workers:
            worker.cancel()

    async def _feed(self, requests: AsyncIterator[Request]) -> None:
        # Nothing is awaited between drawing a request and booking it in: a cancellation cannot
        # come between, and lose it.
        try:
            async for request in requests:
                self._open[request.ordinal] = Trip(request)
                if self._lanes.admit(request):
                    self._ready.put_nowait(request)
                while self._is_crowded():
                    self._room.clear()
                    await self._room.wait()
        finally:
            self._ready.put_nowait(None)

    def _is_crowded(self) -> bool:
        return (
            self._ready.qsize() >= self._config.concurrency or self._lanes.waiting >= WAITING_ROWS
        )

    async def _work(self) -> None:
        while (request := await self._ready.get()) is not None:
            following: Request | None = request
            while following is not None:
                self._room.set()
                await self._see_through(self._open[following.ordinal])
                following = self._lanes.release(following.customer_id)
        # The one mark of the end is handed on from worker to worker.
        self._ready.put_nowait(None)

    async def _see_through(self, trip: Trip) -> None:
        outcome = await self._courier.deliver(trip)
        for settled in self._canary.take(outcome):
            self._close(settled)
        if self._canary.has_tripped:
            self._stop.request(self._canary.stop(outcome))
        if len(self._open) == self._canary.held:
            # Nobody is under way who could speak for those held, and a source that gives no more
            # before they are settled would wait for ever.
            self._close_held()

    def _close(self, outcome: Outcome) -> None:
        # Others may come back in the same turn of the loop in which the recording broke.
        if self._settle_failed:
            return
        del self._open[outcome.ordinal]
        try:
            self._settle(outcome)
        except BaseException:
            self._settle_failed = True
            raise

    def _close_held(self) -> None:
        for outcome in self._canary.let_go():
            self._close(outcome)

    def _settle_the_rest(self) -> None:
        self._close_held()
        for trip in tuple(self._open.values()):
            self._close(trip.outcome(Fate.PENDING))


def _hand_over(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    # A wish to stop may come when the sending is long over and its loop closed.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)
