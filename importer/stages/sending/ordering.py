"""Keeps one user's rows in order: never two in flight, the next only when the last is settled."""

from __future__ import annotations

from collections import deque

from importer.records import Request

WAITING_ROWS = 10_000
"""Rows that may wait behind their own user's request (P5)."""


class UserLanes:
    """Who is in flight, and who waits behind himself.

    Ids are compared exactly, as MoEngage does.  Only users in flight are held, so memory does not
    grow with the users of a run.
    """

    def __init__(self) -> None:
        self.waiting = 0
        self._lanes: dict[str, deque[Request] | None] = {}

    def admit(self, request: Request) -> bool:
        """Tell whether a request may go now; if not, it waits behind its user's others."""
        if request.customer_id not in self._lanes:
            # Most users have one row: a queue of their own only when a second one comes.
            self._lanes[request.customer_id] = None
            return True
        lane = self._lanes[request.customer_id]
        if lane is None:
            lane = self._lanes[request.customer_id] = deque()
        lane.append(request)
        self.waiting += 1
        return False

    def release(self, customer_id: str) -> Request | None:
        """Say that a user's request is settled; give his next one, which is then in flight."""
        lane = self._lanes[customer_id]
        if not lane:
            del self._lanes[customer_id]
            return None
        self.waiting -= 1
        return lane.popleft()
