"""Reads dates that may be written in one of several shapes, and refuses what two read differently."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.civil import Civil, read
from importer.stages.coercing.contract import Bad, bad_where
from importer.stages.coercing.date_shapes import Shape, shape
from importer.stages.coercing.serials import read_serials
from importer.typed import Flags


@dataclass(frozen=True)
class Reading:
    """What several shapes together make of texts, and why they refuse some."""

    civil: Civil
    bad: tuple[Bad, ...]


_COUNTS = {
    "excel": "45657.5 (days, as Excel counts them)",
    "excel_1904": "44195.5 (days since 1904, as Excel counts them)",
    "epoch_seconds": "1735689598 (seconds since 1970)",
    "epoch_milliseconds": "1735689598000 (milliseconds since 1970)",
    "epoch_microseconds": "1735689598000000 (microseconds since 1970)",
}
"""What counts days or seconds, for people."""


def read_any(texts: pa.Array, attribute: Attribute, iso: Shape, code: str, noun: str) -> Reading:
    """Read texts by every format; a text that two of them read differently is refused.

    iso: the shape that stands for no format, and for the word `iso`.
    code: of the rule for texts that none reads; noun: what a text should be, for people.
    """
    formats = attribute.formats or ("iso",)
    readings = [_read(texts, name, attribute, iso) for name in formats]
    first = readings[0]
    matched, valid = first.matched.copy(), first.valid.copy()
    doubtful = np.zeros(len(texts), dtype=np.bool_)
    for other in readings[1:]:
        doubtful |= valid & other.valid & _differ(first, other)
        first = _merged(first, other, valid)
        matched |= other.matched
        valid |= other.valid
    words = " or ".join(_COUNTS.get(name) or _shape(name, attribute, iso).words for name in formats)
    bad = (
        *bad_where(~matched, code, f"a {noun} such as {words}"),
        *bad_where(matched & ~valid, code, f"a {noun} that calendar and clock have"),
        *bad_where(doubtful, "date-ambiguous", f"a {noun} that only one of the formats fits"),
    )
    return Reading(replace(first, valid=valid & ~doubtful), bad)


def _read(texts: pa.Array, name: str, attribute: Attribute, iso: Shape) -> Civil:
    if name in _COUNTS:
        return read_serials(texts, name)
    return read(texts, _shape(name, attribute, iso))


def _shape(name: str, attribute: Attribute, iso: Shape) -> Shape:
    return iso if name == "iso" else shape(name, attribute.years_from or 0)


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
