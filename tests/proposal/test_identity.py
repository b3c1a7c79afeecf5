from __future__ import annotations

import csv
from pathlib import Path

import pytest

from importer.check import check_source
from importer.mapping_file import parse_mapping
from importer.proposal import Proposal, propose_mapping
from importer.records import Fate


def found_in(folder: Path, rows: list[list[str]]) -> tuple[Path, Proposal]:
    path = folder / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path, propose_mapping(path)


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ([["id", "user_id"], ["11", "U-1"], ["12", "U-1"], ["13", "U-2"]], "user_id"),
        ([["id", "account_id"], ["11", "55"], ["12", "55"]], "id"),
        (
            [["email", "Kundennummer"], ["a@example.com", "A1"], ["b@example.com", "A2"]],
            "Kundennummer",
        ),
        ([["name", "email"], ["Ann", "a@example.com"], ["Bob", "b@example.com"]], "email"),
        ([["name", "ORACLE_ID__C"], ["Ann", "o-1"], ["Bob", "o-2"]], "ORACLE_ID__C"),
        ([["name", "Mobile"], ["Ann", "+918888444411"], ["Bob", "+918888444412"]], "Mobile"),
        ([["name", "age"], ["Ann", "31"], ["Bob", "32"]], ""),
    ],
)
def test_the_id_is_found_by_name_and_by_cells(
    tmp_path: Path, rows: list[list[str]], column: str
) -> None:
    assert found_in(tmp_path, rows)[1].identity.column == column


def test_without_an_id_a_person_must_choose(tmp_path: Path) -> None:
    _, found = found_in(tmp_path, [["name", "age"], ["Ann", "31"], ["Bob", "32"]])
    assert "customer_id: {decide: [name, age, ...]}" in found.text
    assert len(found.choices) == 1


def test_ids_that_moengage_bans_get_a_prefix_and_no_others(tmp_path: Path) -> None:
    rows = [["id", "city"], *([str(number), "Pune"] for number in range(1, 13))]
    path, found = found_in(tmp_path, rows)
    assert "customer_id: {column: id, values: {1: id-1, 2: id-2, " in found.text
    out = tmp_path / "out.jsonl"
    report = check_source(path, parse_mapping(found.text), payloads=out)
    assert report.fates[Fate.PENDING] == 12
    text = out.read_text()
    assert '"customer_id":"id-7"' in text
    assert '"customer_id":"12"' in text


def test_ids_of_a_float_column_lose_their_zeros(tmp_path: Path) -> None:
    rows = [["CustomerID", "x"], ["17850.0", "a"], ["17851.0", "b"], ["17851.0", "b"], ["", "c"]]
    path, found = found_in(tmp_path, rows)
    assert "customer_id: {column: CustomerID, whole: true}" in found.text
    assert "1 user stands in several rows, 2 in all" in found.text
    assert "1 row has none: refused." in found.text
    assert (found.identity.duplicates, found.identity.rows_with_duplicates) == (1, 2)
    report = check_source(path, parse_mapping(found.text))
    assert report.fates[Fate.PENDING] == found.sendable == 3


def test_ids_with_blanks_around_them_are_stripped(tmp_path: Path) -> None:
    _, found = found_in(tmp_path, [["user id", "x"], [" u-1 ", "a"], ["u-2", "b"]])
    assert "customer_id: {column: user id, transform: [strip]}" in found.text


def test_an_address_as_id_is_an_attribute_too(tmp_path: Path) -> None:
    _, found = found_in(tmp_path, [["E-Mail", "x"], ["A@example.com", "a"], ["b@example.com", "b"]])
    assert "customer_id: {column: E-Mail, transform: [strip, lower]}" in found.text
    assert "  email: E-Mail" in found.text


def test_other_likely_ids_are_named(tmp_path: Path) -> None:
    rows = [
        ["customer id", "email", "x"],
        ["C1", "a@example.com", "1"],
        ["C2", "b@example.com", "2"],
    ]
    assert found_in(tmp_path, rows)[1].identity.alternatives == ("email",)
