"""Counts requests, and notices two at once for one user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from importer.sandbox.calls import Json


@dataclass(eq=False, slots=True)
class Flight:
    """One request between its arrival and its answer.

    is_open: tells whether the client still waits; one that has closed its connection does not.
    in_flight: how many requests were unanswered when it came, itself among them.
    """

    users: tuple[str, ...]
    is_open: Callable[[], bool]
    answered: bool = False
    in_flight: int = 0


class Traffic:
    """What `GET /_sandbox/stats` tells, apart from the number of profiles."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin counting anew."""
        self.requests = 0
        self.updates = 0
        self.order_violations = 0
        self._by_status: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._mishaps: Counter[str] = Counter()
        self._max_in_flight = 0
        self._max_per_user = 0
        self._flights: set[Flight] = set()
        self._by_user: dict[str, list[Flight]] = {}

    def arrive(self, flight: Flight) -> tuple[Flight, ...]:
        """Count a request; give the unanswered ones of the same users, for `judge`."""
        self.requests += 1
        self._flights.add(flight)
        flight.in_flight = len(self._flights)
        if flight.in_flight > self._max_in_flight:
            flight.in_flight = _open(self._flights)
            self._max_in_flight = max(self._max_in_flight, flight.in_flight)
        rivals: list[Flight] = []
        for user in flight.users:
            others = self._by_user.setdefault(user, [])
            rivals += (other for other in others if other.is_open())
            others.append(flight)
        if flight.users and not self._max_per_user:
            self._max_per_user = 1
        return tuple(rivals)

    def judge(self, flight: Flight, rivals: tuple[Flight, ...]) -> None:
        """Count an order violation, unless the rivals' clients have turned out to be gone.

        A client that gives a request up closes its connection; its next request may be read before
        that is noticed, so this is asked a turn of the event loop after `arrive`.
        """
        real = [rival for rival in rivals if rival.answered or rival.is_open()]
        if not real:
            return
        self.order_violations += 1
        for user in flight.users:
            together = 1 + sum(user in rival.users for rival in real)
            self._max_per_user = max(self._max_per_user, together)

    def leave(self, flight: Flight, status: int) -> None:
        """Note that a request was answered, or (status 0) that it never will be."""
        flight.answered = flight.answered or bool(status)
        self._by_status[str(status)] += 1
        self._flights.discard(flight)
        for user in flight.users:
            others = self._by_user.get(user, [])
            if flight in others:
                others.remove(flight)
            if not others:
                self._by_user.pop(user, None)

    def note_dropped(self, dropped: Iterable[str]) -> None:
        self._dropped.update(dropped)

    def note_mishap(self, name: str) -> None:
        self._mishaps[name] += 1

    def stats(self) -> dict[str, Json]:
        """Give the counts; by_status has "0" for requests that got no answer."""
        return {
            "requests": self.requests,
            "by_status": dict(sorted(self._by_status.items())),
            "updates": self.updates,
            "in_flight": len(self._flights),
            "max_in_flight": self._max_in_flight,
            "max_in_flight_per_user": self._max_per_user,
            "order_violations": self.order_violations,
            "silently_dropped": dict(sorted(self._dropped.items())),
            "faults_injected": dict(sorted(self._mishaps.items())),
        }


def _open(flights: Iterable[Flight]) -> int:
    return sum(flight.is_open() for flight in flights)
