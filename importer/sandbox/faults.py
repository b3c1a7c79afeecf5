"""Decides which requests go wrong, and how, from settings and a die that is passed in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from random import Random
from typing import TypeGuard

from importer.errors import UsageError


class Mishap(StrEnum):
    """What happens to one request."""

    ERROR = "error"
    HTML_502 = "html_502"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    TRUNCATE = "truncate"
    HANG = "hang"
    FAIL_200 = "fail_200"


@dataclass(frozen=True)
class Faults:
    """What goes wrong from now on; the names and units are those of `PUT /_sandbox/faults`.

    latency_ms, jitter_ms: every request waits so long, plus up to so much more by chance.
    error_rate, error_status: the share (0 to 1) that gets this status instead of an answer.
    html_502_rate: a gateway's HTML page.
    reset_rate: the connection is reset, in half of the cases after the request was applied.
    truncate_rate: the request is applied, and its answer cut short.
    hang_rate: no answer ever; the request is applied when the client has given up.
    fail_200_rate: a 200 that says `"status": "fail"`; nothing is applied.
    rate_limit_per_minute: instead of the sandbox's own; None leaves that.
    outage_seconds: 503 for everything, so long from when it is set.
    The rates share one throw of the die: an earlier one goes first where their sum exceeds 1.
    """

    latency_ms: float = 0
    jitter_ms: float = 0
    error_rate: float = 0
    error_status: int = 500
    html_502_rate: float = 0
    reset_rate: float = 0
    truncate_rate: float = 0
    hang_rate: float = 0
    fail_200_rate: float = 0
    rate_limit_per_minute: int | None = None
    outage_seconds: float = 0

    @classmethod
    def parse(cls, settings: Mapping[str, object]) -> Faults:
        """Check settings and build the faults; UsageError names the key that is wrong."""
        for key, value in settings.items():
            if key not in _RULES:
                raise UsageError(
                    f"faults: {key}",
                    "a key that does not exist",
                    f"one of {', '.join(_RULES)}",
                    "correct the key; {} clears all faults",
                )
            allows, expected = _RULES[key]
            if not allows(value):
                raise UsageError(f"faults: {key}", repr(value), expected, "correct the value")
        return cls(**dict(settings))  # type: ignore[arg-type]  # each value was just checked

    def settings(self) -> dict[str, object]:
        """Give what differs from no faults, as `PUT` would take it."""
        nothing = Faults()
        return {key: one for key, one in asdict(self).items() if one != getattr(nothing, key)}

    def draw(self, chance: Random) -> Mishap | None:
        """Decide about one request."""
        if not self._any_rate:
            return None
        thrown = chance.random()
        for mishap, rate in self._shares():
            if thrown < rate:
                return mishap
            thrown -= rate
        return None

    def wait_seconds(self, chance: Random) -> float:
        """Say how long one request has to wait."""
        if not (self.latency_ms or self.jitter_ms):
            return 0.0
        return (self.latency_ms + self.jitter_ms * chance.random()) / 1000

    @property
    def _any_rate(self) -> bool:
        return any(rate for _, rate in self._shares())

    def _shares(self) -> tuple[tuple[Mishap, float], ...]:
        return (
            (Mishap.ERROR, self.error_rate),
            (Mishap.HTML_502, self.html_502_rate),
            (Mishap.RESET_BEFORE, self.reset_rate / 2),
            (Mishap.RESET_AFTER, self.reset_rate / 2),
            (Mishap.TRUNCATE, self.truncate_rate),
            (Mishap.HANG, self.hang_rate),
            (Mishap.FAIL_200, self.fail_200_rate),
        )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _amount(value: object) -> bool:
    return _is_number(value) and value >= 0


def _share(value: object) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _status(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _rule(key: str) -> tuple[Callable[[object], bool], str]:
    if key == "error_status":
        return _status, "a whole number from 400 to 599"
    if key == "rate_limit_per_minute":
        return _count, "a whole number of users, 0 or more"
    if key.endswith("_rate"):
        return _share, "a number from 0 to 1"
    return _amount, "a number, 0 or more"


_RULES = {field.name: _rule(field.name) for field in fields(Faults)}
