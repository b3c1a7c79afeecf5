from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.amounts import Rate
from importer.config import SendingConfig
from importer.errors import SourceChanged, StateError
from importer.records import Fate, Outcome, Request, Stop
from importer.stages.sending.answers import NoAnswer, Reply
from importer.stages.sending.sender import Sender
from importer.stopping import StopSignal

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Answer = Reply | NoAnswer

OK = Reply(200, '{"status":"success"}')
BAD = Reply(400, '{"status":"fail","error":{"message":"no"}}')
FAILED = Reply(200, '{"status":"fail","error":{"message":"no"}}')
BUSY = Reply(503, "")
LIMITED = Reply(429, "", {"retry-after": "10"})
DENIED = Reply(401, '{"status":"fail","error":{"message":"App Secret key mismatch"}}')
LOST = NoAnswer("connection", "the connection broke")
LATE = NoAnswer("timeout", "no answer")
INTERRUPTED = Stop("interrupted", "Ctrl-C", "resume", 130)
FAST = SendingConfig(rate=Rate(None), concurrency=4)


@dataclass
class FakeApi:
    """Answers each row by its own script (the last answer for ever), after `seconds`."""

    scripts: Mapping[int, Sequence[Answer]] = field(default_factory=dict)
    seconds: float = 0.05
    sent: list[tuple[int, float]] = field(default_factory=list)
    flying: list[int] = field(default_factory=list)
    most_flying: int = 0
    users: dict[int, str] = field(default_factory=dict)

    async def post(self, body: bytes) -> Reply:
        ordinal = int(body)
        script = self.scripts.get(ordinal, (OK,))
        answer = script[min(len(self.tries(ordinal)), len(script) - 1)]
        self.sent.append((ordinal, asyncio.get_running_loop().time()))
        user = self.users.get(ordinal)
        assert user not in [self.users[other] for other in self.flying] or user is None
        self.flying.append(ordinal)
        self.most_flying = max(self.most_flying, len(self.flying))
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.flying.remove(ordinal)
        if isinstance(answer, NoAnswer):
            raise NoAnswer(answer.kind, answer.message)
        return answer

    def tries(self, ordinal: int) -> list[float]:
        return [moment for one, moment in self.sent if one == ordinal]


@dataclass
class Trial:
    """A run against the fake API, with everything that came of it."""

    api: FakeApi
    config: SendingConfig = FAST
    stop: StopSignal = field(default_factory=StopSignal)
    outcomes: list[Outcome] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.sender = Sender(
            self.api,
            self.config,
            self.stop,
            settle=self.outcomes.append,
            chance=lambda: 0.5,
            wall_clock=lambda: 1_700_000_000.0,
        )

    async def source(self, users: Iterable[str]) -> AsyncIterator[Request]:
        for ordinal, user in enumerate(users):
            self.api.users[ordinal] = user
            self.drawn.append(ordinal)
            yield Request(ordinal, user, str(ordinal).encode())

    async def run(self, users: Iterable[str]) -> Trial:
        await self.sender.run(self.source(users))
        return self

    async def run_and_stop(self, users: Iterable[str], after_seconds: float) -> Trial:
        """Stop the run after so many seconds, and see that nothing is sent from then on."""
        sent: list[int] = []

        def stop() -> None:
            sent.append(len(self.api.sent))
            self.stop.request(INTERRUPTED)

        timer = asyncio.get_running_loop().call_later(after_seconds, stop)
        await self.run(users)
        timer.cancel()
        assert sent in ([], [len(self.api.sent)]), "something was sent after the stop"
        return self

    @property
    def fates(self) -> dict[int, Fate]:
        assert len({one.ordinal for one in self.outcomes}) == len(self.outcomes), "settled twice"
        assert sorted(one.ordinal for one in self.outcomes) == sorted(self.drawn), (
            "lost or invented"
        )
        return {one.ordinal: one.fate for one in self.outcomes}

    def outcome(self, ordinal: int) -> Outcome:
        return next(one for one in self.outcomes if one.ordinal == ordinal)


