"""Lets one process at a time write to a state folder, and says who does."""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from importer.errors import ImporterError, UsageError
from importer.stages.recording.private_files import refused

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "lock"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
_POLL_SECONDS = 0.5
_MOUNTS = Path("/proc/mounts")
_OVER_THE_NETWORK = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "afs", "ceph", "gluster", "lustre")


@dataclass(frozen=True)
class Holder:
    """The process that holds a state folder's lock.

    what: what it does.  run: the run that it writes, once it has one.  since: ISO 8601, UTC.
    """

    what: str
    pid: int
    host: str
    since: str
    run: str = ""

    def __str__(self) -> str:
        return f"{self.what}, process {self.pid} on {self.host}, since {self.since}"


class StateLock:
    """The lock while it is held, signed with the name of its holder."""

    def __init__(self, stream: TextIO, path: Path, what: str) -> None:
        self._stream, self._path = stream, path
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._holder = Holder(what, os.getpid(), socket.gethostname(), since)
        self._sign()

    def carries(self, run: str) -> None:
        """Tell those who look which run is being written; StateError if the disk refuses."""
        self._holder = replace(self._holder, run=run)
        self._sign()

    def _sign(self) -> None:
        try:
            self._stream.seek(0)
            json.dump(asdict(self._holder), self._stream)
            self._stream.truncate()
        except OSError as error:
            raise refused(self._path, error) from None


@contextmanager
def state_lock(
    state_dir: Path,
    what: str,
    wait_seconds: float = 0.0,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[StateLock]:
    """Hold the state folder's lock; it is the operating system's, so a crash lets go of it.

    what: what is being done, for whoever meets the lock.  wait_seconds: how long to queue for it.
    Nothing was done where it raises: UsageError naming who holds it, or where the folder cannot be
    written to; StateError if the disk is full.
    """
    path = state_dir / LOCK
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        stream = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    except OSError as error:
        raise _unusable(state_dir, path, error) from None
    with stream:
        deadline = time.monotonic() + wait_seconds
        while not _taken(stream):
            if time.monotonic() >= deadline:
                raise _held(path, wait_seconds)
            pause(_POLL_SECONDS)
        lock = StateLock(stream, path, what)
        try:
            yield lock
        finally:
            stream.seek(0)
            stream.truncate()


def _unusable(state_dir: Path, lock: Path, error: OSError) -> ImporterError:
    """Say why there is no lock: nothing was done yet, so but for a full disk the call is wrong."""
    if error.errno in _FULL:
        return refused(lock, error)
    return UsageError(
        "--state-dir",
        f"{state_dir}, where nothing can be written ({error.strerror or error})",
        "a folder that may be written to, or can be made",
        "name another folder with --state-dir or MOENGAGE_STATE_DIR",
    )


def _taken(stream: TextIO) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def lock_holder(state_dir: Path) -> Holder | None:
    """Give who holds the lock; None if nobody does, also where a killed process left its name."""
    path = state_dir / LOCK
    holder = _signature(path)
    if holder is None:
        return None
    if holder.host == socket.gethostname() and not _is_alive(holder.pid):
        return None
    # Trying the lock takes it for a moment, so it is done only where a name stands in it.
    with suppress(OSError), path.open("r+", encoding="utf-8") as stream:
        return None if _taken(stream) else holder
    return holder


def _signature(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        # There, signal 0 would end the process.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _held(path: Path, wait_seconds: float) -> UsageError:
    who = _signature(path) or "another process, which did not say who it is"
    waited = f" (waited {wait_seconds:.0f} s)" if wait_seconds else ""
    return UsageError(
        str(path.parent),
        f"a state folder that is in use: {who}{waited}",
        "one writer at a time",
        "wait until it ends (--wait 30m queues for it), or choose another --state-dir",
    )


def network_file_system(state_dir: Path) -> str:
    """Give the name of the network file system that the folder lies on; "" if it lies on none."""
    try:
        mounts = [line.split(" ") for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    folder = f"{state_dir.absolute()}/"
    found = [
        (len(mount[1]), mount[2])
        for mount in mounts
        if folder.startswith(mount[1].rstrip("/") + "/")
    ]
    kind = max(found, default=(0, ""))[1]
    return kind if kind.startswith(_OVER_THE_NETWORK) else ""
