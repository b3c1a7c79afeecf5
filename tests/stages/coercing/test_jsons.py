from __future__ import annotations

import json
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping_file.mapping import Attribute

Make = Callable[..., Attribute]
Outcomes = Callable[..., list[str | None]]


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ('{"a": [1, {"b": null}]}', '{"a": [1, {"b": null}]}'),
        ("12345678901234567890.10", "12345678901234567890.10"),
        ('{\n\t"a":\r\n"x\\ny"}', '{"a":"x\\ny"}'),
        ('"text"', '"text"'),
        ("true", "true"),
        (" null ", "not-json"),
        ("nan", "not-json"),
        ("[Infinity]", "not-json"),
        ('{"a":1,"b":{"c":1,"c":1}}', "not-json"),
        ('{"a":1}{"b":2}', "not-json"),
        ("{a:1}", "not-json"),
        ("[01]", "not-json"),
        ("[1e999]", "not-json"),
        ('"\\ud800"', "not-json"),
        ('"a\nb"', "not-json"),
        ("// no\n1", "not-json"),
        ("\u00a01", "not-json"),
        ("\ufeff1", "not-json"),
        ('{"a":' * 3000 + "1" + "}" * 3000, "not-json"),
        ("[" * 101 + "]" * 101, "not-json"),
        ("[" * 100 + "]" * 100, "[" * 100 + "]" * 100),
        ('["' + "[{" * 99 + r"\"" + '"]', '["' + "[{" * 99 + r"\"" + '"]'),
    ],
)
def test_json_is_sent_as_it_stands_or_refused(
    cell: str, result: str, attribute: Make, outcomes: Outcomes
) -> None:
    assert outcomes([cell], attribute("json")) == [result]


_VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.text(),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


@given(value=_VALUES, indent=st.sampled_from([None, 2, "\t"]))
def test_what_python_writes_reads_back_on_one_line(
    value: object, indent: int | str | None, attribute: Make, outcomes: Outcomes
) -> None:
    (found,) = outcomes([json.dumps(value, indent=indent)], attribute("json"))
    assert found is not None
    assert "\n" not in found
    assert orjson.loads(found) == value
