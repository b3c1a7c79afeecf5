"""Proves that the mappings shipped as examples fit their samples and pass their own tests."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from importer.mapping_file import Mapping, MappingTest, bind, load_mapping
from importer.mapping_file.yaml_tree import Scalar, read_yaml
from importer.pipeline import Preparer
from importer.records import SourceOptions
from importer.stages.reading import open_source

ROOT = Path(__file__).resolve().parent.parent

SAMPLES = {
    "crm_users.yaml": "crm_users.csv",
    "minimal.yaml": "crm_users.csv",
    "warehouse_users.yaml": "warehouse_users.parquet",
}


def columns_of(name: str) -> tuple[str, ...]:
    mapping = load_mapping(ROOT / "mappings" / name)
    return open_source([ROOT / "sample_data" / SAMPLES[name]], mapping.source).columns


def bound(name: str) -> Mapping:
    return bind(load_mapping(ROOT / "mappings" / name), columns_of(name), SAMPLES[name])


CASES = [
    pytest.param(name, number, id=f"{name} test {number}")
    for name in SAMPLES
    for number in range(len(load_mapping(ROOT / "mappings" / name).tests))
]


def payload_of(name: str, test: MappingTest, folder: Path) -> Any:
    """Give the payload that the test's cells come to; columns that it does not name are empty."""
    columns = columns_of(name)
    assert set(test.given) <= set(columns), "a column that the sample does not have"
    source = folder / "given.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        # The second column keeps a table of one column from having an empty line for an empty cell.
        writer.writerow([*columns, "(end)"])
        writer.writerow([*(where_let_through(name, column, test) for column in columns), "."])
    (block,) = open_source([source], SourceOptions("utf-8", ",")).blocks()
    prepared = Preparer(bound(name)).prepare(block)
    assert [reason.message for reason in prepared.rejections] == []
    (body,) = prepared.bodies.to_pylist()
    return json.loads(body, parse_float=Decimal, parse_int=Decimal)


def where_let_through(name: str, column: str, test: MappingTest) -> str:
    """Give the test's cell; for a column that only `where:` looks at, one that passes."""
    allowed = bound(name).where.get(column)
    return test.given.get(column, min(allowed) if allowed else "")


def missing_parts(expected: Any, found: Any, place: str = "payload") -> list[str]:
    """Say what of `expected` is not in `found`; its scalars are what YAML takes them for."""
    if isinstance(expected, dict) and isinstance(found, dict):
        gone = [f"{place}.{key} is missing" for key in expected.keys() - found.keys()]
        common = [key for key in expected if key in found]
        inner = [missing_parts(expected[key], found[key], f"{place}.{key}") for key in common]
        return [*gone, *(problem for problems in inner for problem in problems)]
    wanted: object = expected
    if isinstance(expected, Scalar):
        wanted = meant(expected)
    elif isinstance(expected, list):
        wanted = [meant(item) for item in expected]
    same = type(wanted) is type(found) and wanted == found
    return [] if same else [f"{place}: {found!r} instead of {wanted!r}"]


def meant(scalar: Scalar) -> object:
    """Give the value that YAML sees in a scalar; numbers are decimals."""
    if scalar.tag in ("int", "float"):
        return Decimal(scalar)
    return scalar == "true" if scalar.tag == "bool" else str(scalar)


def test_every_shipped_mapping_is_looked_at_here() -> None:
    assert {path.name for path in (ROOT / "mappings").iterdir()} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shipped_mapping_loads_and_fits_its_sample(name: str) -> None:
    mapping = bound(name)
    assert mapping.attributes
    # Of these the seed's facts and later pages disagree, and the seed's are taken.
    assert all(warning.endswith("[name-disputed]") for warning in mapping.warnings)


@pytest.mark.parametrize(("name", "number"), CASES)
def test_a_shipped_mapping_passes_its_own_tests(name: str, number: int, tmp_path: Path) -> None:
    test = load_mapping(ROOT / "mappings" / name).tests[number]
    assert missing_parts(test.expect, payload_of(name, test, tmp_path)) == []


@pytest.mark.parametrize(
    ("written", "found", "same"),
    [
        ("1.5", Decimal("1.50"), True),
        ("1.6", Decimal("1.50"), False),
        ("1", "1", False),
        ("1", True, False),
        ('"1"', "1", True),
        ('"1"', Decimal(1), False),
        ("true", True, True),
        ("true", "true", False),
        ("[x]", ["x"], True),
        ("[x]", ["y"], False),
        ("{a: 1}", {"a": Decimal(1), "b": 2}, True),
        ("{a: {b: x}}", {"a": {}}, False),
        ("{a: 1}", Decimal(1), False),
    ],
)
def test_comparing_finds_every_difference(written: str, found: object, same: bool) -> None:
    expected = read_yaml(f"it: {written}", "m.yaml").root["it"]
    assert (missing_parts({"it": expected}, {"it": found}) == []) is same
