"""The commands `runs`, `runs show`, `runs prune` and `why`, as a person calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.sandbox import SandboxThread
from tests.cli.conftest import Call

pytestmark = pytest.mark.usefixtures("target")


@pytest.fixture
def imported(call: Call, users: str) -> str:
    """Import the three users, the second of whom is bad; give the run's id."""
    said = call("run", users, "--mapping", "m.yaml", "--json")
    assert said.exit == 1
    return str(said.json["run"])


def test_runs_lists_each_with_its_state_and_its_fates(call: Call, imported: str) -> None:
    said = call("runs")
    assert said.exit == 0
    assert f"{imported}  " in said.out
    assert "finished (exit 1)" in said.out
    assert "u.csv -> SANDBOX: 3 rows: 2 delivered, 1 invalid" in said.out
    assert said.out.endswith("Next: moengage-import runs show last\n")
    (entry,) = call("runs", "--json").json["runs"]
    assert (entry["run"], entry["state"], entry["exit"]) == (imported, "finished", 1)


def test_runs_of_an_empty_folder_says_how_to_begin(call: Call, folder: Path) -> None:
    said = call("runs", "--state-dir", "none")
    assert said.exit == 0
    assert "No run in" in said.out
    assert "Next: moengage-import run " in said.out
    assert not (folder / "none").exists()
    assert call("runs", "show", "--state-dir", "none", "--json").json["exit"] == 2


@pytest.mark.parametrize(
    "words", [("runs", "show"), ("retry", "last"), ("verify", "last"), ("resume",)]
)
def test_in_an_empty_folder_one_is_told_to_begin_a_run(call: Call, words: tuple[str, ...]) -> None:
    said = call(*words, "--state-dir", "empty", "--json")
    assert said.exit == 2
    error = said.json["error"]
    assert "empty" in error["place"]
    assert error["found"] in ("no run yet", "no unfinished run")
    assert "begin one with `moengage-import run`" in error["remedy"]


def test_why_in_an_empty_folder_says_that_there_is_no_run(call: Call) -> None:
    said = call("why", "u1")
    assert said.exit == 1
    assert said.out == (
        "There is no run in this state folder yet.\n"
        "Next: moengage-import run SOURCE --mapping FILE\n"
    )


def test_runs_show_opens_with_what_to_do_and_names_no_cell_in_a_log(
    call: Call, imported: str
) -> None:
    said = call("runs", "show", imported[:-1])
    first, second = said.out.splitlines()[:2]
    assert first == "Finished: 1 row did not make it."
    assert second.startswith("Now:         moengage-import ")
    assert 'row 2 (line 3) column "seq"' in said.out
    assert "[not-integer]" in said.out
    assert "secret-cell" not in said.out
    shown = call("runs", "show", "--json").json
    assert shown["run"]["reasons"][0]["code"] == "not-integer"
    assert "secret-cell" not in str(shown)


def test_runs_show_names_the_files_of_a_folder_that_was_moved(
    call: Call, users: str, folder: Path
) -> None:
    run = call("run", users, "--mapping", "m.yaml", "--state-dir", "S", "--json").json["run"]
    (folder / "S").rename(folder / "S2")
    again = f"moengage-import retry {run} --state-dir {folder / 'S2'}"
    said = call("runs", "show", "last", "--state-dir", "S2")
    assert f"Now:         {again}\n" in said.out
    own = folder / "S2" / "runs" / run / "dead_letter.csv"
    assert f"Dead letter: {own}\n" in said.out
    answer = call("runs", "show", "last", "--state-dir", "S2", "--json").json
    assert answer["run"]["dead_letter"] == str(own)
    assert answer["next"] == again


def test_prune_says_what_it_would_free_and_then_frees_it(call: Call, imported: str) -> None:
    assert "Nothing to prune" in call("runs", "prune").out
    would = call("runs", "prune", "--older-than", "0s", "--dry-run")
    assert "Would free" in would.out
    assert "dead_letter.csv" in would.out
    freed = call("runs", "prune", "--older-than", "0s", "--yes", "--json").json
    assert [one["run"] for one in freed["runs"]] == [imported]
    assert "pruned" in call("runs").out
    assert "Row detail:  pruned on " in call("runs", "show").out
    assert "its row detail was pruned" in call("why", "u1").out


