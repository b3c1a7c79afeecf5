from __future__ import annotations

import csv
import errno
import os
import resource
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import StateError
from importer.records import DEAD_LETTER_COLUMNS
from importer.stages.recording import (
    DeadRow,
    free_path,
    remember_dead_letter,
    write_dead_letter,
)
from tests.stages.recording.conftest import MakeRow

COLUMNS = ("id", "Näme")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_it_is_utf8_with_a_byte_order_mark_commas_and_crlf(
    tmp_path: Path, dead_row: MakeRow
) -> None:
    path = tmp_path / "dead.csv"
    write_dead_letter(path, "run-1", COLUMNS, [dead_row(0, cells=("u1", "Zoë, B"))])
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,N\xc3\xa4me,_run,")
    assert b'u1,"Zo\xc3\xab, B",run-1,users.csv,1,2,coercing,' in data
    assert data.count(b"\n") == data.count(b"\r\n") == 2


def test_the_sources_columns_stand_first_and_ours_after_them(
    tmp_path: Path, dead_row: MakeRow
) -> None:
    path = write_dead_letter(tmp_path / "dead.csv", "r", COLUMNS, [dead_row(0)])
    (row,) = read(path)
    assert tuple(row) == COLUMNS + DEAD_LETTER_COLUMNS


def test_all_of_a_rows_reasons_stand_in_it(tmp_path: Path, dead_row: MakeRow) -> None:
    several = dead_row(
        6,
        stages=("coercing", "coercing", "enforcing"),
        codes=("not-integer", "not-email", "id-banned"),
        columns=("seq", "mail", "id"),
        found=("m1", "m2", "m3"),
        expected=("e1", "", "e3"),
        http_status=400,
        attempts=3,
        request_id="abc",
    )
    (row,) = read(write_dead_letter(tmp_path / "dead.csv", "run-1", COLUMNS, [several]))
    assert [row[name] for name in DEAD_LETTER_COLUMNS] == [
        "run-1",
        "users.csv",
        "7",
        "8",
        "coercing; enforcing",
        "not-integer; not-email; id-banned",
        "seq; mail; id",
        "found m1, expected e1 [not-integer]; m2 [not-email]; found m3, expected e3 [id-banned]",
        "400",
        "3",
        "abc",
        "",
    ]


def test_what_there_is_not_is_empty(tmp_path: Path, dead_row: MakeRow) -> None:
    unread = dead_row(0, cells=None, raw="u1,\\xff", line=0)
    null = dead_row(1, cells=("u2", None))
    first, second = read(write_dead_letter(tmp_path / "d.csv", "r", COLUMNS, [unread, null]))
    assert (first["id"], first["Näme"], first["_raw"]) == ("", "", "u1,\\xff")
    assert (first["_line"], first["_http_status"]) == ("", "")
    assert (second["id"], second["Näme"]) == ("u2", "")


@given(
    st.lists(st.lists(st.text(), min_size=2, max_size=2).map(tuple), min_size=1, max_size=5),
    st.text(),
)
def test_any_text_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], raw: str
) -> None:
    dead = [
        DeadRow(n, "invalid", "f", n + 1, 0, cells, ("s",), ("c",), (raw,), (raw,), ("",), raw)
        for n, cells in enumerate(rows)
    ]
    path = tmp_path_factory.mktemp("dead") / "dead.csv"
    found = read(write_dead_letter(path, "r", COLUMNS, dead))
    assert [(row["id"], row["Näme"]) for row in found] == rows
    assert all(
        row["_raw"] == row["_column"] == raw and row["_message"] == f"{raw} [c]" for row in found
    )


def test_it_is_for_its_owner_alone_even_where_another_file_stood(
    tmp_path: Path, dead_row: MakeRow
) -> None:
    path = tmp_path / "dead.csv"
    path.write_text("old")
    path.chmod(0o644)
    write_dead_letter(path, "r", COLUMNS, [dead_row(0)])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_folder_of_an_asked_path_is_made(tmp_path: Path, dead_row: MakeRow) -> None:
    assert read(write_dead_letter(tmp_path / "a/b/dead.csv", "r", COLUMNS, [dead_row(0)]))


def test_what_stood_before_stays_when_a_row_cannot_be_had(
    tmp_path: Path, dead_row: MakeRow
) -> None:
    def broken() -> Iterator[DeadRow]:
        yield dead_row(0)
        raise RuntimeError("the journal is gone")

    path = tmp_path / "dead.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="the journal is gone"):
        write_dead_letter(path, "r", COLUMNS, broken())
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["dead.csv"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_what_stood_before_stays_when_the_disk_is_full(
    tmp_path: Path, dead_row: MakeRow, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "dead.csv"
    path.write_text("old")
    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[failing], full)
    with pytest.raises(StateError, match="No space left on device") as caught:
        write_dead_letter(path, "r", COLUMNS, [dead_row(0)])
    assert caught.value.problem.place == str(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["dead.csv"]


@contextmanager
def small_files_only() -> Iterator[None]:
    """Let the system refuse files of more than 64 KiB, as a quota does."""
    # For a few lines only: the file that pytest's own output goes to may be longer.
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_file_that_the_system_cuts_short_is_a_state_error(
    tmp_path: Path, dead_row: MakeRow
) -> None:
    path = tmp_path / "dead.csv"
    path.write_text("old")
    with small_files_only(), pytest.raises(StateError, match="File too large"):
        write_dead_letter(path, "r", COLUMNS, [dead_row(n, raw="x" * 1000) for n in range(100)])
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["dead.csv"]


def test_a_path_is_free_until_somebody_else_wrote_there(tmp_path: Path, dead_row: MakeRow) -> None:
    path, state = tmp_path / "dead.csv", tmp_path / "state"
    assert free_path(path, state, "run-2") == path
    write_dead_letter(path, "run-1", COLUMNS, [dead_row(0)])
    assert free_path(path, state, "run-2") == tmp_path / "dead-run-2.csv"
    remember_dead_letter(path, state)
    assert free_path(path, state, "run-2") == path
    path.write_bytes(path.read_bytes() + b"mine")
    assert free_path(path, state, "run-2") == tmp_path / "dead-run-2.csv"


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
def test_a_note_that_cannot_be_read_protects_every_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "dead_letters.json").write_bytes(content)
    (tmp_path / "dead.csv").write_text("x")
    assert free_path(tmp_path / "dead.csv", tmp_path, "r") == tmp_path / "dead-r.csv"
