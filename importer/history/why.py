"""Tells what happened to one user, or to one row, in every run: when, from what, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from importer.errors import ImporterError, SourceChanged, UsageError
from importer.hints import about_runs
from importer.history.explanations import explanation
from importer.history.past_runs import PastRun, find_past_run, list_runs
from importer.history.past_source import chosen_rows, reopened
from importer.history.pending_rows import SEARCH_SECONDS, Search, row_of, search, waits
from importer.history.row_history import LoggedRow, keys_of, knows, like, log_of, rows_of
from importer.preview import PreviewRow, preview_block
from importer.records import DEAD_FATES, Fate
from importer.stages.reading import read_record
from importer.stages.recording import DeadRow, find_dead_row


@dataclass(frozen=True)
class RowStory:
    """What happened to one row.

    run, file, row, line: where it stands; line is 0 where it is not known.
    at: when it got its fate; None while it has none.
    attempts, http_status, request_id: of its requests; 0 and "" where there were none.
    codes, messages: why it did not make it; messages may hold a person's data.
    explanation: the fate in words; remedy: what to do about it.
    cells: the row as the source has it, or as the journal kept it; None where neither has it.
    source: why the source could not be looked at; "" if it could.
    steps: what became of each cell, and the payload; None where the source could not be read.
    """

    run: str
    file: str
    row: int
    line: int
    at: datetime | None
    fate: Fate
    attempts: int
    http_status: int
    request_id: str
    codes: tuple[str, ...]
    messages: tuple[str, ...]
    explanation: str
    remedy: str
    cells: dict[str, str | None] | None
    source: str
    steps: PreviewRow | None


@dataclass(frozen=True)
class Story:
    """What is known of one user, or of one row.

    customer_id: that was asked for; "" for a row.
    rows: oldest run first, then in the source's order.  left_out: older rows that were not told.
    runs: how many runs were searched.
    unsearched: runs whose row detail is gone, each with the reason.
    unsettled: runs with rows without a fate that were not all looked at: this user's may be among
        them.
    searches: what was looked at of the rows without a fate, run by run.
    keyless: rows in the searched runs that nobody could read an id of.
    near: ids like this one that were seen.
    """

    customer_id: str
    rows: tuple[RowStory, ...]
    runs: int
    left_out: int = 0
    unsearched: tuple[tuple[str, str], ...] = ()
    unsettled: tuple[str, ...] = ()
    searches: tuple[Search, ...] = ()
    keyless: int = 0
    near: tuple[str, ...] = ()


def explain_user(
    state_dir: str | Path,
    customer_id: str,
    *,
    last: int | None = None,
    on_search: Callable[[str], None] | None = None,
) -> Story:
    """Tell what happened to a user in every run.

    last: only the latest so many of his rows; None tells all.
    Rows are found by a keyed hash of the id, and the source is read, where it is still the same,
    up to the row.  Of a run that has not ended the rows without a fate are looked through in its
    source, for a minute at the most, or with `last` None to their end; `on_search` is told the run
    before that.  Nothing is changed.  Raises StateError if the ledger, its key, or a file of a searched
    run is damaged.
    """
    runs = list_runs(state_dir)
    searched = [past for past in runs if not _why_unsearched(past)]
    key = keys_of(Path(state_dir), [customer_id])[0] if runs else 0
    seconds = None if last is None else SEARCH_SECONDS
    logged = {past.run: rows_of(past, key) for past in searched}
    searches = {}
    for past in filter(waits, searched):
        if on_search is not None:
            on_search(past.run)
        searches[past.run] = search(past, customer_id, seconds)
    found = [
        row
        for past in reversed(searched)
        for row in _in_order(logged[past.run], searches.get(past.run))
    ]
    told = found if last is None else found[len(found) - min(last, len(found)) :]
    stories = [story for story in _told(told, found, customer_id) if story is not None]
    return Story(
        customer_id=customer_id,
        rows=tuple(stories),
        runs=len(searched),
        left_out=len(found) - len(told),
        unsearched=_unsearched(runs),
        unsettled=tuple(past.run for past in searched if _is_open_about(past, searches)),
        searches=tuple(searches.values()),
        keyless=0 if stories else sum(int((log_of(past)["key"] == 0).sum()) for past in searched),
        near=() if stories else _near(Path(state_dir), searched, customer_id),
    )


def explain_row(state_dir: str | Path, run: str, row: int, file: str | None = None) -> Story:
    """Tell what happened to one row of a run.

    row: its number in its file, from 1.  file: which, where the run has several.
    Raises UsageError if there is no such run or row, or if its row detail is gone;
    StateError if that is damaged.
    """
    past = find_past_run(state_dir, run)
    if missing := _why_unsearched(past):
        raise UsageError(
            f"run {past.run}",
            missing,
            "a run whose row detail is there",
            f"`{about_runs('runs', past.state_dir)}` lists them; row detail is kept 90 days unless pruned earlier",
        )
    found = row_of(past, row, file)
    same = rows_of(past, found.key) if found.key else [found]
    return Story("", tuple(filter(None, _told([found], same, None))), 1)


def _in_order(logged: Sequence[LoggedRow], found: Search | None) -> list[LoggedRow]:
    waiting = () if found is None else found.found
    return sorted([*logged, *waiting], key=lambda row: row.ordinal)


def _is_open_about(past: PastRun, searches: Mapping[str, Search]) -> bool:
    """Tell whether a user may have a row in this run that nobody has looked at."""
    if past.run in searches:
        return not searches[past.run].is_whole
    return bool(past.fates[Fate.PENDING])


def _why_unsearched(past: PastRun) -> str:
    if past.pruned is not None:
        return f"its row detail was pruned on {past.pruned:%Y-%m-%d}"
    if not past.folder.path.exists():
        return f"its folder {past.folder.path} is gone"
    return ""


def _unsearched(runs: Iterable[PastRun]) -> tuple[tuple[str, str], ...]:
    reasons = ((past.run, _why_unsearched(past)) for past in runs)
    return tuple((run, reason) for run, reason in reasons if reason)


def _near(state_dir: Path, searched: Sequence[PastRun], customer_id: str) -> tuple[str, ...]:
    guesses = like(customer_id)
    if not searched or not guesses:
        return ()
    keys = keys_of(state_dir, guesses)
    seen = np.zeros(len(guesses), bool)
    for past in searched:
        seen |= knows(past, keys)
    return tuple(guess for guess, is_seen in zip(guesses, seen, strict=True) if is_seen)


def _told(
    rows: Sequence[LoggedRow], all_rows: Sequence[LoggedRow], customer_id: str | None
) -> list[RowStory | None]:
    """Tell these rows, run by run, so that each source is opened once."""
    stories: list[RowStory | None] = []
    for past in dict.fromkeys(row.past.run for row in rows):
        own = [row for row in rows if row.past.run == past]
        stories += _told_of_run(own, all_rows, customer_id)
    return stories


@dataclass(frozen=True)
class _Seen:
    """A row as the source has it now."""

    cells: dict[str, str | None] | None
    steps: PreviewRow


def _told_of_run(
    rows: Sequence[LoggedRow], all_rows: Sequence[LoggedRow], customer_id: str | None
) -> list[RowStory | None]:
    seen, trouble = _look_up(rows)
    return [_story(row, all_rows, seen.get(row.ordinal), trouble, customer_id) for row in rows]


def _look_up(rows: Sequence[LoggedRow]) -> tuple[dict[int, _Seen], str]:
    """Read the rows of one run in its source; or say why that cannot be."""
    past = rows[0].past
    ordinals = np.array([row.ordinal for row in rows], np.int64)
    seen: dict[int, _Seen] = {}
    try:
        job = reopened(past)
        for places, block in chosen_rows(job, past, ordinals):
            for index, steps in enumerate(preview_block(job, block)):
                cells = read_record(block, index, job.source.columns).cells
                named = None if cells is None else dict(zip(job.source.columns, cells, strict=True))
                seen[int(places[index])] = _Seen(named, steps)
    except SourceChanged as error:
        return {}, error.problem.found
    except ImporterError as error:
        return {}, f"{error.problem.place}: {error.problem.found}"
    return seen, ""


def _story(
    row: LoggedRow,
    all_rows: Sequence[LoggedRow],
    seen: _Seen | None,
    trouble: str,
    customer_id: str | None,
) -> RowStory | None:
    """Tell one row; None if the source shows that it is another user's."""
    if seen is not None and customer_id is not None and _is_anothers(seen.steps, customer_id):
        return None
    dead = _dead_row(row) if row.fate in DEAD_FATES else None
    words, remedy = explanation(row, all_rows, dead, seen.steps if seen else None)
    return RowStory(
        run=row.past.run,
        file=row.file,
        row=row.row,
        line=seen.steps.line if seen else dead.line if dead else 0,
        at=datetime.fromtimestamp(row.at, UTC) if row.at else None,
        fate=row.fate,
        attempts=row.attempts,
        http_status=row.http_status,
        request_id=dead.request_id if dead else "",
        codes=dead.codes if dead else (),
        messages=dead.messages if dead else (),
        explanation=words,
        remedy=remedy,
        cells=_cells(seen, dead, row.past),
        source=trouble,
        steps=None if seen is None else replace(seen.steps, file=row.file, row=row.row),
    )


def _is_anothers(steps: PreviewRow, customer_id: str) -> bool:
    if not steps.values:
        return False
    found = steps.values[0].json
    return found is not None and found != customer_id


def _dead_row(row: LoggedRow) -> DeadRow | None:
    journal = row.past.folder.journal
    return find_dead_row(journal, row.past.whole_length_of(journal), row.ordinal)


def _cells(seen: _Seen | None, dead: DeadRow | None, past: PastRun) -> dict[str, str | None] | None:
    if seen is not None:
        return seen.cells
    if dead is None or dead.cells is None:
        return None
    return dict(zip(_columns(past, len(dead.cells)), dead.cells, strict=True))


def _columns(past: PastRun, width: int) -> list[str]:
    """Give the source's columns as the run knows them; numbers where it does not."""
    files = past.report.get("source", ())
    known = (past.record.options.get("columns"), *(file.get("columns") for file in files))
    for columns in known:
        if columns and len(columns) == width:
            return list(columns)
    return [f"column {number}" for number in range(1, width + 1)]
