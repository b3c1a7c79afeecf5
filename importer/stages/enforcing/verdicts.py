"""Gathers which rows break which rules, and sorts them into refusals and warnings by switch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Mapping
from importer.moengage import limits
from importer.records import Rejection
from importer.rules import RULES
from importer.typed import Flags, Typed
from importer.warned import Warned

Found = Callable[[int], str]
"""Says what stands in a row of the batch."""

_EXPECTED = {
    "id-blank": "a customer id",
    "id-banned": "an id that MoEngage allows",
    "id-short": "an id of two characters or more",
    "id-case": "one spelling for each id",
    "string-long": f"at most {limits.STRING_CHARACTERS} characters",
    "url-long": f"a URL of at most {limits.STRING_CHARACTERS} characters",
    "looks-null": "a value, or an empty cell",
    "date-as-text": "a text that is no date, or `type: date`",
    "list-as-text": "a text that is no list, or `type: list`",
    "number-large": "a number of at most 2 to the 53rd",
    "number-digits": "no more digits than a double keeps",
    "list-long": f"at most {limits.LIST_ITEMS} items",
    "list-item-long": f"items of at most {limits.STRING_CHARACTERS} characters",
    "list-mixed": "texts only, numbers only, or objects only",
    "object-empty": "an object with something in it",
    "object-large": f"at most {limits.OBJECT_BYTES} bytes and {limits.OBJECT_KEYS} keys",
    "object-deep": "no object inside an object inside an object",
    "object-key": f"keys without {' '.join(limits.OBJECT_KEY_BANS)}",
    "object-sent": "a plain value",
}
assert set(_EXPECTED) <= set(RULES)  # noqa: S101 - a misspelt code must not wait for its first row


@dataclass(frozen=True)
class Enforced:
    """What the API's rules say of a batch."""

    rejections: tuple[Rejection, ...]
    warnings: tuple[Warned, ...]


@dataclass(frozen=True)
class _Doubt:
    """Rows that a rule warns of; `other`: per row of the batch, a row that belongs to it."""

    code: str
    rows: Flags
    label: str
    found: Found | None
    other: Callable[[int], int] | None


class Verdicts:
    """What the rules found in one batch; filtered rows are not held to them."""

    def __init__(self, typed: Typed, mapping: Mapping, refused: Flags | None) -> None:
        self._index = typed.batch.index
        self._mapping = mapping
        self._asked = ~typed.filtered
        self._refused = np.zeros(typed.batch.rows, bool) if refused is None else refused.copy()
        self._rejections: list[Rejection] = []
        self._doubts: list[_Doubt] = []

    def strike(
        self,
        code: str,
        rows: Flags,
        label: str,
        found: Found,
        *,
        may_be_told: bool = False,
        other: Callable[[int], int] | None = None,
    ) -> None:
        """Apply a rule to the flagged rows.

        may_be_told: whether `found` holds no person's data, so that a warning may quote it.
        """
        switch, rows = self._mapping.switch(code), rows & self._asked
        if switch == "off" or not rows.any():
            return
        if switch == "warn":
            self._doubts.append(_Doubt(code, rows, label, found if may_be_told else None, other))
            return
        self._refused |= rows
        for at in np.flatnonzero(rows).tolist():
            self._rejections.append(
                Rejection(
                    int(self._index[at]), "enforcing", code, label, found(at), _EXPECTED[code]
                )
            )

    def enforced(self) -> Enforced:
        """Give the refusals, and the warnings of rows that are not refused."""
        return Enforced(tuple(self._rejections), tuple(self._warned()))

    def _warned(self) -> list[Warned]:
        warned = []
        for doubt in self._doubts:
            positions = np.flatnonzero(doubt.rows & ~self._refused)
            if not len(positions):
                continue
            first = int(positions[0])
            warned.append(
                Warned(
                    code=doubt.code,
                    column=doubt.label,
                    rows=len(positions),
                    index=int(self._index[first]),
                    other=int(self._index[doubt.other(first)]) if doubt.other else None,
                    found=doubt.found(first) if doubt.found else "",
                )
            )
        return warned


def mask(array: pa.Array) -> Flags:
    """Give a boolean column as numpy, null as False."""
    filled = pc.fill_null(array, False)
    combined = filled.combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled
    return np.asarray(combined.to_numpy(zero_copy_only=False), dtype=bool)
