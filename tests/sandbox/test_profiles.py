from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import StateError
from importer.sandbox.profiles import LoggedRequest, ProfileStore


def logged(customer_id: str | None = "ann", status: int = 200) -> LoggedRequest:
    return LoggedRequest(1.5, "/v1/customer/X", customer_id, status, 10, 1, "")


def test_profiles_names_and_requests_outlive_the_sandbox(tmp_path: Path) -> None:
    store = ProfileStore(tmp_path / "profiles.db")
    store.put("ann", {"points": 10**30, "name": "Änn \x00"}, is_new=True)
    store.log(logged())
    store.close()

    again = ProfileStore(tmp_path / "profiles.db")
    assert again.get("ann") == {"points": 10**30, "name": "Änn \x00"}
    assert again.names == {"points", "name"}
    assert again.count == 1
    assert again.logged() == [(1, logged())]
    again.close()


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "profiles.db"
    store = ProfileStore(path)
    store.put("ann", {}, is_new=True)
    store.commit()

    modes = {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    store.close()
    assert modes == {0o600}


def test_what_is_committed_survives_a_crash(tmp_path: Path) -> None:
    store = ProfileStore(tmp_path / "profiles.db")
    store.put("ann", {"a": 1}, is_new=True)
    store.commit()
    store.put("bob", {"a": 1}, is_new=True)
    store._connection.close()  # no commit: as a kill would leave it

    again = ProfileStore(tmp_path / "profiles.db")
    assert [one for one, _ in again.page()] == ["ann"]
    again.close()


def test_deleting_and_clearing_keep_the_count_right() -> None:
    store = ProfileStore(None)
    for name in ("ann", "bob", "eve"):
        store.put(name, {"a": 1}, is_new=True)
    store.put("ann", {"a": 2}, is_new=False)

    assert store.delete("ann")
    assert not store.delete("ann")
    assert store.count == 2
    store.clear()
    assert (store.count, store.names, store.page()) == (0, set(), [])
    store.close()


def test_the_log_can_be_asked_for_one_user() -> None:
    store = ProfileStore(None)
    for name in ("ann", "bob", "ann", None):
        store.log(logged(name))

    assert [number for number, _ in store.logged(customer_id="ann")] == [1, 3]
    assert [number for number, _ in store.logged(after=2, limit=1)] == [3]
    store.close()


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)), st.integers(1, 5))
def test_pages_of_any_size_give_every_profile_once_in_order(ids: set[str], size: int) -> None:
    store = ProfileStore(None)
    for one in ids:
        store.put(one, {}, is_new=True)
    seen: list[str] = []
    while page := store.page(seen[-1] if seen else "", size):
        seen += [one for one, _ in page]

    assert seen == sorted(ids)
    store.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, and not a database at all " * 50)
    before = path.read_bytes(), path.stat().st_mode

    with pytest.raises(StateError, match="not a database"):
        ProfileStore(path)
    assert (path.read_bytes(), path.stat().st_mode) == before


def test_somebody_elses_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE books (title)")
    connection.close()
    before = path.read_bytes(), path.stat().st_mode

    with pytest.raises(StateError, match="a database of something else"):
        ProfileStore(path)
    assert (path.read_bytes(), path.stat().st_mode) == before


@pytest.mark.parametrize("page", [1, 20, -10], ids=["first", "profiles", "requests"])
def test_a_damaged_database_is_said_to_be_damaged(tmp_path: Path, page: int) -> None:
    path = tmp_path / "profiles.db"
    store = ProfileStore(path)
    for number in range(2_000):
        store.put(f"user{number}", {"a": "x" * 50}, is_new=True)
    for _ in range(2_000):
        store.log(logged())
    store.close()
    data = bytearray(path.read_bytes())
    start = page * 4_096 % len(data)
    data[start : start + 8_192] = b"\x55" * 8_192
    path.write_bytes(data)

    with pytest.raises(StateError, match="it cannot be used"):
        ProfileStore(path)


@pytest.mark.parametrize("name", ["missing/profiles.db", "."])
def test_a_file_that_cannot_be_made_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StateError, match="it cannot be used"):
        ProfileStore(tmp_path / name)


def test_two_sandboxes_never_share_a_file(tmp_path: Path) -> None:
    first = ProfileStore(tmp_path / "profiles.db")

    with pytest.raises(StateError, match="another sandbox has it open"):
        ProfileStore(tmp_path / "profiles.db")
    first.close()
    ProfileStore(tmp_path / "profiles.db").close()
