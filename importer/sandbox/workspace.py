"""Holds all that one sandbox knows and remembers."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from importer.sandbox.answers import Answers
from importer.sandbox.calls import Json
from importer.sandbox.faults import Faults
from importer.sandbox.limiting import FairUse, Quotas
from importer.sandbox.profiles import ProfileStore
from importer.sandbox.settings import SandboxConfig
from importer.sandbox.traffic import Traffic


class Workspace:
    """A workspace of the pretended MoEngage: its settings, profiles, quotas and counters.

    now: gives UTC epoch seconds.  Raises StateError (the database) and UsageError (the faults).
    """

    def __init__(self, config: SandboxConfig, now: Callable[[], float] = time.time) -> None:
        self.config = config
        self.now = now
        self.chance = Random(config.seed)  # noqa: S311 - dice, not secrets
        self.answers = Answers(self.chance if config.request_ids else None)
        self.quotas = Quotas(config.rate_limit_per_minute, config.reset_dialect)
        self.fair_use = FairUse()
        self.traffic = Traffic()
        self.set_faults(Faults.parse(config.faults or {}))
        self.profiles = ProfileStore(config.db)

    def set_faults(self, faults: Faults) -> None:
        """Let these faults happen from now on, instead of all earlier ones."""
        self.faults = faults
        self._outage_ends = self.now() + faults.outage_seconds
        if faults.rate_limit_per_minute is None:
            self.quotas.restore()
        else:
            self.quotas.limit(faults.rate_limit_per_minute)

    @property
    def in_outage(self) -> bool:
        return self.faults.outage_seconds > 0 and self.now() < self._outage_ends

    def stats(self) -> dict[str, Json]:
        """Give the counts since the start; `users` is the number of profiles."""
        return {"users": self.profiles.count, **self.traffic.stats()}

    def clear(self) -> None:
        """Forget profiles, requests, counts and quotas; the faults stay."""
        self.profiles.clear()
        self.traffic.clear()
        self.quotas.clear()
        self.fair_use.clear()
