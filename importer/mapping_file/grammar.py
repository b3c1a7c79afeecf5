"""Defines the mapping file's grammar as pydantic models: the keys, and what may stand behind them.

The models say what a file may look like; resolving.py turns them into a Mapping.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from importer.mapping_file.field_types import (
    BadValueWord,
    BlankWord,
    Cell,
    Checks,
    Flag,
    KeepForm,
    Number,
    ShortForm,
    Switches,
    Text,
    TextOrByColumn,
    Texts,
    TextsOrByColumn,
    Transforms,
    choice,
)
from importer.mapping_file.types import KEEP_WORDS, TYPE_OPTIONS


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
    missing_columns: Annotated[str, choice("refuse", "blank")] | None = None
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
    no_match: Annotated[str, choice("invalid", "blank", "keep")] | None = None
    transform: Transforms = Field(default_factory=list)
    nulls: Texts | None = None
    values: dict[Text, Cell] | None = None
    otherwise: Text | None = None


class CustomerIdModel(OriginModel):
    """`customer_id:`."""

    unique: Flag = False
    whole: Flag = False


class AttributeModel(OriginModel):
    """One entry of `attributes:`."""

    lat: Text | None = None
    lon: Text | None = None
    object: dict[Text, Annotated[AttributeModel, ShortForm()]] | None = None
    type: Annotated[str, choice(*TYPE_OPTIONS)] | None = None
    format: TextsOrByColumn = None
    years_from: Text | None = None
    timezone: TextOrByColumn = None
    repeated_hour: Annotated[str, choice("earlier", "later", "invalid")] | None = None
    skipped_hour: Annotated[str, choice("earlier", "later", "invalid")] | None = None
    region: TextOrByColumn = None
    style: Annotated[str, choice("digits", "e164")] | None = None
    separator: Text | None = None
    items: Annotated[str, choice("strings", "numbers")] | None = None
    update: Annotated[str, choice("replace", "add", "remove")] | None = None
    true_words: Texts | None = None
    false_words: Texts | None = None
    decimal: Text | None = None
    thousands: Text | None = None
    grouping: Annotated[str, choice("thousands", "indian")] | None = None
    percent: Annotated[str, choice("points", "fraction")] | None = None
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


class DuplicatesModel(_Model):
    """`duplicates:`: which of a user's rows count."""

    keep: Annotated[str, choice(*KEEP_WORDS)] = "each"
    by: Annotated[AttributeModel, ShortForm()] | None = None


class PlatformModel(_Model):
    """One entry of `platforms:`."""

    platform: Text
    active: Annotated[AttributeModel, ShortForm()]


class UnsetModel(_Model):
    """One entry of `unset:`."""

    attr: Text
    match: Annotated[str, choice("equals", "prefix", "suffix", "contains")] = "equals"
    case_sensitive: Flag = True


class GuardsModel(_Model):
    """`guards:`: what must hold before anything is sent."""

    rows: Text | None = None
    changed: Text | None = None
    newly_blank: Text | None = None
    max_source_age: Text | None = None
    new_attributes: Annotated[str, choice("ask", "refuse", "allow")] | None = None
    from_run: Number | None = None


class ExpectModel(_Model):
    """What a test expects: parts of the payload, or that there is none."""

    customer_id: Any = None
    attributes: dict[Text, Any] = Field(default_factory=dict)
    unset_attributes: Any = None
    update_existing_only: Any = None
    absent: Texts = Field(default_factory=list)
    warnings: Texts = Field(default_factory=list)
    invalid: Texts = Field(default_factory=list)
    filtered: Flag = False


class TestModel(_Model):
    """One entry of `tests:`."""

    name: Text | None = None
    given: dict[Text, Cell]
    expect: ExpectModel


class MappingModel(_Model):
    """The whole file."""

    mapping: Annotated[str, choice("1")]
    name: Text | None = None
    target: TargetModel | None = None
    source: SourceModel = Field(default_factory=SourceModel)
    customer_id: Annotated[CustomerIdModel, ShortForm()]
    attributes: dict[Text, Annotated[AttributeModel, ShortForm()]] = Field(default_factory=dict)
    platforms: list[PlatformModel] = Field(default_factory=list)
    unset: list[UnsetModel] = Field(default_factory=list)
    where: dict[Text, Texts] = Field(default_factory=dict)
    blank: BlankWord = "skip"
    bad_value: BadValueWord = "invalid"
    duplicates: Annotated[DuplicatesModel, KeepForm()] = Field(default_factory=DuplicatesModel)
    send: Annotated[str, choice("full", "changed")] = "full"
    guards: GuardsModel | None = None
    unmapped: Annotated[str, choice("ignore", "error", "pass")] = "ignore"
    update_existing_only: Flag = False
    rules: dict[Text, Switches] = Field(default_factory=dict)
    tests: list[TestModel] = Field(default_factory=list)
