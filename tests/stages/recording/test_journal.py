from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import StateError
from importer.records import Fate
from importer.stages.recording import DeadRow, Journal
from tests.stages.recording.conftest import MakeRow

ANY_TEXT = st.text()
ROWS = st.lists(
    st.builds(
        DeadRow,
        ordinal=st.integers(0, 2**40),
        fate=st.sampled_from(["invalid", "rejected", "undelivered"]),
        file=ANY_TEXT,
        row=st.integers(1, 2**40),
        line=st.integers(0, 2**40),
        cells=st.none() | st.lists(st.none() | ANY_TEXT, max_size=4).map(tuple),
        stages=st.just(("coercing",)),
        codes=st.just(("not-integer",)),
        columns=st.tuples(ANY_TEXT),
        found=st.tuples(ANY_TEXT),
        expected=st.tuples(ANY_TEXT),
        raw=ANY_TEXT,
        request_id=ANY_TEXT,
    ),
    unique_by=lambda row: row.ordinal,
    max_size=8,
)


@given(ROWS)
def test_any_text_reads_back_equal_and_in_the_runs_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[DeadRow]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    with closing(Journal(path)) as journal:
        for row in rows:
            journal.write(row)
        journal.flush()
        assert list(journal.in_row_order()) == sorted(rows, key=lambda row: row.ordinal)
        assert len(journal) == len(rows)


def test_what_was_written_is_there_as_soon_as_it_is_flushed(
    tmp_path: Path, dead_row: MakeRow
) -> None:
    with closing(Journal(tmp_path / "journal.jsonl")) as journal:
        for ordinal in (2, 0, 1):
            journal.write(dead_row(ordinal))
            journal.flush()
        text = journal.path.read_text(encoding="utf-8")
    # One line a row, in the order in which it happened: a killed run leaves whole lines.
    assert [f'"ordinal":{n},' in line for n, line in zip((2, 0, 1), text.splitlines(), strict=True)]
    assert text.endswith("\n")


def test_a_fate_reads_back_as_its_word(tmp_path: Path, dead_row: MakeRow) -> None:
    with closing(Journal(tmp_path / "journal.jsonl")) as journal:
        journal.write(dead_row(0, fate=Fate.REJECTED))
        journal.flush()
        (row,) = journal.in_row_order()
    assert row.fate == Fate.REJECTED


def test_a_journal_is_for_its_owner_alone(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "journal.jsonl")) as journal:
        assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_a_journal_that_cannot_be_made_is_a_state_error(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="No such file or directory"):
        Journal(tmp_path / "nowhere" / "journal.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_a_state_error(dead_row: MakeRow) -> None:
    journal = Journal(Path("/dev/full"))
    journal.write(dead_row(0))
    with pytest.raises(StateError, match="No space left on device"):
        journal.flush()
    with pytest.raises(StateError):
        journal.close()
