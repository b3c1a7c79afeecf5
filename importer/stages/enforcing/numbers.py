"""Warns of numbers that whoever reads JSON as JavaScript does would round."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.stages.enforcing.verdicts import Verdicts, mask
from importer.typed import Flags, TypedColumn

DOUBLES_EXACT = 2**53

ROUNDABLE = r"[0-9](?:\.?[0-9]){15}|[eE]-[0-9]{3}"
"""Finds what a double may round: it keeps any fifteen digits, but for numbers below 1e-307."""

_DIGITS = len(str(DOUBLES_EXACT))
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_PLACE = {"lat", "lon"}


def hold_numbers(column: TypedColumn, verdicts: Verdicts) -> None:
    """Warn of numbers that a double cannot tell from their neighbours, large ones or fractions."""
    # Few columns have a text of so many digits; where none has, nothing is to be compared.
    long = np.flatnonzero(mask(pc.greater_equal(pc.binary_length(column.core), _DIGITS)))
    if not len(long):
        return

    def strike(code: str, struck: Flags, found: str) -> None:
        rows = np.zeros(len(column.values), dtype=bool)
        rows[long] = struck
        verdicts.strike(code, rows, column.attribute.label, lambda _: found)

    places = pa.array(long)
    values = column.values.take(places)
    has_fractions = pa.types.is_decimal(values.type) and values.type.scale > 0
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.decimal256(76, 38))
    beyond = mask(pc.or_(pc.greater(values, DOUBLES_EXACT), pc.less(values, -DOUBLES_EXACT)))
    strike("number-large", beyond, "a large number")
    if has_fractions and not beyond.all():
        texts = pc.if_else(pa.array(beyond), pa.scalar(None, pa.string()), column.core.take(places))
        rounded = mask(pc.not_equal(_as_doubles(texts).cast(values.type), values))
        strike("number-digits", rounded, "a number with more digits than a double keeps")


def _as_doubles(texts: pa.Array) -> pa.Array:
    """Give the shortest text of each number's nearest double, as JSON writers do."""
    return texts.cast(pa.float64()).cast(pa.string())


def holds_rounded(text: str) -> bool:
    """Tell whether a JSON text has a fraction that a double would round.

    Places do not count: what they lose is less than a hundred-thousandth of a millimetre.
    """
    # Few texts have one, and digits that stand in quotes are told apart by those that do.
    numbers = (one for one in _NUMBERS.findall(text) if len(one) > _DIGITS or "-" in one)
    if not any(map(_is_rounded, numbers)):
        return False
    return any(map(_is_rounded, _fractions(_DECODER.decode(text))))


class _Written(str):
    """A number of a JSON text with a point or an exponent, as it is written there."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_float=_Written)


def _fractions(value: Any) -> Iterator[_Written]:
    if isinstance(value, _Written):
        yield value
    elif isinstance(value, list) or (isinstance(value, dict) and value.keys() != _PLACE):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _fractions(inner)


def _is_rounded(written: str) -> bool:
    double = float(written)
    if double == 0:
        # An exponent may be beyond what a Decimal takes, too.
        return re.search("[1-9]", re.split("[eE]", written)[0]) is not None
    shown = repr(double)
    if shown == written or abs(double) > DOUBLES_EXACT:
        return False
    return Decimal(written) != Decimal(shown)
