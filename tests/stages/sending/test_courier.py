from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from importer.amounts import Rate
from importer.config import SendingConfig
from importer.records import Fate, Outcome, Request
from importer.stages.sending.alarm import Alarm
from importer.stages.sending.answers import NoAnswer, Reply
from importer.stages.sending.courier import Courier, Trip
from importer.stages.sending.traffic import Observer
from importer.stopping import StopSignal

Run = Callable[[Coroutine[Any, Any, Any]], Any]
OK = Reply(200, '{"status":"success","request_id":"kXwpDESb"}')


class Script:
    """Gives these answers in turn, and remembers when it was asked."""

    def __init__(self, *answers: Reply | NoAnswer) -> None:
        self.answers = list(answers)
        self.moments: list[float] = []

    async def post(self, body: bytes) -> Reply:
        self.moments.append(asyncio.get_running_loop().time())
        answer = self.answers.pop(0)
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    @property
    def waits(self) -> list[float]:
        return [round(later - earlier, 3) for earlier, later in pairwise(self.moments)]


class Listener(Observer):
    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    def retrying(self, code: str, wait_seconds: float) -> None:
        self.heard.append(("retrying", code, wait_seconds))

    def paused(self, http_status: int, wait_seconds: float) -> None:
        self.heard.append(("paused", http_status, wait_seconds))


def deliver(run: Run, script: Script, observer: Observer | None = None) -> Outcome:
    courier = Courier(
        script,
        SendingConfig(Rate(None)),
        StopSignal(),
        Alarm(),
        chance=lambda: 1.0,
        wall_clock=lambda: 1_700_000_000.0,
        observer=observer or Observer(),
    )
    outcome: Outcome = run(courier.deliver(Trip(Request(7, "ada", b"{}"))))
    return outcome


def test_a_row_that_arrives_late_tells_how_often_it_was_sent(in_virtual_time: Run) -> None:
    script = Script(NoAnswer("timeout", "no answer"), Reply(503), OK)
    assert deliver(in_virtual_time, script) == Outcome(
        7, Fate.DELIVERED, attempts=3, http_status=200, request_id="kXwpDESb"
    )
    assert script.waits == [0.5, 1.0]


def test_a_429_without_headers_waits_longer_each_time(in_virtual_time: Run) -> None:
    script = Script(*[Reply(429)] * 5, OK)
    deliver(in_virtual_time, script)
    assert script.waits == [2, 4, 8, 16, 30]


def test_a_server_that_says_how_long_is_believed(in_virtual_time: Run) -> None:
    script = Script(
        Reply(429, "", {"x-ratelimit-reset": "30"}),
        Reply(429, "", {"x-ratelimit-reset": "1700000045"}),
        Reply(503, "", {"retry-after": "9"}),
        OK,
    )
    deliver(in_virtual_time, script)
    assert script.waits == [30, 45, 9]


def test_an_observer_hears_of_retries_and_pauses(in_virtual_time: Run) -> None:
    listener = Listener()
    script = Script(Reply(503), Reply(429, "", {"retry-after": "10"}), OK)
    deliver(in_virtual_time, script, listener)
    assert listener.heard == [
        ("retrying", "http-error", 0.5),
        ("paused", 429, 10.0),
        ("retrying", "http-error", 10.0),
    ]


def test_the_last_try_is_what_an_undelivered_row_tells_of(in_virtual_time: Run) -> None:
    script = Script(*[Reply(503, "busy")] * 5, NoAnswer("timeout", "no answer within 60 s"))
    assert deliver(in_virtual_time, script) == Outcome(
        7, Fate.UNDELIVERED, 6, 0, "timeout", "no answer within 60 s"
    )


REFUSED = Reply(401, '{"status": "fail"}')


@pytest.mark.parametrize(
    ("answers", "untouched"),
    [
        ([REFUSED], True),
        ([Reply(403)], True),
        ([Reply(409)], True),
        ([Reply(307)], False),
        ([Reply(503), REFUSED], False),
        ([NoAnswer("timeout", "no answer"), REFUSED], False),
    ],
)
def test_a_row_is_untouched_where_each_of_its_tries_met_a_refusal_of_the_account(
    in_virtual_time: Run, answers: list[Reply | NoAnswer], untouched: bool
) -> None:
    outcome = deliver(in_virtual_time, Script(*answers))
    assert (outcome.fate, outcome.untouched) == (Fate.PENDING, untouched)


@pytest.mark.parametrize(
    ("trip", "untouched"),
    [
        ({}, True),
        ({"attempts": 1}, False),
        ({"attempts": 1, "http_status": 500}, False),
        ({"attempts": 1, "doubts": 1, "http_status": 401}, True),
        ({"attempts": 3, "doubts": 2, "http_status": 401}, True),
        ({"attempts": 3, "doubts": 1, "http_status": 401}, False),
        ({"attempts": 3, "doubts": 2, "http_status": 0}, False),
    ],
)
def test_a_row_that_was_cut_off_is_untouched_only_if_it_was_never_tried_or_always_refused(
    trip: dict[str, Any], untouched: bool
) -> None:
    outcome = Trip(Request(7, "ada", b"{}"), **trip).outcome(Fate.PENDING)
    assert outcome.untouched is untouched
