"""Holds the mapping file: its grammar, its errors with their places, and what it means."""

from importer.mapping_file.binding import bind
from importer.mapping_file.examining import Examined
from importer.mapping_file.guards import Guards
from importer.mapping_file.loading import (
    examine_mapping,
    load_mapping,
    parse_mapping,
    parse_provisionally,
)
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
    "Examined",
    "FromColumns",
    "FromConstant",
    "FromCoordinates",
    "FromParts",
    "FromTemplate",
    "Guards",
    "Mapping",
    "MappingTest",
    "Platform",
    "UnsetRule",
    "ValueOrigin",
    "bind",
    "examine_mapping",
    "load_mapping",
    "parse_mapping",
    "parse_provisionally",
]
