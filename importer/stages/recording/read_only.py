"""Opens the ledger to read it alone, also in a folder that may not be written to."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from importer.errors import StateError

BUSY_SECONDS = 30.0
_CACHE_KIB = 64 * 1024


def connect_for_reading(path: Path) -> sqlite3.Connection:
    """Open a ledger that was looked at before; any thread may use it, one at a time.

    Raises StateError where it can be read only by writing beside it, and that is forbidden.
    """
    connection = _connected(path, "mode=ro")
    try:
        connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if not _is_unwritable(error):
            raise
        # Without a log nobody writes to it, and it can be read as it stands.
        connection = _connected(_without_log(path), "mode=ro&immutable=1")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    return connection


def _connected(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _is_unwritable(error: sqlite3.Error) -> bool:
    """Tell whether SQLite could not make the files beside a ledger that it reads."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))


def _without_log(path: Path) -> Path:
    """Give the path; StateError if the ledger's last writes stand in its log."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or not log.stat().st_size:
        return path
    raise StateError(
        str(path),
        f"a ledger whose last writes stand in {log.name}, in a folder that may not be written to",
        f"leave to write to {path.parent}: SQLite reads {log.name} only with a file of its own "
        "beside it",
        "run the command as a user who may write there, or copy the folder and name the copy with "
        "--state-dir",
    )
