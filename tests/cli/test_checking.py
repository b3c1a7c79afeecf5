from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from importer.sandbox import SandboxThread
from tests.cli.conftest import Call
from tests.journeys import write_csv


def test_the_payloads_of_a_check_are_what_a_run_leaves_in_the_workspace(
    call: Call, root: Path, own_target: SandboxThread
) -> None:
    # The Parquet sample has no dirt: every row has a payload, and every user stands there once.
    words = [
        str(root / "sample_data/warehouse_users.parquet"),
        "--mapping",
        str(root / "mappings/warehouse_users.yaml"),
    ]
    assert call("check", *words, "--payloads", "p.jsonl", "--json").exit == 0
    lines = [json.loads(line) for line in Path("p.jsonl").read_bytes().splitlines()]
    assert [line["row"] for line in lines] == list(range(1, 201))
    assert own_target.stats()["requests"] == 0

    assert call("run", *words, "--rate", "none", "--json").json["fates"]["delivered"] == 200
    assert own_target.profiles() == {
        line["payload"]["customer_id"]: line["payload"]["attributes"] for line in lines
    }


def test_the_problems_of_a_check_are_the_dead_letter_of_a_run(
    call: Call, root: Path, own_target: SandboxThread
) -> None:
    words = [
        str(root / "sample_data/crm_users.csv"),
        "--mapping",
        str(root / "mappings/crm_users.yaml"),
        "--allow-failures",
        "5%",
    ]
    checked = call("check", *words, "--problems", "p.csv", "--json")
    ran = call("run", *words, "--rate", "none", "--json")
    assert (checked.exit, ran.exit) == (0, 0)
    assert checked.json["fates"]["pending"] == ran.json["fates"]["delivered"]
    assert checked.json["dead_letter"] == "p.csv"

    def rows(path: str) -> list[dict[str, str]]:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            return [{**row, "_run": ""} for row in csv.DictReader(stream)]

    assert rows("p.csv") == rows(ran.json["dead_letter"])
    assert len(rows("p.csv")) == 90


def test_a_dry_run_is_exactly_a_check(
    call: Call, users: str, own_target: SandboxThread, folder: Path
) -> None:
    words = [users, "-m", "m.yaml", "--limit", "2", "--allow-failures", "1", "--json"]
    reports = []
    for name, more in (("check", []), ("run", ["--dry-run"])):
        paths = ["--problems", f"{name}.csv", "--payloads", f"{name}.jsonl"]
        said = call(name, *words, *more, *paths)
        assert said.exit == 0
        problems = (folder / f"{name}.csv").read_bytes()
        payloads = (folder / f"{name}.jsonl").read_bytes()
        report = {**said.json, "seconds": 0, "dead_letter": "", "next": ""}
        reports.append((report, problems, payloads))
    assert reports[0] == reports[1]
    assert reports[0][0]["sent"] is False
    assert own_target.stats()["requests"] == 0
    assert not (folder / ".moengage-import").exists()


def test_a_dry_run_needs_no_target(call: Call, users: str) -> None:
    assert call("run", users, "-m", "m.yaml", "--dry-run", "--json").json["rows"] == 3


def test_what_would_be_sent_is_called_so(call: Call, users: str) -> None:
    said = call("check", users, "-m", "m.yaml")
    assert "would be sent 2" in said.out
    assert "pending" not in said.out
    assert "requests" not in said.out


def test_what_was_asked_for_is_only_for_its_owner(call: Call, users: str, folder: Path) -> None:
    call("check", users, "-m", "m.yaml", "--problems", "p.csv", "--payloads", "p.jsonl", "--json")
    for name in ("p.csv", "p.jsonl"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_payloads_that_cannot_be_written_are_told(call: Call, users: str) -> None:
    said = call("check", users, "-m", "m.yaml", "--payloads", "u.csv/p.jsonl", "--json")
    assert said.exit == 2
    assert said.json["error"]["place"] == "--payloads"
    assert said.json["error"]["found"].startswith("u.csv/p.jsonl, where nothing can be written")


@pytest.mark.parametrize(
    ("words", "fates"),
    [
        (["--limit", "2"], {"invalid": 1, "pending": 1}),
        (["--limit", "0"], {}),
        (["--only", "u1"], {"filtered": 2, "pending": 1}),
        (["--only", "u1", "--only", "@ids.txt"], {"filtered": 1, "pending": 2}),
        (["--workers", "0"], {"invalid": 1, "pending": 2}),
    ],
)
def test_the_options_of_a_check_choose_its_rows(
    call: Call, users: str, folder: Path, words: list[str], fates: dict[str, int]
) -> None:
    (folder / "ids.txt").write_text("\ufeffu3\r\n\n", encoding="utf-8")
    said = call("check", users, "-m", "m.yaml", *words, "--json")
    assert {fate: count for fate, count in said.json["fates"].items() if count} == fates


def test_update_existing_only_goes_into_every_payload(call: Call, users: str, folder: Path) -> None:
    found = []
    for words in ([], ["--update-existing-only"], ["--create-users"]):
        call("check", users, "-m", "m.yaml", *words, "--payloads", "p.jsonl", "--json")
        lines = map(json.loads, (folder / "p.jsonl").read_bytes().splitlines())
        found.append({line["payload"].get("update_existing_only") for line in lines})
    assert found == [{None}, {True}, {None}]


def test_the_commonest_reason_has_a_row_one_can_look_at(call: Call, folder: Path) -> None:
    rows = [(f"u{n}", "x" if n > 4 else n, "n") for n in range(9)] + [("null", 1, "n")]
    write_csv(folder / "u.csv", ["id", "seq", "name"], rows)
    (folder / "m.yaml").write_text(
        "mapping: 1\ncustomer_id: id\nattributes: {seq: {column: seq, type: integer}}\n"
    )
    out = call("check", "u.csv", "-m", "m.yaml").out
    assert "Why 5 rows did not make it:" in out
    assert out.index('4  u.csv row 6 (line 7) column "seq"') < out.index("[id-banned]")


def test_a_check_reads_a_runs_dead_letter_as_fixes_from_its_state_folder(
    call: Call, own_target: SandboxThread, folder: Path
) -> None:
    write_csv(folder / "u.csv", ["id", "n"], [("u1", "x"), ("u2", "2")])
    (folder / "m.yaml").write_text(
        "mapping: 1\ncustomer_id: id\nattributes: {n: {column: n, type: integer}}\n"
    )
    words = ["u.csv", "--mapping", "m.yaml", "--state-dir", "elsewhere"]
    dead = Path(call("run", *words, "--rate", "none", "--json").json["dead_letter"])
    mended = dead.read_text(encoding="utf-8-sig").replace("u1,x", "u1,1")
    (folder / "mended.csv").write_text(mended, encoding="utf-8")
    checked = call("check", *words, "--fixes", "mended.csv", "--json")
    assert (checked.exit, checked.json["fates"]["pending"]) == (0, 2)