def people(count: int) -> list[str]:
    return [f"user-{number}" for number in range(count)]


# --- what becomes of a row ---------------------------------------------------------------------


def test_every_row_is_delivered_and_counted(in_virtual_time: Run) -> None:
    trial = in_virtual_time(Trial(FakeApi()).run(people(100)))
    assert set(trial.fates.values()) == {Fate.DELIVERED}
    assert trial.sender.traffic.requests == 100
    assert trial.sender.traffic.retries == 0


def test_an_empty_source_sends_nothing(in_virtual_time: Run) -> None:
    assert in_virtual_time(Trial(FakeApi()).run([])).fates == {}


def test_each_row_gets_the_fate_that_its_answers_ask_for(in_virtual_time: Run) -> None:
    scripts = {
        1: (BAD,),
        2: (BUSY, LOST, LATE, OK),
        3: (BUSY,),
        4: (LATE,),
        5: (LOST,),
        6: (FAILED,),
        7: (Reply(200, "<html>"),),
    }
    trial = in_virtual_time(Trial(FakeApi(scripts)).run(people(9)))
    found = [
        (one.ordinal, str(one.fate), one.attempts, one.http_status, one.code)
        for one in sorted(trial.outcomes, key=lambda one: one.ordinal)
    ]
    assert found == [
        (0, "delivered", 1, 200, ""),
        (1, "rejected", 1, 400, "http-rejected"),
        (2, "delivered", 4, 200, ""),
        (3, "undelivered", 6, 503, "http-error"),
        (4, "undelivered", 6, 0, "timeout"),
        (5, "undelivered", 6, 0, "connection"),
        (6, "rejected", 1, 200, "status-fail"),
        (7, "undelivered", 6, 200, "answer-unreadable"),
        (8, "delivered", 1, 200, ""),
    ]


def test_no_retries_means_none(in_virtual_time: Run) -> None:
    config = replace(FAST, retries=0)
    trial = in_virtual_time(Trial(FakeApi({0: (BUSY, OK)}), config).run(people(1)))
    assert trial.outcome(0).fate is Fate.UNDELIVERED
    assert trial.outcome(0).attempts == 1


@pytest.mark.parametrize("concurrency", [1, 2, 3, 16])
def test_concurrency_changes_nothing_but_the_time(in_virtual_time: Run, concurrency: int) -> None:
    kinds: list[Sequence[Answer]] = [(OK,), (FAILED,), (BUSY, OK), (LOST,)]
    scripts = {n: kinds[n % 4] for n in range(40)}
    users = [f"user-{n % 11}" for n in range(40)]
    trial = in_virtual_time(
        Trial(FakeApi(scripts), replace(FAST, concurrency=concurrency)).run(users)
    )
    expected = [Fate.DELIVERED, Fate.REJECTED, Fate.DELIVERED, Fate.UNDELIVERED]
    assert trial.fates == {n: expected[n % 4] for n in range(40)}
    assert trial.api.most_flying == min(concurrency, 11)


def test_no_more_are_drawn_than_can_be_held(in_virtual_time: Run) -> None:
    async def main() -> int:
        trial = Trial(FakeApi(seconds=10))
        await trial.run_and_stop(people(1000), after_seconds=5)
        return len(trial.drawn)

    assert in_virtual_time(main()) <= 3 * FAST.concurrency


