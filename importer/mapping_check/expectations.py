"""Compares what a mapping's test expects with the payload that its row came to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from importer.mapping_file import MappingTest
from importer.mapping_file.yaml_tree import Path, Scalar


@dataclass(frozen=True)
class Difference:
    """One thing that a test expected and did not get.

    place: of the expectation, `file:line:column`.  key: where in the payload it was looked for.
    """

    place: str
    key: str
    expected: str
    got: str


def missing_parts(test: MappingTest, expected: Any, found: Any) -> list[Difference]:
    """Say which parts of `expected` are not in `found`.

    Groups may hold more than is expected; lists and scalars must be the same.  A scalar is what
    YAML takes it for, and numbers are equal as decimals are.
    """
    return [
        Difference(test.place("expect", *path), _key(path), shown(wanted), shown(got))
        for path, wanted, got in _different(expected, found, ())
    ]


_NOTHING = object()
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


def _different(expected: Any, found: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, wanted in expected.items():
            yield from _different(wanted, found.get(key, _NOTHING), (*path, key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, pair in enumerate(zip(expected, found, strict=True)):
            yield from _different(*pair, (*path, place))
    else:
        wanted = meant(expected)
        if type(wanted) is not type(found) or wanted != found:
            yield path, wanted, found


def meant(written: Any) -> Any:
    """Give what YAML sees in a value; numbers are decimals."""
    if isinstance(written, dict):
        return {key: meant(value) for key, value in written.items()}
    if isinstance(written, list):
        return [meant(value) for value in written]
    if not isinstance(written, Scalar) or written.tag == "null":
        return None
    if written.tag == "bool":
        return written.lower() == "true"
    if written.tag in ("int", "float") and _NUMBER.fullmatch(written):
        return Decimal(written)
    return str(written)


def _key(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "payload"


def shown(value: Any) -> str:
    """Write a value as JSON does; numbers with the digits they came with."""
    if value is _NOTHING:
        return "nothing"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)}: {shown(entry)}" for key, entry in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return json.dumps(value, ensure_ascii=False)
