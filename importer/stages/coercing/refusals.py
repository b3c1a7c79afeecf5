"""Words the refusal of each bad cell for people."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from importer.mapping_file.mapping import Attribute
from importer.records import Int64s, Rejection
from importer.stages.coercing.columns import Column
from importer.stages.coercing.contract import Bad
from importer.typed import Flags

STAGE = "coercing"
_SHOWN_CHARACTERS = 80


def bad_cells(
    column: Column, attribute: Attribute, index: Int64s, kept: Flags
) -> Iterator[Rejection]:
    """Give one Rejection per bad cell of the kept rows; `index` as in Batch."""
    for raw, reasons in zip(column.raw, column.bad, strict=True):
        for reason in reasons:
            positions = reason.positions[kept[reason.positions]]
            texts = raw.take(pa.array(positions)).to_pylist()
            for position, text in zip(positions, texts, strict=True):
                yield _rejection(int(index[position]), attribute, text, reason)


def blank_cells(
    column: Column, attribute: Attribute, index: Int64s, kept: Flags
) -> Iterator[Rejection]:
    """Give one Rejection per blank cell of the kept rows."""
    positions = np.flatnonzero(column.blank & kept)
    texts = column.raw[0].take(pa.array(positions)).to_pylist()
    asks = "required: true" if attribute.required else "blank: invalid"
    reason = Bad(positions, "blank", f"a value, as `{asks}` asks")
    for position, text in zip(positions, texts, strict=True):
        yield _rejection(int(index[position]), attribute, text, reason)


def _rejection(index: int, attribute: Attribute, text: str | None, reason: Bad) -> Rejection:
    expected = reason.expected
    if text and text != text.strip() and "strip" not in attribute.transforms:
        expected += "; mind the blanks around it (`transform: strip`)"
    return Rejection(index, STAGE, reason.code, attribute.label, shown(text), expected)


def shown(text: str | None) -> str:
    """Quote a cell's text on one line, cut at 80 characters."""
    if not text:
        return "an empty cell"
    cut = text[:_SHOWN_CHARACTERS] + ("..." if len(text) > _SHOWN_CHARACTERS else "")
    return json.dumps(cut, ensure_ascii=False)
