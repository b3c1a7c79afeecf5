"""Counts what the rules warn of, and keeps the first place of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from importer.records import Block
from importer.rules import RULES
from importer.warned import Warned


@dataclass(frozen=True, slots=True)
class Caution:
    """One kind of warning: a rule's code, the column it is about, how many rows, and the first.

    other_row: a second row that belongs to the first; 0 where one tells enough.
    found: what stands there, in words that hold no person's data.
    file is "" for what has no place, and line is 0 where the source has no lines.
    """

    code: str
    column: str
    rows: int
    file: str = ""
    row: int = 0
    line: int = 0
    other_row: int = 0
    found: str = ""

    @property
    def place(self) -> str:
        """Give `customers.csv row 8112 (line 8114) column "City"`; "" for what has no place."""
        if not self.file:
            return ""
        line = f" (line {self.line})" if self.line else ""
        other = f" and row {self.other_row}" if self.other_row else ""
        column = f' column "{self.column}"' if self.column else ""
        return f"{self.file} row {self.row}{line}{other}{column}"

    @property
    def is_listed(self) -> bool:
        """Tell whether a run lists all its rows, in warnings.csv."""
        return self.code == "left-out"

    def as_dict(self) -> dict[str, object]:
        """Give it as plain data, for JSON."""
        return {
            "code": self.code,
            "rows": self.rows,
            "message": RULES[self.code].what,
            "column": self.column or None,
            "file": self.file or None,
            "row": self.row or None,
            "line": self.line or None,
            "other_row": self.other_row or None,
        }


class Cautions:
    """The kinds of warnings met so far, by code and column."""

    def __init__(self, begun: Mapping[str, Any] | None = None) -> None:
        """Begin with nothing, or with what `as_plain` gave of an earlier process of the run."""
        self._kinds: dict[tuple[str, str], Caution] = {}
        for entries in (begun or {}).values():
            for entry in entries:
                self._add(Caution(**entry))

    def take(self, block: Block, warned: Iterable[Warned]) -> None:
        """Add what was warned of in a block; blocks must come in the source's order."""
        for one in warned:
            self._add(
                Caution(
                    code=one.code,
                    column=one.column,
                    rows=one.rows,
                    file=block.file,
                    row=block.row(one.index),
                    line=block.line(one.index),
                    other_row=0 if one.other is None else block.row(one.other),
                    found=one.found,
                )
            )

    def put(self, code: str, rows: int) -> None:
        """Say how often a thing without a place was met in all."""
        self._kinds[(code, "")] = Caution(code, "", rows)

    def _add(self, caution: Caution) -> None:
        kind = (caution.code, caution.column)
        known = self._kinds.get(kind)
        self._kinds[kind] = replace(known, rows=known.rows + caution.rows) if known else caution

    def all(self) -> tuple[Caution, ...]:
        """Give the kinds by code, then as they came."""
        return tuple(sorted(self._kinds.values(), key=lambda caution: caution.code))

    def as_plain(self) -> dict[str, list[dict[str, Any]]]:
        """Give everything as plain data by code, for the ledger."""
        plain: dict[str, list[dict[str, Any]]] = {}
        for caution in self.all():
            plain.setdefault(caution.code, []).append(asdict(caution))
        return plain
