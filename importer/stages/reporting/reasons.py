"""Counts why rows did not make it, and keeps one row of each kind as an example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Reason:
    """One kind of failure: a rule's code, where it strikes, how often, and its first row.

    found may hold a person's data: it is for a terminal, never for a log or a report file.
    line is 0 where the source has no lines.
    """

    code: str
    column: str
    count: int
    file: str
    row: int
    line: int
    found: str
    expected: str

    @property
    def place(self) -> str:
        """Give `customers.csv row 8112 (line 8114) column "Signed up"`."""
        line = f" (line {self.line})" if self.line else ""
        column = f' column "{self.column}"' if self.column else ""
        return f"{self.file} row {self.row}{line}{column}"

    def as_dict(self) -> dict[str, object]:
        return {
            "code": self.code,
            "column": self.column,
            "rows": self.count,
            "file": self.file,
            "row": self.row,
            "line": self.line or None,
            "expected": self.expected,
        }


class Reasons:
    """The kinds of failure met so far, by code and column."""

    def __init__(self) -> None:
        self._examples: dict[tuple[str, str], Reason] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, code: str, column: str, example: Callable[[], Reason]) -> None:
        """Count one more of a kind; the example is asked for the first time only."""
        kind = (code, column)
        self._counts[kind] += 1
        if kind not in self._examples:
            self._examples[kind] = example()

    def commonest(self, most: int | None = None) -> tuple[Reason, ...]:
        """Give the kinds by falling count, then as they came."""
        ranked = sorted(self._examples, key=lambda kind: -self._counts[kind])
        return tuple(
            replace(self._examples[kind], count=self._counts[kind]) for kind in ranked[:most]
        )
