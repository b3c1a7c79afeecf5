from __future__ import annotations

import pytest

from importer.errors import MappingError
from importer.mapping_file import load_mapping, parse_mapping, parse_provisionally

HEAD = "mapping: 1\ncustomer_id: id\nattributes:\n"


def problems(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "m.yaml")
    return [(one.place, one.found, one.expected) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("line", "column", "name", "expected"),
    [
        (
            "  born: {column: x, type: date, format: {decide: [DD/MM/YYYY, MM/DD/YYYY]}}",
            41,
            "attributes.born.format",
            "one of `DD/MM/YYYY`, `MM/DD/YYYY`",
        ),
        (
            "  seen: {column: x, type: datetime, timezone: {decide: [UTC, Asia/Kolkata, ...]}}",
            47,
            "attributes.seen.timezone",
            "one of `UTC`, `Asia/Kolkata`, or another that fits",
        ),
        (
            "  a: {decide: [{column: x, type: number}, {column: x, values: {a: b}}]}",
            6,
            "attributes.a",
            "one of `{column: x, type: number}`, `{column: x, values: {a: b}}`",
        ),
        ("  a: {decide: []}", 6, "attributes.a", "a value of your own"),
        (
            "  a: {column: x, type: boolean, invert: {decide: [false, true]}}",
            41,
            "attributes.a.invert",
            "one of `false`, `true`",
        ),
    ],
)
def test_an_open_choice_stops_with_its_place_and_its_choices(
    line: str, column: int, name: str, expected: str
) -> None:
    found = problems(f"{HEAD}{line}\n")
    assert found == [(f"m.yaml:4:{column}", f"`{name}` is not decided yet", expected)]


def test_the_id_may_be_open_and_everything_else_is_told_with_it() -> None:
    text = "mapping: 1\ncustomer_id: {decide: [id, email]}\nattributes:\n  a: {colum: x}\n"
    first, second = problems(text)
    assert first[:2] == ("m.yaml:2:14", "`customer_id` is not decided yet")
    assert second[0] == "m.yaml:4:7"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "  decide: x\n",
        HEAD + "  a: x\nwhere: {decide: [yes, no]}\n",
        HEAD + "  a: {object: {decide: x}}\n",
        HEAD + "  a: x\ntests:\n  - given: {id: u-1, x: y}\n    expect: {attributes: {a: y}}\n",
    ],
)
def test_a_name_that_is_decide_is_no_open_choice(text: str) -> None:
    parse_mapping(text)


def test_until_then_the_first_choice_can_be_tried() -> None:
    text = (
        "mapping: 1\ncustomer_id: {decide: [{column: id, transform: [strip]}, email]}\n"
        "attributes:\n  a: {decide: [..., x]}\n"
    )
    mapping = parse_provisionally(text)
    assert mapping.columns == ("id", "x")
    assert mapping.places["x"] == "mapping:4:21"


def test_a_file_with_an_open_choice_does_not_load(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("m") / "m.yaml"
    path.write_text("mapping: 1\ncustomer_id: {decide: [id]}\n")
    with pytest.raises(MappingError, match="not decided yet"):
        load_mapping(path)
