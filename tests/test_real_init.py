"""Proposes mappings for tables that nobody here wrote, and tries them on every row.

docs/init.md holds what is found; `python tests/test_real_init.py` prints its table, given the folder.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from importer.check import check_source
from importer.config import RunConfig
from importer.errors import MappingError
from importer.mapping_file import parse_mapping, parse_provisionally
from importer.proposal import Proposal, propose_mapping
from importer.records import Fate, SourceOptions
from importer.sandbox import SandboxConfig, SandboxThread
from tests.journeys import profiles, run

ROOT = Path(__file__).resolve().parent.parent
GROUPAROO = "grouparoo/plugins/@grouparoo"


@dataclass(frozen=True)
class Case:
    """A table with ids or addresses of people.

    said: how it is written, where its content does not tell (it has no header).
    refused: rows that no person would call valid, by the rule that says so.
    choices: what the table does not tell.
    """

    path: str
    id: str
    said: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    choices: tuple[str, ...] = ()


ZONE = ("timezone",)
REGION = ("region",)
CASES = (
    Case("kylo-userdata/csv/userdata1.csv", "id", refused={"not-email": 3}),
    Case("kylo-userdata/csv/userdata2.csv", "id"),
    Case("kylo-userdata/csv/userdata3.csv", "id"),
    Case("kylo-userdata/parquet/userdata1.parquet", "id", {}, {"not-date": 1}, ZONE),
    Case("kylo-userdata/parquet/userdata2.parquet", "id", {}, {"id-blank": 1}, ZONE),
    Case("kylo-userdata/parquet/userdata3.parquet", "id", choices=ZONE),
    Case(f"{GROUPAROO}/mailchimp/__tests__/data/profiles.csv", "UserID"),
    Case(f"{GROUPAROO}/postgres/__tests__/data/records.csv", "id", choices=ZONE),
    Case(f"{GROUPAROO}/sqlite/__tests__/data/records.csv", "id", choices=ZONE),
    Case(f"{GROUPAROO}/bigquery/__tests__/data/records.csv", "id", choices=ZONE),
    Case(
        f"{GROUPAROO}/snowflake/__tests__/data/profiles.csv",
        "column_5",
        {"header": 0},
        choices=ZONE,
    ),
    Case(f"{GROUPAROO}/demo/data/rows/users.csv", "id"),
    Case(f"{GROUPAROO}/demo/data/rows/admins.csv", "id"),
    Case("csv2http/simple1K.csv", "id"),
    Case("meltano-sdk/customers.csv", "id"),
    Case("meltano-sdk/employees.csv", "id"),
    Case("ghost-members/valid-members-import.csv", "email"),
    Case(
        "adventureworks/oltp/EmailAddress.csv",
        "column_3",
        {"header": 0, "delimiter": "+|", "line_end": "&|"},
        choices=ZONE,
    ),
    Case("adventureworks/dw/ProspectiveBuyer.csv", "column_1", {"header": 0}),
    Case("salesforce-dataloader/insertAccountCsv.csv", "ORACLE_ID__C", choices=REGION),
    Case("salesforce-dataloader/upsertAccountCsvTemplate.csv", "ORACLE_ID__C", choices=REGION),
    Case("salesforce-dataloader/updateAccountCsvTemplate.csv", "ID", choices=REGION),
    Case("salesforce-dataloader/insertTaskWithContactAsWhoCsv.csv", "Who:Contact-email"),
    Case("telco-churn/Telco-Customer-Churn.csv", "customerID"),
    Case("online-retail/2010-12-01.csv", "CustomerID", {}, {"id-blank": 1140}, ZONE),
    Case("dlt-samples/csv/mlb_players.csv", "", choices=("customer_id",)),
    Case("municipios-brasileiros/municipios.csv", "codigo_ibge"),
)


KNOWN: dict[str, Proposal] = {}


def proposed(data: Path, case: Case) -> Proposal:
    """Propose once for all tests."""
    if case.path not in KNOWN:
        KNOWN[case.path] = propose_mapping(data / case.path, SourceOptions(**case.said))
    return KNOWN[case.path]


def open_parts(found: Proposal) -> tuple[str, ...]:
    """Give the keys that a person must decide, as a check of the mapping names them."""
    try:
        parse_mapping(found.text, "m.yaml")
    except MappingError as error:
        names = [re.fullmatch(r"`(.+)` is not decided yet", one.found) for one in error.problems]
        assert all(names), str(error)
        return tuple(name[1].rpartition(".")[2] for name in names if name)
    return ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_every_row_that_a_person_would_call_valid_is_valid(shared_data: Path, case: Case) -> None:
    found = proposed(shared_data, case)
    assert found.identity.column == case.id
    assert open_parts(found) == case.choices
    assert len(found.choices) == len(case.choices)
    report = check_source(
        shared_data / case.path,
        parse_provisionally(found.text, "m.yaml"),
        RunConfig(source=SourceOptions(**case.said)),
    )
    refused = Counter(dict(case.refused))
    assert report.fates[Fate.INVALID] == refused.total()
    assert {reason.code: reason.count for reason in report.reasons} == case.refused
    assert report.rows == found.rows
    assert found.sendable == found.rows - refused.total()


def row_of(case: Case, found: Proposal) -> str:
    """Write a row of the table in docs/init.md."""
    lines = [line for line in found.lines if not line.left_out]
    standard = ", ".join(f"`{one.target}`" for one in lines if one.is_standard or one.is_platform)
    left = ", ".join(f"`{line.columns[0]}`" for line in found.lines if line.left_out)
    own = sum(not (line.is_standard or line.is_platform) for line in lines)
    parts = case.path.split("/")
    name = parts[0] if len(parts) == 2 else f"{parts[0]} {parts[-1]}"
    if parts[0] == "grouparoo":
        name = f"grouparoo {parts[3]} {parts[-1]}"
    else:
        name = f"{parts[0]} {parts[-1]}"
    asked = ", ".join(f"`{part}`" for part in open_parts(found))
    sent = f"{found.sendable:,} of {found.rows:,}"
    identity = f"`{found.identity.column}`" if found.identity.column else "to decide"
    return f"| {name} | {identity} | {standard} | {own} | {left} | {asked} | {sent} |"


def test_the_documents_say_what_is_found(shared_data: Path) -> None:
    text = (ROOT / "docs/init.md").read_text(encoding="utf-8")
    for case in CASES:
        row = row_of(case, proposed(shared_data, case))
        assert row in text, f"{row}\n(print the table by `python tests/test_real_init.py DATA`)"


def test_the_document_shows_the_mapping_of_the_kylo_users(shared_data: Path) -> None:
    found = proposed(shared_data, CASES[0])
    assert found.text in (ROOT / "docs/init.md").read_text(encoding="utf-8")


def test_the_document_shows_the_mapping_of_a_salesforce_export() -> None:
    found = propose_mapping(ROOT / "sample_data/salesforce_contacts.csv")
    assert found.text in (ROOT / "docs/init.md").read_text(encoding="utf-8")
    assert found.sendable == found.rows == 6


def test_what_is_proposed_imports_the_sample(tmp_path: Path) -> None:
    source = ROOT / "sample_data/salesforce_contacts.csv"
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None)) as sandbox:
        report = run(sandbox, source, propose_mapping(source).text, tmp_path)
        users = profiles(sandbox)
    assert report.fates[Fate.DELIVERED] == report.rows == 6
    ravi = users["003Ax000001aBcEIAU"]
    assert ravi["mobile"] == "915076543210"
    assert ravi["u_bd"] == "1975-12-01"
    assert (ravi["moe_unsubscribe"], ravi["mailing_zip_postal_code"]) == (True, "411001")
    assert (float(ravi["annual_revenue"]), ravi["interests"]) == (77.5, ["chess"])


def settings_of(found: Proposal) -> dict[str, tuple[str, str]]:
    """Give each column's attribute and type."""
    return {line.columns[0]: (line.target, line.type) for line in found.lines if not line.left_out}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_neither_encoding_nor_delimiter_nor_order_changes_what_is_found(
    shared_data: Path, tmp_path: Path, encoding: str
) -> None:
    original = shared_data / "kylo-userdata/csv/userdata2.csv"
    with original.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    rows.sort(key=lambda row: row[4])
    order = [*range(5, len(header)), *range(5)]
    other = tmp_path / "shuffled.csv"
    with other.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerows([row[at] for at in order] for row in [header, *rows])
    before, after = proposed(shared_data, CASES[1]), propose_mapping(other)
    assert settings_of(after) == settings_of(before)
    assert after.identity.column == before.identity.column
    assert after.sendable == before.sendable == 1000


def test_renamed_columns_are_known_by_their_other_names(shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "kylo-userdata/csv/userdata3.csv").read_text(encoding="utf-8")
    header, _, rest = text.partition("\n")
    renamed = {
        "registration_dttm": "Registriert am",
        "id": "Kundennummer",
        "first_name": "Vorname",
        "last_name": "Nachname",
        "email": "E-Mail",
        "gender": "Geschlecht",
        "birthdate": "Geburtsdatum",
        "cc": "Kreditkartennummer",
    }
    names = [renamed.get(name, name) for name in header.strip().split(",")]
    path = tmp_path / "deutsch.csv"
    path.write_text(",".join(names) + "\n" + rest, encoding="utf-8")
    before = proposed(shared_data, CASES[2])
    after = propose_mapping(path)
    expected = {renamed.get(name, name): kind for name, kind in settings_of(before).items()}
    assert settings_of(after) == expected
    assert after.identity.column == "Kundennummer"


if __name__ == "__main__":
    import sys

    for entry in CASES:
        sys.stdout.write(row_of(entry, proposed(Path(sys.argv[1]), entry)) + "\n")
