from __future__ import annotations

import struct
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.stages.reading.text import has_text, to_text

D = Decimal
LATE = datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001 - the type under test has no zone


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        (["a", "", None], pa.string(), ["a", "", None]),
        (["a", None], pa.large_string(), ["a", None]),
        (["a", None], pa.string_view(), ["a", None]),
        (["a", None, "a"], pa.dictionary(pa.int8(), pa.string()), ["a", None, "a"]),
        ([5, None], pa.dictionary(pa.int8(), pa.int64()), ["5", None]),
        ([-(2**63), 2**63 - 1], pa.int64(), ["-9223372036854775808", "9223372036854775807"]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        ([True, False, None], pa.bool_(), ["true", "false", None]),
        ([10.0, 0.1, -2.5], pa.float64(), ["10", "0.1", "-2.5"]),
        ([1e20, 1e-7, 1.5e300], pa.float64(), ["1" + "0" * 20, "0.0000001", "15" + "0" * 299]),
        ([float("nan"), float("inf"), None], pa.float64(), ["nan", "inf", None]),
        ([0.1, 16777216.0], pa.float32(), ["0.1", "16777216"]),
        ([D("1234.50"), D("0.00")], pa.decimal128(9, 2), ["1234.50", "0.00"]),
        ([D("0.00000001")], pa.decimal128(20, 8), ["0.00000001"]),
        ([D("9" * 60)], pa.decimal256(60, 0), ["9" * 60]),
        ([D("1000")], pa.decimal128(5, -2), ["1000"]),
        ([date(2021, 4, 3), None], pa.date32(), ["2021-04-03", None]),
        ([date(2021, 4, 3)], pa.date64(), ["2021-04-03"]),
        ([0, 1500], pa.timestamp("ms"), ["1970-01-01T00:00:00", "1970-01-01T00:00:01.500"]),
        ([1], pa.timestamp("ns"), ["1970-01-01T00:00:00.000000001"]),
        ([LATE], pa.timestamp("us"), ["9999-12-31T23:59:59.999999"]),
        ([0], pa.timestamp("s", "UTC"), ["1970-01-01T00:00:00Z"]),
        ([0], pa.timestamp("us", "Asia/Kolkata"), ["1970-01-01T00:00:00Z"]),
        ([time(7, 5), time(7, 5, 1, 500)], pa.time64("us"), ["07:05:00", "07:05:01.000500"]),
        ([b"Zo\xc3\xab", None], pa.binary(), ["Zoë", None]),
        ([b"ab"], pa.binary(2), ["ab"]),
        ([None, None], pa.null(), [None, None]),
        ([[1, None], [], None], pa.list_(pa.int64()), ["[1, null]", "[]", None]),
        ([['a"b'], ["é"]], pa.large_list(pa.string()), ['["a\\"b"]', '["é"]']),
        ([[1, 2], None], pa.list_(pa.int8(), 2), ["[1, 2]", None]),
        (
            [{"n": D("1.50"), "on": date(2021, 4, 3)}, None],
            pa.struct({"n": pa.decimal128(5, 2), "on": pa.date32()}),
            ['{"n": 1.50, "on": "2021-04-03"}', None],
        ),
        (
            [[("a", 1)], None, [("b", None), ("c", 3)]],
            pa.map_(pa.string(), pa.int32()),
            ['{"a": 1}', None, '{"b": null, "c": 3}'],
        ),
        ([[float("nan"), 1e20]], pa.list_(pa.float64()), ['["nan", 1' + "0" * 20 + "]"]),
        ([[["x"]]], pa.list_(pa.list_(pa.dictionary(pa.int8(), pa.string()))), ['[["x"]]']),
    ],
)
def test_every_type_has_its_text(values: list[Any], kind: pa.DataType, texts: list[Any]) -> None:
    assert has_text(kind)
    column = pa.array(values, kind)
    for shifted in (column, pa.concat_arrays([column, column]).slice(len(column))):
        found, bad = to_text(shifted)
        assert found.to_pylist() == texts
        assert found.type == pa.string()
        assert len(bad) == 0


def test_an_instant_is_the_same_whatever_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    # pandera sets it where it is imported, and then pyarrow takes Python's date-times for UTC.
    monkeypatch.delenv("PYARROW_IGNORE_TIMEZONE", raising=False)
    noon = datetime(2021, 7, 1, 12, tzinfo=UTC)
    for zone in ("UTC", "Asia/Kolkata", "America/New_York", "+05:30"):
        value = noon if ":" in zone else noon.astimezone(ZoneInfo(zone))
        found, _ = to_text(pa.array([value], pa.timestamp("us", zone)))
        assert found.to_pylist() == ["2021-07-01T12:00:00Z"]


def test_bytes_that_are_no_text_are_told() -> None:
    found, bad = to_text(pa.array([b"a", b"\xff", None, b"b"], pa.binary()))
    assert (found.to_pylist(), bad.tolist()) == (["a", None, None, "b"], [1])
    nested = pa.array([[b"a"], [b"\xff"], None], pa.list_(pa.binary()))
    found, bad = to_text(nested)
    assert (found.to_pylist(), bad.tolist()) == (['["a"]', None, None], [1])


def test_a_string_column_with_bytes_that_are_no_text_is_told() -> None:
    # Parquet readers do not check strings.
    broken = pa.array([b"\xff", b"a"], pa.binary()).view(pa.string())
    found, bad = to_text(broken)
    assert (found.to_pylist(), bad.tolist()) == ([None, "a"], [0])


def test_a_uuid_is_written_as_people_write_it() -> None:
    column = pa.array([bytes(range(16)), None], pa.uuid())
    found, _ = to_text(column)
    assert found.to_pylist() == ["00010203-0405-0607-0809-0a0b0c0d0e0f", None]


@pytest.mark.parametrize(
    "kind",
    [pa.duration("s"), pa.month_day_nano_interval(), pa.list_(pa.duration("s"))],
)
def test_a_type_without_text_is_known(kind: pa.DataType) -> None:
    assert not has_text(kind)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_a_float_reads_back_equal_and_has_no_exponent(values: list[float]) -> None:
    texts = to_text(pa.array(values, pa.float64()))[0].to_pylist()
    assert [float(text) for text in texts] == values
    assert not any("e" in text.lower() for text in texts)


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_a_short_float_reads_back_equal(values: list[float]) -> None:
    texts = to_text(pa.array(values, pa.float32()))[0].to_pylist()
    assert [struct.unpack("f", struct.pack("f", float(text)))[0] for text in texts] == values
