"""Counts what sending cost, and tells whoever watches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Traffic:
    """What was sent so far.

    requests: tries that left for the network; retries are those of them that were not a row's
        first.
    pauses: how often all sending was held; paused_seconds: for how long altogether.
    """

    requests: int = 0
    retries: int = 0
    pauses: int = 0
    paused_seconds: float = 0.0


class Observer:
    """Is told while sending goes on; override what you want to hear."""

    def retrying(self, code: str, wait_seconds: float) -> None:
        """Hear that a request will be tried again; `code` is the rule of rules.py."""

    def paused(self, http_status: int, wait_seconds: float) -> None:
        """Hear that all sending is held; `http_status` is of the answer that asked for it."""
