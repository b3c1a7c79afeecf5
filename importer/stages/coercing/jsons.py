"""Checks JSON texts strictly and sends them as they stand."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where

# Far beyond what MoEngage takes, and far below what Python's stack does.
_DEEPEST = 100

# A text is one match, so that what stands in it counts for nothing.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')

# White space of JSON which, raw, can only stand between tokens; bodies stay on one line.
_LINES = str.maketrans("", "", "\t\n\r")


class Digits(str):
    """A number of a JSON text, unconverted, so that no digit is lost in telling what it is."""

    __slots__ = ()


def strictly_parsed(text: str) -> Any:
    """Parse JSON with numbers as Digits; ValueError for anything that readers may disagree on."""
    orjson.loads(text)
    if text.count("[") + text.count("{") > _DEEPEST and _depth(text) > _DEEPEST:
        raise ValueError("nested too deeply")
    return json.loads(
        text,
        parse_int=Digits,
        parse_float=Digits,
        parse_constant=_refuse,
        object_pairs_hook=_without_doubles,
    )


def _depth(text: str) -> int:
    """Count how deeply the lists and objects of a valid JSON text are nested."""
    depth = deepest = 0
    for mark in _BRACKETS.findall(text):
        depth += (mark in "[{") - (mark in "]}")
        deepest = max(deepest, depth)
    return deepest


def one_line(text: str) -> str:
    """Take away the line ends and tabs between the tokens of a valid JSON text."""
    return text.translate(_LINES).strip(" ")


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key stands twice")
    return result


def _checked(text: str) -> str | None:
    try:
        return None if strictly_parsed(text) is None else one_line(text)
    except ValueError:
        return None


def _coerce(texts: pa.Array, _: Attribute) -> Coerced:
    values = pa.array([_checked(text) for text in texts.to_pylist()], pa.string())
    expected = 'JSON such as {"city": "Pune"}, each key once, and not null'
    return Coerced(values, values, bad_where(flags(pc.is_null(values)), "not-json", expected))


JSON = ValueType(
    name="json",
    rule="A JSON text, sent as it stands but for line ends and tabs between its tokens; keys that "
    "stand twice, NaN, numbers beyond a double's range, more than 100 levels and a mere null are "
    "refused.",
    options=("object",),
    hint="`object:` makes it of columns. MoEngage takes objects only where its support has enabled them.",
    examples=(
        Example('{"city": "Pune", "pin": 411001}', '{"city": "Pune", "pin": 411001}'),
        Example(" [1, 2.50] ", "[1, 2.50]"),
        Example("{'city': 'Pune'}", "not-json"),
        Example('{"a": 1, "a": 2}', "not-json"),
        Example("NaN", "not-json"),
        Example("null", "not-json"),
    ),
    coerce=_coerce,
    distinct=True,
)
