"""Starts a sandbox in a process of its own for one run, and ends it with the run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from importer.config import Secret, Target
from importer.errors import TargetError, UsageError
from importer.stages.recording import SANDBOX_DATABASE

_SECONDS_TO_END = 10.0


@contextmanager
def running_sandbox(state_dir: Path, app_id: str | None = None) -> Iterator[Target]:
    """Give the target of a sandbox that keeps its profiles in the state folder.

    app_id: the workspace that it plays, where the mapping insists on one.
    Raises TargetError when it does not start, UsageError where there can be no state folder.
    """
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "--state-dir",
            f"{state_dir}, a folder that cannot be made ({error.strerror})",
            "a folder that may be written to",
            "name another folder with --state-dir or MOENGAGE_STATE_DIR",
        ) from None
    words = [sys.executable, "-m", "importer", "sandbox", "--json", "--with-parent"]
    if app_id is not None:
        words += ["--app-id", app_id]
    # A session of its own: Ctrl-C is for the run, which still has answers to wait for.
    process = subprocess.Popen(  # noqa: S603 - our own program and a path
        [*words, "--db", str(state_dir / SANDBOX_DATABASE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield _target(process)
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def _target(process: subprocess.Popen[str]) -> Target:
    line = process.stdout.readline() if process.stdout else ""
    ready = json.loads(line) if line.startswith("{") else {}
    if "base_url" not in ready:
        problem = ready.get("error", {})
        raise TargetError(
            problem.get("place", "sandbox"),
            problem.get("found", "a sandbox that did not start"),
            problem.get("expected", "a sandbox that is ready"),
            problem.get("remedy", "try `moengage-import sandbox` to see why"),
        )
    return Target(ready["app_id"], Secret(ready["api_key"]), ready["base_url"])
