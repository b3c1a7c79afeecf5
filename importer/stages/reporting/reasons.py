"""Counts why rows did not make it, and keeps one row of each kind as an example."""

from __future__ import annotations

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
        self._met: dict[tuple[str, str], Reason] = {}

    def add(self, reason: Reason) -> None:
        """Count one more of a kind; the example is the first that came."""
        key = (reason.code, reason.column)
        met = self._met.get(key)
        self._met[key] = replace(met, count=met.count + reason.count) if met else reason

    def commonest(self, most: int | None = None) -> tuple[Reason, ...]:
        """Give the kinds by falling count, then by their first row."""
        ranked = sorted(self._met.values(), key=lambda reason: (-reason.count, reason.row))
        return tuple(ranked[:most])
