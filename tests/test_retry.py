"""Promises of rows that are sent again: mended, undelivered, and never in vain."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from importer import Fate, RetryChoice, RunConfig, RunReport, Stop, StopSignal, retry_rows
from importer.errors import SourceError, StateError, UsageError
from importer.history.pruning import prune_runs
from importer.mapping_file import parse_mapping
from importer.observer import Silence
from importer.records import ArrowBlock
from importer.resume import find_unfinished, resume_run
from importer.retry import open_retry
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.recording import find_run, open_for_reading
from tests.journeys import FAST, dead_letter, fates, profiles, run, target_of, write_csv

MAPPING = """
mapping: 1
source: {delimiter: ",", nulls: ["", "NULL"]}
customer_id: id
attributes:
  email: email
  zip: {column: zip, type: string}
  seq: {column: seq, type: integer}
"""
HEADER = ["id", "email", "zip", "seq"]
Row = dict[str, str]


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(
        SandboxConfig(rate_limit_per_minute=None, order_by="seq", seed=5)
    ) as running:
        yield running


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def begin(sandbox: SandboxThread, folder: Path, state: Path, **settings: Any) -> RunReport:
    """Import eight rows: the odd ones have a bad address."""
    rows = [
        (f"user-{n % 6}", f"Zoë{n}.example.com" if n % 2 else f"u{n}@example.com", f"0{n}134", n)
        for n in range(8)
    ]
    source = write_csv(folder / "users.csv", HEADER, rows)
    report = run(sandbox, source, MAPPING, state, **settings)
    assert fates(report) == {"delivered": 4, "invalid": 4}
    return report


def again(sandbox: SandboxThread, state: Path, asked: str | Path, **choice: Any) -> RunReport:
    return retry_rows(asked, target_of(sandbox), state_dir=state, choice=RetryChoice(**choice))


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(
    path: Path,
    rows: Sequence[Row],
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
    columns: Sequence[str] | None = None,
) -> Path:
    """Save a table as a spreadsheet does."""
    with path.open("w", encoding=encoding, newline="") as stream:
        names = list(columns or rows[0])
        writer = csv.DictWriter(stream, names, delimiter=delimiter, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def mended(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "email": row["email"].replace(".", "@", 1)} for row in rows]


def seqs(sandbox: SandboxThread) -> dict[str, Any]:
    return {user: found.get("seq") for user, found in profiles(sandbox).items()}


def test_rows_that_are_mended_in_place_are_sent_and_the_runs_name_each_other(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    assert first.dead_letter is not None
    assert first.folder is not None
    report_before = (first.folder / "report.json").read_bytes()
    rows = mended(read(first.dead_letter))
    rows[0]["email"] = "still bad"
    write(first.dead_letter, rows)
    second = again(sandbox, state, first.run)
    assert fates(second) == {"delivered": 3, "invalid": 1}
    assert (second.parent, second.exit, second.requests) == (first.run, 1, 3)
    (left,) = dead_letter(second)
    places = ("_run", "_file", "_row", "_line", "_code")
    assert [left[name] for name in places] == [
        second.run,
        str(tmp_path / "users.csv"),
        "2",
        "3",
        "not-email",
    ]
    assert (first.folder / "report.json").read_bytes() == report_before
    connection = open_for_reading(state)
    assert connection is not None
    record = find_run(connection, second.run, "")
    connection.close()
    assert (record.kind, record.parent) == ("retry", first.run)


DIALECTS = [
    pytest.param("cp1252", ";", None, id="cp1252 with semicolons"),
    pytest.param("utf-16", "\t", None, id="utf-16 with tabs"),
    pytest.param("utf-8", ",", None, id="without a byte-order mark"),
    pytest.param(
        "utf-8-sig",
        ",",
        ["_run", "zip", "_row", "seq", "_file", "id", "email"],
        id="other order, and columns taken away",
    ),
]


@pytest.mark.parametrize(("encoding", "delimiter", "columns"), DIALECTS)
def test_a_mended_file_is_read_however_a_spreadsheet_saved_it(
    sandbox: SandboxThread,
    tmp_path: Path,
    state: Path,
    encoding: str,
    delimiter: str,
    columns: list[str] | None,
) -> None:
    first = begin(sandbox, tmp_path, state)
    rows = mended(dead_letter(first))
    path = write(tmp_path / "m.csv", rows[::-1], encoding, delimiter, columns)
    assert fates(again(sandbox, state, path)) == {"delivered": 4}
    # Sent in the order of the source, whatever order the file has.
    assert sandbox.stats()["order_violations"] == 0
    assert profiles(sandbox)["user-1"]["email"] == "Zoë7@example.com"


def test_delimiters_that_a_spreadsheet_left_away_at_the_end_are_no_fault(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    path = write(tmp_path / "m.csv", mended(dead_letter(first)))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([lines[0], *(line.rstrip(",") for line in lines[1:])]), "utf-8")
    assert fates(again(sandbox, state, path)) == {"delivered": 4}


def test_a_workbook_that_a_person_saved_is_taken_and_its_rewritten_cells_are_not(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    path = tmp_path / "dead.xlsx"
    first = begin(sandbox, tmp_path, state, dead_letter=path)
    assert first.next == f"moengage-import retry {path} --state-dir {state}"
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for row in range(2, 6):
        sheet.cell(row, 2).value = sheet.cell(row, 2).value.replace(".", "@", 1)
    sheet.cell(3, 3).value = 3134
    book.save(path)
    second = again(sandbox, state, path)
    assert fates(second) == {"delivered": 3, "invalid": 1}
    (left,) = dead_letter(second)
    assert left["_code"] == "cell-rewritten"
    assert '"3134" where "03134" was' in left["_message"]
    # The new dead letter has the cell as it was and the other as it was mended.
    assert (left["zip"], left["email"]) == ("03134", "Zoë3@example.com")
    assert fates(again(sandbox, state, "last")) == {"delivered": 1}
    assert profiles(sandbox)["user-3"] == {"email": "Zoë3@example.com", "zip": "03134", "seq": 3}


def test_cells_that_are_accepted_are_sent_as_they_are(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    rows = [{**row, "zip": row["zip"].lstrip("0")} for row in mended(dead_letter(first))]
    path = write(tmp_path / "m.csv", rows)
    assert fates(again(sandbox, state, path)) == {"invalid": 4}
    assert fates(again(sandbox, state, path, accept_cells=True)) == {"delivered": 4}
    assert profiles(sandbox)["user-3"]["zip"] == "3134"


def test_rows_that_nobody_mended_stay_as_bad_as_they_were(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    second = again(sandbox, state, "last")
    assert fates(second) == {"invalid": 4}
    assert [row["_message"] for row in dead_letter(second)] == [
        row["_message"] for row in dead_letter(first)
    ]


def test_a_dead_letter_that_is_gone_is_taken_from_the_journal_with_a_mended_mapping(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    assert first.dead_letter is not None
    first.dead_letter.unlink()
    mapping = parse_mapping(MAPPING.replace("email: email", "mail: email"), "mapping.yaml")
    second = retry_rows(first.run, target_of(sandbox), state_dir=state, mapping=mapping)
    assert fates(second) == {"delivered": 4}
    assert profiles(sandbox)["user-1"]["mail"] == "Zoë7.example.com"


def test_what_an_outage_left_is_sent_as_it_is_and_only_that_where_it_is_asked_for(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    rows = [(f"user-{n}", "bad" if n == 1 else f"u{n}@example.com", "", n) for n in range(5)]
    source = write_csv(tmp_path / "users.csv", HEADER, rows)
    sandbox.set_faults({"error_rate": 1.0, "error_status": 503})
    sending = type(FAST)(rate=FAST.rate, concurrency=4, retries=0)
    first = run(sandbox, source, MAPPING, state, sending)
    assert fates(first) == {"invalid": 1, "undelivered": 4}
    sandbox.set_faults({})
    second = again(sandbox, state, first.run, only_undelivered=True)
    assert fates(second) == {"delivered": 4}
    assert "left aside, because not undelivered: 1 row" in second.notes
    begin(sandbox, tmp_path, state)
    with pytest.raises(UsageError, match="none of them undelivered"):
        again(sandbox, state, "last", only_undelivered=True)


def test_what_moengage_refused_is_not_sent_again_unless_something_changed(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    rows = [(f"user-{n}", f"u{n}@example.com", "", n) for n in range(3)]
    source = write_csv(tmp_path / "users.csv", HEADER, rows)
    sandbox.set_faults({"fail_200_rate": 1.0})
    first = run(sandbox, source, MAPPING, state)
    assert fates(first) == {"rejected": 3}
    sandbox.set_faults({})
    second = again(sandbox, state, first.run)
    assert (fates(second), second.requests) == ({"invalid": 3}, 0)
    assert {row["_code"] for row in dead_letter(second)} == {"not-changed"}
    rows_now = dead_letter(first)
    rows_now[0]["email"] = "new@example.com"
    path = write(tmp_path / "m.csv", rows_now)
    assert fates(again(sandbox, state, path)) == {"delivered": 1, "invalid": 2}
    assert fates(again(sandbox, state, first.run, anew=True)) == {"delivered": 3}


def test_the_same_retry_twice_sends_nothing_twice(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    rows = mended(dead_letter(first))
    path = write(tmp_path / "m.csv", rows)
    assert fates(again(sandbox, state, path)) == {"delivered": 4}
    second = again(sandbox, state, path)
    assert (fates(second), second.requests, second.exit) == ({"unchanged": 4}, 0, 0)
    rows[1]["email"] = "other@example.com"
    write(path, rows)
    assert fates(again(sandbox, state, path)) == {"delivered": 1, "unchanged": 3}
    # The first row's user stands in the fourth as well, which was accepted after it.
    rows[0]["email"] = "older@example.com"
    write(path, rows)
    assert fates(again(sandbox, state, path)) == {"superseded": 1, "unchanged": 3}
    assert fates(again(sandbox, state, path, anew=True)) == {"delivered": 4}


def test_rows_that_were_deleted_are_not_retried_and_counted(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    path = write(tmp_path / "m.csv", mended(dead_letter(first))[1:3])
    second = again(sandbox, state, path)
    assert fates(second) == {"delivered": 2}
    assert any(
        note.endswith("and so not sent again: 2 rows of its dead letter") for note in second.notes
    )


class StopsAfter(Silence):
    """Breaks a run off, or asks it to stop, when so many rows are delivered."""

    def __init__(self, rows: int, stop: StopSignal, *, brutally: bool) -> None:
        self.left, self.stop, self.brutally = rows, stop, brutally

    def progressed(self, fate: Fate, rows: int) -> None:
        self.left -= rows if fate is Fate.DELIVERED else 0
        if self.left <= 0:
            if self.brutally:
                raise KeyboardInterrupt
            self.stop.request(Stop("interrupted", "a test", "", 130))


@pytest.mark.parametrize("brutally", [False, True])
def test_a_retry_that_was_broken_off_goes_on_without_the_mended_file(
    sandbox: SandboxThread, tmp_path: Path, state: Path, brutally: bool
) -> None:
    rows = [(f"user-{n % 40}", f"u{n}.example.com", "", n) for n in range(400)]
    source = write_csv(tmp_path / "users.csv", HEADER, rows)
    first = run(sandbox, source, MAPPING, state)
    path = write(tmp_path / "m.csv", mended(dead_letter(first)))
    stop = StopSignal()
    observer = StopsAfter(150, stop, brutally=brutally)
    target = target_of(sandbox)
    try:
        stopped = retry_rows(path, target, state_dir=state, observer=observer, stop=stop)
        assert stopped.next.startswith(f"moengage-import resume {stopped.run}")
    except KeyboardInterrupt:
        assert brutally
    path.unlink()
    report = resume_run(find_unfinished(state), target)
    assert fates(report) == {"delivered": 400}
    assert report.parent == first.run
    assert seqs(sandbox) == {f"user-{n}": 360 + n for n in range(40)}
    if not brutally:
        assert sandbox.stats()["requests"] == report.requests == 400


def test_the_same_retry_goes_on_with_one_that_was_stopped(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    path = write(tmp_path / "m.csv", mended(dead_letter(first)))
    stop = StopSignal()
    stop.request(Stop("interrupted", "a test", "", 130))
    stopped = retry_rows(path, target_of(sandbox), state_dir=state, stop=stop)
    assert fates(stopped) == {"pending": 4}
    report = again(sandbox, state, path)
    assert (report.run, fates(report)) == (stopped.run, {"delivered": 4})


def change(name: str, value: str) -> Any:
    return lambda rows: [{**rows[0], name: value}, *rows[1:]]


WRONG = [
    (change("_run", "20200101-000000-abcd"), SourceError, "rows of 2 runs"),
    (change("_run", ""), SourceError, 'row 1 .* column "_run": no run'),
    (change("_row", "777"), SourceError, "row 777 .* not in the dead letter"),
    (change("_row", ""), SourceError, 'column "_row": nothing'),
    (change("_file", "other.csv"), SourceError, r"row 2 of other\.csv, which is not in"),
    (lambda rows: [rows[0], *rows], SourceError, "a second time"),
    (lambda rows: [{**row, "_run": "20200101-000000-abcd"} for row in rows], UsageError, "no run"),
    (
        lambda rows: [{k: v for k, v in row.items() if k != "zip"} for row in rows],
        SourceError,
        "without the column 'zip'",
    ),
    (
        lambda rows: [{k: v for k, v in row.items() if k != "_row"} for row in rows],
        SourceError,
        "without the column '_row'",
    ),
]


@pytest.mark.parametrize(("wrong", "error", "words"), WRONG)
def test_a_file_that_is_not_the_dead_letter_is_refused_before_anything_is_sent(
    sandbox: SandboxThread, tmp_path: Path, state: Path, wrong: Any, error: Any, words: str
) -> None:
    first = begin(sandbox, tmp_path, state)
    path = write(tmp_path / "m.csv", wrong(mended(dead_letter(first))))
    requests = sandbox.stats()["requests"]
    with pytest.raises(error, match=words):
        again(sandbox, state, path)
    assert sandbox.stats()["requests"] == requests
    assert not list(state.glob(".retry-*"))


def test_a_run_without_dead_rows_has_nothing_to_retry(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    source = write_csv(tmp_path / "u.csv", HEADER, [("user-1", "a@example.com", "", 1)])
    report = run(sandbox, source, MAPPING, state)
    with pytest.raises(UsageError, match="no row that did not make it") as refused:
        again(sandbox, state, report.run)
    assert f"`moengage-import runs --state-dir {state}`" in refused.value.problem.remedy


def test_a_record_that_could_not_be_read_is_sent_once_somebody_put_it_into_cells(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    source = tmp_path / "users.csv"
    source.write_text("id,email,zip,seq\nuser-1,a@example.com,01234,1,more\nuser-2,b@x.de,1,2\n")
    first = run(sandbox, source, MAPPING, state)
    assert fates(first) == {"delivered": 1, "invalid": 1}
    second = again(sandbox, state, first.run)
    (row,) = dead_letter(second)
    assert row["_code"] == "not-mended; ragged-row"
    assert row["_raw"] == "user-1,a@example.com,01234,1,more"
    row |= {"id": "user-1", "email": "a@example.com", "zip": "01234", "seq": "1"}
    third = again(sandbox, state, write(tmp_path / "m.csv", [row]))
    assert (fates(third), third.parent) == ({"delivered": 1}, second.run)


def test_a_retry_keeps_what_its_rows_were_before_for_the_next_one(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    with open_retry(first.run, state) as opened:
        facts = opened.facts
    assert (facts["of"], facts["origin"]) == (first.run, first.run)
    second = again(sandbox, state, first.run)
    with open_retry(second.run, state) as opened:
        assert (opened.facts["of"], opened.facts["origin"]) == (second.run, first.run)
        assert opened.facts["origin_begun"] == facts["origin_begun"]
        (block,) = opened.job.source.blocks()
        assert isinstance(block, ArrowBlock)
        assert block.places is not None
        assert block.places.tolist() == [1, 3, 5, 7]


def test_a_retry_has_the_settings_of_its_run_but_not_its_outputs(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(
        sandbox, tmp_path, state, dead_letter=tmp_path / "d.csv", update_existing_only=False
    )
    with open_retry(first.run, state) as opened:
        config = opened.config
    assert isinstance(config, RunConfig)
    assert config.update_existing_only is False
    assert (config.dead_letter, config.report, config.limit) == (None, None, None)


def test_what_a_killed_retry_left_half_put_together_is_swept_away(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    begin(sandbox, tmp_path, state)
    old, new = state / ".retry-old", state / ".retry-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "mended.jsonl").write_text("{}")
    os.utime(old, (0, 0))
    again(sandbox, state, "last")
    assert (old.exists(), new.exists()) == (False, True)


def two_of_one_user(sandbox: SandboxThread, folder: Path, state: Path) -> RunReport:
    """Import a user whose older row has a bad address, and another one with a bad address."""
    rows = [
        ("user-1", "old.example.com", "01", 1),
        ("user-2", "b.example.com", "02", 2),
        ("user-1", "new@example.com", "03", 3),
    ]
    report = run(sandbox, write_csv(folder / "two.csv", HEADER, rows), MAPPING, state)
    assert fates(report) == {"delivered": 1, "invalid": 2}
    return report


def test_a_mended_row_does_not_put_back_what_a_later_row_has_changed(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = two_of_one_user(sandbox, tmp_path, state)
    path = write(tmp_path / "m.csv", mended(dead_letter(first)))
    second = again(sandbox, state, path)
    assert fates(second) == {"delivered": 1, "superseded": 1}
    assert [caution.code for caution in second.warnings if caution.rows] == ["stale"]
    assert seqs(sandbox) == {"user-1": 3, "user-2": 2}
    third = again(sandbox, state, path, anew=True)
    assert fates(third) == {"delivered": 2}
    assert seqs(sandbox) == {"user-1": 1, "user-2": 2}


def test_the_retry_of_a_retry_is_as_old_as_the_run_that_read_the_row(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = again(sandbox, state, begin(sandbox, tmp_path, state).run)
    rows = [("user-5", "later@example.com", "09", 99)]
    run(sandbox, write_csv(tmp_path / "later.csv", HEADER, rows), MAPPING, state)
    second = again(sandbox, state, write(tmp_path / "m.csv", mended(dead_letter(first))))
    assert fates(second) == {"delivered": 3, "superseded": 1}
    assert seqs(sandbox)["user-5"] == 99


def test_a_retry_that_is_gone_on_with_knows_how_old_its_rows_are(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = two_of_one_user(sandbox, tmp_path, state)
    path = write(tmp_path / "m.csv", mended(dead_letter(first)))
    stop = StopSignal()
    stop.request(Stop("interrupted", "a test", "", 130))
    stopped = retry_rows(path, target_of(sandbox), state_dir=state, stop=stop)
    assert stopped.fates[Fate.DELIVERED] == 0
    report = resume_run(find_unfinished(state), target_of(sandbox))
    assert fates(report) == {"delivered": 1, "superseded": 1}
    assert seqs(sandbox)["user-1"] == 3


def test_a_mended_row_that_is_its_users_latest_is_sent(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    emails = ["a@example.com", "b@example.com", "c.example.com"]
    rows = [("user-1", email, "", n) for n, email in enumerate(emails)]
    first = run(sandbox, write_csv(tmp_path / "u.csv", HEADER, rows), MAPPING, state)
    assert fates(first) == {"delivered": 2, "invalid": 1}
    path = write(tmp_path / "m.csv", mended(dead_letter(first)))
    assert fates(again(sandbox, state, path)) == {"delivered": 1}
    assert seqs(sandbox) == {"user-1": 2}


SEVERAL = """
mapping: 1
customer_id: id
attributes: {seq: {column: seq, type: integer}, name: name}
duplicates: """


def rows_of_one_user(
    sandbox: SandboxThread,
    folder: Path,
    duplicates: str,
    bad: str,
    mods: Sequence[str] = ("2024-01-01", "2024-01-02"),
) -> tuple[RunReport, Path]:
    """Import two rows of ana, of which one (a or b) is bad, and give the dead letter, mended."""
    rows = [
        ("ana", "x1" if bad == "a" else "1", "a", mods[0]),
        ("ana", "x2" if bad == "b" else "2", "b", mods[1]),
        ("eve", "x3", "c", mods[0]),
    ]
    source = write_csv(folder / "users.csv", ["id", "seq", "name", "mod"], rows)
    report = run(sandbox, source, SEVERAL + duplicates, folder / "state")
    assert fates(report) == {"delivered": 1, "invalid": 2}
    text = [{**row, "seq": row["seq"].removeprefix("x")} for row in dead_letter(report)]
    return report, write(folder / "m.csv", text)


@pytest.mark.parametrize(
    ("duplicates", "bad", "mods"),
    [
        pytest.param("{last, by: mod}", "b", ("2024-02-01", "2024-01-01"), id="older by mod"),
        pytest.param("{last, by: mod}", "a", ("2024-02-01", "2024-01-01"), id="newer by mod"),
        pytest.param("first", "a", ("2024-01-01", "2024-01-02"), id="the first"),
        pytest.param("first", "b", ("2024-01-01", "2024-01-02"), id="not the first"),
        pytest.param("merge", "a", ("2024-01-01", "2024-01-02"), id="merged earlier"),
    ],
)
def test_a_row_beside_which_another_was_delivered_is_refused_where_the_order_decides_nothing(
    sandbox: SandboxThread,
    tmp_path: Path,
    duplicates: str,
    bad: str,
    mods: tuple[str, str],
) -> None:
    state = tmp_path / "state"
    _, path = rows_of_one_user(sandbox, tmp_path, duplicates, bad, mods)
    before = profiles(sandbox)["ana"]
    second = again(sandbox, state, path)
    assert fates(second) == {"delivered": 1, "invalid": 1}
    (left,) = dead_letter(second)
    assert (left["_code"], left["id"]) == ("other-row-delivered", "ana")
    assert f"row {1 if bad == 'b' else 2} is delivered" in left["_message"]
    assert "--fixes" in left["_message"]
    assert profiles(sandbox)["ana"] == before
    third = again(sandbox, state, second.run)
    assert fates(third) == {"invalid": 1}
    assert fates(again(sandbox, state, third.run, anew=True)) == {"delivered": 1}
    assert profiles(sandbox)["ana"]["name"] == bad


@pytest.mark.parametrize("duplicates", ["last", "merge"])
def test_a_later_row_is_sent_over_one_that_was_delivered_where_the_later_one_counts(
    sandbox: SandboxThread, tmp_path: Path, duplicates: str
) -> None:
    _, path = rows_of_one_user(sandbox, tmp_path, duplicates, "b")
    assert fates(again(sandbox, tmp_path / "state", path)) == {"delivered": 2}
    assert profiles(sandbox)["ana"]["name"] == "b"


def test_a_row_is_refused_too_where_an_earlier_retry_delivered_another_one(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    rows = [("ana", "x1", "a"), ("ana", "x2", "b"), ("eve", "3", "c")]
    source = write_csv(tmp_path / "users.csv", ["id", "seq", "name"], rows)
    first = run(sandbox, source, SEVERAL + "first", tmp_path / "state")
    both = [{**row, "seq": row["seq"][1:]} for row in dead_letter(first)]
    path = write(tmp_path / "m.csv", both[1:])
    assert fates(again(sandbox, tmp_path / "state", path)) == {"delivered": 1}
    path = write(tmp_path / "m.csv", both[:1])
    second = again(sandbox, tmp_path / "state", path)
    (left,) = dead_letter(second)
    assert left["_code"] == "other-row-delivered"
    assert "row 2 is delivered" in left["_message"]
    assert profiles(sandbox)["ana"]["name"] == "b"


def test_a_run_whose_journal_is_gone_is_refused_and_a_pruned_one_named_so(
    sandbox: SandboxThread, tmp_path: Path, state: Path
) -> None:
    first = begin(sandbox, tmp_path, state)
    assert first.folder is not None
    (first.folder / "journal.jsonl").unlink()
    with pytest.raises(StateError, match="0 bytes where"):
        again(sandbox, state, first.run)
    prune_runs(state, now=datetime.now(UTC) + timedelta(days=100))
    with pytest.raises(UsageError, match="pruned on"):
        again(sandbox, state, first.run)
