"""Lets one process at a time write to a state folder, and says who does."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from importer.errors import UsageError
from importer.stages.recording.private_files import refused

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK = "lock"
_POLL_SECONDS = 0.5
_MOUNTS = Path("/proc/mounts")
_OVER_THE_NETWORK = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "afs", "ceph", "gluster", "lustre")


@contextmanager
def state_lock(
    state_dir: Path,
    what: str,
    wait_seconds: float = 0.0,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the state folder's lock; it is the operating system's, so a crash lets go of it.

    what: what is being done, for whoever meets the lock.  wait_seconds: how long to queue for it.
    Raises UsageError (nothing was done) naming who holds it, StateError if it cannot be made.
    """
    path = state_dir / _LOCK
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        stream = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    except OSError as error:
        raise refused(path, error) from None
    with stream:
        deadline = time.monotonic() + wait_seconds
        while not _taken(stream):
            if time.monotonic() >= deadline:
                raise _held(path, wait_seconds)
            pause(_POLL_SECONDS)
        _sign(stream, path, what)
        try:
            yield
        finally:
            stream.seek(0)
            stream.truncate()


def _taken(stream: TextIO) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sign(stream: TextIO, path: Path, what: str) -> None:
    owner = {
        "what": what,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    try:
        stream.seek(0)
        stream.truncate()
        json.dump(owner, stream)
        stream.flush()
    except OSError as error:
        raise refused(path, error) from None


def _held(path: Path, wait_seconds: float) -> UsageError:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        who = "{what}, process {pid} on {host}, since {since}".format(**owner)
    except (OSError, ValueError, KeyError):
        who = "another process, which did not say who it is"
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
