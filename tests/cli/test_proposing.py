from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.journeys import write_csv


@pytest.fixture(autouse=True)
def source(folder: Path) -> Path:
    rows = [("c-1", "Ann", "31/01/1990"), ("c-2", "Bob", "13/12/1991")]
    write_csv(folder / "My Users.csv", ["customer id", "first name", "birthday"], rows)
    return folder / "My Users.csv"


def test_init_writes_a_mapping_that_the_next_command_takes(call: Call, folder: Path) -> None:
    said = call("init", "My Users.csv")
    assert (said.exit, said.err) == (0, "")
    assert said.out.splitlines() == [
        'Source:      My Users.csv: utf-8, `,`, `"`, header on line 1, 3 columns, 2 rows',
        "Looked at:   2 rows, all of them",
        "Mapping:     my-users.yaml (2 attributes, 2 of them MoEngage's own)",
        "Customer id: customer id",
        "Sendable:    2 of these rows",
        "Next: moengage-import preview 'My Users.csv' --mapping my-users.yaml",
    ]
    assert call("preview", "My Users.csv", "--mapping", "my-users.yaml").exit == 0
    assert call("mapping", "check", "my-users.yaml", "My Users.csv").exit == 0
    assert call("check", "My Users.csv", "--mapping", "my-users.yaml").exit == 0


def test_a_mapping_that_is_there_is_never_replaced_unasked(call: Call, folder: Path) -> None:
    mine = folder / "my-users.yaml"
    mine.write_text("mine")
    said = call("init", "My Users.csv")
    assert said.exit == 2
    assert "--out: my-users.yaml, which exists" in said.err
    assert mine.read_text() == "mine"
    assert call("init", "My Users.csv", "--overwrite").exit == 0
    assert mine.read_text().startswith("# yaml-language-server: $schema=mapping.schema.json\n")


def test_the_source_is_never_written_over(call: Call, source: Path) -> None:
    before = source.read_bytes()
    said = call("init", "My Users.csv", "--out", "My Users.csv", "--overwrite")
    assert said.exit == 2
    assert "which is the source" in said.err
    assert source.read_bytes() == before


def test_a_dash_prints_the_mapping_and_writes_nothing(call: Call, folder: Path) -> None:
    said = call("init", "My Users.csv", "--out", "-")
    assert said.exit == 0
    assert "customer_id: customer id\n" in said.out
    assert [path.name for path in folder.iterdir()] == ["My Users.csv"]


def test_init_as_data_has_the_mapping_and_its_evidence(call: Call, folder: Path) -> None:
    said = call("init", "My Users.csv", "--json").json
    assert said["exit"] == 0
    assert said["path"] == "my-users.yaml"
    assert said["mapping"] == (folder / "my-users.yaml").read_text()
    assert (said["rows"], said["all_rows"], said["sendable"]) == (2, True, 2)
    assert said["customer_id"]["column"] == "customer id"
    birthday = said["columns"][1]
    assert (birthday["attribute"], birthday["type"], birthday["sent"]) == ("u_bd", "date", True)
    assert birthday["evidence"] == ["all 2 match DD/MM/YYYY; 2 of them cannot be month first."]
    assert birthday["personal"] == "a birthday"
    assert said["choices"] == []
    assert said["next"] == "moengage-import preview 'My Users.csv' --mapping my-users.yaml"


def test_open_choices_are_shown_with_their_lines_and_stop_a_check(call: Call, folder: Path) -> None:
    write_csv(folder / "t.csv", ["customer id", "birthday"], [("c-1", "03/04/1990")])
    said = call("init", "t.csv")
    line = next(one for one in said.out.splitlines() if "t.yaml:" in one)
    number = int(line.split(":")[1])
    assert line.endswith("u_bd: {column: birthday, format: {decide: [DD/MM/YYYY, MM/DD/YYYY]}}")
    assert said.out.splitlines()[-1] == (
        f"Next: open t.yaml, put your choice in place of {{decide: [...]}} in line {number}, "
        "and then: moengage-import preview t.csv --mapping t.yaml"
    )
    text = (folder / "t.yaml").read_text().splitlines()
    assert "decide" in text[number - 1]
    stopped = call("check", "t.csv", "--mapping", "t.yaml")
    assert stopped.exit == 2
    assert f"t.yaml:{number}:" in stopped.err
    assert "one of `DD/MM/YYYY`, `MM/DD/YYYY`" in stopped.err
    mended = "\n".join(text).replace("{decide: [DD/MM/YYYY, MM/DD/YYYY]}", "DD/MM/YYYY")
    (folder / "t.yaml").write_text(mended)
    assert call("check", "t.csv", "--mapping", "t.yaml").exit == 0


def test_reading_flags_are_taken_and_kept(call: Call, folder: Path) -> None:
    (folder / "t.txt").write_bytes("c-1;Zoë\nc-2;Ann\n".encode("cp1252"))
    flags = ("--encoding", "cp1252", "--delimiter", ";", "--header", "none")
    said = call("init", "t.txt", "--rows", "1", *flags)
    assert said.exit == 0
    assert "Looked at:   1 row, from the beginning" in said.out
    assert (
        'source: {encoding: cp1252, delimiter: ";", header: none}'
        in (folder / "t.yaml").read_text()
    )
    assert call("check", "t.txt", "--mapping", "t.yaml").exit == 0


def test_answers_close_the_choices_before_they_are_asked(call: Call, folder: Path) -> None:
    rows = [("c-1", "2024-01-31 10:00:00", "088884 44411")]
    write_csv(folder / "t.csv", ["customer id", "created at", "phone"], rows)
    assert len(call("init", "t.csv", "--out", "-", "--json").json["choices"]) == 2
    answers = ("--timezone", "Asia/Kolkata", "--region", "IN")
    assert call("init", "t.csv", "--out", "-", "--json", *answers).json["choices"] == []


@pytest.mark.parametrize("source", ["no.csv", "empty.csv"])
def test_a_source_that_is_none_is_one_error(call: Call, folder: Path, source: str) -> None:
    (folder / "empty.csv").write_text("")
    said = call("init", source, "--json")
    assert said.exit == 2
    assert source in said.json["error"]["place"]


def test_the_next_step_names_every_line_that_is_left_to_decide(call: Call, folder: Path) -> None:
    row = ("c-1", "03/04/1990", "03/04/2020 10:15")
    write_csv(folder / "t.csv", ["customer id", "birthday", "last visit"], [row])
    said = call("init", "t.csv", "--json").json
    lines = ", ".join(str(choice["line"]) for choice in said["choices"])
    assert len(said["choices"]) > 1
    assert f"{{decide: [...]}} in lines {lines}, and then: moengage-import" in said["next"]
