from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping_file import parse_mapping
from importer.mapping_file.examining import examine
from importer.mapping_file.yaml_tree import Path as TreePath
from importer.mapping_file.yaml_tree import Scalar, read_yaml

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (ROOT / "mappings/crm_users.yaml").read_text(encoding="utf-8")


def places(text: str) -> list[str]:
    return [problem.place for problem in examine(read_yaml(text, "m.yaml"), text).problems]


def plain(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: plain(value) for key, value in part.items()}
    if isinstance(part, list):
        return [plain(value) for value in part]
    if isinstance(part, Scalar) and part.tag in ("int", "float", "bool"):
        return json.loads(part)
    return None if part is None else str(part)


DOCUMENT = read_yaml(SHIPPED, "m.yaml")
PARTS = sorted((path for path in DOCUMENT.values if path), key=str)


def damaged(path: TreePath, value: Any) -> str:
    """Give the shipped mapping with something else in one place, as JSON, which is YAML, too."""
    root = plain(DOCUMENT.root)
    part = root
    for key in path[:-1]:
        part = part[key]
    if value is ...:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return json.dumps(root, indent=1)


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        ...,
        None,
        "",
        "x",
        "(",
        7,
        -1,
        True,
        [],
        ["x"],
        [None],
        {},
        {"x": "y"},
        {"column": None},
        [[{}]],
    ]
)


@given(st.lists(st.tuples(st.sampled_from(PARTS), VALUES), min_size=1, max_size=3))
def test_whatever_is_wrong_is_told_with_its_place_and_nothing_else_happens(
    damages: list[tuple[TreePath, Any]],
) -> None:
    text = damaged(*damages[0])
    for path, value in damages[1:]:
        try:
            part = json.loads(text)
            at = part
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = value if value is not ... else None
            text = json.dumps(part, indent=1)
        except (KeyError, TypeError, IndexError):
            continue
    try:
        found = examine(read_yaml(text, "m.yaml"), text).problems
    except MappingError as error:
        found = error.problems
    for problem in found:
        assert problem.place.startswith("m.yaml:")
        assert problem.found
        assert problem.expected
        assert problem.remedy
    if found:
        with pytest.raises(MappingError):
            parse_mapping(text, "m.yaml")
    else:
        parse_mapping(text, "m.yaml")


def test_parts_that_are_right_are_examined_beside_parts_that_are_wrong() -> None:
    text = (
        "mapping: 1\n"
        "customer_id: {colum: id}\n"
        "attributes:\n"
        "  a: {column: A, typ: x}\n"
        "  b: {column: B, region: IN}\n"
        "  status: C\n"
        "platforms: [{platform: Windows, active: D}, {platform: web}]\n"
        "unset: [{attr: x, match: like}]\n"
        "source: {delimiter: ''}\n"
    )
    assert places(text) == [
        "m.yaml:2:15",
        "m.yaml:4:18",
        "m.yaml:5:18",
        "m.yaml:6:3",
        "m.yaml:7:45",
        "m.yaml:8:26",
        "m.yaml:9:21",
    ]


def test_what_follows_from_a_mistake_is_not_told_besides_it() -> None:
    for line, problems in [
        ("attributes: {a: {colum: A}}", 1),
        ("attributes: {a: {column: A, type: phon, region: IN}}", 1),
        ("attributes: {a: {column: A, split: ';', tak: 1}}", 1),
        ("attributes: {a: {object: {b: {colum: B, format: x}}}}", 1),
        ("attributes: {a: {colum: A, typ: x}, b: {colum: B}}", 3),
        ("attributes: {a: {column: A, format: x}}", 1),
        ("attributes: {a: {column: A, type: integer, region: Narnia}}", 1),
        ("attributes: {a: A, a: B}", 1),
        ("tests: [{given: {id: x}, expect: {attribute: {}}}]", 1),
        ("customer_id: {colum: id}", 1),
    ]:
        head = "mapping: 1\n" + ("" if line.startswith("customer_id") else "customer_id: id\n")
        assert len(places(head + line + "\n")) == problems, line
