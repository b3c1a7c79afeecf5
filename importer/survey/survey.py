"""Answers what a survey found: which rows need no sending, and which others they belong to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from importer.mapping_file import Mapping as MappingFile
from importer.prepared import Prepared
from importer.records import Fate, Rejection
from importer.sieves import refused, taken_out
from importer.survey.merging import MERGED, MERGED_AT, MergedBodies, Unfit, with_bodies
from importer.survey.row_table import CLASH, LOSER, WINNER, between, mapped

STAGE = "surveying"
SUPERSEDED, KEPT, CLASHES = "superseded.bin", "kept.bin", "clashes.bin"
TABLES = {SUPERSEDED: LOSER, KEPT: WINNER, CLASHES: CLASH}
FILES = (*TABLES, MERGED, MERGED_AT)


@dataclass(frozen=True)
class RowPlace:
    """A row as a person knows it: its file, and its number there from 1."""

    file: str
    row: int


class Survey:
    """What one pass over the whole source found; files of a folder, mapped into memory.

    It is a Sieve: it takes superseded rows out of a block, gives those that stand for others the
    merged bodies, and makes those invalid that must not stand beside another row.  Rows are named by their place in the run, from 0.

    rows: of the source.
    users_in_several_rows: how many users have more than one row that could be sent.
    example: two rows of the first such user; None if there is none.
    superseded: how many rows another one of their user replaces.
    """

    def __init__(self, folder: Path, mapping: MappingFile, facts: Mapping[str, Any]) -> None:
        self._mapping = mapping
        self._sources = [(int(at), str(file), int(row)) for at, file, row in facts["sources"]]
        self._several_files = len({file for _, file, _ in self._sources}) > 1
        self._superseded = mapped(folder / SUPERSEDED, LOSER)
        self._kept = mapped(folder / KEPT, WINNER)
        self._clashes = mapped(folder / CLASHES, CLASH)
        self._merged = MergedBodies(folder)
        self.rows = int(facts["rows"])
        self.users_in_several_rows = int(facts["users_in_several_rows"])
        found = facts["example"]
        self.example = None if found is None else (self.place(found[0]), self.place(found[1]))
        self.superseded = len(self._superseded)

    def __call__(self, prepared: Prepared, first: int) -> Prepared:
        """Take a block's superseded rows out, and refuse those that clash with others."""
        lost = between(self._superseded, first, prepared.rows)["ordinal"] - first
        left = taken_out(prepared, np.isin(prepared.index, lost), Fate.SUPERSEDED)
        left = self._merge(left, first)
        return refused(left, list(self._refusals(left, first)))

    def _merge(self, prepared: Prepared, first: int) -> Prepared:
        """Give the rows that stand for others the bodies of all of them."""
        bodies: dict[int, bytes] = {}
        unfit: list[Rejection] = []
        for ordinal, found in self._merged.of(first, prepared.rows):
            if isinstance(found, Unfit):
                unfit.append(_rejection(ordinal - first, found))
            else:
                bodies[ordinal - first] = found
        exchanged = replace(
            prepared,
            bodies=with_bodies(prepared, bodies),
            rebuilt=np.array(sorted(bodies), np.int64),
        )
        return refused(exchanged, unfit)

    def _refusals(self, prepared: Prepared, first: int) -> Iterator[Rejection]:
        clashes = between(self._clashes, first, prepared.rows)
        at_hand = clashes[np.isin(clashes["ordinal"] - first, prepared.index)]
        for ordinal, field, other in at_hand.tolist():
            yield self._refusal(ordinal - first, field, self._name(other))

    def _refusal(self, index: int, field: int, other: str) -> Rejection:
        mapping = self._mapping
        if not field and not mapping.customer_id.unique:
            found, expected = f"a user who also stands in {other}", "one row for each user"
            code, asked = "user-repeated", "duplicates: invalid"
            column = mapping.customer_id.label
        else:
            entry = mapping.unique[field - 1] if field else mapping.customer_id
            found, expected = f"the same value as {other}", "a value of its own"
            code, asked, column = "value-repeated", "unique: true", entry.label
        return Rejection(index, STAGE, code, column, found, f"{expected}, as `{asked}` asks")

    def place(self, ordinal: int) -> RowPlace:
        """Give a row's file and number."""
        at = bisect_right(self._sources, ordinal, key=lambda entry: entry[0]) - 1
        first, file, row = self._sources[at]
        return RowPlace(file, ordinal - first + row)

    def ordinal(self, place: RowPlace) -> int:
        """Give a row's place in the run; it must be a row of the source."""
        for first, file, row in reversed(self._sources):
            if file == place.file and row <= place.row:
                return first + place.row - row
        raise KeyError(place)

    def _name(self, ordinal: int) -> str:
        place = self.place(ordinal)
        return f"row {place.row}" + (f" of {place.file}" if self._several_files else "")

    def replaced_by(self, ordinal: int) -> int | None:
        """Give the row that is sent instead of this one; None if it is not superseded."""
        found = between(self._superseded, ordinal, 1)
        return int(found["winner"][0]) if len(found) else None

    def why_superseded(self, ordinal: int) -> str:
        """Say which row is sent instead of this one; "" if it is not superseded."""
        winner = self.replaced_by(ordinal)
        if winner is None:
            return ""
        keep = self._mapping.duplicates.keep
        how = "is merged into" if keep == "merge" else "gives way to"
        return f"it {how} {self._name(winner)} of the same user (`duplicates: {keep}`)"

    def stands_for(self, ordinal: int) -> tuple[int, int] | None:
        """Give how many other rows this one stands for, and the first of them; None if for none."""
        found = between(self._kept, ordinal, 1)
        return (int(found["rows"][0]), int(found["other"][0])) if len(found) else None

    def remark(self, ordinal: int) -> str:
        """Say of a row that did not make it which rows were not sent for its sake; "" if none."""
        found = self.stands_for(ordinal)
        if found is None:
            return ""
        rows, other = found
        if rows == 1:
            return (
                f"{self._name(other)} of the same user was not sent, because this row replaced it"
            )
        return (
            f"{rows:,} other rows of the same user ({self._name(other)} is the first) were not sent, "
            "because this row replaced them"
        )


def _rejection(index: int, unfit: Unfit) -> Rejection:
    return Rejection(index, STAGE, unfit.code, unfit.column, unfit.found, unfit.expected)