def test_why_shows_shapes_unless_values_are_asked_for(call: Call, imported: str) -> None:
    said = call("why", "u2")
    assert said.exit == 0
    assert "u.csv row 2 (line 3)" in said.out
    assert "invalid" in said.out
    assert "seq='xxxxxx-xxxx'" in said.out
    assert "[not-integer]" in said.out
    assert "secret-cell" not in said.out
    assert "Zoë" not in said.out
    told = call("why", "u2", "--json")
    assert "secret-cell" not in told.out
    assert told.json["rows"][0]["codes"] == ["not-integer"]
    shown = call("why", "u2", "--show-values")
    assert 'found "secret-cell"' in shown.out
    assert "name='Zoë'" in shown.out


def test_why_of_a_row_shows_its_payload(call: Call, imported: str) -> None:
    told = call("why", "--run", imported, "--row", "3", "--show-values", "--json").json
    (row,) = told["rows"]
    assert row["payload"]["attributes"] == {"seq": 3, "name": "Ann"}
    assert row["fate"] == "delivered"
    masked = call("why", "--run", "last", "--row", "3").out
    assert '"attributes": {"seq": #, "name": "xxx"}' in masked


def test_why_shows_a_masked_text_once_in_quotes_and_nothing_else_in_any(
    call: Call, folder: Path, own_target: SandboxThread
) -> None:
    (folder / "u.csv").write_text("id,m,w,o\nu1,,098765 43210,yes\n", encoding="utf-8")
    (folder / "m.yaml").write_text(
        "mapping: 1\ncustomer_id: id\nattributes:\n"
        "  mobile: {first_valid: [m, w], type: phone, region: IN}\n"
        "  moe_unsubscribe: {column: o, type: boolean}\n"
        "  score: {constant: '1.50', type: number}\n"
    )
    call("run", "u.csv", "--mapping", "m.yaml", "--quiet")
    said = call("why", "u1").out
    assert 'w: phone "############"  ->  "############" (phone)' in said
    assert "->  (masked) (boolean)" in said
    assert '"mobile": "############", "moe_unsubscribe": (masked), "score": #.##' in said
    (row,) = call("why", "u1", "--json").json["rows"]
    assert row["payload"]["attributes"]["moe_unsubscribe"] == "(masked)"
    assert [step["text"] for step in row["steps"][1]["steps"]][-1] == '"############"'


def test_why_of_an_unknown_id_is_exit_1_and_of_no_question_exit_2(
    call: Call, imported: str
) -> None:
    said = call("why", "U2")
    assert said.exit == 1
    assert "Seen was 'u2'" in said.out
    assert call("why").exit == 2
    assert call("why", "u2", "--row", "3").exit == 2
    assert call("why", "--run", "last", "--row", "9").exit == 2
    assert call("why", "--run", "nonsense", "--row", "1").exit == 2


def test_verify_reads_back_and_says_what_differs(
    call: Call, users: str, folder: Path, own_target: SandboxThread
) -> None:
    call("run", users, "--mapping", "m.yaml", "--quiet")
    said = call("verify", "last", "--seed", "4")
    assert said.exit == 0
    assert "Read back 2 of 2 users of run" in said.out
    assert "(seed 4)" in said.out
    (folder / "other.csv").write_text("id,seq,name\nu3,99,Ann\n", encoding="utf-8")
    call("run", "other.csv", "--mapping", "m.yaml", "--quiet", "--state-dir", "elsewhere")
    changed = call("verify")
    assert changed.exit == 1
    assert "seq: sent #, found ##" in changed.out
    assert "some minutes later" in changed.out
    told = call("verify", "--show-values", "--json")
    assert told.json["users"] == {"equal": 1, "different": 1, "missing": 0, "not comparable": 0}
    (wrong,) = told.json["differences"]
    assert (wrong["customer_id"], wrong["row"]) == ("u3", 3)
    assert (wrong["attributes"][0]["sent"], wrong["attributes"][0]["found"]) == (3, 99)
    assert call("verify", "--sample", "0").exit == 2


def test_a_receipt_is_named_on_the_screen_and_kept_by_resume(
    call: Call, users: str, folder: Path
) -> None:
    said = call("run", users, "--mapping", "m.yaml", "--receipt", "r.csv")
    assert "Receipt:     r.csv" in said.out
    assert len((folder / "r.csv").read_text(encoding="utf-8").splitlines()) == 3
    assert "Receipt:" in call("runs", "show").out
