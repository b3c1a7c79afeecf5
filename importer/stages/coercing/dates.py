"""Reads dates of stated formats."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where
from importer.stages.coercing.date_shapes import ISO_DATE
from importer.stages.coercing.date_texts import date_texts
from importer.stages.coercing.readings import read_any


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    reading = read_any(texts, attribute, ISO_DATE, "not-date", "date")
    civil = reading.civil
    # Only a count of days can have a time here, and to drop it would change the cell's meaning.
    timed = civil.valid & ((civil.seconds > 0) | (civil.micros > 0))
    days, valid = civil.days, civil.valid & ~timed
    values = pa.array(days.astype(np.int32)).cast(pa.date32())
    bad = (*reading.bad, *bad_where(timed, "not-date", "a date without a time"))
    return Coerced(only(values, valid), only(date_texts(days), valid), bad, in_quotes=True)


DATE = ValueType(
    name="date",
    rule="A day that the calendar has, written YYYY-MM-DD or in one of the formats that `format:` "
    "lists; sent as YYYY-MM-DD. A cell that two formats read differently is refused.",
    options=("format", "years_from"),
    hint="Say `format:` as the file has it (DD/MM/YYYY, D MMM YYYY, %d/%m/%Y, `iso`, or `excel` "
    "and `excel_1904` for days as Excel counts them); days are never guessed from months, and "
    "two-digit years need `years_from: 1930`, the first year they may mean. A cell with a time "
    "needs `type: datetime`.",
    examples=(
        Example("2024-02-29", '"2024-02-29"'),
        Example("03/04/2021", '"2021-04-03"', {"format": ["%d/%m/%Y"]}),
        Example("3-Apr-69", '"1969-04-03"', {"format": ["%d-%b-%y"], "years_from": 1930}),
        Example("3-Apr-29", '"2029-04-03"', {"format": ["%d-%b-%y"], "years_from": 1930}),
        Example("25/12/2021", '"2021-12-25"', {"format": ["%d/%m/%Y", "%m/%d/%Y"]}),
        Example("03/04/2021", "date-ambiguous", {"format": ["%d/%m/%Y", "%m/%d/%Y"]}),
        Example("45657", '"2024-12-31"', {"format": ["excel"]}),
        Example("60", "not-date", {"format": ["excel"]}),
        Example("45657.5", "not-date", {"format": ["excel"]}),
        Example("2023-02-29", "not-date"),
        Example("31/02/2024", "not-date", {"format": ["%d/%m/%Y"]}),
        Example("03/04/2021", "not-date"),
        Example("2024-02-29T00:00:00Z", "not-date"),
    ),
    coerce=_coerce,
    distinct=True,
)
