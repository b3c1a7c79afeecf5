"""Shows each step by which one row's cells become a value, as the mapping names the steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from importer.mapping_file.mapping import (
    Attribute,
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromParts,
    FromTemplate,
)
from importer.records import Batch
from importer.stages.coercing.arrays import quoted
from importer.stages.coercing.cells import cleaning_steps, column, templated
from importer.stages.coercing.columns import Column, coerced
from importer.stages.coercing.natives import with_natives


@dataclass(frozen=True)
class Step:
    """One step: what it is called, and what stands there after it.

    of: the column or the object's part that it was done to; "" where there is only one.
    text: None where nothing is left, or nothing that the type takes.
    is_json: whether the text is the value's JSON.
    """

    name: str
    text: str | None
    of: str = ""
    is_json: bool = False


def steps_of(batch: Batch, attribute: Attribute) -> tuple[Step, ...]:
    """Give the steps that the first row of a batch takes; the cells themselves are none."""
    return tuple(_steps(with_natives(batch).slice(0, 1), attribute))


def _steps(cells: pa.Table, attribute: Attribute) -> Iterator[Step]:
    match attribute.origin:
        case FromColumns(columns=(name,)):
            yield from _cleaning(column(cells, name), attribute, "")
        case FromColumns(columns=names, first=first):
            for name in names:
                yield from _cleaning(column(cells, name), attribute, name)
                alone = coerced(cells, replace(attribute, origin=FromColumns((name,))))
                yield _typed(attribute, alone, name)
                if not alone.blank[0] and (first == "filled" or alone.core[0].is_valid):
                    return
            return
        case FromTemplate(literals=literals, columns=names):
            text = templated(cells, literals, names, attribute.nulls)
            yield Step("template", text[0].as_py())
            yield from _cleaning(text, attribute, "")
        case FromCoordinates(lat=lat, lon=lon):
            for name in (lat, lon):
                yield from _cleaning(column(cells, name), attribute, name)
        case FromConstant(text=text):
            yield from _cleaning(pa.array([text]), attribute, "")
        case FromParts(parts=parts):
            for part in parts:
                for step in _steps(cells, part):
                    yield replace(step, of=f"{part.name}.{step.of}" if step.of else part.name)
    yield _typed(attribute, coerced(cells, attribute), "")


def _cleaning(raw: pa.Array, attribute: Attribute, of: str) -> Iterator[Step]:
    before = raw[0].as_py()
    for name, texts in cleaning_steps(raw, attribute):
        text = texts[0].as_py()
        # Every cell is held against `nulls`; only what that changes is worth a look.
        if name != "nulls" or (text is None and before):
            yield Step(name, text, of)
        before = text


def _typed(attribute: Attribute, result: Column, of: str) -> Step:
    json = quoted(result.core) if result.in_quotes else result.core
    return Step(attribute.type, json[0].as_py(), of, is_json=True)
