"""Proves that the mappings shipped as examples fit their samples and pass their own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping_check.own_tests import run_mapping_tests
from importer.mapping_file import Mapping, bind, load_mapping
from importer.mapping_file.types import CHECK_TWINS
from importer.stages.reading import open_source

ROOT = Path(__file__).resolve().parent.parent

SAMPLES = {
    "crm_users.yaml": "crm_users.csv",
    "latest_rows.yaml": "crm_users.csv",
    "minimal.yaml": "crm_users.csv",
    "warehouse_users.yaml": "warehouse_users.parquet",
}


def columns_of(name: str) -> tuple[str, ...]:
    mapping = load_mapping(ROOT / "mappings" / name)
    return open_source([ROOT / "sample_data" / SAMPLES[name]], mapping.source).columns


def bound(name: str) -> Mapping:
    return bind(load_mapping(ROOT / "mappings" / name), columns_of(name), SAMPLES[name])


def test_every_shipped_mapping_is_looked_at_here() -> None:
    assert {path.name for path in (ROOT / "mappings").glob("*.yaml")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shipped_mapping_loads_and_fits_its_sample(name: str) -> None:
    mapping = bound(name)
    assert mapping.attributes
    # Of these the seed's facts and later pages disagree, and the seed's are taken.
    assert all(warning.endswith("[name-disputed]") for warning in mapping.warnings)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shipped_mapping_passes_its_own_tests(name: str) -> None:
    results = run_mapping_tests(ROOT / "mappings" / name)
    assert bool(results) is (name != "minimal.yaml")
    assert [result for result in results if not result.passed] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_the_tests_of_a_shipped_mapping_speak_of_its_samples_columns(name: str) -> None:
    given = {column for test in bound(name).tests for column in test.given}
    assert given <= set(columns_of(name))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shipped_mapping_calls_its_checks_by_their_plain_names(name: str) -> None:
    checks = {check.name for attribute in bound(name).attributes for check in attribute.check}
    assert checks.isdisjoint(CHECK_TWINS.values())