def test_one_busy_user_does_not_fill_the_memory(
    in_virtual_time: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.stages.sending.sender.WAITING_ROWS", 5)
    trial = Trial(FakeApi(seconds=10))
    in_virtual_time(trial.run_and_stop(["ada"] * 100, after_seconds=5))
    assert len(trial.drawn) == 6


# --- order -------------------------------------------------------------------------------------


def test_a_users_rows_keep_their_order_through_retries(in_virtual_time: Run) -> None:
    scripts = {0: (BUSY, LOST, OK), 2: (LATE, OK)}
    trial = in_virtual_time(Trial(FakeApi(scripts)).run(["ada", "bob", "ada", "ada"]))
    of_ada = [ordinal for ordinal, _ in trial.api.sent if ordinal != 1]
    assert of_ada == [0, 0, 0, 2, 2, 3]


# --- quota and pauses --------------------------------------------------------------------------


def test_requests_leave_evenly_at_the_rate(in_virtual_time: Run) -> None:
    config = SendingConfig(rate=Rate.parse("600/min"), concurrency=16)
    trial = in_virtual_time(Trial(FakeApi(seconds=0.3), config).run(people(50)))
    moments = [moment for _, moment in trial.api.sent]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(abs(gap - config.rate.interval_seconds) < 0.003 for gap in gaps)


def test_retries_take_from_the_quota_as_well(in_virtual_time: Run) -> None:
    config = SendingConfig(rate=Rate.parse("60/min"), concurrency=16)
    scripts = dict.fromkeys(range(10), (BUSY, OK))
    trial = in_virtual_time(Trial(FakeApi(scripts), config).run(people(10)))
    moments = [moment for _, moment in trial.api.sent]
    assert len(moments) == 20
    assert moments[-1] - moments[0] >= 19 * config.rate.interval_seconds - 0.003


def test_a_429_holds_everyone_also_those_who_wait_for_their_slot(in_virtual_time: Run) -> None:
    config = SendingConfig(rate=Rate.parse("600/min"), concurrency=16)
    trial = in_virtual_time(Trial(FakeApi({0: (LIMITED, OK)}), config).run(people(60)))
    start = trial.api.sent[0][1]
    held = [moment - start for _, moment in trial.api.sent if 0.06 <= moment - start < 10.04]
    assert held == []
    assert set(trial.fates.values()) == {Fate.DELIVERED}
    assert trial.sender.traffic.pauses == 1
    assert trial.sender.traffic.paused_seconds == pytest.approx(10)


def test_after_a_pause_there_is_no_burst(in_virtual_time: Run) -> None:
    config = SendingConfig(rate=Rate.parse("600/min"), concurrency=16)
    trial = in_virtual_time(Trial(FakeApi({0: (LIMITED, OK)}), config).run(people(60)))
    after = [moment for _, moment in trial.api.sent if moment - trial.api.sent[0][1] > 5]
    gaps = [later - earlier for earlier, later in pairwise(after)]
    assert min(gaps) > config.rate.interval_seconds - 0.003


def test_a_429_holds_everyone_even_when_its_own_row_has_no_tries_left(
    in_virtual_time: Run,
) -> None:
    config = replace(FAST, retries=0, concurrency=1)
    trial = in_virtual_time(Trial(FakeApi({0: (LIMITED,)}), config).run(people(2)))
    assert trial.fates == {0: Fate.UNDELIVERED, 1: Fate.DELIVERED}
    assert trial.api.sent[1][1] - trial.api.sent[0][1] >= 10


@pytest.mark.parametrize(
    "trouble", [Reply(503, "", {"retry-after": "5"}), DENIED], ids=["told to wait", "doubt"]
)
def test_trouble_of_the_whole_account_holds_everyone(in_virtual_time: Run, trouble: Reply) -> None:
    trial = in_virtual_time(Trial(FakeApi({8: (trouble, OK)})).run(people(40)))
    answered = trial.api.tries(8)[0] + trial.api.seconds
    retried = trial.api.tries(8)[1]
    assert retried - answered > 0.3
    assert [one for one, moment in trial.api.sent if answered < moment < retried] == []


def test_trouble_of_one_row_holds_nobody_else(in_virtual_time: Run) -> None:
    trial = in_virtual_time(Trial(FakeApi({8: (BUSY, OK)})).run(people(40)))
    first, second = trial.api.tries(8)
    assert [one for one, moment in trial.api.sent if first + 0.06 < moment < second]


def test_several_429s_at_once_are_one_pause(in_virtual_time: Run) -> None:
    scripts = dict.fromkeys(range(4), (LIMITED, OK))
    trial = in_virtual_time(Trial(FakeApi(scripts)).run(people(8)))
    assert trial.sender.traffic.pauses == 1


# --- stopping ----------------------------------------------------------------------------------


def test_a_wrong_key_stops_the_run_and_every_row_is_pending(in_virtual_time: Run) -> None:
    api = FakeApi(dict.fromkeys(range(1000), (DENIED,)))
    trial = in_virtual_time(Trial(api).run(people(1000)))
    assert set(trial.fates.values()) == {Fate.PENDING}
    assert len(api.sent) <= FAST.concurrency
    assert trial.stop.reason is not None
    assert (trial.stop.reason.code, trial.stop.reason.exit_code) == ("credentials", 3)
    assert "App Secret key mismatch" in trial.stop.reason.message
    assert trial.outcome(0).http_status == 401


def test_a_401_after_successes_gets_two_more_tries(in_virtual_time: Run) -> None:
    config = replace(FAST, concurrency=1)
    trial = in_virtual_time(Trial(FakeApi({1: (DENIED, DENIED, OK)}), config).run(people(3)))
    assert set(trial.fates.values()) == {Fate.DELIVERED}
    assert trial.outcome(1).attempts == 3

    trial = in_virtual_time(Trial(FakeApi({1: (DENIED,)}), config).run(people(3)))
    assert trial.fates[1] is Fate.PENDING
    assert trial.outcome(1).attempts == 3
    assert trial.stop.reason is not None


def test_twenty_400s_before_any_success_stop_the_run_and_give_the_rows_back(
    in_virtual_time: Run,
) -> None:
    api = FakeApi(dict.fromkeys(range(1000), (BAD,)))
    trial = in_virtual_time(Trial(api).run(people(1000)))
    assert set(trial.fates.values()) == {Fate.PENDING}
    assert len(api.sent) < 20 + FAST.concurrency
    assert trial.stop.reason is not None
    assert trial.stop.reason.code == "rejections"


def test_a_short_file_of_bad_rows_is_rejected_row_by_row(in_virtual_time: Run) -> None:
    api = FakeApi(dict.fromkeys(range(19), (BAD,)))
    trial = in_virtual_time(Trial(api).run(people(19)))
    assert set(trial.fates.values()) == {Fate.REJECTED}
    assert not trial.stop.is_set()


def test_a_source_that_waits_for_a_rejected_row_to_be_settled_gets_it(
    in_virtual_time: Run,
) -> None:
    trial, first_is_settled = Trial(FakeApi({0: (BAD,)})), asyncio.Event()

    def settle(outcome: Outcome) -> None:
        trial.outcomes.append(outcome)
        first_is_settled.set()

    async def waiting() -> AsyncIterator[Request]:
        async for request in trial.source(people(2)):
            yield request
            await first_is_settled.wait()

    in_virtual_time(Sender(trial.api, FAST, StopSignal(), settle=settle).run(waiting()))
    assert trial.fates == {0: Fate.REJECTED, 1: Fate.DELIVERED}


def test_a_stop_lets_those_in_flight_finish_and_leaves_the_rest_pending(
    in_virtual_time: Run,
) -> None:
    trial = Trial(FakeApi(seconds=10))
    in_virtual_time(trial.run_and_stop(people(100), after_seconds=5))
    fates = list(trial.fates.values())
    assert fates.count(Fate.DELIVERED) == FAST.concurrency
    assert all(one.attempts == (one.fate is Fate.DELIVERED) for one in trial.outcomes)


def test_the_time_of_grace_ends(in_virtual_time: Run) -> None:
    async def main() -> tuple[Trial, float]:
        trial = Trial(FakeApi(seconds=1000), replace(FAST, grace_seconds=30))
        loop = asyncio.get_running_loop()
        start = loop.time()
        await trial.run_and_stop(people(100), after_seconds=5)
        return trial, loop.time() - start

    trial, seconds = in_virtual_time(main())
    assert seconds == pytest.approx(35, abs=0.1)
    assert set(trial.fates.values()) == {Fate.PENDING}
    assert sorted(one.attempts for one in trial.outcomes)[-4:] == [1, 1, 1, 1]
    assert {one.http_status for one in trial.outcomes} == {0}


@pytest.mark.parametrize(
    ("answer", "rate"), [(BUSY, "none"), (LIMITED, "none"), (OK, "1/min"), (BUSY, "1/min")]
)
def test_whoever_sleeps_wakes_at_once_when_the_run_stops(
    in_virtual_time: Run, answer: Answer, rate: str
) -> None:
    async def main() -> float:
        config = SendingConfig(rate=Rate.parse(rate), concurrency=4, retries=50)
        trial = Trial(FakeApi(dict.fromkeys(range(9), (answer,))), config)
        loop = asyncio.get_running_loop()
        start = loop.time()
        await trial.run_and_stop(people(9), after_seconds=45)
        assert Fate.PENDING in trial.fates.values()
        return loop.time() - start

    assert in_virtual_time(main()) < 45.2


def test_nothing_is_drawn_when_the_stop_came_first(in_virtual_time: Run) -> None:
    trial = Trial(FakeApi())
    trial.stop.request(INTERRUPTED)
    assert in_virtual_time(trial.run(people(5))).drawn == []


def test_a_stop_reaches_a_feeder_that_waits_for_its_source(in_virtual_time: Run) -> None:
    trial = Trial(FakeApi())

    async def slow() -> AsyncIterator[Request]:
        async for request in trial.source(people(3)):
            yield request
        await asyncio.Event().wait()

    async def main() -> None:
        asyncio.get_running_loop().call_later(60, trial.stop.request, INTERRUPTED)
        await trial.sender.run(slow())

    in_virtual_time(main())
    assert set(trial.fates.values()) == {Fate.DELIVERED}


async def test_a_stop_from_another_thread_is_heard() -> None:
    trial = Trial(FakeApi({0: (BUSY,)}, seconds=0), replace(FAST, retries=50))
    loop = asyncio.get_running_loop()
    loop.call_later(0.01, loop.run_in_executor, None, trial.stop.request, INTERRUPTED)
    await trial.run(people(3))
    assert trial.fates[0] is Fate.PENDING


def test_a_stop_after_the_end_reaches_nobody_and_hurts_nobody(in_virtual_time: Run) -> None:
    trial = in_virtual_time(Trial(FakeApi()).run(people(1)))
    trial.stop.request(INTERRUPTED)
    assert trial.fates == {0: Fate.DELIVERED}


# --- broken surroundings -----------------------------------------------------------------------


def test_when_the_source_breaks_those_in_flight_finish_and_its_error_comes_out(
    in_virtual_time: Run,
) -> None:
    trial = Trial(FakeApi({0: (BUSY, OK)}))

    async def breaking() -> AsyncIterator[Request]:
        async for request in trial.source(people(6)):
            yield request
        raise SourceChanged("users.csv", "another file", "the same")

    with pytest.raises(SourceChanged):
        in_virtual_time(trial.sender.run(breaking()))
    fates = list(trial.fates.values())
    assert fates.count(Fate.DELIVERED) == 3
    assert trial.outcome(0) == Outcome(0, Fate.PENDING, 1, 503, "", "HTTP 503")
    assert set(fates) == {Fate.DELIVERED, Fate.PENDING}
    assert trial.api.flying == []


def test_when_settling_fails_all_ends_and_the_error_comes_out(in_virtual_time: Run) -> None:
    api, settled = FakeApi(), []

    def settle(outcome: Outcome) -> None:
        settled.append(outcome)
        if len(settled) == 5:
            raise StateError("journal", "no space left", "a writable disk")

    trial = Trial(api)
    sender = Sender(api, FAST, StopSignal(), settle=settle)
    with pytest.raises(StateError):
        in_virtual_time(sender.run(trial.source(people(100))))
    assert len(settled) == 5
    assert api.flying == []


def test_when_settling_the_rest_fails_the_error_comes_out(in_virtual_time: Run) -> None:
    def settle(outcome: Outcome) -> None:
        raise StateError("journal", "no space left", "a writable disk")

    api = FakeApi({0: (BAD,)})
    sender = Sender(api, FAST, StopSignal(), settle=settle)
    with pytest.raises(StateError):
        in_virtual_time(sender.run(Trial(api).source(people(1))))


def test_a_defect_while_sending_loses_no_row(in_virtual_time: Run) -> None:
    class Broken(FakeApi):
        async def post(self, body: bytes) -> Reply:
            if body == b"9":
                raise ZeroDivisionError
            return await super().post(body)

    trial = Trial(Broken())
    with pytest.raises(ZeroDivisionError):
        in_virtual_time(trial.run(people(20)))
    assert set(trial.fates.values()) == {Fate.DELIVERED, Fate.PENDING}


def test_a_cancelled_run_leaves_no_task_and_no_row_behind(in_virtual_time: Run) -> None:
    trial = Trial(FakeApi(seconds=10))

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(15):
                await trial.run(people(100))

    in_virtual_time(main())
    assert set(trial.fates.values()) == {Fate.DELIVERED, Fate.PENDING}


# --- laws --------------------------------------------------------------------------------------

ANSWERS = st.sampled_from([OK, BAD, FAILED, BUSY, LIMITED, LOST, LATE, Reply(502, "<p>")])
SCRIPTS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.lists(ANSWERS, min_size=1, max_size=4)), max_size=25
)


