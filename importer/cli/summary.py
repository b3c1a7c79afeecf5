"""Writes the one screen at the end of a run or a check."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence

from importer.plurals import counted
from importer.records import Fate, Stop
from importer.rules import RULES
from importer.stages.reporting import Reason, RunReport

_MOST_REASONS = 5


def summary(report: RunReport, *, show_values: bool) -> str:
    """Give the screen's text.

    show_values: whether cells may be shown; they may hold people's data, so a log gets none.
    """
    return "\n".join(_lines(report, show_values))


def _lines(report: RunReport, show_values: bool) -> Iterator[str]:
    if report.stop is not None:
        yield from stop_lines(report.stop)
        yield ""
    yield from _fates(report)
    if report.reasons:
        yield ""
        yield from reason_lines(report.reasons, report.dead, show_values)
    if report.warnings or report.notes:
        yield ""
        yield from _warnings(report)
    yield ""
    if report.dead_letter is not None:
        yield f"Dead letter: {report.dead_letter}"
    if report.receipt is not None:
        yield f"Receipt:     {report.receipt}"
    if report.folder is not None:
        yield f"Run folder:  {report.folder}"
    yield f"Next:        {report.next}"


def stop_lines(stop: Stop) -> Iterator[str]:
    """Say why a run stopped, and what to do."""
    yield f"Stopped ({stop.code}): {stop.message}"
    if stop.remedy:
        yield f"  -> {stop.remedy}"


def _fates(report: RunReport) -> Iterator[str]:
    sent = ""
    if report.sent:
        sent = f", {request_counts(report.requests, report.retries)}"
    end = f"   in {report.seconds:,.1f} s{sent}"
    yield from fate_lines(report.fates, report.rows, end, sent=report.sent)


def request_counts(requests: int, retries: int) -> str:
    """Say how many requests were made, and how many of them were retries."""
    return f"{counted(requests, 'request')} ({counted(retries, 'retry', 'retries')})"


def fate_lines(
    fates: Mapping[Fate, int], rows: int, end: str = "", *, sent: bool = True
) -> Iterator[str]:
    """Give the fates that any row has, with their sum; `end` follows it."""
    width = max(len(f"{rows:,}"), 1)
    for fate in Fate:
        count = fates[fate]
        if count:
            word = "would be sent" if fate is Fate.PENDING and not sent else str(fate)
            yield f"{word:<14}{count:>{width},}"
    yield f"{'':<14}{'-' * width}"
    yield f"{'rows':<14}{rows:>{width},}{end}"


def reason_lines(reasons: Sequence[Reason], dead: int, show_values: bool) -> Iterator[str]:
    """Give the commonest reasons why so many rows did not make it, each with one row."""
    shown = reasons[:_MOST_REASONS]
    more = len(reasons) - len(shown)
    also = f" (the {len(shown)} commonest reasons; {more} more in the dead letter)" if more else ""
    yield f"Why {counted(dead, 'row')} did not make it{also}:"
    width = max(len(f"{reason.count:,}") for reason in shown)
    for reason in shown:
        yield f"  {reason.count:>{width},}  {reason.place}"
        yield f"  {'':>{width}}  {_shortened(_finding(reason, show_values), reason.code)}"


def _finding(reason: Reason, show_values: bool) -> str:
    if RULES[reason.code].stage == "sending":
        return f"{reason.found} -> {reason.expected}"
    found = f"found {reason.found}" if show_values else RULES[reason.code].what
    return f"{found}, expected {reason.expected}"


def _warnings(report: RunReport) -> Iterator[str]:
    for caution in report.warnings:
        times = "once" if caution.rows == 1 else f"{caution.rows:,} times"
        yield f"Warning: {times} {RULES[caution.code].what} [{caution.code}]"
        if caution.place:
            found = f": {caution.found}" if caution.found else ""
            yield f"         first: {caution.place}{found}"
        if caution.is_listed and report.warnings_file is not None:
            yield f"         listed in {report.warnings_file}"
    for note in report.notes:
        yield f"Note: {note}"


def _shortened(text: str, code: str) -> str:
    """Give a text in two lines of the terminal at most; its rule's code always ends it."""
    width = max(shutil.get_terminal_size((120, 24)).columns - 8, 72) * 2 - len(code) - 3
    return f"{text if len(text) <= width else text[: width - 3] + '...'} [{code}]"
