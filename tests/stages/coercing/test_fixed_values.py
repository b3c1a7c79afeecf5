from __future__ import annotations

from collections.abc import Callable

from importer.mapping_file.mapping import Attribute, FromConstant, Mapping
from importer.stages.coercing import fixed_value_problems


def test_values_that_the_mapping_itself_states_are_tried(
    attribute: Callable[..., Attribute],
) -> None:
    customer = attribute("string", name="customer_id")
    good = attribute("integer", origin=FromConstant("5"))
    table = attribute("boolean", values={"J": "yes", "N": "nein"}, otherwise="value")
    other = attribute("date", values={}, otherwise="value", otherwise_value="2024-02-30")
    constant = attribute("integer", name="score", origin=FromConstant("five"))
    empty = attribute("integer", origin=FromConstant(""))
    assert fixed_value_problems(Mapping("m", "m", customer, (good, empty))) == ()
    problems = fixed_value_problems(Mapping("m", "m", customer, (good, table, other, constant)))
    assert [problem.found.partition("value ")[2] for problem in problems] == [
        '"nein"',
        '"2024-02-30"',
        '"five"',
    ]
    no_nulls = attribute("boolean", values={"J": ""}, nulls=frozenset())
    (nothing,) = fixed_value_problems(Mapping("m", "m", customer, (no_nulls,)))
    assert "an empty cell" in nothing.found
    assert problems[-1].place == "m.yaml:1:1"
    assert "[not-integer]" in problems[-1].expected
