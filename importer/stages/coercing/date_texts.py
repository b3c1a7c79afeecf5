"""Writes days and instants as texts, digit by digit for a whole column."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importer.records import Int64s

_DATE = b"0000-00-00"
_INSTANT = b"0000-00-00T00:00:00Z"
_DAY_SECONDS = 86_400


def date_texts(days: Int64s) -> pa.Array:
    """Give `YYYY-MM-DD` for days since 1970-01-01 (years 1 to 9999)."""
    texts = _template(_DATE, len(days))
    _write_date(texts, days)
    return _strings(texts)


def instant_texts(seconds: Int64s) -> pa.Array:
    """Give `YYYY-MM-DDTHH:MM:SSZ` for seconds since 1970-01-01 UTC (years 1 to 9999)."""
    texts = _template(_INSTANT, len(seconds))
    days = seconds // _DAY_SECONDS
    of_day = seconds - days * _DAY_SECONDS
    _write_date(texts, days)
    _write(texts, 11, of_day // 3600, 2)
    _write(texts, 14, of_day // 60 % 60, 2)
    _write(texts, 17, of_day % 60, 2)
    return _strings(texts)


def _template(text: bytes, rows: int) -> npt.NDArray[np.uint8]:
    return np.tile(np.frombuffer(text, dtype=np.uint8), (rows, 1))


def _write_date(texts: npt.NDArray[np.uint8], days: Int64s) -> None:
    """Count years, months and days back from days (Howard Hinnant, "civil_from_days")."""
    shifted = days + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * of_year + 2) // 153
    day = of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + np.where(month_from_march < 10, 3, -9)
    _write(texts, 0, year_of_era + era * 400 + (month <= 2), 4)
    _write(texts, 5, month, 2)
    _write(texts, 8, day, 2)


def _write(texts: npt.NDArray[np.uint8], place: int, numbers: Int64s, width: int) -> None:
    for digit in range(place + width - 1, place - 1, -1):
        texts[:, digit] += (numbers % 10).astype(np.uint8)
        numbers = numbers // 10


def _strings(texts: npt.NDArray[np.uint8]) -> pa.Array:
    rows, width = texts.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(texts))]
    return pa.Array.from_buffers(pa.string(), rows, buffers)
