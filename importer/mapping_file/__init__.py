"""Holds the mapping file: its grammar, its errors with their places, and what it means."""

from importer.mapping_file.binding import bind
from importer.mapping_file.loading import load_mapping, parse_mapping
from importer.mapping_file.mapping import (
    Attribute,
    Check,
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromParts,
    FromTemplate,
    Mapping,
    MappingTest,
    Platform,
    UnsetRule,
    ValueOrigin,
)

__all__ = [
    "Attribute",
    "Check",
    "FromColumns",
    "FromConstant",
    "FromCoordinates",
    "FromParts",
    "FromTemplate",
    "Mapping",
    "MappingTest",
    "Platform",
    "UnsetRule",
    "ValueOrigin",
    "bind",
    "load_mapping",
    "parse_mapping",
]
