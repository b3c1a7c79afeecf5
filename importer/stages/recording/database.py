"""Opens the ledger, the embedded database that remembers runs, and brings its tables up to date."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.errors import StateError
from importer.stages.recording.private_files import refused
from importer.stages.recording.schema import MIGRATIONS

_DATABASE = "ledger.sqlite"
_KEY_FILE = "ledger.key"
_SECRET_BYTES = 32
_BUSY_SECONDS = 30.0
# Where an SQLite header says how many pages there are, and how large each is.
_HEADER_BYTES, _PAGE_SIZE, _PAGES = 100, slice(16, 18), slice(28, 32)


def database_path(state_dir: Path) -> Path:
    """Give where the ledger lies."""
    return state_dir / _DATABASE


def open_for_writing(state_dir: Path) -> sqlite3.Connection:
    """Open the ledger, made if there is none; any thread may use it, one at a time.

    Raises StateError if it is damaged, from a later version, or cannot be written.
    """
    path = database_path(state_dir)
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise refused(path, error) from None
    _require_whole(path)
    with explained(path):
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(state_dir: Path) -> sqlite3.Connection | None:
    """Open the ledger as it is, also while a run writes; None if there is none.

    Raises StateError if it is damaged or from another version.
    """
    path = database_path(state_dir)
    if not path.exists() or not path.stat().st_size:
        return None
    _require_whole(path)
    with explained(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS
        )
        try:
            version = _version(connection)
            if version != len(MIGRATIONS):
                raise _other_version(path, version)
        except BaseException:
            connection.close()
            raise
    return connection


def state_secret(state_dir: Path) -> bytes:
    """Give the secret under which ids are hashed, made if there is none; StateError if lost."""
    path = state_dir / _KEY_FILE
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists() and not database_path(state_dir).exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(secrets.token_bytes(_SECRET_BYTES))
                stream.flush()
                os.fsync(stream.fileno())
        found = path.read_bytes()
    except FileNotFoundError:
        found = b""
    except OSError as error:
        raise refused(path, error) from None
    if len(found) != _SECRET_BYTES:
        raise StateError(
            str(path),
            f"{len(found)} bytes where the ledger's secret should be",
            f"the {_SECRET_BYTES} bytes that were made with the ledger",
            f"restore it from a backup, or move {database_path(state_dir)} away and begin anew: "
            "then every user counts as unknown and is sent again",
        )
    return found


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the ledger into a StateError."""
    try:
        yield
    except sqlite3.Error as error:
        raise database_error(path, error) from None


def database_error(path: Path, error: sqlite3.Error) -> StateError:
    """Word what SQLite says of the ledger for people."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _damaged(path, str(error))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StateError(
            str(path),
            "a ledger that another process has kept locked for half a minute",
            "one writer at a time",
            "see with `moengage-import runs` what is going on, then run the command again",
        )
    return StateError(
        str(path),
        f"a write that failed ({error})",
        "a disk with room, and a folder that may be written to",
        "free space or choose another --state-dir, then run the command again",
    )


def _damaged(path: Path, how: str) -> StateError:
    return StateError(
        str(path),
        f"a damaged ledger ({how})",
        "the ledger as it was written",
        f"restore it from a backup, or move {path}, {path.name}-wal and {path.name}-shm away: the "
        "runs' folders with their dead letters stay, unfinished runs must be begun again, and "
        "every user counts as unknown",
    )


def _require_whole(path: Path) -> None:
    """Notice a file that lost its end, which SQLite would find only when it comes there."""
    try:
        with path.open("rb") as stream:
            header = stream.read(_HEADER_BYTES)
            size = os.fstat(stream.fileno()).st_size
    except OSError as error:
        raise refused(path, error) from None
    if not header:
        return
    if len(header) < _HEADER_BYTES or not header.startswith(b"SQLite format 3\0"):
        raise _damaged(path, "it does not begin like an SQLite database")
    page = int.from_bytes(header[_PAGE_SIZE], "big")
    pages = int.from_bytes(header[_PAGES], "big")
    if size < pages * (65536 if page == 1 else page):
        raise _damaged(path, f"it ends after {size:,} bytes")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise _other_version(path, version)
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; END")


def _other_version(path: Path, version: int) -> StateError:
    newer = version > len(MIGRATIONS)
    return StateError(
        str(path),
        f"a ledger of version {version}",
        f"version {len(MIGRATIONS)}, which this program writes",
        "use the program's newer version that wrote it"
        if newer
        else "begin or resume a run: it brings the ledger up to date",
    )
