from __future__ import annotations

import threading

from importer.records import Stop
from importer.stopping import StopSignal

FIRST = Stop("interrupted", "SIGINT", "again", 130)
SECOND = Stop("time", "--max-time", "again", 4)


def test_the_first_reason_stays() -> None:
    stop = StopSignal()
    assert (stop.is_set(), stop.reason) == (False, None)
    stop.request(FIRST)
    stop.request(SECOND)
    assert (stop.is_set(), stop.reason) == (True, FIRST)


def test_every_listener_is_called_once_even_one_that_comes_late() -> None:
    stop, heard = StopSignal(), list[str]()
    stop.listen(lambda: heard.append("early"))
    stop.request(FIRST)
    stop.listen(lambda: heard.append("late"))
    stop.request(SECOND)
    assert heard == ["early", "late"]


def test_a_listener_may_ask_as_well() -> None:
    stop = StopSignal()
    stop.listen(lambda: stop.request(SECOND))
    stop.request(FIRST)
    assert stop.reason == FIRST


def test_a_signal_in_the_middle_of_asking_does_not_wait_for_ever() -> None:
    stop, done = StopSignal(), threading.Event()

    def interrupted() -> None:
        with stop._lock:
            stop.request(FIRST)
        done.set()

    threading.Thread(target=interrupted, daemon=True).start()
    assert done.wait(timeout=10)