def of_users(users: Sequence[str], sent: Iterable[tuple[int, float]]) -> dict[str, list[int]]:
    found = defaultdict(list)
    for ordinal, _ in sent:
        found[users[ordinal]].append(ordinal)
    return found


@settings(max_examples=150, deadline=None)
@given(rows=SCRIPTS, concurrency=st.integers(1, 8), retries=st.integers(0, 4))
def test_every_row_has_one_outcome_and_every_user_his_order(
    in_virtual_time: Run,
    rows: list[tuple[str, list[Answer]]],
    concurrency: int,
    retries: int,
) -> None:
    users = [user for user, _ in rows]
    config = replace(FAST, concurrency=concurrency, retries=retries)
    api = FakeApi({n: script for n, (_, script) in enumerate(rows)})
    trial = in_virtual_time(Trial(api, config).run(users))
    assert len(trial.fates) == len(rows)
    assert sum(one.attempts for one in trial.outcomes) == len(api.sent)
    assert trial.sender.traffic.requests == len(api.sent)
    for ordinals in of_users(users, api.sent).values():
        assert ordinals == sorted(ordinals)
    if trial.stop.reason is None:
        assert Fate.PENDING not in trial.fates.values()


@settings(max_examples=150, deadline=None)
@given(
    rows=SCRIPTS,
    concurrency=st.integers(1, 8),
    stop_after=st.floats(0, 3),
    rate=st.sampled_from(["none", "600/min"]),
    grace=st.sampled_from([0.0, 0.02, 30.0]),
)
def test_a_stop_at_any_moment_leaves_every_drawn_row_with_one_outcome(
    in_virtual_time: Run,
    rows: list[tuple[str, list[Answer]]],
    concurrency: int,
    stop_after: float,
    rate: str,
    grace: float,
) -> None:
    users = [user for user, _ in rows]
    config = SendingConfig(Rate.parse(rate), concurrency=concurrency, grace_seconds=grace)
    api = FakeApi({n: script for n, (_, script) in enumerate(rows)})
    trial = Trial(api, config)
    in_virtual_time(trial.run_and_stop(users, stop_after))
    assert len(trial.fates) == len(trial.drawn)
    assert sum(one.attempts for one in trial.outcomes) == len(api.sent)
    # A user's pending rows are his last ones: nothing overtook a row that is still to be sent.
    for user in set(users):
        own = [n for n in trial.drawn if users[n] == user]
        pending = [n for n in own if trial.fates[n] is Fate.PENDING]
        assert pending == own[len(own) - len(pending) :]
