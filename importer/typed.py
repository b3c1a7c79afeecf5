"""Holds what coercing makes of a batch: one typed column per attribute, with its exact JSON."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.records import Batch, Rejection

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TypedColumn:
    """One attribute's values, all arrays with one entry per row of the batch.

    values: typed (string, int64, decimal, bool, date32 or timestamp[us, UTC]); null where the
        cell is blank or bad.
    core: the exact JSON text of each value, without its quotes where `in_quotes`; null exactly
        where `values` is.  Quotes are put on when a body is joined, which saves a copy of it all.
    blank: true where the cell is blank; a bad cell is not blank.
    """

    attribute: Attribute
    values: pa.Array
    core: pa.StringArray
    blank: pa.BooleanArray
    in_quotes: bool = False

    @property
    def json(self) -> pa.StringArray:
        """Give the whole JSON texts."""
        return pc.binary_join_element_wise('"', self.core, '"', "") if self.in_quotes else self.core


@dataclass(frozen=True)
class Typed:
    """A batch whose cells have been given their types.

    customer_ids: null where blank; customer_id_core has them as JSON texts without
        their quotes.
    attributes: one per attribute of the mapping, in its order.
    platforms: one per platform of the mapping; their JSON is the string "true" or "false".
    rejections: bad cells that make their rows invalid.
    left_out: bad cells of attributes that say `bad_value: leave_out`.
    filtered: per row of the batch, whether the mapping's `where:` leaves it out; such rows have
        no rejections.
    ranking: the values of `duplicates: {by: ...}`; None where the mapping has none.
    """

    batch: Batch
    customer_ids: pa.StringArray
    customer_id_core: pa.StringArray
    attributes: tuple[TypedColumn, ...]
    platforms: tuple[TypedColumn, ...]
    rejections: tuple[Rejection, ...]
    left_out: tuple[Rejection, ...]
    filtered: Flags
    ranking: pa.Array | None = None
