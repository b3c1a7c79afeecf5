"""Turns Ctrl-C and SIGTERM into a wish to stop; a second one ends at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from importer.records import Stop
from importer.stopping import StopSignal

_STANDARD_ERROR = 2
_STOPPING = b"\nstopping: waiting for what is in flight (again to end at once)\n"


@contextmanager
def stopping_on_signals() -> Iterator[StopSignal]:
    """Give a StopSignal that SIGINT, SIGTERM and a hangup set, and put the old handlers back."""
    stop = StopSignal()

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            # The second time a person means it; what is in flight stays without a fate.
            raise KeyboardInterrupt
        stop.request(_stop_for(number))
        # Not print: the signal may have come in the middle of one, which cannot be entered twice.
        with suppress(OSError):
            os.write(_STANDARD_ERROR, _STOPPING)

    old = {number: signal.signal(number, ask) for number in _numbers()}
    try:
        yield stop
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _numbers() -> list[signal.Signals]:
    """Give the signals that end a run; a closed terminal's only where nobody asked to ignore it."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    return numbers


def _stop_for(number: int) -> Stop:
    name = signal.Signals(number).name
    return Stop(
        "interrupted",
        f"{name}; what was in flight was finished and recorded",
        "run the same command again: a user who is sent twice is only updated twice",
        128 + number,
    )
