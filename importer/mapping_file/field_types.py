"""Defines what may stand behind a key of the mapping file: texts, words, flags, lists.

Each kind reads a value as it was typed, and says in JSON Schema what an editor may offer for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from importer.mapping_file.by_column import plain_or_by_column
from importer.mapping_file.transforming import MOST_DIGITS, WITH_ARGUMENTS, with_arguments
from importer.mapping_file.types import CHECK_TWINS, CHECKS, KEEP_WORDS, TRANSFORMS
from importer.mapping_file.yaml_tree import Scalar


def _text(value: object) -> object:
    if value is None:
        raise ValueError("nothing, expected a text")
    if isinstance(value, str):
        return str(value)
    raise ValueError("a list or a group of keys, expected a text")


def _flag(value: object) -> object:
    if isinstance(value, Scalar) and value.tag == "bool":
        return value.lower() == "true"
    raise ValueError(f"{value!r}, expected true or false")


def _whole_number(value: object) -> object:
    text = value.removeprefix("-") if isinstance(value, str) else ""
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(str(value))
    found = f"{value!r}" if isinstance(value, str) else "something that is no number"
    raise ValueError(f"{found}, expected a whole number such as 1 or -1")


def _listed(value: object) -> object:
    """Let one text stand for a list of one."""
    return [value] if isinstance(value, str) else value


def _text_list(value: object) -> object:
    if isinstance(value, list):
        return [_text(entry) for entry in value]
    return [_text(value)]


def _transform(value: object) -> object:
    """Read one entry of `transform:`: a word, or one name with its arguments."""
    if isinstance(value, dict):
        if len(value) != 1:
            raise ValueError("several transforms in one entry, expected an entry for each of them")
        name = str(next(iter(value)))
        if name not in WITH_ARGUMENTS:
            raise Unknown(name, (*WITH_ARGUMENTS, *TRANSFORMS))
        return with_arguments(value)
    if isinstance(value, str) and value in TRANSFORMS:
        return str(value)
    if value in WITH_ARGUMENTS:
        raise ValueError(f"`{value}` without its arguments, expected {{{value}: ...}}")
    raise Unknown(value, (*TRANSFORMS, *WITH_ARGUMENTS))


@dataclass(frozen=True)
class Choice:
    """Accepts these words only; the message names the nearest of them (see problems.py)."""

    allowed: tuple[str, ...]

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(kind))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give the words; an editor takes a number such as 1 for a number."""
        return {"enum": [*(int(word) for word in self.allowed if word.isdigit()), *self.allowed]}

    def _read(self, value: object) -> object:
        if isinstance(value, str) and value in self.allowed:
            return str(value)
        raise Unknown(value, self.allowed)


def choice(*allowed: str) -> Choice:
    """Let a key have these words only."""
    return Choice(allowed)


@dataclass(frozen=True)
class ShortForm:
    """Lets a column's name stand for `{column: name}`."""

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(kind))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [TEXT, handler(schema)]}

    @staticmethod
    def _read(value: object) -> object:
        return {"column": value} if isinstance(value, str) or value is None else value


@dataclass(frozen=True)
class KeepForm:
    """Lets a word stand for `{keep: word}`, and `{last, by: Column}` for `{keep: last, by: ...}`."""

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(kind))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give the words, both groups, and what stands behind a word in a group: nothing."""
        group = handler(schema)
        return {"anyOf": [{"enum": list(KEEP_WORDS)}, group, self._with_bare_word(handler, group)]}

    @staticmethod
    def _with_bare_word(handler: GetJsonSchemaHandler, group: JsonSchemaValue) -> JsonSchemaValue:
        by = handler.resolve_ref_schema(group)["properties"]["by"]
        words = {word: {"type": "null"} for word in KEEP_WORDS}
        return {"type": "object", "properties": {**words, "by": by}, "additionalProperties": False}

    @staticmethod
    def _read(value: object) -> object:
        if not isinstance(value, dict):
            if value in KEEP_WORDS:
                return {"keep": value}
            raise Unknown(value, KEEP_WORDS)
        bare = [key for key, entry in value.items() if entry is None and key not in ("keep", "by")]
        if len(bare) > 1:
            raise ValueError(f"{', '.join(bare)}, expected one word, as in {{last, by: Modified}}")
        if not bare:
            return value
        if bare[0] not in KEEP_WORDS:
            raise Unknown(bare[0], KEEP_WORDS)
        return {"keep": bare[0], **{key: value[key] for key in value if key not in bare}}


class Unknown(ValueError):
    """A word that is none of those allowed here."""

    def __init__(self, found: object, allowed: tuple[str, ...]) -> None:
        self.found = found
        self.allowed = allowed
        super().__init__(f"{found!r} is none of {', '.join(allowed)}")


# What YAML may take a text for: `column: 2024` and `delimiter: true` are texts here.
TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}
# In a list or a table a text may be NULL, too.
CELL: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
_LIST_OF_TEXTS = {"type": "array", "items": CELL}

Text = Annotated[str, BeforeValidator(_text), WithJsonSchema(TEXT)]
Cell = Annotated[str, BeforeValidator(_text), WithJsonSchema(CELL)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Texts = Annotated[
    list[Text], BeforeValidator(_listed), WithJsonSchema({"anyOf": [TEXT, _LIST_OF_TEXTS]})
]
_BY_COLUMN = {
    "type": "object",
    "properties": {
        "column": {**TEXT, "description": "The column whose cell is the option's value."},
        "by": {**TEXT, "description": "The column whose cell chooses one of the values here."},
        "otherwise": {"description": "For cells that are not listed."},
    },
    "additionalProperties": True,
}
# Any, because pydantic would name the parts of a union in the places of its errors.
TextOrByColumn = Annotated[
    Any,
    BeforeValidator(plain_or_by_column(_text)),
    WithJsonSchema({"anyOf": [TEXT, _BY_COLUMN]}),
]
TextsOrByColumn = Annotated[
    Any,
    BeforeValidator(plain_or_by_column(_text_list)),
    WithJsonSchema({"anyOf": [TEXT, _LIST_OF_TEXTS, _BY_COLUMN]}),
]
Number = Annotated[int, BeforeValidator(_whole_number)]
BlankWord = Annotated[str, choice("skip", "unset", "invalid")]
BadValueWord = Annotated[str, choice("invalid", "leave_out")]
Switches = Annotated[str, choice("error", "warn", "off")]
_TEXT_TABLE = {"type": "object", "additionalProperties": CELL, "minProperties": 1}
_TRANSFORM_WITH_ARGUMENTS = {
    "type": "object",
    "properties": {
        "replace": _TEXT_TABLE,
        "replace_pattern": _TEXT_TABLE,
        "slice": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2},
    },
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}
_TRANSFORM = {"anyOf": [{"enum": list(TRANSFORMS)}, _TRANSFORM_WITH_ARGUMENTS]}
Transforms = Annotated[
    list[Annotated[Any, BeforeValidator(_transform)]],
    BeforeValidator(lambda value: [value] if isinstance(value, dict) else _listed(value)),
    WithJsonSchema({"anyOf": [*_TRANSFORM["anyOf"], {"type": "array", "items": _TRANSFORM}]}),
]
_CHECK_GROUP = {
    "type": "object",
    "properties": {key: {} for key in (*CHECK_TWINS, *CHECKS)} | {"message": {"type": "string"}},
    "additionalProperties": False,
}
# Any, because checks.py names the places of their errors better than pydantic can.
Checks = Annotated[
    Any, WithJsonSchema({"anyOf": [_CHECK_GROUP, {"type": "array", "items": _CHECK_GROUP}]})
]
