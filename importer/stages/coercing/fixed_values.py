"""Tries the values that a mapping itself states, so that a wrong one stops a run before it begins."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from importer.errors import Problem
from importer.mapping_file.mapping import Attribute, FromConstant, FromParts, Mapping
from importer.stages.coercing.cells import clean
from importer.stages.coercing.columns import typed
from importer.stages.coercing.contract import Bad
from importer.stages.coercing.refusals import shown
from importer.stages.coercing.registry import TYPES


def fixed_value_problems(mapping: Mapping) -> tuple[Problem, ...]:
    """Name each constant, and each result of `values:` or `otherwise:`, that its type refuses."""
    return tuple(problem for attribute in mapping.fields for problem in _problems(attribute))


def _problems(attribute: Attribute) -> Iterator[Problem]:
    if isinstance(attribute.origin, FromParts):
        for part in attribute.origin.parts:
            yield from _problems(part)
        return
    if attribute.decided:
        # Only a row says how these are read.
        return
    stated = list((attribute.values or {}).values())
    if attribute.otherwise == "value":
        stated.append(attribute.otherwise_value)
    if "" in attribute.nulls:
        stated = [text for text in stated if text]
    texts = pa.array(stated, pa.string())
    yield from _refused(texts, typed(texts, attribute).bad, attribute)
    if isinstance(attribute.origin, FromConstant):
        texts = pa.array([attribute.origin.text])
        ready = clean(texts, attribute)
        yield from _refused(texts, (*ready.bad, *typed(ready.texts, attribute).bad), attribute)


def _refused(texts: pa.Array, reasons: tuple[Bad, ...], attribute: Attribute) -> Iterator[Problem]:
    for reason in reasons:
        for position in reason.positions:
            text = shown(texts[int(position)].as_py())
            yield Problem(
                attribute.place,
                f"`{attribute.name}` with the fixed value {text}",
                f"{reason.expected} [{reason.code}]",
                TYPES[attribute.type].hint,
            )
