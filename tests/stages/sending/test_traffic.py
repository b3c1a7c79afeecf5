from __future__ import annotations

from importer.stages.sending.traffic import Observer, Traffic


def test_nothing_is_counted_before_anything_is_sent() -> None:
    assert Traffic() == Traffic(requests=0, retries=0, pauses=0, paused_seconds=0.0)


def test_an_observer_may_leave_out_what_it_does_not_want_to_hear() -> None:
    observer = Observer()
    observer.retrying("timeout", 1.0)
    observer.paused(429, 1.0)
