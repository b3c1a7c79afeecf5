"""Why a user did or did not arrive can be told for every fate, in every run."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from importer import Fate, RunConfig, Stop, StopSignal, retry_rows, run_import
from importer.cli.story_pages import story_page
from importer.errors import UsageError
from importer.history.explanations import explanation
from importer.history.past_runs import list_runs
from importer.history.pruning import prune_runs
from importer.history.row_history import keys_of, rows_of
from importer.history.why import RowStory, explain_row, explain_user
from importer.mapping_file import parse_mapping
from importer.observer import Silence
from importer.resume import find_unfinished, resume_run
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.recording.row_log import ROW
from tests.journeys import FAST, run, target_of, write_csv

MAPPING = (
    "mapping: 1\ncustomer_id: {column: id, transform: [strip]}\n"
    "attributes: {seq: {column: seq, type: integer}, name: name}\nwhere: {keep: [y]}\n"
)
HEADER = ["id", "seq", "name", "keep"]
ROWS = [
    ("ana", "1", "Ana", "y"),
    ("ben", "x1", "Ben", "y"),
    ("cleo", "3", "Cleo", "n"),
    ("  ", "4", "Dan", "y"),
    ("ana", "5", "Ana B", "y"),
]
ONCE = SandboxConfig(rate_limit_per_minute=None, seed=3)
NO_RETRIES = type(FAST)(rate=FAST.rate, retries=0)


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(ONCE) as running:
        yield running


@pytest.fixture
def users(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "users.csv", HEADER, ROWS)


def only_row(state: Path, customer_id: str) -> RowStory:
    (row,) = explain_user(state, customer_id).rows
    return row


def test_each_fate_is_told_with_its_row_and_its_steps(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state)
    first, last = explain_user(state, "ana").rows
    assert (first.fate, first.row, first.line, first.http_status) == (Fate.DELIVERED, 1, 2, 200)
    assert "row 5 of the same user was accepted after it" in first.explanation
    assert last.cells == {"id": "ana", "seq": "5", "name": "Ana B", "keep": "y"}
    assert last.steps is not None
    assert last.steps.payload is not None
    assert '"seq":5' in last.steps.payload
    assert last.at is not None
    invalid = only_row(state, "ben")
    assert (invalid.fate, invalid.row, invalid.codes) == (Fate.INVALID, 2, ("not-integer",))
    assert invalid.messages[0].startswith('found "x1"')
    assert invalid.steps is not None
    assert invalid.steps.values[1].problem
    filtered = only_row(state, "cleo")
    assert (filtered.fate, filtered.row) == (Fate.FILTERED, 3)
    assert "where:" in filtered.explanation


@pytest.mark.parametrize(
    ("faults", "fate", "status", "code"),
    [
        ({"fail_200_rate": 1.0}, Fate.REJECTED, 200, "status-fail"),
        ({"error_rate": 1.0, "error_status": 503}, Fate.UNDELIVERED, 503, "http-error"),
    ],
)
def test_what_the_api_said_is_told(
    faults: dict[str, object],
    fate: Fate,
    status: int,
    code: str,
    sandbox: SandboxThread,
    users: Path,
    tmp_path: Path,
) -> None:
    state = tmp_path / "state"
    sandbox.set_faults(faults)
    run(sandbox, users, MAPPING, state, sending=NO_RETRIES, limit=1)
    row = only_row(state, "ana")
    assert (row.fate, row.http_status, row.codes) == (fate, status, (code,))
    assert row.attempts == 1
    assert row.remedy
    assert row.messages[0]


def test_every_run_is_told_the_oldest_first_and_only_the_last_if_asked(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    reports = [run(sandbox, users, MAPPING, state, limit=limit) for limit in (1, 2, 5)]
    story = explain_user(state, "ana")
    assert [(row.run, row.row) for row in story.rows] == [
        *((report.run, 1) for report in reports),
        (reports[2].run, 5),
    ]
    assert story.runs == 3
    short = explain_user(state, "ana", last=1)
    assert [row.row for row in short.rows] == [5]
    assert short.left_out == 3


class StopsSoon(Silence):
    def __init__(self, stop: StopSignal) -> None:
        self.stop = stop

    def progressed(self, fate: Fate, rows: int) -> None:
        self.stop.request(Stop("interrupted", "a test", "", 130))


def test_a_row_of_a_run_that_stopped_is_pending_and_told_once_when_it_was_resumed(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    state, stop = tmp_path / "state", StopSignal()
    rows = [(f"u-{n:04}", n, "N", "y") for n in range(3000)]
    source = write_csv(tmp_path / "many.csv", HEADER, rows)
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    config = RunConfig(sending=FAST, state_dir=state, block_bytes=4096)
    begun = run_import(
        source, mapping, target_of(sandbox), config, observer=StopsSoon(stop), stop=stop
    )
    assert begun.fates[Fate.PENDING]
    (pending,) = explain_row(state, "last", 3000).rows
    assert pending.fate is Fate.PENDING
    assert f"moengage-import resume {begun.run}" in pending.remedy
    (waiting,) = explain_user(state, "u-2999").rows
    assert (waiting.fate, waiting.row, waiting.line) == (Fate.PENDING, 3000, 3001)
    assert "not tried before the run ended" in waiting.explanation
    assert waiting.remedy == f"`moengage-import resume {begun.run} --state-dir {state}` sends it"
    shown = "\n".join(story_page(explain_user(state, "u-2999"), show_values=False))
    assert "  pending: it was not tried before the run ended\n" in shown
    unknown = explain_user(state, "u-9999")
    assert (unknown.rows, unknown.unsettled) == ((), ())
    (search,) = unknown.searches
    assert (search.looked_at, search.is_whole) == (begun.fates[Fate.PENDING], True)
    resume_run(find_unfinished(state), target_of(sandbox))
    for number in (0, 2999):
        row = only_row(state, f"u-{number:04}")
        assert (row.fate, row.row, row.line) == (Fate.DELIVERED, number + 1, number + 2)


def test_a_source_that_changed_or_is_gone_is_told_and_the_journal_helps_out(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    run(sandbox, users, MAPPING, state)
    write_csv(users, HEADER, [*ROWS, ROWS[0]])
    invalid = only_row(state, "ben")
    assert "bytes then" in invalid.source
    assert invalid.cells == dict(zip(HEADER, ROWS[1], strict=True))
    assert invalid.line == 3
    assert invalid.steps is None
    users.unlink()
    filtered = only_row(state, "cleo")
    assert "users.csv is gone" in filtered.source
    assert (filtered.cells, filtered.steps) == (None, None)


def test_a_run_that_was_killed_knows_the_names_of_its_columns(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    rows = [("ben", "x1", "Ben", "y"), *((f"u-{n}", n, "U", "y") for n in range(400))]
    users = write_csv(tmp_path / "users.csv", HEADER, rows)

    class Ends(Silence):
        """Ends a run once something of it is sent: asks it to stop, or kills it."""

        def __init__(self, stop: StopSignal | None = None) -> None:
            self._stop = stop

        def progressed(self, fate: Fate, rows: int) -> None:
            if fate is Fate.DELIVERED and self._stop is None:
                raise KeyboardInterrupt
            if fate is Fate.DELIVERED and self._stop is not None:
                self._stop.request(Stop("interrupted", "a test", "", 130))

    stop = StopSignal()
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    config = RunConfig(sending=FAST, state_dir=state)
    run_import(users, mapping, target_of(sandbox), config, observer=Ends(stop), stop=stop)
    with pytest.raises(KeyboardInterrupt):
        resume_run(find_unfinished(state), target_of(sandbox), observer=Ends())
    write_csv(users, HEADER, ROWS)
    assert only_row(state, "ben").cells == dict(zip(HEADER, rows[0], strict=True))


def test_an_id_that_was_never_seen_is_told_with_those_that_are_like_it(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    assert explain_user(state, "ana").runs == 0
    assert not state.exists()
    run(sandbox, users, MAPPING, state)
    story = explain_user(state, " ANA")
    assert (story.rows, story.near, story.keyless) == ((), ("ana",), 1)
    assert explain_user(state, "zoe").near == ()


def test_another_user_of_the_same_half_hash_is_seen_through(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    report = run(sandbox, users, MAPPING, state)
    assert report.folder is not None
    log = np.fromfile(report.folder / "rows.bin", dtype=ROW)
    log["key"] = log["key"][np.flatnonzero(log["ordinal"] == 0)[0]]
    log.tofile(report.folder / "rows.bin")
    assert [row.row for row in explain_user(state, "ana").rows] == [1, 4, 5]
    # Row 4 has no id that could tell; without the source nobody can.
    assert [row.row for row in explain_user(state, "ben").rows] == []
    users.unlink()
    assert [row.row for row in explain_user(state, "ana").rows] == [1, 2, 3, 4, 5]


def test_a_row_is_asked_for_by_its_number_in_its_file(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    other = write_csv(tmp_path / "more.csv", HEADER, [("eve", "7", "Eve", "y")])
    run(sandbox, [users, other], MAPPING, state)
    (row,) = explain_row(state, "last", 1, "more.csv").rows
    assert (row.fate, row.file, row.row) == (Fate.DELIVERED, str(other), 1)
    assert row.cells is not None
    assert row.cells["id"] == "eve"
    assert only_row(state, "eve").row == 1
    (unreadable,) = explain_row(state, "last", 4, str(users)).rows
    assert unreadable.codes == ("id-blank",)
    for number, file, match in ((2, "more.csv", "1 to 1"), (0, "more.csv", "1 to 1")):
        with pytest.raises(UsageError, match=match):
            explain_row(state, "last", number, file)
    with pytest.raises(UsageError, match="one of the run's files"):
        explain_row(state, "last", 1)
    with pytest.raises(UsageError, match="one of the run's files"):
        explain_row(state, "last", 1, "none.csv")


def test_a_run_whose_folder_is_gone_is_named_and_the_others_are_searched(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    gone = run(sandbox, users, MAPPING, state)
    kept = run(sandbox, users, MAPPING, state)
    assert gone.folder is not None
    shutil.rmtree(gone.folder)
    story = explain_user(state, "ana")
    assert {row.run for row in story.rows} == {kept.run}
    assert story.unsearched == ((gone.run, f"its folder {gone.folder} is gone"),)
    with pytest.raises(UsageError, match="is gone"):
        explain_row(state, gone.run, 1)


def test_a_run_whose_rows_are_pruned_says_so(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    report = run(sandbox, users, MAPPING, state)
    prune_runs(state, now=datetime.now(UTC) + timedelta(days=100))
    story = explain_user(state, "ana")
    assert story.rows == ()
    ((name, reason),) = story.unsearched
    assert name == report.run
    assert "pruned" in reason
    with pytest.raises(UsageError, match="pruned"):
        explain_row(state, "last", 1)


def test_what_came_through_a_pipe_is_told_from_the_journal(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state, pipe = tmp_path / "state", tmp_path / "users.pipe"
    os.mkfifo(pipe)
    text = users.read_bytes()
    writer = threading.Thread(target=lambda: pipe.write_bytes(text))
    writer.start()
    run(sandbox, pipe, MAPPING, state)
    writer.join()
    row = only_row(state, "ben")
    assert "what came through it is gone" in row.source
    assert row.cells is not None
    assert row.cells["seq"] == "x1"


def test_a_row_that_another_one_replaced_names_it(sandbox: SandboxThread, tmp_path: Path) -> None:
    state = tmp_path / "state"
    rows = [("ana", "1", "Ana", "y"), ("ana", "2", "Ana", "y"), ("eve", "3", "Eve", "y")]
    source = write_csv(tmp_path / "twice.csv", HEADER, rows)
    run(sandbox, source, f"{MAPPING}duplicates: last\n", state)
    superseded, delivered = explain_user(state, "ana").rows
    assert (superseded.fate, delivered.fate) == (Fate.SUPERSEDED, Fate.DELIVERED)
    assert "row 2 of the same user took its place" in superseded.explanation
    assert "is delivered" in superseded.explanation


def test_rows_that_an_earlier_run_made_needless_name_it(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = run(sandbox, users, MAPPING, state, limit=1)
    run(sandbox, users, MAPPING, state, limit=1)
    sent, again = (
        rows_of(past, keys_of(state, ["ana"])[0])[0] for past in reversed(list_runs(state))
    )
    unchanged = replace(again, fate=Fate.UNCHANGED)
    words, remedy = explanation(unchanged, [sent, unchanged], None)
    assert f"sent exactly this, by run {first.run} (row 1)" in words
    assert "without --only-changed" in remedy
    stale = replace(again, fate=Fate.SUPERSEDED)
    words, remedy = explanation(stale, [sent, stale], None)
    assert "(stale)" in words
    assert "--force" in remedy


def test_rows_that_a_retry_or_fixes_refused_are_found_by_their_ids(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    rows = [("ana", "1", "Ana", "y"), ("ben", "x2", "007", "y")]
    source = write_csv(tmp_path / "users.csv", HEADER, rows)
    sandbox.set_faults({"fail_200_rate": 1.0})
    first = run(sandbox, source, MAPPING, state)
    assert first.dead_letter is not None
    text = first.dead_letter.read_text(encoding="utf-8-sig")
    first.dead_letter.write_text(text.replace("ben,x2,007,", "bob,2,7,"), encoding="utf-8")
    second = retry_rows(first.run, target_of(sandbox), state_dir=state)
    third = run(sandbox, source, MAPPING, state, fixes=(first.dead_letter,))
    for user, code in (("ana", "not-changed"), ("bob", "cell-rewritten")):
        story = explain_user(state, user)
        found = {row.run: row.codes for row in story.rows}
        assert (found[second.run], story.keyless) == ((code,), 0)
    assert found[third.run] == ("cell-rewritten",)
    assert explain_user(state, "nobody").keyless == 0
