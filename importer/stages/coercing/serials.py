"""Reads dates and times that are numbers: days as Excel counts them, seconds since 1970."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.records import Int64s
from importer.stages.coercing.arrays import flags
from importer.stages.coercing.civil import Civil
from importer.typed import Flags

_DAY_SECONDS = 86_400
_DAY_MILLIS = 86_400_000

# As days since 1970.  Excel counts a 29 February 1900 that never was, as day 60.
_BEFORE_FIRST_1900 = -25_568  # 1899-12-31
_FIRST_1904 = -24_107
_NEVER_WAS = 60
_LAST_DAY = 2_932_896  # 9999-12-31
_FIRST_DAY = -719_162  # 0001-01-01

# Ten digits are beyond the year 9999 in days; sixteen in milliseconds.
_DAYS = r"\A(?P<whole>[0-9]{1,10})(?:\.(?P<part>[0-9]{1,17}))?\z"
_SECONDS = r"\A(?P<sign>-?)(?P<whole>[0-9]{1,12})(?:\.(?P<part>[0-9]{1,6})0*)?\z"
_MICROS = r"\A(?P<sign>-?)(?P<whole>[0-9]{1,18})(?:\.(?P<part>0)0*)?\z"
_MILLIS = r"\A(?P<sign>-?)(?P<whole>[0-9]{1,15})(?:\.(?P<part>[0-9]{1,3})0*)?\z"


def read_serials(texts: pa.Array, word: str) -> Civil:
    """Read numbers by the format's word (date_formats.WORDS)."""
    return _READERS[word](texts)


def _excel(texts: pa.Array, first_1904: bool) -> Civil:
    """Read days and a fraction of the day, to the millisecond: Excel shows no finer times."""
    found = pc.extract_regex(texts, _DAYS)
    matched = flags(pc.is_valid(found))
    whole = _numbers(found.field(0))
    fraction = pc.binary_join_element_wise("0.", found.field(1), "0", "")
    part = np.asarray(pc.fill_null(pc.cast(fraction, pa.float64()), 0).to_numpy())
    millis = np.rint(part * _DAY_MILLIS).astype(np.int64)
    carried = millis // _DAY_MILLIS
    if first_1904:
        days, real = whole + _FIRST_1904, matched
    else:
        days = whole + _BEFORE_FIRST_1900 - (whole > _NEVER_WAS)
        real = matched & (whole >= 1) & (whole != _NEVER_WAS) & (whole + carried != _NEVER_WAS)
    days = days + carried
    micros = (millis - carried * _DAY_MILLIS) * 1000
    return _civil(matched, real & (days <= _LAST_DAY), days, micros, zoned=False)


def _epoch(texts: pa.Array, pattern: str, units: int) -> Civil:
    """Read a count of parts of a second since 1970 in UTC; `units` of them are a second."""
    found = pc.extract_regex(texts, pattern)
    matched = flags(pc.is_valid(found))
    digits = len(str(1_000_000 // units)) - 1
    part = _numbers(pc.utf8_slice_codeunits(pc.utf8_rpad(found.field(2), digits, "0"), 0, digits))
    micros = _numbers(found.field(1)) * (1_000_000 // units) + part
    micros = np.where(flags(pc.equal(found.field(0), "-")), -micros, micros)
    days = micros // (_DAY_SECONDS * 1_000_000)
    valid = matched & (days >= _FIRST_DAY) & (days <= _LAST_DAY)
    return _civil(matched, valid, days, micros - days * _DAY_SECONDS * 1_000_000, zoned=True)


def _civil(matched: Flags, valid: Flags, days: Int64s, micros: Int64s, *, zoned: bool) -> Civil:
    """Give days and microseconds of the day as civil times."""
    return Civil(
        matched,
        valid,
        np.where(valid, days, 0),
        np.where(valid, micros // 1_000_000, 0),
        np.where(valid, micros % 1_000_000, 0),
        valid & zoned,
        np.zeros(len(matched), dtype=np.int64),
    )


def _numbers(texts: pa.Array) -> Int64s:
    filled = pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "0", texts)
    return np.asarray(pc.cast(filled, pa.int64()).to_numpy(), dtype=np.int64)


_READERS: dict[str, Callable[[pa.Array], Civil]] = {
    "excel": lambda texts: _excel(texts, False),
    "excel_1904": lambda texts: _excel(texts, True),
    "epoch_seconds": lambda texts: _epoch(texts, _SECONDS, 1),
    "epoch_milliseconds": lambda texts: _epoch(texts, _MILLIS, 1000),
    "epoch_microseconds": lambda texts: _epoch(texts, _MICROS, 1_000_000),
}
