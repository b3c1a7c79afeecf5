"""Counts users against the rate limits, and one user's updates against fair usage."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from importer.moengage.limits import (
    BULK_USERS_PER_MINUTE,
    FAIR_USE_BLOCK_SECONDS,
    FAIR_USE_UPDATES_PER_MINUTE,
    RATE_WINDOW_SECONDS,
    USERS_PER_MINUTE,
)
from importer.sandbox.calls import ROUTES, Route
from importer.sandbox.settings import ResetDialect


@dataclass
class Window:
    """A fixed window of 60 s that begins with the first user counted in it.

    Times are UTC epoch seconds, passed in.
    """

    limit: int
    used: int = 0
    started: float = -math.inf

    def take(self, users: int, now: float) -> bool:
        """Count so many users, or none of them and say no if they exceed the limit."""
        if self._over(now):
            self.used, self.started = 0, now
        if self.used + users > self.limit:
            return False
        self.used += users
        return True

    def headers(self, now: float, dialect: ResetDialect) -> dict[str, str]:
        """Say the limit, what is left of it, and when it begins anew (facts 3.3)."""
        fresh = self._over(now)
        end = (now if fresh else self.started) + RATE_WINDOW_SECONDS
        reset = math.ceil(end) if dialect == "epoch" else max(1, math.ceil(end - now))
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(max(0, self.limit - (0 if fresh else self.used))),
            "x-ratelimit-reset": str(reset),
        }

    def _over(self, now: float) -> bool:
        # A clock that was set back must not keep a window open.
        return not 0 <= now - self.started < RATE_WINDOW_SECONDS


class Quotas:
    """The windows of all endpoints.

    `users_per_minute` is /v1/customer's limit, and /v1/transition's is six times that, as the
    real ones are; the other endpoints keep MoEngage's own.  None lifts them all.
    """

    def __init__(self, users_per_minute: int | None, dialect: ResetDialect) -> None:
        self._configured = users_per_minute
        self._dialect: ResetDialect = dialect
        self._windows = {
            route.name: Window(route.users_per_minute) for route in ROUTES if route.users_per_minute
        }
        self._limited = True
        self.limit(users_per_minute)

    def limit(self, users_per_minute: int | None) -> None:
        """Set a new limit; what was counted stays counted."""
        self._limited = users_per_minute is not None
        if users_per_minute is not None:
            self._windows["customer"].limit = users_per_minute
            ratio = BULK_USERS_PER_MINUTE // USERS_PER_MINUTE
            self._windows["transition"].limit = users_per_minute * ratio

    def restore(self) -> None:
        """Go back to the limit that the sandbox was started with."""
        self.limit(self._configured)

    def clear(self) -> None:
        """Forget what was counted."""
        for window in self._windows.values():
            window.used, window.started = 0, -math.inf

    def take(self, route: Route, users: int, now: float) -> bool:
        window = self._window(route)
        return window is None or window.take(users, now)

    def headers(self, route: Route | None, now: float) -> dict[str, str]:
        window = self._window(route) if route else None
        return window.headers(now, self._dialect) if window else {}

    def _window(self, route: Route) -> Window | None:
        return self._windows.get(route.name) if self._limited else None


class FairUse:
    """Blocks an end user who gets too many updates (facts 3.4); his data is then dropped."""

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._started = -math.inf
        self._blocked_until: dict[str, float] = {}

    def allows(self, customer_id: str, now: float) -> bool:
        """Count one update of a user; False while he is blocked."""
        if now < self._blocked_until.get(customer_id, -math.inf):
            return False
        if not 0 <= now - self._started < RATE_WINDOW_SECONDS:
            self._counts.clear()
            self._started = now
        self._counts[customer_id] += 1
        if self._counts[customer_id] <= FAIR_USE_UPDATES_PER_MINUTE:
            return True
        self._blocked_until[customer_id] = now + FAIR_USE_BLOCK_SECONDS
        return False

    def clear(self) -> None:
        """Forget what was counted, and who is blocked."""
        self._counts.clear()
        self._blocked_until.clear()
