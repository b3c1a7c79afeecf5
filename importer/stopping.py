"""Lets anyone (a signal handler, a timer, the sender) ask a run to end cleanly."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable

from importer.errors import Defect, ImporterError, SourceChanged, StateError
from importer.plurals import counted
from importer.records import Stop


class StopSignal:
    """A wish to stop that may come from any thread, once; the first reason stays.

    Not a signal handler itself: the command line installs those and calls `request`.
    """

    def __init__(self) -> None:
        # A signal handler may ask in the very thread that is asking.
        self._lock = threading.RLock()
        self._listeners: list[Callable[[], None]] = []
        self._reason: Stop | None = None

    @property
    def reason(self) -> Stop | None:
        return self._reason

    def is_set(self) -> bool:
        return self._reason is not None

    def request(self, reason: Stop) -> None:
        """Ask the run to stop; a second request changes nothing."""
        with self._lock:
            if self._reason is not None:
                return
            self._reason = reason
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the run is asked to stop (at once if it already was).

        It is called in the thread that asks, so it must only hand over
        (`loop.call_soon_threadsafe`, `Event.set`).
        """
        with self._lock:
            if self._reason is None:
                self._listeners.append(listener)
                return
        listener()


def out_of_time(message: str) -> Stop:
    """Say that the time that was given is over."""
    return Stop("time", message, "resume the run for the rest", 4)


def start_timers(
    stop: StopSignal, limits: Iterable[tuple[float, str]]
) -> list[asyncio.TimerHandle]:
    """Ask for a stop after so many seconds of the running loop, each with its message."""
    loop = asyncio.get_running_loop()
    return [
        loop.call_later(seconds, stop.request, out_of_time(message)) for seconds, message in limits
    ]


def stop_for(error: ImporterError) -> Stop:
    """Say why a run that had begun stopped."""
    problem = error.problem
    codes = {Defect: "defect", StateError: "state", SourceChanged: "source-changed"}
    code = next((code for kind, code in codes.items() if isinstance(error, kind)), "source")
    # Once a run has begun, exit 2 ("nothing was sent") would be untrue.
    exit_status = max(error.exit_code, StateError.exit_code)
    message = f"{problem.place}: {problem.found}; expected {problem.expected}"
    return Stop(code, message, problem.remedy, exit_status)


def rows_changed(rows: int, read: int) -> Stop:
    """Say that a source had other rows when it was read than before the start, when it had `rows`."""
    message = f"{counted(rows, 'row was', 'rows were')} counted before the start, and {read:,} read"
    remedy = "see that nobody writes to the source, then run again"
    return Stop("source-changed", message, remedy, SourceChanged.exit_code)
