"""Holds failures back until an answer shows that it is the rows that are wrong, and not the run."""

from __future__ import annotations

from dataclasses import replace

from importer.records import Fate, Outcome, Stop

CANARY_ANSWERS = 20

_CHECK = (
    "check the network and the target with `moengage-import ping`, then run the same command again"
)


class Canary:
    """Watches outcomes: when many fail alike, not the rows are wrong but the run.

    It trips when the first answers are all 400, or when the first rows all use up their retries
    and nothing else ever comes.  Any other answer about a row ends that watch; from then on it
    trips when as many rows, one after the other, have used up their retries without an answer.
    """

    def __init__(self, limit: int = CANARY_ANSWERS) -> None:
        self._limit = limit
        self._held: list[Outcome] = []
        self._refused = 0
        self._undelivered = 0
        self._passed = False
        self._unanswered = 0

    @property
    def held(self) -> int:
        """How many outcomes are held back."""
        return len(self._held)

    @property
    def has_tripped(self) -> bool:
        if self._passed:
            return self._unanswered >= self._limit
        return max(self._refused, self._undelivered) >= self._limit

    def take(self, outcome: Outcome) -> tuple[Outcome, ...]:
        """Take one outcome and give those that may be settled now, in order."""
        if outcome.fate is Fate.PENDING:
            return (outcome,)
        if self._passed:
            return self._take_later(outcome)
        if outcome.fate is Fate.UNDELIVERED:
            self._undelivered += 1
        elif outcome.http_status == 400:
            self._refused += 1
        elif self.has_tripped:
            return (outcome,)
        else:
            self._passed = True
            return self._release(outcome)
        self._held.append(outcome)
        return ()

    def _take_later(self, outcome: Outcome) -> tuple[Outcome, ...]:
        if outcome.fate is Fate.UNDELIVERED and not outcome.http_status:
            self._unanswered += 1
            self._held.append(outcome)
            return ()
        if self.has_tripped:
            return (outcome,)
        self._unanswered = 0
        return self._release(outcome)

    def _release(self, outcome: Outcome) -> tuple[Outcome, ...]:
        return (*self.let_go(), outcome) if self._held else (outcome,)

    def let_go(self) -> tuple[Outcome, ...]:
        """Give what is held, as it is; as pending rows once the canary has tripped."""
        held, self._held = tuple(self._held), []
        if self.has_tripped:
            return tuple(replace(outcome, fate=Fate.PENDING, code="") for outcome in held)
        return held

    def stop(self, last: Outcome) -> Stop:
        """Say why the run stops, once the canary has tripped; `last` is the outcome that did it."""
        if self._passed:
            return Stop(
                "target",
                f"the target has stopped answering: the last {self._limit} rows used up their "
                f"retries without an answer: {last.message}",
                _CHECK,
                3,
            )
        if self._refused >= self._limit:
            return Stop(
                "rejections",
                f"the first {self._limit} answers were all 400: {last.message}",
                "look at what would be sent with `moengage-import preview`, mend the mapping or "
                "the target, then run the same command again",
                3,
            )
        return Stop(
            "target",
            f"the first {self._limit} rows used up their retries and none was answered for: "
            f"{last.message}",
            _CHECK,
            3,
        )
