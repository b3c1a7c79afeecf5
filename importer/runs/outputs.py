"""Refuses to write over what is read, or over what is no file, before any work is done."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from importer.config import RunConfig
from importer.errors import StateError, UsageError
from importer.job import Job
from importer.stages.recording import is_own

_TABLES = ("--problems", "--dead-letter")
_IN_PLACE = ("--payloads",)
"""Written as they come; the others are put in place by rename when they are whole."""
_OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".ods")


def require_harmless(
    outputs: Mapping[str, Path | None],
    job: Job,
    config: RunConfig,
    *,
    settled: Sequence[str] = (),
) -> None:
    """Check the paths that options name for output; UsageError names the option.

    config: its fixes are read, and its state folder is the program's own.
    settled: options that cannot be given again; that nothing can be written there stops nobody.
    """
    named = {option: path for option, path in outputs.items() if path is not None}
    read = [*(Path(name) for name in (*job.paths, job.mapping.file)), *config.fixes]
    for option, path in named.items():
        try:
            _require_harmless(option, path, read)
            _require_own(option, path, named, config.state_dir)
            if option not in settled:
                _try_to_write(option, path)
        except OSError as error:
            raise UsageError(
                option,
                f"{path}, where nothing can be written ({error.strerror or error})",
                "a path in a folder that may be written to, or can be made",
                "name another path",
            ) from None


def _require_own(option: str, path: Path, named: Mapping[str, Path], state_dir: Path) -> None:
    """Refuse a path where another output goes, or where the program keeps what it remembers."""
    place = path.resolve()
    for other, its in named.items():
        if other != option and its.resolve() == place:
            raise _refused(option, f"{path}, which {other} names too")
    if is_own(path, state_dir):
        raise _refused(option, f"{path}, which is the program's own")


def _require_harmless(option: str, path: Path, read: Sequence[Path]) -> None:
    if option in _TABLES and path.suffix.lower() in _OTHER_WORKBOOKS:
        raise UsageError(
            option,
            f"{path}, a kind of workbook that is not written",
            "a path that ends in .csv or .xlsx",
            "a spreadsheet opens both",
        )
    if not path.exists():
        return
    if not path.is_file():
        raise _refused(option, f"{path}, which is no regular file")
    if any(known.exists() and known.samefile(path) for known in read):
        raise _refused(option, f"{path}, which is read by this very command")


def _try_to_write(option: str, path: Path) -> None:
    """Write nothing where the output will be written, and leave nothing; OSError if that fails."""
    if option in _IN_PLACE and path.exists():
        os.close(os.open(path, os.O_WRONLY))
        return
    # What is not there yet is made only when there is something to put into it.
    folder = next(parent for parent in path.absolute().parents if os.path.lexists(parent))
    draft = folder / f".{path.name}.{os.getpid()}.draft"
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600))
    finally:
        draft.unlink(missing_ok=True)


def outputs_of(config: RunConfig) -> dict[str, Path | None]:
    """Give the paths that a run is told to write to, by their options."""
    return {
        "--dead-letter": config.dead_letter,
        "--report": config.report,
        "--receipt": config.receipt,
    }


def set_aside(path: Path) -> None:
    """Keep what stands at a path as `<path>.old`: a person may have worked on it."""
    if path.exists():
        path.replace(path.with_name(path.name + ".old"))


def _refused(option: str, found: str) -> UsageError:
    return UsageError(option, found, "a path of its own", "name another file")


def write_text(path: Path, text: str, option: str, *, may_replace: bool = False) -> None:
    """Write what a command was asked for; UsageError if a file stands there that is not its own."""
    if path.exists() and not (may_replace and path.is_file()):
        raise _refused(option, f"{path}, which exists already")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StateError(
            str(path),
            f"a write that failed ({error.strerror or error})",
            "a disk with room, and a folder that may be written to",
            "free space, or name another file",
        ) from None
