"""Resolves what becomes of users in several rows, and what says which of their rows is the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import AttributeModel, MappingModel
from importer.mapping_file.mapping import Attribute, Duplicates, FromColumns, Keep
from importer.mapping_file.values import Values

RANKING_TYPES = ("date", "datetime", "integer", "number")
"""The types whose values are earlier or later, smaller or larger."""

_OPTIONS = (
    *("column", "type", "format", "years_from", "timezone", "repeated_hour", "skipped_hour"),
    *("decimal", "thousands", "grouping", "exponent", "whole", "nulls", "transform"),
)
_UNSAID = "datetime"
# A cell without a zone is compared as it stands, and a date means its first moment.
_UNSAID_FORMATS, _UNSAID_ZONE = ("iso", "%Y-%m-%d"), "UTC"


def duplicates_of(
    model: MappingModel, values: Values, attributes: Sequence[Attribute], findings: Findings
) -> Duplicates:
    """Resolve `duplicates:`; `values` builds what its `by:` compares."""
    given = model.duplicates
    keep = cast(Keep, given.keep)
    if model.customer_id.unique and keep in ("last", "first", "merge"):
        findings.add(
            ("customer_id", "unique"),
            f"`unique: true` beside `duplicates: {keep}`",
            "one of them: the first refuses users in several rows, the other makes one row of them",
            "remove one of the two",
        )
    if given.by is None:
        return Duplicates(keep)
    if keep not in ("last", "first"):
        findings.add(
            ("duplicates", "by"),
            f"`by:` with `duplicates: {keep}`",
            "`by:` only with last or first, of which it says which row that is",
            "remove `by:`, or write `duplicates: {last, by: ...}`",
            of_key=True,
        )
    return Duplicates(keep, _ranking(given.by, values, attributes, findings))


def _ranking(
    model: AttributeModel, values: Values, attributes: Sequence[Attribute], findings: Findings
) -> Attribute | None:
    """Give what is compared; typed as `by:` says, or as the attribute that takes the column is."""
    _refuse_others(model, findings)
    if model.column is None:
        findings.add(("duplicates", "by"), "no column", "`by: Modified`", "name the column")
        return None
    if model.type is not None:
        if model.type not in RANKING_TYPES:
            findings.add(
                ("duplicates", "by", "type"),
                f"`type: {model.type}`, whose values are not earlier or later",
                f"one of {', '.join(RANKING_TYPES)}",
                "choose one of these types, or another column",
            )
            return None
        return values.ranking(model.type)
    if model.model_fields_set <= {"column"}:
        for entry in attributes:
            if entry.origin == FromColumns((model.column,)) and entry.type in RANKING_TYPES:
                return replace(
                    entry, blank="skip", bad_value="invalid", required=False, unique=False, check=()
                )
    entry = values.ranking(_UNSAID)
    formats = entry.formats or _UNSAID_FORMATS
    return replace(entry, formats=formats, timezone=entry.timezone or _UNSAID_ZONE)


def _refuse_others(model: AttributeModel, findings: Findings) -> None:
    for option in sorted(model.model_fields_set - set(_OPTIONS)):
        findings.add(
            ("duplicates", "by", option),
            f"`{option}:` in `by:`",
            ", ".join(_OPTIONS),
            "remove it: `by:` only says how the cells are read that are compared",
            of_key=True,
        )
