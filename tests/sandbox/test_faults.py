from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from importer.errors import UsageError
from importer.sandbox.faults import Faults, Mishap

EVERY_KEY: dict[str, object] = {
    "latency_ms": 5,
    "jitter_ms": 2.5,
    "error_rate": 0.1,
    "error_status": 503,
    "html_502_rate": 0.1,
    "reset_rate": 0.2,
    "truncate_rate": 0.1,
    "hang_rate": 0.1,
    "fail_200_rate": 0.1,
    "rate_limit_per_minute": 0,
    "outage_seconds": 3,
}


def test_every_key_is_taken_and_given_back() -> None:
    assert Faults.parse(EVERY_KEY).settings() == EVERY_KEY


def test_nothing_clears_all() -> None:
    assert Faults.parse({}).settings() == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("latency", 1),
        ("latency_ms", "5"),
        ("latency_ms", -1),
        ("latency_ms", True),
        ("jitter_ms", None),
        ("error_rate", 1.1),
        ("error_rate", True),
        ("error_rate", [0.1]),
        ("error_status", 200),
        ("error_status", 503.0),
        ("error_status", 600),
        ("rate_limit_per_minute", 1.5),
        ("rate_limit_per_minute", -1),
        ("outage_seconds", float("nan")),
    ],
)
def test_a_wrong_setting_is_refused_by_name(key: str, value: object) -> None:
    with pytest.raises(UsageError) as caught:
        Faults.parse({"error_rate": 0.5, key: value})
    assert key in caught.value.problem.place


def test_each_mishap_has_the_share_it_was_given() -> None:
    faults = Faults.parse(EVERY_KEY)
    chance = Random(1)  # noqa: S311 - dice, not secrets

    drawn = Counter(faults.draw(chance) for _ in range(10_000))

    assert set(drawn) == {None, *Mishap}
    assert all(850 < drawn[mishap] < 1_150 for mishap in Mishap)


def test_the_same_seed_draws_the_same_mishaps() -> None:
    faults = Faults.parse(EVERY_KEY)
    one, other, third = (Random(seed) for seed in (7, 7, 8))  # noqa: S311 - dice, not secrets

    drawn = [faults.draw(one) for _ in range(100)]
    assert drawn == [faults.draw(other) for _ in range(100)]
    assert drawn != [faults.draw(third) for _ in range(100)]


def test_a_rate_of_one_hits_every_request_and_none_hits_no_one() -> None:
    chance = Random(1)  # noqa: S311 - dice, not secrets

    assert {Faults(hang_rate=1).draw(chance) for _ in range(1_000)} == {Mishap.HANG}
    assert {Faults().draw(chance) for _ in range(1_000)} == {None}


def test_jitter_is_added_to_latency() -> None:
    chance = Random(1)  # noqa: S311 - dice, not secrets
    waits = [Faults(latency_ms=10, jitter_ms=5).wait_seconds(chance) for _ in range(1_000)]

    assert min(waits) >= 0.010
    assert 0.0149 < max(waits) <= 0.015
    assert Faults().wait_seconds(chance) == 0
