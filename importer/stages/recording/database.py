"""Opens the ledger, the embedded database that remembers runs, and brings its tables up to date."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

from importer.errors import StateError
from importer.plurals import counted
from importer.stages.recording.private_files import refused
from importer.stages.recording.read_only import BUSY_SECONDS, connect_for_reading
from importer.stages.recording.schema import MIGRATIONS

DATABASE = "ledger.sqlite"
KEY_FILE = "ledger.key"
_SECRET_BYTES = 32
# Where an SQLite header says how many pages there are, and how large each is.
_HEADER_BYTES, _PAGE_SIZE, _PAGES = 100, slice(16, 18), slice(28, 32)


def database_path(state_dir: Path) -> Path:
    """Give where the ledger lies."""
    return state_dir / DATABASE


def open_for_writing(state_dir: Path) -> sqlite3.Connection:
    """Open the ledger, made if there is none; any thread may use it, one at a time.

    Raises StateError if it is damaged, from a later version, or cannot be written.
    """
    path = database_path(state_dir)
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not path.exists()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise refused(path, error) from None
    _require_whole(path)
    with explained(path):
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            if not is_new:
                _require_tables(connection, state_dir)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # Else each page that a statement changes is first copied to a temporary file.
            connection.execute("PRAGMA temp_store = MEMORY")
            _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def open_for_reading(state_dir: Path) -> sqlite3.Connection | None:
    """Open the ledger as it is, also while a run writes; None if there is none.

    Raises StateError if it is damaged, older than the runs beside it, or from another version.
    """
    path = database_path(state_dir)
    if not path.exists():
        return None
    _require_whole(path)
    with explained(path):
        connection = connect_for_reading(path)
        try:
            _require_tables(connection, state_dir)
            version = _version(connection)
            if version and version != len(MIGRATIONS):
                raise _other_version(path, version)
            if version:
                require_known_runs(connection, state_dir)
        except BaseException:
            connection.close()
            raise
    if version:
        return connection
    connection.close()
    return None


def open_to_look(state_dir: Path) -> sqlite3.Connection | None:
    """Do what open_for_reading does, for whoever asks what there is.

    Raises StateError also where there is no ledger beside runs that it must have known.
    """
    if not database_path(state_dir).exists() and (folders := _folders_with_rows(state_dir)):
        raise StateError(
            str(database_path(state_dir)),
            f"no such file, beside the folders of {counted(len(folders), 'run')}",
            "the ledger that knows them",
            "restore it from a backup; `moengage-import run` begins a new one, for which every "
            "user is unknown",
        )
    return open_for_reading(state_dir)


@contextmanager
def consulted(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Close a connection for reading in the end; what SQLite says meanwhile is a StateError."""
    with closing(connection), explained(ledger_of(connection)):
        yield connection


def state_secret(state_dir: Path) -> bytes:
    """Give the secret under which ids are hashed, made if there is none; StateError if lost."""
    path = state_dir / KEY_FILE
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists() and not database_path(state_dir).exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(secrets.token_bytes(_SECRET_BYTES))
                stream.flush()
                os.fsync(stream.fileno())
        found = path.read_bytes() if path.exists() else None
    except OSError as error:
        raise refused(path, error) from None
    if found is None or len(found) != _SECRET_BYTES:
        there = "no such file" if found is None else counted(len(found), "byte")
        raise StateError(
            str(path),
            f"{there}, where the ledger's secret should be",
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
    except UnicodeDecodeError as error:
        # So Python says that it cannot even read what SQLite says of damaged tables.
        raise damaged(path, str(error)) from None


def database_error(path: Path, error: sqlite3.Error) -> StateError:
    """Word what SQLite says of the ledger for people."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")):
        return damaged(path, str(error))
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


def ledger_of(connection: sqlite3.Connection) -> Path:
    """Give where the ledger of a connection lies."""
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def damaged(path: Path, how: str) -> StateError:
    """Say that the ledger is not what was written."""
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
        raise damaged(path, "it does not begin like an SQLite database")
    page = int.from_bytes(header[_PAGE_SIZE], "big")
    pages = int.from_bytes(header[_PAGES], "big")
    if size < pages * (65536 if page == 1 else page):
        raise damaged(path, f"it ends after {counted(size, 'byte')}")


def require_own_secret(connection: sqlite3.Connection, secret: bytes, state_dir: Path) -> None:
    """Check that the ledger's ids were hashed under this secret, which is noted the first time.

    Under another one every user would be unknown, and no row's user could be found again.
    """
    mark = _mark_of(secret)
    connection.execute("INSERT OR IGNORE INTO facts VALUES ('secret', ?)", (mark,))
    _require_mark(connection, mark, state_dir)


def known_secret(connection: sqlite3.Connection, state_dir: Path) -> bytes:
    """Give the secret under which a ledger's ids were hashed; StateError if it is not that one."""
    secret = state_secret(state_dir)
    with explained(database_path(state_dir)):
        _require_mark(connection, _mark_of(secret), state_dir)
    return secret


def _mark_of(secret: bytes) -> bytes:
    return blake2b(b"ledger", key=secret, digest_size=8).digest()


def _require_mark(connection: sqlite3.Connection, mark: bytes, state_dir: Path) -> None:
    known = connection.execute("SELECT value FROM facts WHERE name = 'secret'").fetchone()
    # A ledger of a time before the mark has none until it is written to again.
    if known is not None and known[0] != mark:
        raise StateError(
            str(state_dir / KEY_FILE),
            "the secret of another ledger",
            "the one that was made with this ledger",
            f"restore it from a backup, or move {database_path(state_dir)} away and begin anew: "
            "then every user counts as unknown and is sent again",
        )


def require_known_runs(connection: sqlite3.Connection, state_dir: Path) -> None:
    """Notice a ledger that is older than the runs beside it: what it remembers may be overtaken.

    One that knows no run at all was begun anew, and remembers nothing that could be wrong.
    """
    # The folders first: a run that another process begins meanwhile is registered before it has
    # rows.
    folders = _folders_with_rows(state_dir)
    known = {run for (run,) in connection.execute("SELECT run FROM runs")}
    for folder in folders if known else ():
        if folder.name not in known:
            raise StateError(
                str(database_path(state_dir)),
                f"a ledger that does not know the run {folder.name}, whose folder is here",
                "a ledger as new as the runs beside it",
                "if it was restored from a backup, restore a newer one; else move the ledger away "
                f"and begin anew (every user counts as unknown then), or move {folder} away if "
                "that run was never of this state folder",
            )


def _folders_with_rows(state_dir: Path) -> list[Path]:
    logs = sorted((state_dir / "runs").glob("*/rows.bin"))
    return [log.parent for log in logs if log.stat().st_size]


def _require_tables(connection: sqlite3.Connection, state_dir: Path) -> None:
    """Notice a ledger without tables although runs lie beside it: it lost its log."""
    if not _version(connection) and _folders_with_rows(state_dir):
        path = database_path(state_dir)
        raise damaged(path, f"it is empty; {path.name}-wal, which held it, is lost")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise _other_version(path, version)
    if version == len(MIGRATIONS):
        return
    # All steps or none: a disk that fills up between two would leave a ledger nobody can read.
    steps = "; ".join(MIGRATIONS[version:])
    connection.executescript(
        f"BEGIN IMMEDIATE; {steps}; PRAGMA user_version = {len(MIGRATIONS)}; END"
    )


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
