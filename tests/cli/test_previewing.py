from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.journeys import write_csv


def test_a_row_is_shown_before_and_after_with_its_payload(call: Call, users: str) -> None:
    said = call("preview", users, "-m", "m.yaml", "--rows", "2")
    assert said.exit == 0
    lines = said.out.splitlines()
    assert lines[0] == "u.csv row 1 (line 2)"
    assert "  seq          seq='1'  ->  1 (integer)" in lines
    assert any(line.startswith('  payload: {"type":"customer"') for line in lines)
    assert "u.csv row 2 (line 3)" in lines
    assert any("seq='secret-cell'  ->  bad: found " in line for line in lines)
    assert any(line.startswith("  invalid: found ") for line in lines)
    assert lines[-1] == "Next: moengage-import check u.csv --mapping m.yaml"


@pytest.mark.parametrize(("rows", "shown"), [("1", 1), ("3", 3), ("99", 3)])
def test_so_many_rows_are_shown(call: Call, users: str, rows: str, shown: int) -> None:
    said = call("preview", users, "-m", "m.yaml", "--rows", rows, "--json")
    assert [row["row"] for row in said.json["rows"]] == list(range(1, shown + 1))


def test_a_preview_as_data_has_each_step(call: Call, users: str) -> None:
    good, bad, _ = call("preview", users, "-m", "m.yaml", "--json").json["rows"]
    assert (good["file"], good["row"], good["line"], good["filtered"]) == ("u.csv", 1, 2, False)
    assert good["values"][1] == {
        "attribute": "seq",
        "type": "integer",
        "cells": {"seq": "1"},
        "json": "1",
        "problem": None,
        "steps": [{"step": "integer", "of": None, "text": "1"}],
        "checks": [],
    }
    assert good["payload"]["customer_id"] == "u1"
    assert good["payload"]["attributes"] == {"seq": 1, "name": "Asha"}
    assert good["problems"] == []
    assert bad["payload"] is None
    assert bad["values"][1]["json"] is None
    assert "[not-integer]" in bad["values"][1]["problem"]
    assert bad["problems"] == [bad["values"][1]["problem"]]


def test_no_rows_are_no_preview(call: Call, users: str) -> None:
    assert call("preview", users, "-m", "m.yaml", "--rows", "0").exit == 2


def test_what_is_blank_constant_or_left_out_is_called_so(call: Call, folder: Path) -> None:
    rows = [("u1", "", "", "user"), ("u2", "1", "never", "test"), ("u3", "1", "never", "user")]
    write_csv(folder / "u.csv", ["id", "seq", "born", "kind"], rows)
    (folder / "m.yaml").write_text(
        "mapping: 1\ncustomer_id: id\nattributes:\n"
        "  seq: seq\n  born: {column: born, type: date, bad_value: leave_out}\n"
        "  from: {constant: crm}\nwhere: {kind: [user]}\n"
    )
    first, second, third = call("preview", "u.csv", "-m", "m.yaml").out.split("\n\n")[:3]
    assert "seq          seq=''  ->  (blank)" in first
    assert '(constant)  ->  "crm" (string)' in first
    assert "filtered: the mapping's `where:` leaves this row out" in second
    assert "payload" not in second
    assert "born='never'  ->  bad: found " in third
    assert '"attributes":{"seq":"1","from":"crm"}' in third


def test_rows_of_choice_are_shown_with_their_steps_and_warnings(call: Call, folder: Path) -> None:
    rows = [(f"u{n}", " A@X.com ", "NULL") for n in range(1, 20)]
    write_csv(folder / "u.csv", ["id", "mail", "city"], rows)
    (folder / "m.yaml").write_text(
        "mapping: 1\ncustomer_id: id\nattributes:\n"
        "  email: {column: mail, transform: [strip, lower]}\n  city: city\n"
        "  first: {first_filled: [city, id], transform: upper, check: {length: 4}}\n"
    )
    said = call("preview", "u.csv", "-m", "m.yaml", "--row", "18", "--row", "2").out
    assert [line for line in said.splitlines() if " row " in line] == [
        "u.csv row 2 (line 3)",
        "u.csv row 18 (line 19)",
    ]
    assert (
        "mail=' A@X.com '  ->  strip 'A@X.com'  ->  lower 'a@x.com'  ->  \"a@x.com\" (email)"
        in said
    )
    assert (
        'city: upper \'NULL\'  ->  city: string "NULL"  ->  "NULL" (string, passes length)' in said
    )
    assert '  warning: column "city": a text that looks like an empty cell' in said
    (row,) = call("preview", "u.csv", "-m", "m.yaml", "--row", "2", "--json").json["rows"]
    assert row["values"][1]["steps"][0] == {"step": "strip", "of": None, "text": "A@X.com"}
    assert row["warnings"][0].endswith("[looks-null]")
    missing = call("preview", "u.csv", "-m", "m.yaml", "--row", "20")
    assert missing.exit == 2
    assert missing.err.startswith(
        "error: --row 20: a row that the source does not have; expected 1 to 19"
    )
