"""Reads dates that may be written in one of several shapes, and refuses what two read differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from importer.stages.coercing.civil import Civil, read
from importer.stages.coercing.contract import Bad, bad_where
from importer.stages.coercing.date_shapes import Shape
from importer.typed import Flags


@dataclass(frozen=True)
class Reading:
    """What several shapes together make of texts, and why they refuse some."""

    civil: Civil
    bad: tuple[Bad, ...]


def read_any(texts: pa.Array, shapes: Sequence[Shape], code: str, noun: str) -> Reading:
    """Read texts by every shape; a text that two of them read differently is refused.

    code: of the rule for texts that none reads; noun: what a text should be, for people.
    """
    readings = [read(texts, one) for one in shapes]
    first = readings[0]
    matched, valid = first.matched.copy(), first.valid.copy()
    doubtful = np.zeros(len(texts), dtype=np.bool_)
    for other in readings[1:]:
        doubtful |= valid & other.valid & _differ(first, other)
        first = _merged(first, other, valid)
        matched |= other.matched
        valid |= other.valid
    words = " or ".join(one.words for one in shapes)
    bad = (
        *bad_where(~matched, code, f"a {noun} such as {words}"),
        *bad_where(matched & ~valid, code, f"a {noun} that calendar and clock have"),
        *bad_where(doubtful, "date-ambiguous", f"a {noun} that only one of the formats fits"),
    )
    return Reading(replace(first, valid=valid & ~doubtful), bad)


def _differ(one: Civil, other: Civil) -> Flags:
    return np.asarray(
        (one.days != other.days)
        | (one.seconds != other.seconds)
        | (one.micros != other.micros)
        | (one.zoned != other.zoned)
        | (one.offsets != other.offsets)
    )


def _merged(one: Civil, other: Civil, keep: Flags) -> Civil:
    """Take `one` where `keep`, else `other`."""
    return Civil(
        **{
            part.name: np.where(keep, getattr(one, part.name), getattr(other, part.name))
            for part in fields(Civil)
        }
    )
