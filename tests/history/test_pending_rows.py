"""A user whose row waits in a run that has not ended is found there, whatever ended the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from importer import Fate, RunConfig, RunReport, Stop, StopSignal, run_import
from importer.cli.story_pages import story_as_dict, story_page
from importer.errors import UsageError
from importer.history.explanations import explanation
from importer.history.past_runs import PastRun, Standing, find_past_run
from importer.history.pending_rows import row_of, search, waits
from importer.history.why import explain_row, explain_user
from importer.mapping_file import parse_mapping
from importer.observer import Silence
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.recording import Ledger, RunState, set_state
from tests.journeys import FAST, run, target_of, write_csv

MAPPING = (
    'mapping: 1\ncustomer_id: {template: "x-{id}", transform: [lower]}\n'
    "attributes: {seq: {column: seq, type: integer}}\nwhere: {keep: [y]}\n"
)
HEADER = ["id", "seq", "keep"]
ROWS = 2000


class StopsAtTheFirst(Silence):
    def __init__(self, stop: StopSignal) -> None:
        self.stop = stop

    def progressed(self, fate: Fate, rows: int) -> None:
        if fate is Fate.DELIVERED:
            self.stop.request(Stop("interrupted", "a test", "", 130))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None, seed=3)) as running:
        yield running


@pytest.fixture
def source(tmp_path: Path) -> list[Path]:
    """Two files, the rows of the second all still to be read when the run stops."""
    first = [(f"U{n:04}", n, "y") for n in range(ROWS)]
    last = [("ANA", 1, "y"), ("BEN", "x", "y"), ("CLEO", 2, "n"), ("ANA", 3, "y")]
    return [
        write_csv(tmp_path / "a.csv", HEADER, first),
        write_csv(tmp_path / "b.csv", HEADER, last),
    ]


@pytest.fixture
def stopped(sandbox: SandboxThread, source: list[Path], state: Path) -> RunReport:
    stop = StopSignal()
    config = RunConfig(sending=FAST, state_dir=state, block_bytes=4096)
    mapping = parse_mapping(MAPPING, "mapping.yaml")
    report = run_import(
        source, mapping, target_of(sandbox), config, observer=StopsAtTheFirst(stop), stop=stop
    )
    assert report.fates[Fate.PENDING] > ROWS // 2
    return report


def change(state: Path, work: str, *values: object) -> None:
    with Ledger(state) as ledger:
        ledger.do(lambda connection: connection.execute(work, values))


def page(state: Path, customer_id: str) -> str:
    return "\n".join(story_page(explain_user(state, customer_id), show_values=True))


@pytest.mark.usefixtures("stopped")
def test_all_rows_of_a_user_are_found_by_the_id_that_the_mapping_makes(
    state: Path, source: list[Path]
) -> None:
    story = explain_user(state, "x-ana")
    assert [(row.fate, row.file, row.row, row.line) for row in story.rows] == [
        (Fate.PENDING, str(source[1]), 1, 2),
        (Fate.PENDING, str(source[1]), 4, 5),
    ]
    assert story.rows[0].steps is not None
    assert explain_user(state, "ANA").rows == ()


@pytest.mark.usefixtures("stopped")
@pytest.mark.parametrize(
    ("customer_id", "outcome"),
    [("x-ana", "sends it"), ("x-ben", "will be invalid"), ("x-cleo", "will be filtered")],
)
def test_it_is_told_what_resume_will_do_with_the_row(
    customer_id: str, outcome: str, state: Path
) -> None:
    row = explain_user(state, customer_id).rows[0]
    assert outcome in row.remedy


def test_a_killed_run_is_looked_through_also_when_its_rows_were_never_counted(
    stopped: RunReport, state: Path
) -> None:
    with Ledger(state) as ledger:
        ledger.do(lambda connection: set_state(connection, stopped.run, RunState.OPEN))
    change(state, "UPDATE runs SET rows = NULL WHERE run = ?", stopped.run)
    assert waits(find_past_run(state, "last"))
    row = explain_user(state, "x-ana").rows[0]
    assert row.explanation == "it had no fate when the run was killed"
    (asked,) = explain_row(state, "last", 4, "b.csv").rows
    assert (asked.fate, asked.line) == (Fate.PENDING, 5)


def test_a_row_of_a_file_that_was_never_opened_is_told(
    stopped: RunReport, state: Path, source: list[Path]
) -> None:
    (row,) = explain_row(state, "last", 2, "b.csv").rows
    assert (row.fate, row.file, row.line) == (Fate.PENDING, str(source[1]), 3)
    assert row.cells == {"id": "BEN", "seq": "x", "keep": "y"}
    for number, file, found in ((5, "b.csv", "1 to 4"), (ROWS + 1, "a.csv", f"1 to {ROWS:,}")):
        with pytest.raises(UsageError, match=found):
            explain_row(state, "last", number, file)
    with pytest.raises(UsageError, match="one of the run's files"):
        explain_row(state, "last", ROWS)


def test_a_source_that_cannot_be_read_again_leaves_it_open_and_says_so(
    stopped: RunReport, state: Path, source: list[Path], sandbox: SandboxThread
) -> None:
    write_csv(source[1], HEADER, [("EVE", 1, "y")])
    story = explain_user(state, "x-ana")
    assert (story.rows, story.unsettled) == ((), (stopped.run,))
    pending = f"{stopped.fates[Fate.PENDING]:,}"
    said = page(state, "x-ana")
    assert f"Run {stopped.run} has {pending} rows without a fate yet, and this user's may" in said
    assert "they cannot be looked through, because of the source: not the source that it" in said
    # Also beside rows that were found: they are not all that there may be.
    assert "this user's may be among them" in page(state, min(sandbox.profiles()))
    with pytest.raises(UsageError, match="cannot be read again"):
        explain_row(state, "last", 1, "b.csv")
    (searched,) = story_as_dict(story, show_values=False)["searches"]
    assert searched["trouble"]


def test_a_long_search_ends_and_says_how_far_it_came(stopped: RunReport, state: Path) -> None:
    past = find_past_run(state, "last")
    ticks = count()
    found = search(past, "x-ana", seconds=3, clock=lambda: float(next(ticks)))
    assert not found.is_whole
    assert 0 < found.looked_at < stopped.fates[Fate.PENDING]
    story = replace(explain_user(state, "x-nobody"), searches=(found,), unsettled=(stopped.run,))
    said = "\n".join(story_page(story, show_values=False))
    assert f"{found.looked_at:,} of them were looked through; --all looks through all." in said
    assert search(past, "x-ana", None, clock=lambda: float(next(ticks))).is_whole


def test_who_is_in_none_of_the_rows_is_told_that_all_were_looked_through(
    stopped: RunReport, state: Path
) -> None:
    pending = f"{stopped.fates[Fate.PENDING]:,}"
    said = page(state, "x-nobody")
    assert f"has {pending} rows without a fate yet, none of them this user's" in said
    assert "may be among them" not in said


def test_a_run_that_ended_is_not_looked_through(
    sandbox: SandboxThread, source: list[Path], state: Path
) -> None:
    run(sandbox, source, MAPPING, state)
    past = find_past_run(state, "last")
    assert not waits(past)
    assert explain_user(state, "x-nobody").searches == ()
    with pytest.raises(UsageError, match="1 to 4"):
        row_of(past, 5, "b.csv")


def test_a_closed_run_is_named_only_where_nothing_was_found(
    stopped: RunReport, state: Path, sandbox: SandboxThread
) -> None:
    with Ledger(state) as ledger:
        ledger.do(lambda connection: set_state(connection, stopped.run, RunState.CLOSED))
    assert "was closed with rows that it gave no fate" in page(state, "x-ana")
    assert "was closed" not in page(state, min(sandbox.profiles()))


@pytest.mark.usefixtures("stopped")
@pytest.mark.parametrize(
    ("standing", "ordinal", "words"),
    [
        (Standing.RUNNING, ROWS, "the run goes on, and it was not tried yet"),
        (Standing.RUNNING, 0, "the run goes on, and it has no fate yet"),
        (Standing.KILLED, ROWS, "it had no fate when the run was killed"),
        (Standing.STOPPED, 0, "it got no fate before the run ended"),
        (Standing.STOPPED, ROWS, "it was not tried before the run ended"),
        (Standing.CLOSED, ROWS, "it was not tried before the run ended, and the run is closed"),
    ],
)
def test_the_words_say_how_the_run_stands(
    standing: Standing, ordinal: int, words: str, state: Path
) -> None:
    past: PastRun = find_past_run(state, "last")
    closed = RunState.CLOSED if standing is Standing.CLOSED else past.record.state
    past = replace(past, standing=standing, record=replace(past.record, state=closed))
    row = replace(row_of(past, 1, "b.csv"), ordinal=ordinal)
    assert explanation(row, [row], None)[0] == words
