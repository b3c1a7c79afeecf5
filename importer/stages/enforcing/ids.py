"""Holds customer ids against what MoEngage drops, and against each other."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.moengage import limits
from importer.moengage.names import BANNED_IDS
from importer.stages.enforcing.texts import looks_null
from importer.stages.enforcing.verdicts import Verdicts, mask
from importer.typed import Flags, Typed


def hold_ids(typed: Typed, label: str, verdicts: Verdicts) -> None:
    """Refuse ids that MoEngage drops, and warn of those that differ only by case."""
    ids = typed.customer_ids

    def quoted(at: int) -> str:
        return repr(ids[at].as_py())

    # An id that coercing refused (`values:`) is null, too; it has its reason already.
    refused = {reason.index for reason in typed.rejections if reason.column == label}
    blank = mask(pc.is_null(ids)) & ~np.isin(typed.batch.index, list(refused))
    lower = pc.utf8_lower(ids)
    folded = pc.utf8_trim_whitespace(lower)
    banned = mask(pc.is_in(folded, pa.array(sorted(BANNED_IDS)))) & ~blank
    short = mask(pc.less(pc.utf8_length(ids), limits.ID_MIN_CHARACTERS)) & ~banned & ~blank
    verdicts.strike("id-blank", blank, label, lambda _: "an empty cell")
    verdicts.strike("id-banned", banned, label, quoted)
    verdicts.strike("id-short", short, label, quoted)
    verdicts.strike("looks-null", looks_null(ids) & ~banned, label, quoted)
    twins = _Twins(ids, lower)
    verdicts.strike("id-case", twins.rows, label, quoted, other=twins.first_of)


class _Twins:
    """Ids that stand in the batch before, in another case."""

    def __init__(self, ids: pa.StringArray, lower: pa.StringArray) -> None:
        self.rows: Flags = np.zeros(len(ids), dtype=bool)
        # Ids that are all in one case, as most are, need no look at each other.
        if lower.equals(ids) or pc.utf8_upper(ids).equals(ids):
            return
        self._groups = np.asarray(_encoded(lower))
        spellings = np.asarray(_encoded(ids))
        _, firsts = np.unique(self._groups, return_index=True)
        self._firsts = firsts
        self.rows = spellings != spellings[firsts[self._groups]]

    def first_of(self, at: int) -> int:
        """Give the row that has the same id first."""
        return int(self._firsts[self._groups[at]])


def _encoded(texts: pa.StringArray) -> pa.Array:
    """Give equal texts equal numbers, from 0 in the order of their first rows; null is one, too."""
    return texts.dictionary_encode(null_encoding="encode").indices
