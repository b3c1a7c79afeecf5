"""Reads dates of stated formats."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import only
from importer.stages.coercing.contract import Coerced, Example, ValueType
from importer.stages.coercing.date_shapes import ISO_DATE, shape
from importer.stages.coercing.date_texts import date_texts
from importer.stages.coercing.readings import read_any


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    shapes = [shape(pattern) for pattern in attribute.formats] or [ISO_DATE]
    reading = read_any(texts, shapes, "not-date", "date")
    days, valid = reading.civil.days, reading.civil.valid
    values = pa.array(days.astype(np.int32)).cast(pa.date32())
    return Coerced(only(values, valid), only(date_texts(days), valid), reading.bad, in_quotes=True)


DATE = ValueType(
    name="date",
    rule="A day that the calendar has, written YYYY-MM-DD or in one of the formats that `format:` "
    "lists; sent as YYYY-MM-DD. Two-digit years from 69 are 19xx, the others 20xx.",
    options=("format",),
    hint="Say `format:` as the file has it (DD/MM/YYYY, D MMM YY, or %d/%m/%Y); days are never "
    "guessed from months. A cell with a time needs `type: datetime`.",
    examples=(
        Example("2024-02-29", '"2024-02-29"'),
        Example("03/04/2021", '"2021-04-03"', {"format": ["%d/%m/%Y"]}),
        Example("3-Apr-69", '"1969-04-03"', {"format": ["%d-%b-%y"]}),
        Example("25/12/2021", '"2021-12-25"', {"format": ["%d/%m/%Y", "%m/%d/%Y"]}),
        Example("03/04/2021", "date-ambiguous", {"format": ["%d/%m/%Y", "%m/%d/%Y"]}),
        Example("2023-02-29", "not-date"),
        Example("31/02/2024", "not-date", {"format": ["%d/%m/%Y"]}),
        Example("03/04/2021", "not-date"),
        Example("2024-02-29T00:00:00Z", "not-date"),
    ),
    coerce=_coerce,
    distinct=True,
)
