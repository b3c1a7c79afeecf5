"""Builds users' payloads: of single rows, and of all rows of a user together."""

from importer.stages.building.merging import (
    GROUP,
    folded,
    merged_bodies,
    parts_of,
    too_long,
    value_texts,
)
from importer.stages.building.payloads import Built, build

__all__ = [
    "GROUP",
    "Built",
    "build",
    "folded",
    "merged_bodies",
    "parts_of",
    "too_long",
    "value_texts",
]
