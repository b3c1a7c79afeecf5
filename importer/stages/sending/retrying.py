"""Works out how long to wait before a request is tried again; time and chance are passed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

BACKOFF_BASE_SECONDS = 0.5
BACKOFF_CAP_SECONDS = 30.0

LIMITED_BASE_SECONDS = 2.0
"""The first wait after a 429 that does not say how long.  Doubled up to the cap, the five waits of
a row's usual retries make 60 seconds: the API's whole rate window, so none is lost to it."""

LONGEST_TOLD_SECONDS = 120.0
"""What a server may ask for at the most: its window is 60 s, and a clock may be off."""

_EPOCH_FROM = 1e9
"""Above it a number is a moment since 1970, not a wait (Data API docs, both dialects)."""

_NUMBER = re.compile(r"\d{1,15}(?:\.\d+)?")


def backoff_seconds(attempt: int, chance: float) -> float:
    """Give the wait after the attempt of this number (from 1): exponential, with equal jitter.

    chance: 0.0 to 1.0, at random.  Half of the wait is certain, so that no retry comes at once to
    a server in trouble; the other half spreads the retries out.
    """
    whole = _doubled(BACKOFF_BASE_SECONDS, attempt)
    return whole / 2 + whole / 2 * chance


def limited_seconds(attempt: int, told_seconds: float | None) -> float:
    """Give the pause after a 429: what the server told, or else a doubling one.

    There is no jitter: the pause holds everyone, and even pacing spreads what comes after it.
    """
    return told_seconds or _doubled(LIMITED_BASE_SECONDS, attempt)


def retry_after_seconds(status: int, headers: Mapping[str, str], now_epoch: float) -> float | None:
    """Give the wait that an answer asks for, 0 to 120 seconds; None if it asks for none.

    headers: names in lower case.  `retry-after` is seconds, an epoch or an HTTP date;
    `x-ratelimit-reset` is seconds or an epoch and stands on every answer, so it is a request to
    wait only on a 429 (Data API docs, "Rate Limits").
    """
    names = ("retry-after", "x-ratelimit-reset") if status == 429 else ("retry-after",)
    for name in names:
        seconds = _seconds_from(headers.get(name, "").strip(), now_epoch)
        if seconds is not None:
            return min(max(seconds, 0.0), LONGEST_TOLD_SECONDS)
    return None


def _seconds_from(text: str, now_epoch: float) -> float | None:
    if _NUMBER.fullmatch(text):
        number = float(text)
        return number - now_epoch if number > _EPOCH_FROM else number
    try:
        return parsedate_to_datetime(text).timestamp() - now_epoch
    except (ValueError, OverflowError):
        return None


def _doubled(first_seconds: float, attempt: int) -> float:
    # Beyond this power the cap holds anyway, and a float has an end.
    return min(BACKOFF_CAP_SECONDS, first_seconds * 2.0 ** min(attempt - 1, 10))
