"""Runs that compare all rows first: what they send, and how they go on after an end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from importer import Fate, RunConfig, RunReport, Stop, StopSignal, run_import
from importer.errors import StateError
from importer.mapping_file import parse_mapping
from importer.observer import Silence
from importer.pipeline import Surveyor
from importer.prepared import Prepared
from importer.records import Block
from importer.resume import find_unfinished, resume_run
from importer.sandbox import SandboxConfig, SandboxThread
from importer.stages.recording import read_row_log
from importer.survey import making
from tests.journeys import FAST, dead_letter, fates, profiles, target_of, write_csv
from tests.survey.tables import HEADER, User, judged, mapping

UNIQUE = "{column: mail, unique: true}"


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxConfig(rate_limit_per_minute=None, seed=7)) as running:
        yield running


ROWS = [
    User(
        f"user-{n * 7919 % 700}",
        name=f"Name {n}",
        at=f"2024-01-{n * 31 % 28 + 1:02}",
        mail=f"m{n * 13 % 1500}@x.de",
        keep="n" if n % 17 == 0 else "y",
        points="x" if n % 13 == 0 else str(n),
    )
    for n in range(2000)
]


@pytest.fixture
def users(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "users.csv", HEADER, [row.cells for row in ROWS])


class Watches(Silence):
    """Counts the surveys; stops the run, or breaks it off, in a survey or after some deliveries."""

    def __init__(self, stop: StopSignal, *, reading: bool = False, delivered: int = 0) -> None:
        self.stop = stop
        self.reading = reading
        self.left = delivered
        self.surveys = 0

    def began(self, headline: str, rows: int | None) -> None:
        self.surveys += headline == "compare all rows"

    def read(self, bytes_read: int, bytes_total: int) -> None:
        if self.reading:
            self.stop.request(Stop("interrupted", "a test", "", 130))

    def progressed(self, fate: Fate, rows: int) -> None:
        self.left -= rows if fate is Fate.DELIVERED else 0
        if self.left == 0:
            self.stop.request(Stop("interrupted", "a test", "", 130))


def started(
    sandbox: SandboxThread,
    source: Path,
    text: str,
    state: Path,
    watch: Watches | None = None,
    **settings: Any,
) -> RunReport:
    config = RunConfig(sending=FAST, state_dir=state, block_bytes=4096, **settings)
    watcher = watch or Watches(StopSignal(), delivered=-1)
    return run_import(
        source,
        parse_mapping(text, "m.yaml"),
        target_of(sandbox),
        config,
        observer=watcher,
        stop=watcher.stop,
    )


def whole(sandbox: SandboxThread, report: RunReport, keep: str, *, by: bool) -> None:
    """Check a run's fates, profiles, dead letter and row log against the table's own judgement."""
    expected = judged(ROWS, keep, by=by, unique=True)
    sent = {row for row, fate in expected.items() if fate == "pending"}
    counts = Counter(expected.values())
    assert counts.pop("pending") == len(sent)
    assert fates(report) == {**counts, "delivered": len(sent)}
    found = {name: kept["name"] for name, kept in profiles(sandbox).items()}
    assert found == {ROWS[row - 1].id: ROWS[row - 1].name for row in sorted(sent)}
    dead = [int(row["_row"]) for row in dead_letter(report)]
    assert dead == [row for row, fate in expected.items() if fate == "invalid"]
    assert report.folder is not None
    log = read_row_log(report.folder / "rows.bin")
    assert sorted(log["ordinal"].tolist()) == list(range(len(ROWS)))


@pytest.mark.parametrize(
    ("keep", "by"), [("last", False), ("first", True), ("invalid", False), ("merge", False)]
)
def test_a_run_sends_the_rows_that_a_check_would_send_and_goes_on_with_its_survey(
    keep: str, by: bool, sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    text, state = mapping(f"{{{keep}, by: at}}" if by else keep, UNIQUE), tmp_path / "state"
    first_watch = Watches(StopSignal(), delivered=40)
    first = started(sandbox, users, text, state, first_watch)
    assert (first.exit, first_watch.surveys) == (130, 1)
    again = Watches(StopSignal(), delivered=-1)
    second = resume_run(find_unfinished(state), target_of(sandbox), observer=again)
    assert (second.run, again.surveys) == (first.run, 0)
    whole(sandbox, second, keep, by=by)
    assert sandbox.stats()["requests"] == second.fates[Fate.DELIVERED]


def test_a_run_that_is_stopped_in_its_survey_sends_nothing_and_can_go_on(
    sandbox: SandboxThread, users: Path, tmp_path: Path
) -> None:
    text, state = mapping("last", UNIQUE), tmp_path / "state"
    first = started(sandbox, users, text, state, Watches(StopSignal(), reading=True))
    assert (first.exit, fates(first)) == (130, {"pending": len(ROWS)})
    assert first.next.startswith(f"moengage-import resume {first.run}")
    assert sandbox.stats()["requests"] == 0
    second = resume_run(find_unfinished(state), target_of(sandbox))
    whole(sandbox, second, "last", by=False)


def test_time_that_is_over_ends_the_survey_too(
    sandbox: SandboxThread, users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(self: Surveyor, block: Block) -> Prepared:
        # Nothing goes on before the time is over.
        assert over.wait(60)
        return prepare(self, block)

    class Notices(StopSignal):
        def request(self, reason: Stop) -> None:
            super().request(reason)
            over.set()

    over, prepare = threading.Event(), Surveyor.prepare
    text, state = mapping("last", UNIQUE), tmp_path / "state"
    with monkeypatch.context() as patch:
        patch.setattr(Surveyor, "prepare", slowly)
        watch = Watches(Notices(), delivered=-1)
        first = started(sandbox, users, text, state, watch, max_time_seconds=0.01)
    assert (first.exit, fates(first)) == (4, {"pending": len(ROWS)})
    assert first.stop is not None
    assert first.stop.message == "--max-time is over"
    second = resume_run(find_unfinished(state), target_of(sandbox))
    whole(sandbox, second, "last", by=False)


def test_a_run_that_is_killed_in_its_survey_makes_it_again(
    sandbox: SandboxThread, users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, state = mapping("last", UNIQUE), tmp_path / "state"
    with monkeypatch.context() as patch:
        patch.setattr(making, "write_json", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            started(sandbox, users, text, state)
    second = resume_run(find_unfinished(state), target_of(sandbox))
    whole(sandbox, second, "last", by=False)


def test_a_disk_that_is_full_in_the_survey_is_told_and_nothing_is_sent(
    sandbox: SandboxThread, users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StateError("survey", "a write that failed (No space left on device)", "room", "free")

    text, state = mapping("last", UNIQUE), tmp_path / "state"
    with monkeypatch.context() as patch:
        patch.setattr(making, "write_json", full)
        first = started(sandbox, users, text, state)
    assert (first.exit, fates(first)) == (3, {"pending": len(ROWS)})
    assert first.stop is not None
    assert "No space left" in first.stop.message
    whole(sandbox, resume_run(find_unfinished(state), target_of(sandbox)), "last", by=False)


def test_a_mapping_that_compares_no_rows_takes_one_pass(
    sandbox: SandboxThread, users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Surveyor, "prepare", lambda *_: pytest.fail("a survey was made"))
    report = started(sandbox, users, mapping("each"), tmp_path / "state")
    assert fates(report).get("superseded", 0) == 0


def test_the_dead_letter_says_which_rows_a_rejected_one_had_replaced(
    sandbox: SandboxThread, tmp_path: Path
) -> None:
    sandbox.set_faults({"fail_200_rate": 1.0})
    rows = [User("u-1"), User("u-2"), User("u-1"), User("u-1")]
    source = write_csv(tmp_path / "t.csv", HEADER, [row.cells for row in rows])
    report = started(sandbox, source, mapping("last"), tmp_path / "state")
    assert fates(report) == {"superseded": 2, "rejected": 2}
    messages = {int(row["_row"]): row["_message"] for row in dead_letter(report)}
    assert set(messages) == {2, 4}
    assert "same user" not in messages[2]
    assert (
        "; 2 other rows of the same user (row 1 is the first) were not sent, because this row "
        "replaced them [status-fail]"
    ) in messages[4]
    assert report.folder is not None
    kept = {path.name for path in (report.folder / "survey").iterdir()}
    assert kept == {"clashes.bin", "kept.bin", "superseded.bin", "survey.json"}
    content = b"".join(path.read_bytes() for path in (report.folder / "survey").iterdir())
    assert b"u-1" not in content
