from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import MAPPING, Call

TESTS = "tests:\n  - given: {id: u1, seq: '7'}\n    expect: {attributes: {seq: 7}}\n"
FAILING = TESTS.replace("seq: 7}", "seq: 8}")


@pytest.fixture(autouse=True)
def mapping(users: str, folder: Path) -> Path:
    return folder / "m.yaml"


def test_a_right_mapping_is_called_right_with_what_it_uses(call: Call, mapping: Path) -> None:
    said = call("mapping", "check", "m.yaml", "u.csv")
    assert (said.exit, said.err) == (0, "")
    assert said.out.splitlines() == [
        "m.yaml is right: 2 attributes from 3 columns, 0 tests.",
        "Next: moengage-import preview u.csv --mapping m.yaml",
    ]
    mapping.write_text(MAPPING.replace("name: name", "Name: name") + TESTS)
    said = call("mapping", "check", "m.yaml")
    assert said.exit == 0
    assert said.err.startswith("warning: m.yaml:3:49: the attribute name `Name`")
    assert said.out.endswith("Next: moengage-import mapping test m.yaml\n")


def test_a_check_as_data_has_columns_and_warnings(call: Call, mapping: Path) -> None:
    mapping.write_text(MAPPING.replace("name: name", "Name: id"))
    said = call("mapping", "check", "m.yaml", "u.csv", "--json").json
    assert said["exit"] == 0
    assert (said["columns"], said["unused"], said["attributes"]) == (["id", "seq"], ["name"], 2)
    assert len(said["warnings"]) == 1


def test_a_wrong_mapping_ends_with_exit_2_and_all_its_mistakes(call: Call, mapping: Path) -> None:
    mapping.write_text(MAPPING.replace("column: seq", "column: Seq, typ: x") + "nmae: x\n")
    said = call("mapping", "check", "m.yaml", "u.csv")
    assert (said.exit, said.out) == (2, "")
    assert said.err.count("error: m.yaml:") == 3
    assert 'did you mean "seq"?' in said.err
    said = call("mapping", "check", "m.yaml", "u.csv", "--json")
    assert said.json["exit"] == 2
    assert [one["place"] for one in said.json["errors"]] == [
        "m.yaml:3:28",
        "m.yaml:3:33",
        "m.yaml:4:1",
    ]


def test_reading_flags_say_how_the_source_is_written(call: Call, folder: Path) -> None:
    (folder / "u.txt").write_text("id#seq#name\nu1#1#Ann\n")
    assert call("mapping", "check", "m.yaml", "u.txt", "--delimiter", "#").exit == 0
    assert call("mapping", "check", "m.yaml", "u.txt", "--delimiter", ";").exit == 2


@pytest.mark.parametrize(
    ("tests", "code", "lines"),
    [
        ("", 0, ["m.yaml has no tests. docs/mapping.md shows how to write some under `tests:`."]),
        (TESTS, 0, ["m.yaml:5:5 test 1: passed", "1 test: 1 passed, 0 failed."]),
        (
            FAILING,
            1,
            [
                "m.yaml:5:5 test 1: FAILED",
                "  m.yaml:6:27 attributes.seq",
                "    expected  8",
                "    got       7",
                "1 test: 0 passed, 1 failed.",
            ],
        ),
    ],
)
def test_tests_are_run_and_differences_shown(
    call: Call, mapping: Path, tests: str, code: int, lines: list[str]
) -> None:
    mapping.write_text(MAPPING + tests)
    said = call("mapping", "test", "m.yaml")
    assert said.exit == code
    assert said.out.splitlines()[:-1] == lines
    assert said.out.splitlines()[-1].startswith("Next: moengage-import mapping ")
    data = call("mapping", "test", "m.yaml", "--json").json
    assert (data["exit"], data["failed"]) == (code, code)


def test_the_tests_of_a_broken_mapping_are_not_run(call: Call, mapping: Path) -> None:
    mapping.write_text(MAPPING + TESTS + "nmae: x\n")
    assert call("mapping", "test", "m.yaml").exit == 2


def test_a_difference_as_data_has_place_key_and_both_values(call: Call, mapping: Path) -> None:
    mapping.write_text(MAPPING + FAILING)
    (one,) = call("mapping", "test", "m.yaml", "--json").json["tests"]
    assert one["differences"] == [
        {"place": "m.yaml:6:27", "key": "attributes.seq", "expected": "8", "got": "7"}
    ]


def test_the_schema_is_printed_alone_or_written_to_a_file(call: Call, folder: Path) -> None:
    said = call("mapping", "schema")
    jsonschema.Draft7Validator.check_schema(json.loads(said.out))
    assert "yaml-language-server: $schema=mapping.schema.json" in said.err
    assert call("mapping", "schema", "--json").json["schema"] == json.loads(said.out)
    for _ in range(2):
        assert call("mapping", "schema", "--out", "x/s.json").exit == 0
    assert (folder / "x/s.json").read_text() == said.out
    assert call("mapping", "schema", "--out", ".").exit == 2


def test_the_group_alone_shows_its_commands(call: Call) -> None:
    said = call("mapping", "--help")
    assert said.exit == 0
    assert all(verb in said.out for verb in ("check", "test", "schema"))
    assert call("mapping", "chekc").exit == 2


MANIFEST = """{"mapping": [
  {"column": "id", "moe_attr": "uid", "type": "string"},
  {"column": "seq", "moe_attr": "seen", "type": "datetime", "datetime_format": "DD/MM/YYYY hh:mm:ss"},
  {"column": "name", "moe_attr": "u_n", "type": "string"}
]}
"""


def test_moengages_own_file_is_converted(call: Call, folder: Path) -> None:
    (folder / "crm.json").write_text(MANIFEST)
    said = call("mapping", "convert", "crm.json")
    assert said.exit == 0
    assert said.err.startswith('warning: The times of column "seq" have no zone')
    assert said.err.endswith("Next: moengage-import mapping check FILE SOURCE\n")
    assert call("mapping", "convert", "crm.json", "--json").json["mapping"] == said.out
    written = call("mapping", "convert", "crm.json", "--timezone", "UTC", "--out", "c.yaml")
    assert (written.exit, written.err) == (0, "")
    assert written.out.endswith("Next: moengage-import mapping check c.yaml SOURCE\n")
    assert call("mapping", "check", "c.yaml", "u.csv").exit == 0
    again = call("mapping", "convert", "crm.json", "--out", "c.yaml")
    assert again.exit == 2
    assert "exists already" in again.err


def test_moengages_own_file_is_taken_wherever_a_mapping_is(call: Call, folder: Path) -> None:
    text = MANIFEST.replace(
        '"type": "datetime", "datetime_format": "DD/MM/YYYY hh:mm:ss"', '"type": "double"'
    )
    (folder / "crm.json").write_text(text)
    assert call("mapping", "check", "crm.json", "u.csv").exit == 0
    assert call("mapping", "test", "crm.json").exit == 0
    assert call("preview", "u.csv", "-m", "crm.json", "--json").json["rows"][0]["payload"] == {
        "type": "customer",
        "customer_id": "u1",
        "attributes": {"seen": 1, "name": "Asha"},
    }
    report = call("check", "u.csv", "-m", "crm.json", "--json")
    assert (report.exit, report.json["fates"]["invalid"]) == (1, 1)
    (folder / "crm.json").write_text(text.replace("u_n", "u_nn").replace('"id"', '"idd"'))
    said = call("check", "u.csv", "-m", "crm.json")
    assert said.exit == 2
    assert said.err.startswith('error: crm.json:2:14: column "idd"')
