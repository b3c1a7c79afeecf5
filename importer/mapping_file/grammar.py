"""Defines the mapping file's grammar as pydantic models: the keys, and what may stand behind them.

The models say what a file may look like; resolving.py turns them into a Mapping.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from importer.mapping_file.by_column import plain_or_by_column
from importer.mapping_file.transforming import MOST_DIGITS, WITH_ARGUMENTS, with_arguments
from importer.mapping_file.types import CHECK_TWINS, CHECKS, TRANSFORMS, TYPE_OPTIONS
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


def _column(value: object) -> object:
    """Let a column's name stand for `{column: name}`."""
    return {"column": value} if isinstance(value, str) or value is None else value


def _choice(*allowed: str) -> BeforeValidator:
    """Accept these words only; the message names the nearest of them (see problems.py)."""

    def check(value: object) -> object:
        if isinstance(value, str) and value in allowed:
            return str(value)
        raise Unknown(value, allowed)

    return BeforeValidator(check)


class Unknown(ValueError):
    """A word that is none of those allowed here."""

    def __init__(self, found: object, allowed: tuple[str, ...]) -> None:
        self.found = found
        self.allowed = allowed
        super().__init__(f"{found!r} is none of {', '.join(allowed)}")


Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Texts = Annotated[list[Text], BeforeValidator(_listed)]
# Any, because pydantic would name the parts of a union in the places of its errors.
_BY_COLUMN = {"type": "object", "additionalProperties": True}
TextOrByColumn = Annotated[
    Any,
    BeforeValidator(plain_or_by_column(_text)),
    WithJsonSchema({"anyOf": [{"type": "string"}, _BY_COLUMN]}),
]
TextsOrByColumn = Annotated[
    Any,
    BeforeValidator(plain_or_by_column(_text_list)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                _BY_COLUMN,
            ]
        }
    ),
]
Number = Annotated[int, BeforeValidator(_whole_number)]
BlankWord = Annotated[str, _choice("skip", "unset", "invalid")]
BadValueWord = Annotated[str, _choice("invalid", "leave_out")]
Switches = Annotated[str, _choice("error", "warn", "off")]
Transforms = Annotated[
    list[
        Annotated[
            Any,
            BeforeValidator(_transform),
            WithJsonSchema(
                {
                    "anyOf": [
                        {"enum": list(TRANSFORMS)},
                        {
                            "type": "object",
                            "properties": {
                                "replace": {"type": "object"},
                                "replace_pattern": {"type": "object"},
                                "slice": {"type": "array", "items": {"type": "integer"}},
                            },
                            "additionalProperties": False,
                            "minProperties": 1,
                            "maxProperties": 1,
                        },
                    ]
                }
            ),
        ]
    ],
    BeforeValidator(lambda value: [value] if isinstance(value, dict) else _listed(value)),
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


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class SourceModel(_Model):
    """`source:`: how the table is written."""

    encoding: Text | None = None
    delimiter: Text | None = None
    quote: Text | None = None
    escape: Text | None = None
    comment: Text | None = None
    line_end: Text | None = None
    skip_lines: Text | None = None
    header: Text | None = None
    rename_columns: Flag | None = None
    trailing_delimiter: Flag | None = None
    sheet: Text | None = None
    missing_columns: Annotated[str, _choice("refuse", "blank")] | None = None
    nulls: Texts = Field(default_factory=lambda: [""])


class TargetModel(_Model):
    """`target:`: the only workspace that this mapping may write to."""

    app_id: Text


class OriginModel(_Model):
    """Where a value comes from, and how its text is cleaned."""

    column: Text | None = None
    first_filled: Texts | None = None
    first_valid: Texts | None = None
    template: Text | None = None
    constant: Any = None
    split: Text | None = None
    take: Number | None = None
    extract: Text | None = None
    no_match: Annotated[str, _choice("invalid", "blank", "keep")] | None = None
    transform: Transforms = Field(default_factory=list)
    nulls: Texts | None = None
    values: dict[Text, Text] | None = None
    otherwise: Text | None = None


class CustomerIdModel(OriginModel):
    """`customer_id:`."""

    unique: Flag = False
    whole: Flag = False


class AttributeModel(OriginModel):
    """One entry of `attributes:`."""

    lat: Text | None = None
    lon: Text | None = None
    object: dict[Text, Annotated[AttributeModel, BeforeValidator(_column)]] | None = None
    type: Annotated[str, _choice(*TYPE_OPTIONS)] | None = None
    format: TextsOrByColumn = None
    years_from: Text | None = None
    timezone: TextOrByColumn = None
    repeated_hour: Annotated[str, _choice("earlier", "later", "invalid")] | None = None
    skipped_hour: Annotated[str, _choice("earlier", "later", "invalid")] | None = None
    region: TextOrByColumn = None
    style: Annotated[str, _choice("digits", "e164")] | None = None
    separator: Text | None = None
    items: Annotated[str, _choice("strings", "numbers")] | None = None
    update: Annotated[str, _choice("replace", "add", "remove")] | None = None
    true_words: Texts | None = None
    false_words: Texts | None = None
    decimal: Text | None = None
    thousands: Text | None = None
    grouping: Annotated[str, _choice("thousands", "indian")] | None = None
    percent: Annotated[str, _choice("points", "fraction")] | None = None
    exponent: Flag | None = None
    parentheses: Flag | None = None
    whole: Flag | None = None
    currency: TextOrByColumn = None
    invert: Flag | None = None
    blank: BlankWord | None = None
    bad_value: BadValueWord | None = None
    required: Flag | None = None
    check: Checks = None
    protect: Flag | None = None
    unique: Flag = False


class PlatformModel(_Model):
    """One entry of `platforms:`."""

    platform: Text
    active: Annotated[AttributeModel, BeforeValidator(_column)]


class UnsetModel(_Model):
    """One entry of `unset:`."""

    attr: Text
    match: Annotated[str, _choice("equals", "prefix", "suffix", "contains")] = "equals"
    case_sensitive: Flag = True


class TestModel(_Model):
    """One entry of `tests:`."""

    given: dict[Text, Text]
    expect: dict[Text, Any]


class MappingModel(_Model):
    """The whole file."""

    mapping: Annotated[str, _choice("1")]
    name: Text | None = None
    target: TargetModel | None = None
    source: SourceModel = Field(default_factory=SourceModel)
    customer_id: Annotated[CustomerIdModel, BeforeValidator(_column)]
    attributes: dict[Text, Annotated[AttributeModel, BeforeValidator(_column)]] = Field(
        default_factory=dict
    )
    platforms: list[PlatformModel] = Field(default_factory=list)
    unset: list[UnsetModel] = Field(default_factory=list)
    where: dict[Text, Texts] = Field(default_factory=dict)
    blank: BlankWord = "skip"
    bad_value: BadValueWord = "invalid"
    duplicates: Any = "each"
    unmapped: Annotated[str, _choice("ignore", "error", "pass")] = "ignore"
    update_existing_only: Flag = False
    rules: dict[Text, Switches] = Field(default_factory=dict)
    tests: list[TestModel] = Field(default_factory=list)
