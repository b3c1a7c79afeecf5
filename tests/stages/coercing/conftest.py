"""Builds attributes and coerces single columns for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from importer.mapping_file.mapping import Attribute, FromColumns, Mapping
from importer.records import Batch
from importer.stages.coercing import coerce
from importer.typed import Typed

_MAPPING = Mapping("m.yaml", "m", Attribute("customer_id", FromColumns(("C",)), "string", ""), ())


def _attribute(kind: str, **options: Any) -> Attribute:
    """Build the attribute that a mapping with these options (by their names there) would have."""
    if "format" in options:
        options["formats"] = tuple(options.pop("format"))
        if any("%y" in pattern for pattern in options["formats"]):
            options.setdefault("years_from", 1969)
    if "grouping" in options:
        options["indian"] = options.pop("grouping") == "indian"
    if kind == "money":
        options.setdefault("decimal", "")
    origin = options.pop("origin", FromColumns(("C",)))
    return Attribute(options.pop("name", "a"), origin, kind, "m.yaml:1:1", **options)


def _typed(columns: dict[str, Sequence[str | None]], *attributes: Attribute, **more: Any) -> Typed:
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    id_column = Attribute("customer_id", FromColumns((table.column_names[0],)), "string", "")
    mapping = replace(_MAPPING, customer_id=id_column, attributes=attributes, **more)
    return coerce(Batch(np.arange(table.num_rows, dtype=np.int64), table), mapping)


def _outcomes(cells: Sequence[str | None], attribute: Attribute) -> list[str | None]:
    typed = _typed({"C": cells}, attribute)
    results: list[str | None] = typed.attributes[0].json.to_pylist()
    assert [text is None for text in results] == typed.attributes[0].values.is_null().to_pylist()
    for rejection in typed.rejections:
        assert results[rejection.index] is None
        results[rejection.index] = rejection.code
    return results


@pytest.fixture(scope="session")
def attribute() -> Callable[..., Attribute]:
    """Build an attribute: `attribute("date", format=["%d/%m/%Y"])`."""
    return _attribute


@pytest.fixture(scope="session")
def typed() -> Callable[..., Typed]:
    """Coerce columns: `typed({"C": [...]}, attribute, ...)`; more fields of Mapping as keywords."""
    return _typed


@pytest.fixture(scope="session")
def outcomes() -> Callable[[Sequence[str | None], Attribute], list[str | None]]:
    """Give per cell its JSON, the code that refuses it, or None where it is blank."""
    return _outcomes
