"""Enforces what MoEngage drops, cuts or bans without a word (promise P4), before it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Mapping
from importer.moengage import limits
from importer.moengage.names import BANNED_IDS
from importer.records import Rejection
from importer.rules import RULES
from importer.typed import Flags, Typed, TypedColumn

_WORDS = ("null", "nan", "none", "n/a", "#n/a", "na", "nil", "<null>", "(null)")
NULL_WORDS = (*_WORDS, *map(str.upper, _WORDS), *map(str.title, _WORDS), "NaN", "\\N")
"""Texts that often stand for an empty cell, as programs write them."""

_LONGEST_NULL_WORD = max(map(len, NULL_WORDS))

_TEXTS = ("string", "email", "phone")
_URL = r"^(?i:https?|ftp)://"


@dataclass(frozen=True)
class Enforced:
    """What the API's rules say of a batch: refusals, and warnings as code -> rows."""

    rejections: tuple[Rejection, ...]
    warnings: dict[str, int]


def enforce(typed: Typed, mapping: Mapping) -> Enforced:
    """Hold ids and values against MoEngage's limits."""
    return _Enforcer(typed, mapping).enforce()


@dataclass
class _Enforcer:
    typed: Typed
    mapping: Mapping

    def __post_init__(self) -> None:
        self.rejections: list[Rejection] = []
        self.warnings: Counter[str] = Counter()

    def enforce(self) -> Enforced:
        self._ids()
        for column in self.typed.attributes:
            if column.attribute.type in _TEXTS:
                self._texts(column)
            elif column.attribute.type == "list":
                self._lists(column)
        return Enforced(tuple(self.rejections), dict(self.warnings))

    def _ids(self) -> None:
        ids = self.typed.customer_ids
        label = self.mapping.customer_id.label
        # An id that coercing refused (`values:`) is null, too; it has its reason already.
        refused = {reason.index for reason in self.typed.rejections if reason.column == label}
        blank = _mask(pc.is_null(ids)) & ~np.isin(self.typed.batch.index, list(refused))
        folded = pc.utf8_lower(pc.utf8_trim_whitespace(ids))
        banned = _mask(pc.is_in(folded, pa.array(sorted(BANNED_IDS)))) & ~blank
        short = _mask(pc.less(pc.utf8_length(ids), limits.ID_MIN_CHARACTERS)) & ~banned & ~blank
        self._refuse("id-blank", blank, label, lambda _: "an empty cell")
        self._refuse("id-banned", banned, label, lambda at: repr(ids[at].as_py()))
        self._refuse("id-short", short, label, lambda at: repr(ids[at].as_py()))

    def _texts(self, column: TypedColumn) -> None:
        label = column.attribute.label
        # No text has more characters than bytes, and few columns have a long one.
        longest = pc.max(pc.binary_length(column.values)).as_py() or 0
        if longest > limits.STRING_CHARACTERS:
            self._long_texts(column, label)
        null_like = int((_looks_null(column.values) & ~self.typed.filtered).sum())
        if null_like:
            self.warnings["looks-null"] += null_like

    def _long_texts(self, column: TypedColumn, label: str) -> None:
        lengths = pc.utf8_length(column.values)
        long = _mask(pc.greater(lengths, limits.STRING_CHARACTERS))
        url = _mask(pc.match_substring_regex(column.values, _URL)) & long

        def found(at: int) -> str:
            return f"{lengths[at].as_py()} characters"

        self._refuse("url-long", url, label, found)
        self._refuse("string-long", long & ~url, label, found)

    def _lists(self, column: TypedColumn) -> None:
        # A list breaks a limit only if its text has so many commas or characters.
        commas = pc.count_substring(column.core, ",")
        longest = pc.greater(pc.binary_length(column.core), limits.STRING_CHARACTERS)
        suspects = pc.or_(longest, pc.greater_equal(commas, limits.LIST_ITEMS))
        too_many = np.zeros(self.typed.batch.rows, dtype=bool)
        too_long = too_many.copy()
        for at in np.flatnonzero(_mask(suspects)):
            items = orjson.loads(column.core[int(at)].as_py())
            too_many[at] = len(items) > limits.LIST_ITEMS
            too_long[at] = any(
                isinstance(item, str) and len(item) > limits.STRING_CHARACTERS for item in items
            )
        label = column.attribute.label
        self._refuse("list-long", too_many, label, lambda _: "more than 50 items")
        self._refuse("list-item-long", too_long, label, lambda _: "an item that is too long")

    def _refuse(
        self,
        code: str,
        mask: npt.NDArray[np.bool_],
        label: str,
        found: Callable[[int], str],
    ) -> None:
        switch = self.mapping.switch(code)
        mask = mask & ~self.typed.filtered
        if switch == "off" or not mask.any():
            return
        if switch == "warn":
            self.warnings[code] += int(mask.sum())
            return
        expected = _EXPECTED[code]
        for at in np.flatnonzero(mask):
            index = int(self.typed.batch.index[at])
            self.rejections.append(
                Rejection(index, "enforcing", code, label, found(int(at)), expected)
            )


_EXPECTED = {
    "id-blank": "a customer id",
    "id-banned": "an id that MoEngage allows",
    "id-short": "an id of two characters or more",
    "string-long": f"at most {limits.STRING_CHARACTERS} characters",
    "url-long": f"a URL of at most {limits.STRING_CHARACTERS} characters",
    "list-long": f"at most {limits.LIST_ITEMS} items",
    "list-item-long": f"items of at most {limits.STRING_CHARACTERS} characters",
}
assert set(_EXPECTED) <= set(RULES)  # noqa: S101 - a misspelt code must not wait for its first row


def _looks_null(texts: pa.StringArray) -> Flags:
    """Flag the texts that often stand for an empty cell."""
    flags = np.zeros(len(texts), dtype=bool)
    lengths = pc.binary_length(texts)
    # Looking a word up costs much more than its length, and few texts are so short.
    short = np.flatnonzero(_mask(pc.less_equal(lengths, _LONGEST_NULL_WORD)))
    if len(short):
        flags[short] = _mask(pc.is_in(texts.take(pa.array(short)), pa.array(NULL_WORDS)))
    return flags


def _mask(array: pa.Array) -> npt.NDArray[np.bool_]:
    """Give a boolean column as numpy, null as False."""
    filled = pc.fill_null(array, False)
    combined = filled.combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled
    return np.asarray(combined.to_numpy(zero_copy_only=False), dtype=bool)
