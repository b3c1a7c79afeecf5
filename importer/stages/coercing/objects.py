"""Joins typed columns to JSON objects, column by column."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import pyarrow as pa
import pyarrow.compute as pc

# Arrow multiplies it by the rows, so it must leave room in 64 bits.
_EVERYTHING = 2**31 - 1


def joined(members: Sequence[tuple[str, pa.Array, bool]]) -> pa.Array:
    """Give `{"key":value,...}` for each row, without the members that are null there.

    members: key, JSON texts, and whether these still need their quotes.  A row of nulls is null.
    """
    pieces = [_piece(*member) for member in members]
    text = pc.binary_join_element_wise(
        *pieces, "", null_handling="replace", null_replacement=""
    ).cast(pa.binary())
    # The comma before the first member goes.
    inner = pc.binary_slice(text, start=1, stop=_EVERYTHING).cast(pa.string())
    whole = pc.binary_join_element_wise("{", inner, "}", "")
    return pc.if_else(pc.equal(pc.binary_length(inner), 0), pa.scalar(None, pa.string()), whole)


def _piece(key: str, core: pa.Array, in_quotes: bool) -> pa.Array:
    quote = '"' if in_quotes else ""
    before = f",{orjson.dumps(key).decode()}:{quote}"
    return pc.binary_join_element_wise(before, core, quote, "")
