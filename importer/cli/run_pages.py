"""Writes what `runs`, `runs show` and `runs prune` show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from importer.cli.summary import fate_lines, reason_lines, request_counts
from importer.hints import about_runs, piped
from importer.history.past_runs import PastRun, Standing
from importer.history.pruning import Pruned
from importer.plurals import counted
from importer.records import DEAD_FATES, Fate

_REASONS_SHOWN = 5


def run_list(shown: Sequence[PastRun], known: int, state_dir: Path) -> Iterator[str]:
    """Give two lines for each run."""
    if not known:
        yield f"No run in {state_dir} yet."
    for past in shown:
        code = "" if past.exit is None else f" (exit {past.exit})"
        kind = "" if past.record.kind == "run" else f"{past.record.kind} of {past.record.parent}; "
        pruned = "; pruned" if past.pruned else ""
        yield f"{past.run}  {_moment(past.record.begun)}  {past.standing}{code}{pruned}"
        yield f"    {kind}{_source(past)} -> {past.record.workspace}: {_fates_in_short(past)}"
    if len(shown) < known:
        yield f"{counted(known - len(shown), 'earlier run')}: --all lists them."


def _source(past: PastRun) -> str:
    names = [location.rsplit("/", 1)[-1] or location for location in past.record.locations]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _fates_in_short(past: PastRun) -> str:
    counts = [f"{count:,} {fate}" for fate, count in past.fates.items() if count]
    rows = "rows not counted yet" if past.rows is None else counted(past.rows, "row")
    return f"{rows}" + (f": {', '.join(counts)}" if counts else "")


def run_page(past: PastRun, *, show_values: bool) -> Iterator[str]:
    """Give one run's page: why it stopped and what to do now come first.

    show_values: whether cells may be shown; they may hold people's data, so a log gets none.
    """
    yield from _opening(past)
    yield f"Now:         {past.next}"
    yield ""
    report = past.report
    requests = report.get("requests", past.progress.requests)
    retries = report.get("retries", past.progress.retries)
    seconds = report.get("seconds", past.progress.seconds)
    end = f"   in {seconds:,.1f} s, {request_counts(requests, retries)}"
    rows = past.rows if past.rows is not None else sum(past.fates.values())
    yield from fate_lines(past.fates, rows, end)
    dead = sum(past.fates[fate] for fate in DEAD_FATES)
    if dead:
        yield ""
        yield from _reasons(past, dead, show_values)
    yield ""
    yield from _facts(past)


def _opening(past: PastRun) -> Iterator[str]:
    settled = sum(count for fate, count in past.fates.items() if fate is not Fate.PENDING)
    far = _how_far(past, settled)
    match past.standing:
        case Standing.RUNNING:
            yield f"Running: process {_holder(past)}."
            yield f"  {far} as of the last commit{_left(past, settled)}."
        case Standing.KILLED:
            yield "Killed: its process ended without a word (SIGKILL, a crash, a power cut)."
            yield f"  {far} as of the last commit; resume sends the rest."
        case Standing.CLOSED:
            yield "Closed: it ended before its rows did, and cannot be resumed any more."
            if past.successor:
                yield f"  Run {past.successor} of the same source took its place."
        case _ if past.report.get("stopped_because"):
            because, message = past.report["stopped_because"], past.report["stopped_message"]
            yield f"Stopped ({because}): {message}"
            if past.is_resumable:
                yield f"  {far}."
        case _:
            dead = sum(past.fates[fate] for fate in DEAD_FATES)
            rows = counted(dead, "row")
            yield f"Finished: {f'{rows} did not make it' if dead else 'every row made it'}."
    if past.is_piped and past.is_resumable:
        again = piped(about_runs("resume", past.state_dir, past.run))
        yield f"  It read a pipe: pipe the same data in again ({again})."
    if past.retries:
        yield f"  Rows of it were sent again by {', '.join(past.retries)}."


def _how_far(past: PastRun, settled: int) -> str:
    if past.rows is None:
        return counted(settled, "row has its fate", "rows have their fate")
    verb = "has its" if settled == 1 else "have their"
    return f"{settled:,} of {counted(past.rows, 'row')} {verb} fate"


def _holder(past: PastRun) -> str:
    holder = past.holder
    return f"{holder.pid} on {holder.host}, since {holder.since}" if holder else "unknown"


def _left(past: PastRun, settled: int) -> str:
    if past.rows is None or not settled or not past.progress.seconds:
        return ""
    minutes = (past.rows - settled) * past.progress.seconds / settled / 60
    return f", about {max(minutes, 1):,.0f} min to go at this pace"


def _reasons(past: PastRun, dead: int, show_values: bool) -> Iterator[str]:
    reasons = past.reasons()
    if reasons:
        yield from reason_lines(reasons, dead, show_values)
        return
    yield f"Why {counted(dead, 'row')} did not make it:"
    for reason in past.report.get("reasons", ())[:_REASONS_SHOWN]:
        column = f' column "{reason["column"]}"' if reason["column"] else ""
        yield f"  {reason['rows']:,}  {reason['file']} row {reason['row']}{column} [{reason['code']}]"


def _facts(past: PastRun) -> Iterator[str]:
    record, report = past.record, past.report
    of = f" ({record.kind} of {record.parent})" if record.parent else ""
    code = "" if past.exit is None else f", exit {past.exit}"
    yield f"Run:         {past.run}{of}"
    ended = f" to {_moment(record.ended)}" if record.ended and report else ""
    yield f"When:        {_moment(record.begun)}{ended}{code}"
    for location in record.locations:
        yield f"Source:      {location}"
    yield f"Mapping:     {record.options.get('mapping')} (its copy: mapping.yaml in the folder)"
    yield f"Target:      workspace {record.workspace} at {record.options.get('base_url')}"
    yield f"Run folder:  {past.folder.path}"
    if past.pruned is not None:
        yield f"Row detail:  pruned on {past.pruned:%Y-%m-%d}; counts and report stay"
        return
    for name, path in _files(past):
        yield f"{name:<13}{path}"


def _files(past: PastRun) -> Iterator[tuple[str, object]]:
    if past.dead_letter is not None:
        yield "Dead letter:", past.dead_letter
    elif past.length_of(past.folder.journal):
        yield "Dead rows:", f"{past.folder.journal} (the dead letter is made when the run ends)"
    if past.warnings_file is not None:
        yield "Warnings:", past.warnings_file
    if past.record.options.get("receipt"):
        yield "Receipt:", past.record.options["receipt"]


def run_as_dict(past: PastRun) -> dict[str, Any]:
    """Give one run's page as plain data, without a person's values."""
    reasons = [reason.as_dict() for reason in past.reasons()]
    report = past.report
    return {
        **past.as_dict(),
        "stopped_message": report.get("stopped_message"),
        "requests": report.get("requests", past.progress.requests),
        "seconds": round(report.get("seconds", past.progress.seconds), 3),
        "reasons": reasons or list(report.get("reasons", ())),
        "dead_letter": None if past.pruned or past.dead_letter is None else str(past.dead_letter),
        "receipt": past.record.options.get("receipt"),
        "next": past.next,
    }


def pruned_lines(removed: Sequence[Pruned], *, dry_run: bool) -> Iterator[str]:
    """Say what was removed, or would be."""
    if not removed:
        yield "Nothing to prune: no run that old has row detail."
        return
    for one in removed:
        closed = "; it can no longer be resumed" if one.closed else ""
        yield f"{one.run}  {_size(one.bytes):>9}  {', '.join(one.files)}{closed}"
    verb = "Would free" if dry_run else "Freed"
    runs = counted(len(removed), "run")
    size = _size(sum(one.bytes for one in removed))
    yield f"{verb} {size} of {runs}. Counts and reports stay."


def _size(size_bytes: int) -> str:
    size, unit = float(size_bytes), "B"
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:,.0f} B" if unit == "B" else f"{size:,.1f} {unit}"


def _moment(seconds: float | None) -> str:
    """Give a time as this machine's clock shows it."""
    if seconds is None:
        return ""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M}"
