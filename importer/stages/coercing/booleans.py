"""Reads words for yes and no."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where

# yes and no in turn: a word's place tells its meaning.
_WORDS = ("true", "false", "yes", "no", "y", "n", "t", "f", "1", "0", "on", "off")

_EXPECTED = "true or false, yes or no, y or n, t or f, 1 or 0, on or off"


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    places = pc.index_in(pc.ascii_lower(texts), value_set=pa.array(_WORDS))
    meanings = [(place % 2 == 0) != attribute.invert for place in range(len(_WORDS))]
    values = pa.array(meanings, pa.bool_()).take(places)
    json = pc.if_else(values, "true", "false")
    return Coerced(values, json, bad_where(flags(pc.is_null(values)), "not-boolean", _EXPECTED))


BOOLEAN = ValueType(
    name="boolean",
    rule="true/false, yes/no, y/n, t/f, 1/0 or on/off in any case; every other word is refused.",
    options=("invert",),
    hint="List the file's other words under `values:`; say `invert: true` if the column says the "
    "opposite of the attribute.",
    examples=(
        Example("Yes", "true"),
        Example("0", "false"),
        Example("OFF", "false"),
        Example("yes", "false", {"invert": True}),
        Example("maybe", "not-boolean"),
        Example("2", "not-boolean"),
    ),
    coerce=_coerce,
)
