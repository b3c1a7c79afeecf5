from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.stages.reading.json_rows import Fault, row_of


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ('{"id": 1}', {"id": "1"}),
        (
            '{"id": 1234567890123456789, "n": 1234.50}',
            {"id": "1234567890123456789", "n": "1234.50"},
        ),
        ('{"n": 1E5, "m": -0.0}', {"n": "1E5", "m": "-0.0"}),
        ('{"a": true, "b": false, "c": null}', {"a": "true", "b": "false", "c": None}),
        ('{"a": "caf\\u00e9 \\ud83d\\ude00 \\n"}', {"a": "café 😀 \n"}),
        ('{"a": {"b": [1.50, "x"]}, "c": [ 1 ]}', {"a": '{"b": [1.50, "x"]}', "c": "[ 1 ]"}),
        ('  {"a" : "" }\t\r', {"a": ""}),
        ("{}", {}),
        ('{"": 1}', {"": "1"}),
    ],
)
def test_a_line_is_a_row_of_texts(line: str, row: dict[str, str | None]) -> None:
    assert row_of(line.encode()) == row


@pytest.mark.parametrize(
    ("line", "code", "found"),
    [
        (b'{"id": 1', "json-line", "without a comma"),
        (b'{"id": 1,}', "json-line", "a key in quotes"),
        (b'{"id": 1} x', "json-line", "text after the object"),
        (b'{"id": 1}{"id": 2}', "json-line", "text after the object"),
        (b'{"id" 1}', "json-line", "colon"),
        (b'{"id": 1 "b": 2}', "json-line", "comma"),
        (b"{'id': 1}", "json-line", "a key in quotes"),
        (b'{"id": }', "json-line", "Expecting value"),
        (b'{"id": NaN}', "json-line", "NaN"),
        (b'{"id": 01}', "json-line", "comma"),
        (b'{"id": 1, "id": 2}', "json-line", "twice"),
        (b"[1]", "json-line", "no JSON object"),
        (b"id,name", "json-line", "no JSON object"),
        (b'{"a": "\\ud800"}', "json-line", "surrogate"),
        (b'{"a": "\xff"}', "undecodable", r"\\xff"),
        (b'{"a": ' + b"[" * 100_000, "json-line", "nested too deeply"),
        (b'{"a": "' + b"x" * (1 << 20) + b'"}', "cell-too-long", "bytes"),
    ],
)
def test_a_line_that_is_no_row_is_refused_with_its_reason(
    line: bytes, code: str, found: str
) -> None:
    fault = row_of(line)
    assert isinstance(fault, Fault)
    assert fault.code == code
    assert re.search(found, fault.found)


@given(st.binary())
def test_any_bytes_are_a_row_or_a_fault(line: bytes) -> None:
    assert isinstance(row_of(line), dict | Fault)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), JSON), st.booleans())
def test_what_is_written_as_json_means_the_same_as_text(row: dict[str, Any], ascii_: bool) -> None:
    found = row_of(json.dumps(row, ensure_ascii=ascii_).encode())
    assert isinstance(found, dict)
    assert list(found) == list(row)
    for key, text in found.items():
        if isinstance(row[key], str) or text is None:
            assert text == row[key]
        else:
            assert json.loads(text) == row[key]
