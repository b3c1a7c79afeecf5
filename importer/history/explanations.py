"""Says in words why a row has its fate, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from importer.hints import about_runs
from importer.history.past_runs import Standing
from importer.history.row_history import LoggedRow
from importer.preview import PreviewRow
from importer.records import Fate
from importer.rules import RULES
from importer.stages.recording import DeadRow


def explanation(
    row: LoggedRow,
    all_rows: Sequence[LoggedRow],
    dead: DeadRow | None,
    steps: PreviewRow | None = None,
) -> tuple[str, str]:
    """Give the fate in words, and the remedy ("" where there is nothing to do).

    all_rows: of the same user, in all runs.  dead: what the journal says of the row, if it does.
    steps: what would become of the row, where its source could be read.
    """
    match row.fate:
        case Fate.DELIVERED:
            return _delivered(row, all_rows)
        case Fate.UNCHANGED:
            return _unchanged(row, all_rows)
        case Fate.SUPERSEDED:
            return _superseded(row, all_rows)
        case Fate.FILTERED:
            return _filtered(row)
        case Fate.PENDING:
            return _pending(row, steps)
    return _dead(row, dead)


def _delivered(row: LoggedRow, all_rows: Sequence[LoggedRow]) -> tuple[str, str]:
    tries = "" if row.attempts < 2 else f" at try {row.attempts}"
    words = f"the API accepted it{tries} (HTTP {row.http_status})"
    later = [other for other in _of_run(row, all_rows) if other.ordinal > row.ordinal]
    sent = [other.row for other in later if other.fate is Fate.DELIVERED]
    if sent:
        return f"{words}; row {sent[-1]} of the same user was accepted after it", ""
    check = about_runs("verify", row.past.state_dir, row.past.run)
    return (
        words,
        f"if it does not show in MoEngage some minutes later: `{check}` reads users back",
    )


def _unchanged(row: LoggedRow, all_rows: Sequence[LoggedRow]) -> tuple[str, str]:
    earlier = [
        other
        for other in all_rows
        if other.fate is Fate.DELIVERED and other.past.record.begun <= row.past.record.begun
    ]
    source = f", by run {earlier[-1].past.run} (row {earlier[-1].row})" if earlier else ""
    return (
        f"this user had already been sent exactly this{source}, so nothing was sent",
        "nothing; to send it all the same, run without --only-changed",
    )


def _superseded(row: LoggedRow, all_rows: Sequence[LoggedRow]) -> tuple[str, str]:
    others = [
        other
        for other in _of_run(row, all_rows)
        if other.ordinal != row.ordinal and other.fate is not Fate.SUPERSEDED
    ]
    if others:
        winner = others[-1]
        return (
            f"row {winner.row} of the same user took its place (`duplicates:` in the mapping), and "
            f"is {winner.fate}",
            "nothing, if that row is the right one; `duplicates:` says which row wins",
        )
    return (
        "something newer of this user had already been accepted, so this row would have turned "
        "him back (stale)",
        "nothing, if the newer row is right; --force sends the older one all the same",
    )


def _filtered(row: LoggedRow) -> tuple[str, str]:
    if row.past.record.options.get("only") is not None:
        return (
            "the run was told to send certain ids only (--only), or the mapping's `where:` leaves "
            "the row out",
            "run again without --only, or change `where:`",
        )
    return "the mapping's `where:` leaves this row out", "change `where:`, or the row's cell"


def _pending(row: LoggedRow, steps: PreviewRow | None) -> tuple[str, str]:
    past = row.past
    untried = row.ordinal >= past.progress.rows_opened
    if past.standing is Standing.RUNNING:
        how_far = "it was not tried yet" if untried else "it has no fate yet"
        return f"the run goes on, and {how_far}", "look again when the run has ended"
    if past.standing is Standing.KILLED:
        # Rows may have been sent after the last commit.
        words = "it had no fate when the run was killed"
    else:
        words = "it was not tried" if untried else "it got no fate"
        words += " before the run ended"
    if not past.is_resumable:
        return f"{words}, and the run is closed", "import the source again"
    resume = about_runs("resume", past.state_dir, past.run)
    if steps is None or steps.payload is not None:
        return words, f"`{resume}` sends it"
    fate = Fate.FILTERED if steps.filtered else Fate.INVALID
    return words, f"`{resume}` goes on with the run, and this row will be {fate}"


def _dead(row: LoggedRow, dead: DeadRow | None) -> tuple[str, str]:
    codes = dict.fromkeys(dead.codes) if dead else {}
    fixes = "; ".join(RULES[code].fix for code in codes if code in RULES)
    if row.fate is Fate.INVALID:
        return "it was refused before sending", fixes or "see the run's dead letter"
    status = f"HTTP {row.http_status}" if row.http_status else "no answer"
    if row.fate is Fate.REJECTED:
        return f"the API refused this user for good ({status})", fixes
    several = f"all {row.attempts} tries failed, the last"
    failed = "its one try failed," if row.attempts == 1 else several
    return f"{failed} with {status}", fixes


def _of_run(row: LoggedRow, all_rows: Sequence[LoggedRow]) -> list[LoggedRow]:
    return [other for other in all_rows if other.past.run == row.past.run]
