"""Enforces what MoEngage drops, cuts or bans without a word (promise P4), before it is sent."""

from __future__ import annotations

from importer.mapping_file import Mapping
from importer.stages.enforcing.ids import hold_ids
from importer.stages.enforcing.nested import hold_lists, hold_objects
from importer.stages.enforcing.numbers import hold_numbers
from importer.stages.enforcing.texts import hold_texts
from importer.stages.enforcing.verdicts import Enforced, Verdicts
from importer.typed import Flags, Typed

__all__ = ["Enforced", "enforce"]

_TEXTS = ("string", "email", "phone")
_NUMBERS = ("integer", "number", "money")


def enforce(typed: Typed, mapping: Mapping, refused: Flags | None = None) -> Enforced:
    """Hold ids and values against MoEngage's limits.

    refused: per row of the batch, whether it is invalid already; no warning counts such a row.
    """
    verdicts = Verdicts(typed, mapping, refused)
    hold_ids(typed, mapping.customer_id.label, verdicts)
    for column in typed.attributes:
        if column.attribute.type in _TEXTS:
            hold_texts(column, verdicts)
        elif column.attribute.type in _NUMBERS:
            hold_numbers(column, verdicts)
        elif column.attribute.type == "list":
            hold_lists(column, verdicts)
        elif column.attribute.type == "json":
            hold_objects(column, verdicts)
    return verdicts.enforced()
