from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

from importer.errors import MappingError
from importer.mapping_file import grammar, parse_mapping
from importer.mapping_file.key_descriptions import CHECKS, DESCRIPTIONS
from importer.mapping_file.schema import mapping_schema, schema_text
from importer.mapping_file.types import CHECK_TWINS, TYPE_OPTIONS
from importer.mapping_file.yaml_tree import Scalar, read_yaml

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "mappings").glob("*.yaml"))
HEAD = "mapping: 1\ncustomer_id: id\n"
SCHEMA = mapping_schema()
CHECKER = jsonschema.Draft7Validator(SCHEMA)


def as_editors_see_it(part: Any) -> Any:
    """Give what YAML 1.2 makes of a file, as an editor's language server does."""
    if isinstance(part, dict):
        return {key: as_editors_see_it(value) for key, value in part.items()}
    if isinstance(part, list):
        return [as_editors_see_it(value) for value in part]
    if not isinstance(part, Scalar):
        return None
    plain = {"int": float, "float": float, "bool": lambda text: text == "true"}
    return None if part.tag == "null" else plain.get(part.tag, str)(part)


def complaints(text: str) -> list[str]:
    root = as_editors_see_it(read_yaml(text, "m.yaml").root)
    return [f"{error.json_path}: {error.message}" for error in CHECKER.iter_errors(root)]


def blocks_in_the_documents() -> Iterator[tuple[str, str]]:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"^    mapping: 1\n(?:(?:    .*)?\n)+", text, re.M):
            yield page.name, re.sub(r"^    ", "", block, flags=re.M)
        for block in re.findall(r"```yaml\n(.*?)```", text, re.S):
            yield page.name, block


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_the_shipped_schema_is_current() -> None:
    shipped = (ROOT / "mappings/mapping.schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(), "make docs"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_mapping_is_right_for_the_schema_and_names_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).exists()
    assert complaints(text) == []


def test_every_mapping_in_the_documents_is_right_for_the_schema() -> None:
    blocks = list(blocks_in_the_documents())
    assert len(blocks) > 5
    for page, block in blocks:
        assert complaints(block) == [], page


def models() -> list[type[BaseModel]]:
    found = [entry for entry in vars(grammar).values() if isinstance(entry, type)]
    own = [entry for entry in found if issubclass(entry, BaseModel)]
    return [entry for entry in own if entry.model_fields and entry is not grammar.OriginModel]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_key_has_a_description_and_no_description_is_left_over(
    model: type[BaseModel],
) -> None:
    assert set(DESCRIPTIONS[model.__name__]) == set(model.model_fields)
    assert set(CHECKS) == {*CHECK_TWINS, "message"}


def test_every_key_is_in_the_documentation() -> None:
    text = (ROOT / "docs/mapping.md").read_text(encoding="utf-8")
    for name, keys in DESCRIPTIONS.items():
        for key in keys:
            assert re.search(rf"\b{key}\b", text), f"{name}.{key}"


@pytest.mark.parametrize(
    "text",
    [
        "customer_id: id\n",
        "mapping: 2\ncustomer_id: id\n",
        HEAD + "atributes: {a: A}\n",
        HEAD + "blank: ignore\n",
        HEAD + "attributes: {a: {colum: A}}\n",
        HEAD + "attributes: {a: {column: A, type: phon}}\n",
        HEAD + "attributes: {email: {column: A, required: maybe}}\n",
        HEAD + "attributes: {a: {column: A, transform: [trim]}}\n",
        HEAD + "attributes: {a: {column: A, transform: [{slice: x}]}}\n",
        HEAD + "attributes: {a: {column: A, check: {mini: 1}}}\n",
        HEAD + "attributes: {a: {object: {city: {columm: City}}}}\n",
        HEAD + "platforms: [{platform: ANDROID}]\n",
        HEAD + "unset: [{attr: x, match: like}]\n",
        HEAD + "source: {delimeter: ';'}\n",
        HEAD + "rules: {string-long: 'never'}\n",
        HEAD + "rules: {strng-long: 'off'}\n",
        HEAD + "tests: [{given: {id: x}, expect: {atributes: {}}}]\n",
        HEAD + "tests: [{given: {id: x}, expect: {invalid: [not-a-code]}}]\n",
    ],
)
def test_what_the_loader_refuses_an_editor_marks(text: str) -> None:
    with pytest.raises(MappingError):
        parse_mapping(text)
    assert complaints(text)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "source: {nulls: ['', NULL, N/A, 0]}\nwhere: {Status: [7, true, NULL]}\n",
        HEAD + "attributes: {a: {column: 2024, values: {1: NULL, no: false}, otherwise: 0}}\n",
        HEAD + "attributes: {a: {column: A, transform: {replace: {'-': ''}}}}\n",
        HEAD + "attributes: {a: {column: A, check: [{min: 1, message: m}, {max: 3}], "
        "type: integer}}\n",
        HEAD + "attributes: {a: {column: A, type: date, "
        "format: {by: C, US: MM/DD/YYYY, otherwise: [DD/MM/YYYY, iso]}}}\n",
        HEAD + "attributes: {a: {constant: 5}, b: {constant: true}}\n",
        HEAD + "attributes: {a: {column: A, type: date, format: DD.MM.YY, years_from: 1930}}\n",
        HEAD + "rules: {string-long: off}\n",
    ],
)
def test_what_the_loader_takes_no_editor_marks(text: str) -> None:
    assert parse_mapping(text)
    assert complaints(text) == []


def test_an_editor_can_offer_types_attributes_codes_and_words() -> None:
    value = SCHEMA["definitions"]["AttributeModel"]["properties"]
    assert value["type"]["enum"] == list(TYPE_OPTIONS)
    assert value["blank"]["enum"] == ["skip", "unset", "invalid"]
    assert {"email", "mobile"} <= set(SCHEMA["properties"]["attributes"]["properties"])
    assert "string-long" in SCHEMA["properties"]["rules"]["properties"]
