"""Warns of numbers that whoever reads JSON as JavaScript does would round."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.stages.enforcing.verdicts import Verdicts, mask
from importer.typed import TypedColumn

DOUBLES_EXACT = 2**53

_DIGITS = len(str(DOUBLES_EXACT))


def hold_numbers(column: TypedColumn, verdicts: Verdicts) -> None:
    """Warn of numbers beyond 2 to the 53rd: a double cannot tell them from their neighbours."""
    # Few columns have a text of so many digits; where none has, nothing is to be compared.
    long = np.flatnonzero(mask(pc.greater_equal(pc.binary_length(column.core), _DIGITS)))
    if not len(long):
        return
    values = column.values.take(pa.array(long))
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.decimal256(76, 38))
    beyond = pc.or_(pc.greater(values, DOUBLES_EXACT), pc.less(values, -DOUBLES_EXACT))
    rows = np.zeros(len(column.values), dtype=bool)
    rows[long] = mask(beyond)
    verdicts.strike("number-large", rows, column.attribute.label, lambda _: "a large number")
