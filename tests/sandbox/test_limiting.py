from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.sandbox.calls import Route, find_route
from importer.sandbox.limiting import FairUse, Quotas, Window
from importer.sandbox.settings import ResetDialect

NOON = 1_700_000_000.0


def route(path: str) -> Route:
    found, _ = find_route(path)
    assert found
    return found


def test_a_window_lets_its_limit_through_and_opens_again_after_a_minute() -> None:
    window = Window(3)

    assert [window.take(1, NOON + second) for second in range(4)] == [True] * 3 + [False]
    assert not window.take(1, NOON + 59.9)
    assert window.take(3, NOON + 60)
    assert not window.take(1, NOON + 60)


def test_a_refused_bulk_counts_none_of_its_users() -> None:
    window = Window(3)

    assert window.take(2, NOON)
    assert not window.take(2, NOON)
    assert window.take(1, NOON)


def test_a_clock_that_is_set_back_does_not_close_the_window_for_good() -> None:
    window = Window(1)

    assert window.take(1, NOON)
    assert window.take(1, NOON - 3_600)


@pytest.mark.parametrize(("dialect", "reset"), [("seconds", "50"), ("epoch", "1700000060")])
def test_headers_say_limit_remaining_and_reset_in_either_dialect(
    dialect: ResetDialect, reset: str
) -> None:
    window = Window(5)
    window.take(2, NOON)

    assert window.headers(NOON + 10, dialect) == {
        "x-ratelimit-limit": "5",
        "x-ratelimit-remaining": "3",
        "x-ratelimit-reset": reset,
    }


def test_headers_of_a_window_that_is_over_promise_a_whole_one() -> None:
    window = Window(5)
    window.take(5, NOON)

    assert window.headers(NOON + 61, "seconds")["x-ratelimit-remaining"] == "5"


@given(st.lists(st.floats(0, 600), max_size=80), st.integers(0, 9))
def test_no_window_ever_lets_more_than_its_limit_through(times: list[float], limit: int) -> None:
    window = Window(limit)
    taken = sorted((now, window.take(1, now)) for now in sorted(times))
    passed = [now for now, was_taken in taken if was_taken]

    for start in passed:
        # A fixed window can be crossed: twice the limit is what any minute may see.
        assert sum(start <= now < start + 60 for now in passed) <= 2 * limit


def test_each_endpoint_has_its_own_window() -> None:
    quotas = Quotas(1, "seconds")
    customer, bulk, export = (
        route(path) for path in ("/v1/customer/X", "/v1/transition/X", "/v1/customers/export")
    )

    assert quotas.take(customer, 1, NOON)
    assert not quotas.take(customer, 1, NOON)
    assert quotas.take(bulk, 6, NOON)
    assert not quotas.take(bulk, 1, NOON)
    assert quotas.take(export, 1_000, NOON)
    assert not quotas.take(export, 1, NOON)


def test_no_limit_means_no_headers_and_no_end() -> None:
    quotas = Quotas(None, "seconds")
    customer = route("/v1/customer/X")

    assert quotas.take(customer, 1_000_000, NOON)
    assert quotas.headers(customer, NOON) == {}


def test_a_new_limit_keeps_what_was_counted() -> None:
    quotas = Quotas(10, "seconds")
    customer = route("/v1/customer/X")
    quotas.take(customer, 5, NOON)

    quotas.limit(5)
    assert not quotas.take(customer, 1, NOON)
    quotas.restore()
    assert quotas.take(customer, 5, NOON)
    assert not quotas.take(customer, 1, NOON)


def test_a_user_with_5000_updates_in_a_minute_is_blocked_for_an_hour() -> None:
    fair_use = FairUse()

    assert all(fair_use.allows("ann", NOON) for _ in range(5_000))
    assert not fair_use.allows("ann", NOON)
    assert fair_use.allows("bob", NOON)
    assert not fair_use.allows("ann", NOON + 3_599)
    assert fair_use.allows("ann", NOON + 3_600)
