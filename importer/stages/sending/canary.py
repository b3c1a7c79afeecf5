"""Holds the first rejections back until an answer shows that the run itself is sound."""

from __future__ import annotations

from dataclasses import replace

from importer.records import Fate, Outcome

CANARY_ANSWERS = 20


class Canary:
    """Watches the first answers: when all are 400, not the rows are wrong but the run.

    Passing troubles (retries, broken connections) say nothing about rows and do not count.
    """

    def __init__(self, limit: int = CANARY_ANSWERS) -> None:
        self._limit = limit
        self._held: list[Outcome] = []
        self._refused = 0
        self._passed = False

    @property
    def held(self) -> int:
        """How many rejections are held back."""
        return len(self._held)

    @property
    def has_tripped(self) -> bool:
        return not self._passed and self._refused >= self._limit

    def take(self, outcome: Outcome) -> tuple[Outcome, ...]:
        """Take one outcome and give those that may be settled now, in order."""
        if self._passed or outcome.fate not in (Fate.DELIVERED, Fate.REJECTED):
            return (outcome,)
        if outcome.http_status == 400:
            self._refused += 1
            self._held.append(outcome)
            return ()
        if self.has_tripped:
            return (outcome,)
        self._passed = True
        return (*self.let_go(), outcome)

    def let_go(self) -> tuple[Outcome, ...]:
        """Give what is held, as it is; as pending rows once the canary has tripped."""
        held, self._held = tuple(self._held), []
        if self.has_tripped:
            return tuple(replace(outcome, fate=Fate.PENDING, code="") for outcome in held)
        return held
