"""Says when a request may go, so that a rate is used evenly and a pause holds everyone."""

from __future__ import annotations


class Pacer:
    """A schedule of slots, one request each, `interval_seconds` apart.

    Times are seconds of one clock that never goes back; the caller sleeps, this only reckons.
    A slot that nobody took is gone: after idling or a pause there is no burst.
    """

    def __init__(self, interval_seconds: float) -> None:
        """Take 0.0 for no limit; pauses hold all the same."""
        self._interval = interval_seconds
        self._next_slot = 0.0
        self._paused_until = 0.0

    def reserve(self, now: float) -> float:
        """Take the next free slot and give its moment, `now` or later."""
        slot = max(now, self._next_slot, self._paused_until)
        self._next_slot = slot + self._interval
        return slot

    def is_open(self, slot: float) -> bool:
        """Tell whether a slot still holds, or a pause that came after it was taken covers it.

        Whoever slept until his slot asks this before he sends, and takes another if it does not.
        """
        return slot >= self._paused_until

    def pause_until(self, now: float, moment: float) -> float:
        """Hold everyone until `moment`; give the seconds this adds to what was already held."""
        added = moment - max(now, self._paused_until)
        self._paused_until = max(self._paused_until, moment)
        return max(added, 0.0)

    def is_paused(self, now: float) -> bool:
        return now < self._paused_until
