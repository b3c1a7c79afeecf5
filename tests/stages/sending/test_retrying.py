from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.stages.sending.retrying import (
    backoff_seconds,
    limited_seconds,
    retry_after_seconds,
)

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [(1, 0.25, 0.5), (2, 0.5, 1.0), (3, 1.0, 2.0), (6, 8.0, 16.0), (7, 15.0, 30.0), (9999, 15, 30)],
)
def test_a_backoff_doubles_up_to_its_cap_and_half_of_it_is_certain(
    attempt: int, least: float, most: float
) -> None:
    assert backoff_seconds(attempt, 0.0) == least
    assert backoff_seconds(attempt, 1.0) == most


def test_the_usual_retries_of_a_429_without_headers_outlast_the_rate_window() -> None:
    assert sum(limited_seconds(attempt, None) for attempt in range(1, 6)) >= 60


@pytest.mark.parametrize(("told", "expected"), [(7.0, 7.0), (None, 2.0), (0.0, 2.0)])
def test_a_429_waits_as_told_and_never_not_at_all(told: float | None, expected: float) -> None:
    assert limited_seconds(1, told) == expected


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"retry-after": "12"}, 12.0),
        (429, {"retry-after": "0"}, 0.0),
        (429, {"retry-after": "2.5"}, 2.5),
        (429, {"retry-after": str(int(NOW) + 20)}, 20.0),
        (429, {"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
        (429, {"x-ratelimit-reset": "30"}, 30.0),
        (429, {"x-ratelimit-reset": str(int(NOW) + 45)}, 45.0),
        (429, {"retry-after": "5", "x-ratelimit-reset": "30"}, 5.0),
        (429, {"retry-after": "soon", "x-ratelimit-reset": "30"}, 30.0),
        (429, {"x-ratelimit-reset": str(int(NOW) - 45)}, 0.0),
        (429, {"retry-after": "86400"}, 120.0),
        (429, {"x-ratelimit-reset": "1700000000000"}, 120.0),
        (429, {"retry-after": "-3"}, None),
        (429, {"retry-after": "nan"}, None),
        (429, {"retry-after": ""}, None),
        (429, {}, None),
        (503, {"retry-after": "9"}, 9.0),
        (503, {"x-ratelimit-reset": "30"}, None),
    ],
)
def test_every_dialect_of_a_wait_is_read_and_garbage_is_not(
    status: int, headers: dict[str, str], expected: float | None
) -> None:
    assert retry_after_seconds(status, headers, NOW) == expected


@given(st.text(), st.sampled_from([429, 503]))
def test_no_header_makes_a_wait_beyond_its_bounds_or_an_error(text: str, status: int) -> None:
    seconds = retry_after_seconds(status, {"retry-after": text, "x-ratelimit-reset": text}, NOW)
    assert seconds is None or 0 <= seconds <= 120
