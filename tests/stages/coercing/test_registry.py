"""Every type does what its own examples say."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pyarrow as pa
import pytest

from importer.mapping_file.mapping import Attribute, FromColumns, FromCoordinates, Mapping
from importer.mapping_file.types import TYPE_OPTIONS
from importer.records import Batch
from importer.rules import RULES
from importer.stages.coercing import TYPES, Example, coerce

_NAMES = {"format": "formats"}


def attribute_of(kind: str, options: dict[str, object]) -> Attribute:
    """Build the attribute that a mapping with these options would have."""
    known = {field.name for field in fields(Attribute)}
    given = {_NAMES.get(name, name): value for name, value in options.items()}
    assert given.keys() <= known
    if "formats" in given:
        given["formats"] = tuple(given["formats"])  # type: ignore[arg-type]  # a list by contract
    return Attribute("a", FromColumns(("C",)), kind, "m.yaml:1:1", **given)  # type: ignore[arg-type]


def outcome(cell: str, attribute: Attribute) -> str:
    """Give the JSON, or the rejection's code, that one cell ends in."""
    mapping = Mapping("m.yaml", "m", Attribute("customer_id", FromColumns(("C",)), "string", ""), (attribute,))
    batch = Batch(np.array([0]), pa.table({"C": pa.array([cell])}))
    typed = coerce(batch, mapping)
    if typed.rejections:
        return typed.rejections[0].code
    return str(typed.attributes[0].json[0].as_py())


_EXAMPLES = [
    pytest.param(kind.name, example, id=f"{kind.name}-{example.cell!r}-{example.result}")
    for kind in TYPES.values()
    for example in kind.examples
]


@pytest.mark.parametrize(("kind", "example"), _EXAMPLES)
def test_an_example_says_what_happens(kind: str, example: Example) -> None:
    assert outcome(example.cell, attribute_of(kind, dict(example.options))) == example.result


def test_the_registry_has_the_mappings_types_and_their_options() -> None:
    assert {name: frozenset(kind.options) for name, kind in TYPES.items()} == TYPE_OPTIONS


def test_every_type_shows_an_acceptance_and_a_refusal() -> None:
    for kind in TYPES.values():
        results = {example.result in RULES for example in kind.examples}
        assert results == ({False} if kind.name == "string" else {False, True})
        assert kind.rule.endswith(".")
        assert kind.hint.endswith(".")
