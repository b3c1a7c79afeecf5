"""Finds the rows of one user, or one row, in the row logs of all runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from importer.errors import UsageError
from importer.history.past_runs import PastRun
from importer.history.past_source import file_and_row
from importer.keys import first_word
from importer.records import Fate
from importer.stages.recording import (
    FATES,
    consulted,
    known_secret,
    open_to_look,
    read_row_log,
)
from importer.stored_rows import kept_places


@dataclass(frozen=True)
class LoggedRow:
    """One row of one run, as its row log has it.

    ordinal: its place in the run, from 0.  at: seconds since 1970; 0.0 for a row without a fate.
    key: the first half of its user's keyed hash; 0 where there is none.
    """

    past: PastRun
    ordinal: int
    file: str
    row: int
    fate: Fate
    at: float = 0.0
    attempts: int = 0
    http_status: int = 0
    key: int = 0


Log = npt.NDArray[np.void]


def log_of(past: PastRun) -> Log:
    """Map a run's row log, as far as it is committed; empty once pruned.

    Raises StateError if it is shorter than what was committed.
    """
    return read_row_log(past.folder.row_log, past.whole_length_of(past.folder.row_log))


def keys_of(state_dir: Path, customer_ids: Sequence[str]) -> list[int]:
    """Give the first half of the keyed hash under which this ledger knows each id; 0 if it has none.

    Raises StateError if the secret is not the one under which it hashed them.
    """
    connection = open_to_look(state_dir)
    if connection is None:
        return [0] * len(customer_ids)
    with consulted(connection):
        secret = known_secret(connection, state_dir)
    return [first_word(customer_id, secret) for customer_id in customer_ids]


def rows_of(past: PastRun, key: int) -> list[LoggedRow]:
    """Give a user's rows in a run, in the order of the source."""
    log = log_of(past)
    found = log[np.flatnonzero(log["key"] == np.uint64(key))]
    return [_logged(past, entry) for entry in np.sort(found, order="ordinal")]


def knows(past: PastRun, keys: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Flag those of the keys that the run's row log has."""
    known = log_of(past)["key"]
    # One pass for each of a few keys; np.isin would sort all that are known.
    return np.array([bool((known == np.uint64(key)).any()) for key in keys], bool)


def row_at(past: PastRun, row: int, file: str | None) -> LoggedRow:
    """Give the row of this number (from 1) in this file of the run.

    file: its path or its name; None where the run has one file.
    Raises UsageError if there is no such row.
    """
    path, ordinal = (
        _retried(past, file, row) if past.record.kind == "retry" else _read(past, file, row)
    )
    log = log_of(past)
    found = np.flatnonzero(log["ordinal"] == ordinal)
    if len(found):
        return _logged(past, log[found[0]])
    return LoggedRow(past, ordinal, path, row, Fate.PENDING)


def _read(past: PastRun, file: str | None, row: int) -> tuple[str, int]:
    """Give the row's file and its place in a run that read it from there."""
    path, first, end = _span(past, file)
    ordinal = first + row - 1
    if row < 1 or ordinal >= end:
        raise no_row(past, path, row, end - first)
    return path, ordinal


def no_row(past: PastRun, path: str, row: int, rows: int) -> UsageError:
    """Say that a file of the run has so many rows, and not this one."""
    return UsageError(
        "--row",
        f"row {row:,}",
        f"1 to {rows:,}, the rows of {path} in run {past.run}",
        "the header is not a row, and the first row is 1",
    )


def _retried(past: PastRun, file: str | None, row: int) -> tuple[str, int]:
    """Give the row's file and its place in a run that sends rows of another one again."""
    found = [
        (path, place)
        for place, (path, number) in enumerate(kept_places(past.folder.mended))
        if number == row and (file is None or _is_called(path, file))
    ]
    if len(found) == 1:
        return found[0]
    raise UsageError(
        "--row",
        f"row {row:,}, which run {past.run} has {'in several files' if found else 'not sent again'}",
        "one of the rows of its dead letter, by their number in the source",
        f"name the file with --file, or ask the run before it: {past.record.parent}",
    )


def _span(past: PastRun, file: str | None) -> tuple[str, int, int]:
    """Give a file's path, the place of its first row in the run, and that after its last."""
    files = past.progress.files or ((0, past.record.locations[0]),)
    ends = [*(first for first, _ in files[1:]), past.rows or _rows_seen(past)]
    spans = [(path, first, end) for (first, path), end in zip(files, ends, strict=True)]
    chosen = one_file([path for path, _, _ in spans], file)
    return next(span for span in spans if span[0] == chosen)


def one_file(paths: Sequence[str], file: str | None) -> str:
    """Give the one of a run's files that is meant: by its path or its name, or by being the only.

    Raises UsageError if it is none of them, or several.
    """
    fitting = [path for path in paths if file is None or _is_called(path, file)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(paths[:5])
    raise UsageError(
        "--file",
        "no file" if file is None else f"`{file}`",
        f"one of the run's files: {names}",
        "name it by its path or its name",
    )


def _rows_seen(past: PastRun) -> int:
    return max(past.progress.rows_opened, past.progress.settled.watermark)


def _is_called(path: str, name: str) -> bool:
    return name in (path, Path(path).name) or str(Path(name).absolute()) == path


def _logged(past: PastRun, entry: np.void) -> LoggedRow:
    ordinal = int(entry["ordinal"])
    file, row = file_and_row(past, ordinal)
    return LoggedRow(
        past=past,
        ordinal=ordinal,
        file=file,
        row=row,
        fate=FATES[int(entry["fate"])],
        at=float(entry["at"]),
        attempts=int(entry["attempts"]),
        http_status=int(entry["http_status"]),
        key=int(entry["key"]),
    )


def like(customer_id: str) -> list[str]:
    """Give ids that a person may have meant: other case, blanks, zeros in front, `.0` behind."""
    plain = customer_id.strip()
    digits = plain.lstrip("0")
    guesses: Iterable[str] = (
        plain,
        plain.lower(),
        plain.upper(),
        plain.title(),
        plain.capitalize(),
        plain.swapcase(),
        plain.replace(" ", ""),
        plain.replace("-", ""),
        plain.removesuffix(".0"),
        f"{plain}.0",
        digits,
        f"+{digits}",
        plain.removeprefix("+"),
        f" {plain}",
        f"{plain} ",
        *(plain.zfill(width) for width in range(len(plain) + 1, len(plain) + 9) if plain.isdigit()),
    )
    return [guess for guess in dict.fromkeys(guesses) if guess and guess != customer_id]
