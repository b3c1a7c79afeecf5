"""Writes the grammar as JSON Schema, so that editors complete and check mapping files."""

from __future__ import annotations

import json
from typing import Any

from importer.mapping_file.field_types import TEXT
from importer.mapping_file.grammar import MappingModel
from importer.mapping_file.key_descriptions import CHECKS, DESCRIPTIONS
from importer.moengage.attributes import STANDARD_ATTRIBUTES
from importer.moengage.names import PLATFORMS
from importer.rules import RULES

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that yaml-language-server, which most editors use, reads whole."""


def mapping_schema() -> dict[str, Any]:
    """Give the JSON Schema of a mapping file, as it stands in YAML 1.2."""
    generated = _plain(MappingModel.model_json_schema(by_alias=True))
    models = {**generated.pop("$defs"), "MappingModel": generated}
    for name, model in models.items():
        del model["title"]
        _describe(model, DESCRIPTIONS.get(name, {}))
    _complete(models)
    whole = models.pop("MappingModel")
    return {
        "$schema": _DRAFT,
        "title": "Mapping of moengage-import",
        **whole,
        "description": "Which column becomes which attribute, and how.",
        "definitions": models,
    }


def schema_text() -> str:
    """Give the schema as the text of a file."""
    return json.dumps(mapping_schema(), indent=1, ensure_ascii=False) + "\n"


def _plain(part: Any) -> Any:
    """Leave out what pydantic adds and an editor would show: titles, and null for silence."""
    if isinstance(part, list):
        return [_plain(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    result = {}
    for key, value in part.items():
        if key == "properties":
            result[key] = {name: _property(entry) for name, entry in value.items()}
        elif key == "$ref":
            result[key] = value.replace("#/$defs/", "#/definitions/")
        else:
            result[key] = _plain(value)
    return result


def _property(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in entry.items() if key not in ("title", "default")}
    choices = [choice for choice in kept.pop("anyOf", []) if choice != {"type": "null"}]
    plain = _plain(kept)
    if len(choices) == 1:
        return {**plain, **_plain(choices[0])}
    return {**plain, "anyOf": _plain(choices)} if choices else dict(plain)


def _describe(model: dict[str, Any], descriptions: dict[str, str]) -> None:
    for key, entry in model["properties"].items():
        if "$ref" in entry:
            # Draft 7 reads nothing beside a reference.
            entry["allOf"] = [{"$ref": entry.pop("$ref")}]
        if key in descriptions:
            entry["description"] = descriptions[key]


def _complete(models: dict[str, Any]) -> None:
    """Offer the words that are data elsewhere: standard attributes, platforms, codes."""
    whole = models["MappingModel"]["properties"]
    models["Value"] = whole["attributes"]["additionalProperties"]
    value = {"$ref": "#/definitions/Value"}
    whole["attributes"]["additionalProperties"] = value
    whole["attributes"]["properties"] = {
        entry.key: {
            "allOf": [value],
            "description": f"{entry.dashboard_name} ({entry.type}): {entry.description}",
        }
        for entry in STANDARD_ATTRIBUTES
    }
    models["PlatformModel"]["properties"]["platform"]["enum"] = list(PLATFORMS)
    whole["rules"].update(
        properties={
            rule.code: {"enum": list(rule.choices), "description": f"{rule.what}: {rule.why}"}
            for rule in RULES.values()
            if rule.choices
        },
        additionalProperties=False,
    )
    codes = [*RULES]
    expected = models["ExpectModel"]["properties"]
    for key in ("invalid", "warnings"):
        expected[key]["anyOf"] = [{"enum": codes}, {"type": "array", "items": {"enum": codes}}]
    expected["customer_id"].update(TEXT)
    for group in _check_groups(models["AttributeModel"]["properties"]["check"]):
        for name, sentence in CHECKS.items():
            group["properties"][name]["description"] = sentence


def _check_groups(check: dict[str, Any]) -> list[dict[str, Any]]:
    return [choice.get("items", choice) for choice in check["anyOf"]]
