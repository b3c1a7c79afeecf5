"""Proves that the sample tables are what their script writes and what their README says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from importer.rules import RULES

SAMPLE = Path(__file__).parents[1] / "sample_data"
HEADER_LINE = 1


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    subprocess.run([sys.executable, SAMPLE / "make_sample.py", folder], check=True, timeout=60)
    return folder


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    facts = json.loads((SAMPLE / "expected.json").read_text(encoding="utf-8"))
    return dict(facts["crm_users.csv"])


def bad_rows(expected: dict[str, Any]) -> list[int]:
    return [row for kind in expected["invalid"].values() for row in kind["rows"]]


def records() -> list[bytes]:
    """Cut the sample at CRLF, which stands at the end of rows only (cells break lines by LF)."""
    return (SAMPLE / "crm_users.csv").read_bytes().split(b"\r\n")[HEADER_LINE:-1]


@pytest.mark.parametrize("name", ["crm_users.csv", "expected.json"])
def test_the_script_writes_the_committed_file_byte_for_byte(remade: Path, name: str) -> None:
    assert (remade / name).read_bytes() == (SAMPLE / name).read_bytes()


def test_the_script_writes_the_committed_parquet_table(remade: Path) -> None:
    # Bytes would differ between versions of pyarrow, which writes its own into the file.
    name = "warehouse_users.parquet"
    assert pq.read_table(remade / name).equals(pq.read_table(SAMPLE / name))


def test_the_expected_numbers_of_rows_are_those_of_the_files(expected: dict[str, Any]) -> None:
    facts = json.loads((SAMPLE / "expected.json").read_text(encoding="utf-8"))
    assert len(records()) == expected["rows"] == 3000
    metadata = pq.read_metadata(SAMPLE / "warehouse_users.parquet")
    assert metadata.num_rows == facts["warehouse_users.parquet"]["rows"] == 200


def test_between_two_and_five_percent_of_the_rows_are_bad(expected: dict[str, Any]) -> None:
    assert 0.02 <= len(bad_rows(expected)) / expected["rows"] < 0.05


def test_no_row_is_odd_in_two_ways(expected: dict[str, Any]) -> None:
    odd = [*bad_rows(expected), *expected["filtered"], *expected["left_out"]["not-date"]]
    odd += expected["looks_null"] + [row for pair in expected["repeated"] for row in pair]
    assert len(odd) == len(set(odd))
    assert all(1 <= row <= expected["rows"] for row in odd)


def test_every_bad_row_has_a_rule_of_ours(expected: dict[str, Any]) -> None:
    assert {kind["code"] for kind in expected["invalid"].values()} <= set(RULES)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("impossible date", b"31/02/2021"),
        ("letters in points", b"12OO"),
        ("unquoted delimiter", b";Flat 3; 12 Beach Road;"),
        ("quote never closed", b';"Asha;'),
        ("text after a closing quote", b';"Asha" ji;'),
        ("undecodable byte", b"Pondich\x81ry"),
        ("banned id", b"unknown;"),
    ],
)
def test_the_numbered_rows_hold_what_their_kind_says(
    expected: dict[str, Any], kind: str, written: bytes
) -> None:
    holding = [number for number, line in enumerate(records(), start=1) if written in line]
    assert holding == expected["invalid"][kind]["rows"]


def test_filtered_rows_are_the_test_records(expected: dict[str, Any]) -> None:
    tests = [number for number, line in enumerate(records(), start=1) if b";Test;" in line]
    assert tests == expected["filtered"]


def test_a_repeated_user_has_one_id_in_both_rows(expected: dict[str, Any]) -> None:
    lines = records()
    ids = [[lines[row - 1].split(b";")[0] for row in pair] for pair in expected["repeated"]]
    assert all(earlier == later for earlier, later in ids)


def test_the_readme_counts_every_kind_of_bad_row(expected: dict[str, Any]) -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\|.*\| (\d+) \| `([a-z-]+)` \|", readme, re.MULTILINE)
    kinds = expected["invalid"].values()
    assert sorted((int(rows), code) for rows, code in told) == sorted(
        (len(kind["rows"]), kind["code"]) for kind in kinds
    )
