"""Takes a part of each cell, as the mapping's `split:` and `extract:` say."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.mapping_file.patterns import has_group
from importer.stages.coercing.arrays import flags, limits, matching, only
from importer.typed import Flags


def part(texts: pa.Array, separator: str, take: int) -> pa.Array:
    """Give the part number `take` (from 1, or from the end with -1); null where there is none."""
    lists = pc.split_pattern(texts, separator, max_splits=abs(take), reverse=take < 0)
    offsets = lists.offsets.to_numpy().astype(np.int64)
    places = offsets[:-1] + take - 1 if take > 0 else offsets[1:] + take
    gone = (places < offsets[:-1]) | (places >= offsets[1:])
    return lists.values.take(pa.array(places, mask=gone))


def extracted(texts: pa.Array, attribute: Attribute) -> tuple[pa.Array, Flags]:
    """Give what the pattern finds, its group if it has one; and flag the texts to be refused.

    Those in which it finds nothing, or nothing but an empty text, are null, or as they were with
    `no_match: keep`.
    """
    pattern = attribute.extract or ""
    group = f"(?:{pattern})" if has_group(pattern) else f"({pattern})"
    # Lazily from the beginning, so that it is the first match that a search would give.
    whole = rf"\A(?s:.*?){group}(?s:.*)\z"
    result = pc.replace_substring_regex(texts, whole, r"\1", max_replacements=1)
    found = matching(texts, pattern) & (np.diff(limits(result)) > 0)
    if attribute.no_match == "keep":
        return pc.if_else(pa.array(found), result, texts), np.zeros(len(texts), dtype=np.bool_)
    missed = ~found & flags(pc.is_valid(texts))
    return only(result, ~missed), missed & (attribute.no_match == "invalid")
