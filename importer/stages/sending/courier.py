"""Brings one request through its tries: waits for its turn, sends, decides, waits again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from importer.config import SendingConfig
from importer.moengage.replies import STOP_STATUSES
from importer.records import Fate, Outcome, Request
from importer.stages.sending.alarm import Alarm
from importer.stages.sending.answers import NoAnswer, Reply
from importer.stages.sending.deciding import Action, Tries, Verdict, decide
from importer.stages.sending.quota import Pacer
from importer.stages.sending.retrying import backoff_seconds, limited_seconds, retry_after_seconds
from importer.stages.sending.traffic import Observer, Traffic
from importer.stopping import StopSignal

_WORTH_SLEEPING_SECONDS = 0.002
"""Shorter sleeps return at once under uvloop and burn a core.  Going that much ahead of its slot
does not change the rate, because the slots stay where they are."""

_FATES = {
    Action.DELIVERED: Fate.DELIVERED,
    Action.REJECTED: Fate.REJECTED,
    Action.UNDELIVERED: Fate.UNDELIVERED,
    Action.STOP: Fate.PENDING,
}


class Poster(Protocol):
    """Whatever sends one body and gives its reply; raises NoAnswer if none came."""

    async def post(self, body: bytes) -> Reply: ...


@dataclass(slots=True)
class Trip:
    """One request and what it met so far; http_status and message are its last try's.

    doubts: how many of its tries met a refusal of the whole account and were not the last.
    """

    request: Request
    attempts: int = 0
    doubts: int = 0
    http_status: int = 0
    message: str = ""
    request_id: str = ""

    def outcome(self, fate: Fate, code: str = "") -> Outcome:
        return Outcome(
            self.request.ordinal,
            fate,
            attempts=self.attempts,
            http_status=self.http_status,
            code=code,
            message=self.message,
            request_id=self.request_id,
            untouched=fate is Fate.PENDING and self._is_untouched,
        )

    @property
    def _is_untouched(self) -> bool:
        # A try that was cut off has the status 0, so it is none of these.
        is_refused = self.http_status in STOP_STATUSES and self.doubts >= self.attempts - 1
        return not self.attempts or is_refused


@dataclass(frozen=True, slots=True)
class _Wait:
    seconds: float
    for_all: bool


_NO_WAIT = _Wait(0.0, for_all=False)


class Courier:
    """What all requests of a run share on their way: the quota, the pauses, the counters.

    chance gives a random number from 0.0 to 1.0; wall_clock gives seconds since 1970, for servers
    that name a moment.  All other times are the event loop's.
    """

    def __init__(
        self,
        client: Poster,
        config: SendingConfig,
        stop: StopSignal,
        alarm: Alarm,
        *,
        chance: Callable[[], float],
        wall_clock: Callable[[], float],
        observer: Observer,
    ) -> None:
        self.traffic = Traffic()
        self._client = client
        self._config = config
        self._stop = stop
        self._alarm = alarm
        self._chance = chance
        self._wall_clock = wall_clock
        self._observer = observer
        self._pacer = Pacer(config.rate.interval_seconds)
        self._accepted = False

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set() or self._alarm.has_rung

    async def deliver(self, trip: Trip) -> Outcome:
        """Try until there is an outcome; pending when the run stops first, or has to stop."""
        while await self._turn_comes():
            answer = await self._try_once(trip)
            verdict = decide(answer, self._tries(trip))
            trip.message, trip.request_id = verdict.message, verdict.request_id
            wait = self._wait_after(trip, verdict, answer)
            # A 429 holds everyone, also when its own row has no tries left.
            if wait.for_all:
                self._pause(wait.seconds, trip.http_status)
            if verdict.action is not Action.RETRY:
                return self._conclude(trip, verdict)
            trip.doubts += verdict.doubt
            self._observer.retrying(verdict.code, wait.seconds)
            if not wait.for_all:
                await self._alarm.sleep_until(_now() + wait.seconds)
        return trip.outcome(Fate.PENDING)

    def _tries(self, trip: Trip) -> Tries:
        return Tries(
            attempts=trip.attempts,
            doubts=trip.doubts,
            retries=self._config.retries,
            accepted=self._accepted,
            retry_404=self._config.retry_404,
        )

    def _conclude(self, trip: Trip, verdict: Verdict) -> Outcome:
        if verdict.stop is not None:
            self._stop.request(verdict.stop)
        if verdict.action is Action.DELIVERED:
            self._accepted = True
        return trip.outcome(_FATES[verdict.action], verdict.code)

    async def _turn_comes(self) -> bool:
        """Wait for a slot; False when the run stops first."""
        while not self.is_stopping:
            now = _now()
            slot = self._pacer.reserve(now)
            if slot - now >= _WORTH_SLEEPING_SECONDS:
                await self._alarm.sleep_until(slot)
            if self._pacer.is_open(slot):
                return not self.is_stopping
        return False

    async def _try_once(self, trip: Trip) -> Reply | NoAnswer:
        self.traffic.requests += 1
        self.traffic.retries += trip.attempts > 0
        trip.attempts += 1
        # A try that is cut off has no answer, whatever the one before it had.
        trip.http_status, trip.message, trip.request_id = 0, "", ""
        try:
            reply = await self._client.post(trip.request.body)
        except NoAnswer as failure:
            return failure
        trip.http_status = reply.status
        return reply

    def _wait_after(self, trip: Trip, verdict: Verdict, answer: Reply | NoAnswer) -> _Wait:
        if verdict.action not in (Action.RETRY, Action.UNDELIVERED):
            return _NO_WAIT
        told = None
        if isinstance(answer, Reply):
            told = retry_after_seconds(answer.status, answer.headers, self._wall_clock())
        if trip.http_status == 429:
            return _Wait(limited_seconds(trip.attempts, told), for_all=True)
        backoff = backoff_seconds(trip.attempts, self._chance())
        return _Wait(max(told or 0.0, backoff), for_all=verdict.doubt or bool(told))

    def _pause(self, seconds: float, http_status: int) -> None:
        now = _now()
        if not self._pacer.is_paused(now):
            self.traffic.pauses += 1
        added = self._pacer.pause_until(now, now + seconds)
        self.traffic.paused_seconds += added
        if added:
            self._observer.paused(http_status, added)


def _now() -> float:
    return asyncio.get_running_loop().time()
