"""Lists every type of value by the name it has in a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from importer.stages.coercing.booleans import BOOLEAN
from importer.stages.coercing.contract import ValueType
from importer.stages.coercing.dates import DATE
from importer.stages.coercing.datetimes import DATETIME
from importer.stages.coercing.emails import EMAIL
from importer.stages.coercing.geo import GEO
from importer.stages.coercing.jsons import JSON
from importer.stages.coercing.lists import LIST
from importer.stages.coercing.money import MONEY
from importer.stages.coercing.numbers import INTEGER, NUMBER
from importer.stages.coercing.phones import PHONE
from importer.stages.coercing.strings import STRING

_ALL = (STRING, INTEGER, NUMBER, MONEY, BOOLEAN, DATE, DATETIME, GEO, PHONE, EMAIL, LIST, JSON)

TYPES: Mapping[str, ValueType] = MappingProxyType({entry.name: entry for entry in _ALL})
