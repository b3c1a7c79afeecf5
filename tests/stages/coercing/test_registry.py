from __future__ import annotations

from collections.abc import Callable

import pytest

from importer.mapping_file.mapping import Attribute
from importer.mapping_file.types import TYPE_OPTIONS
from importer.rules import RULES
from importer.stages.coercing import TYPES, Example

_EXAMPLES = [
    pytest.param(kind.name, example, id=f"{kind.name}-{example.cell!r}-{example.result}")
    for kind in TYPES.values()
    for example in kind.examples
]


@pytest.mark.parametrize(("kind", "example"), _EXAMPLES)
def test_an_example_says_what_happens(
    kind: str,
    example: Example,
    attribute: Callable[..., Attribute],
    outcomes: Callable[..., list[str | None]],
) -> None:
    assert outcomes([example.cell], attribute(kind, **example.options)) == [example.result]


def test_the_registry_has_the_mappings_types_and_their_options() -> None:
    assert {name: frozenset(kind.options) for name, kind in TYPES.items()} == TYPE_OPTIONS


@pytest.mark.parametrize("name", TYPES)
def test_every_type_shows_an_acceptance_and_a_refusal(name: str) -> None:
    kind = TYPES[name]
    refusals = {example.result in RULES for example in kind.examples}
    assert refusals == {False, True}
    assert kind.rule.endswith(".")
    assert kind.hint.endswith(".")
