"""Promises of `duplicates:` and `unique:` over a whole source."""

from __future__ import annotations

import secrets
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer import RunConfig, Stop, StopSignal
from importer.job import open_job
from importer.mapping_file import parse_mapping
from importer.observer import Silence
from importer.stages.recording import spill
from importer.survey import Survey, survey_source
from tests.journeys import write_csv
from tests.survey.tables import HEADER, User, checked, judged, mapping

USERS = st.builds(
    User,
    id=st.sampled_from([f"user-{n}" for n in range(5)]),
    name=st.sampled_from(["Ann", "Ben", ""]),
    at=st.sampled_from(["", "2024-01-01", "2024-01-02", "2023-12-31"]),
    mail=st.sampled_from(["", "a@x.de", "b@x.de", "c@x.de"]),
    keep=st.sampled_from(["y", "y", "y", "n"]),
    points=st.sampled_from(["1", "2", "2", "x"]),
)
WORDS = [
    ("each", False),
    ("last", False),
    ("first", False),
    ("invalid", False),
    ("last", True),
    ("first", True),
    ("merge", False),
]
UNIQUE = "{column: mail, unique: true}"


def written(keep: str, *, by: bool) -> str:
    return f"{{{keep}, by: at}}" if by else keep


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spill after a few rows, and look at a few at a time."""
    monkeypatch.setattr(spill, "BUFFER_BYTES", 200)
    monkeypatch.setattr(spill, "CHUNK_BYTES", 120)


@settings(max_examples=50)
@given(
    rows=st.lists(USERS, min_size=1, max_size=12),
    words=st.sampled_from(WORDS),
    unique=st.booleans(),
    block_bytes=st.sampled_from([150, None]),
)
def test_each_row_gets_the_fate_that_the_documentation_words(
    rows: list[User], words: tuple[str, bool], unique: bool, block_bytes: int | None
) -> None:
    keep, by = words
    text = mapping(written(keep, by=by), UNIQUE if unique else "mail")
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if block_bytes:
            patch.setattr(spill, "BUFFER_BYTES", 200)
            patch.setattr(spill, "CHUNK_BYTES", 120)
        counts, sent, dead = checked(rows, text, Path(folder), block_bytes=block_bytes)
    expected = judged(rows, keep, by=by, unique=unique)
    assert counts == Counter(expected.values())
    assert set(sent) == {row for row, fate in expected.items() if fate == "pending"}
    assert set(dead) == {row for row, fate in expected.items() if fate == "invalid"}


def some_rows(count: int = 400) -> list[User]:
    return [
        User(
            f"user-{n * 7919 % 150}",
            name=f"Näme {n}",
            at=f"2024-01-{n * 31 % 28 + 1:02}",
            mail=f"m{n * 13 % 300}@x.de",
            keep="n" if n % 17 == 0 else "y",
            points="x" if n % 13 == 0 else str(n),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(("keep", "by"), WORDS[1:])
def test_blocks_workers_and_spilling_change_nothing(
    keep: str, by: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, text = some_rows(), mapping(written(keep, by=by), UNIQUE)
    whole = checked(rows, text, tmp_path)
    monkeypatch.setattr(spill, "BUFFER_BYTES", 2000)
    monkeypatch.setattr(spill, "CHUNK_BYTES", 400)
    assert checked(rows, text, tmp_path, block_bytes=2500) == whole
    if keep == "last" and by:
        assert checked(rows, text, tmp_path, block_bytes=8000, workers=1) == whole


@pytest.mark.parametrize(("keep", "by"), WORDS[1:])
def test_a_user_asked_for_alone_has_the_fates_that_he_has_among_all(
    keep: str, by: bool, tmp_path: Path
) -> None:
    rows, text = some_rows(), mapping(written(keep, by=by), UNIQUE)
    _, sent, dead = checked(rows, text, tmp_path)
    for user in ("user-0", "user-7", "user-44"):
        own = {number for number, row in enumerate(rows, 1) if row.id == user}
        counts, sent_alone, dead_alone = checked(rows, text, tmp_path, only=frozenset([user]))
        assert sent_alone == {row: body for row, body in sent.items() if row in own}
        assert dead_alone == {row: message for row, message in dead.items() if row in own}
        assert sum(counts.values()) == len(rows)


def test_a_limit_makes_the_source_that_long(tmp_path: Path) -> None:
    rows, text = some_rows(), mapping("last")
    assert checked(rows, text, tmp_path, limit=100) == checked(rows[:100], text, tmp_path)


def test_a_message_names_the_other_row(tmp_path: Path) -> None:
    rows = [User("u-1", mail="a@x.de"), User("u-2", mail="a@x.de"), User("u-3", mail="a@x.de")]
    _, _, dead = checked(rows, mapping("each", UNIQUE), tmp_path)
    assert dead == {
        1: "found the same value as row 2, expected a value of its own, as `unique: true` asks "
        "[value-repeated]",
        2: "found the same value as row 1, expected a value of its own, as `unique: true` asks "
        "[value-repeated]",
        3: "found the same value as row 1, expected a value of its own, as `unique: true` asks "
        "[value-repeated]",
    }
    _, _, dead = checked([User("u-1"), User("u-2"), User("u-1")], mapping("invalid"), tmp_path)
    assert dead[3] == (
        "found a user who also stands in row 1, expected one row for each user, as "
        "`duplicates: invalid` asks [user-repeated]"
    )


def test_a_unique_id_refuses_users_in_several_rows(tmp_path: Path) -> None:
    text = mapping("each").replace("customer_id: id", "customer_id: {column: id, unique: true}")
    _, sent, dead = checked([User("u-1"), User("u-2"), User("u-1")], text, tmp_path)
    assert set(sent) == {2}
    assert "the same value as row 3" in dead[1]


def test_equal_numbers_are_one_value_however_they_are_written(tmp_path: Path) -> None:
    text = mapping("each", "{column: mail, type: number, unique: true}")
    mails = ["5", "5.0", "50", "0.5", ".50", "-5"]
    rows = [User(f"u-{n}", mail=mail) for n, mail in enumerate(mails)]
    _, sent, _ = checked(rows, text.replace("mail:", "nr:"), tmp_path)
    assert set(sent) == {3, 6}


@pytest.mark.parametrize(
    ("by", "cells", "last", "first"),
    [
        ("at", ["2024-01-01", "2024-01-01T00:00:01", "2023-12-31"], 2, 3),
        ("at", ["2024-01-01T10:00:00+05:30", "2024-01-01T06:00:00Z", "2024-01-01"], 2, 3),
        ("at", ["", "2024-01-01", ""], 2, 2),
        ("at", ["", "", ""], 3, 1),
        ("{column: at, type: number}", ["9", "10", "-11"], 2, 3),
        ("{column: at, type: number}", ["0.30", "0.3", "0.299999999999999999"], 2, 3),
        ("{column: at, type: integer}", ["12345678901234567890123", "7", "-1"], 1, 3),
        ("{column: at, type: date, format: DD/MM/YYYY}", ["02/01/2024", "01/02/2024", ""], 2, 1),
    ],
)
@pytest.mark.parametrize("block_bytes", [None, 30])
def test_rows_are_compared_as_what_they_are(
    by: str, cells: list[str], last: int, first: int, block_bytes: int | None, tmp_path: Path
) -> None:
    rows = [User("u-1", at=cell) for cell in cells]
    for keep, winner in (("last", last), ("first", first)):
        text = mapping(f"{{{keep}, by: {by}}}")
        counts, sent, _ = checked(rows, text, tmp_path, block_bytes=block_bytes)
        assert (set(sent), counts) == ({winner}, {"pending": 1, "superseded": len(rows) - 1})


def test_a_cell_that_cannot_be_compared_makes_its_row_invalid(tmp_path: Path) -> None:
    rows = [User("u-1", at="soon"), User("u-1", at="2024-01-01")]
    _, sent, dead = checked(rows, mapping("{last, by: at}"), tmp_path)
    assert set(sent) == {2}
    assert "[not-datetime]" in dead[1]


def test_an_attribute_of_the_same_column_says_what_its_cells_are(tmp_path: Path) -> None:
    text = mapping("{last, by: points}")
    rows = [User("u-1", points="9"), User("u-1", points="10"), User("u-1", points="x")]
    _, sent, dead = checked(rows, text, tmp_path)
    assert set(sent) == {2}
    assert dead[3].count("[not-integer]") == 1


def surveyed(
    rows: list[User], text: str, folder: Path, stop: StopSignal | None = None, **settings: object
) -> Survey | None:
    source = write_csv(folder / "t.csv", HEADER, [row.cells for row in rows])
    config = RunConfig(**settings)  # type: ignore[arg-type]
    job = open_job(source, parse_mapping(text, "m.yaml"), config)
    where = folder / "survey"
    return survey_source(
        job, config, where, secrets.token_bytes(32), Silence(), stop or StopSignal()
    )


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("keep", ["each", "last", "first", "invalid"])
def test_a_survey_tells_who_stands_in_several_rows(keep: str, tmp_path: Path) -> None:
    rows = [User("u-9"), User("u-1"), User("u-2"), User("u-1", keep="n"), User("u-2"), User("u-1")]
    survey = surveyed(rows, mapping(keep), tmp_path)
    assert survey is not None
    assert (survey.rows, survey.users_in_several_rows) == (6, 2)
    assert survey.example is not None
    assert [place.row for place in survey.example] == [2, 6]
    alone = surveyed(rows, mapping(keep), tmp_path / "..", only=frozenset(["u-2"]))
    assert alone is not None
    assert alone.users_in_several_rows == 1
    assert alone.example is not None
    assert [place.row for place in alone.example] == [3, 5]


def test_a_superseded_row_knows_its_winner(tmp_path: Path) -> None:
    rows = [User("u-1"), User("u-2"), User("u-1"), User("u-1")]
    survey = surveyed(rows, mapping("last"), tmp_path)
    assert survey is not None
    assert [survey.replaced_by(n) for n in range(4)] == [3, None, 3, None]
    assert [survey.stands_for(n) for n in range(4)] == [None, None, None, (2, 0)]
    assert survey.remark(3).startswith("2 other rows of the same user (row 1 is the first)")
    assert survey.remark(1) == ""


def test_a_finished_survey_is_used_again_and_a_damaged_one_is_made_again(tmp_path: Path) -> None:
    rows = [User("u-1"), User("u-2"), User("u-1")]
    assert surveyed(rows, mapping("last"), tmp_path) is not None
    folder = tmp_path / "survey"
    assert {path.name for path in folder.iterdir()} == {
        "clashes.bin",
        "kept.bin",
        "superseded.bin",
        "survey.json",
    }
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    made = (folder / "survey.json").stat().st_mtime_ns
    assert surveyed(rows, mapping("last"), tmp_path) is not None
    assert (folder / "survey.json").stat().st_mtime_ns == made
    data = (folder / "superseded.bin").read_bytes()
    (folder / "superseded.bin").write_bytes(bytes(len(data)))
    again = surveyed(rows, mapping("last"), tmp_path)
    assert again is not None
    assert again.replaced_by(0) == 2
    (folder / "survey.json").unlink()
    (folder / "users-00001").write_bytes(b"left by a process that was killed")
    assert surveyed(rows, mapping("last"), tmp_path) is not None
    assert not (folder / "users-00001").exists()


def test_a_survey_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    stop = StopSignal()
    stop.request(Stop("interrupted", "a test", "", 130))
    assert surveyed([User("u-1")], mapping("last"), tmp_path, stop) is None
    assert not (tmp_path / "survey").exists()
