"""Says what a run tells while it goes on, to whoever draws progress or writes logs."""

from __future__ import annotations

from typing import Protocol

from importer.records import Fate
from importer.stages.sending import SendingObserver


class Observer(Protocol):
    """Someone who watches a run.  Calls come from the run's own thread and must be quick."""

    def began(self, headline: str, rows: int | None) -> None:
        """Take note of what is about to happen, and how many rows it is about, if known."""

    def progressed(self, fate: Fate, rows: int) -> None:
        """Take note that so many more rows got this fate."""

    def read(self, bytes_read: int, bytes_total: int) -> None:
        """Take note how much of the source is read, where its rows are not known beforehand."""

    def paused(self, seconds: float, why: str) -> None:
        """Take note that the API asked everyone to wait."""


class Silence:
    """An observer that looks away."""

    def began(self, headline: str, rows: int | None) -> None: ...

    def progressed(self, fate: Fate, rows: int) -> None: ...

    def read(self, bytes_read: int, bytes_total: int) -> None: ...

    def paused(self, seconds: float, why: str) -> None: ...


class Pauses(SendingObserver):
    """Tells a run's observer of the sender's pauses."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def paused(self, http_status: int, wait_seconds: float) -> None:
        self._observer.paused(wait_seconds, f"the API answered {http_status}")
