"""Writes the screen that says what a run would change."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from importer.cli.summary import summary
from importer.plan.plan import Plan
from importer.plurals import counted

_MOST_ATTRIBUTES = 8


def plan_page(plan: Plan, *, gone: Path | None, out: Path | None) -> str:
    """Give the screen's text.

    gone, out: where those who are gone were listed, and the plan was written, if anywhere.
    """
    check, _, following = summary(plan.report, show_values=sys.stdout.isatty()).rpartition("\n")
    lines = [f"Source:      {description}" for description in plan.report.sources]
    lines += [f"Workspace:   {plan.report.target}", check.rstrip(), "", *_lines(plan)]
    if gone is not None and plan.gone is not None:
        users = counted(plan.gone, "user was", "users were")
        lines.append(
            f"gone          {users} sent before and not found in the source: {gone} (nothing is "
            "deleted in MoEngage)"
        )
    if plan.breaches:
        lines += ["", "A guard would stop this run (exit 5; --yes sends all the same):"]
        lines += [f"  {breach}" for breach in plan.breaches]
    return "\n".join([*lines, "", *([f"Plan:        {out}"] if out else []), following])


def _lines(plan: Plan) -> Iterator[str]:
    found = plan.comparison
    yield "Beside what was accepted before:"
    for word, rows, meaning in (
        ("new", found.new, "of these users nothing was accepted yet"),
        ("changed", found.changed, "other values than were accepted last"),
        ("unchanged", found.unchanged, _unchanged(plan)),
        (
            "unsure",
            found.unsure,
            "accepted before, but whether the last request arrived is not known",
        ),
    ):
        if rows or word in ("new", "changed", "unchanged"):
            yield f"  {word:<12}{rows:>12,}  {meaning}"
    yield from _attributes("Changed values, by attribute:", found.changed_by)
    yield from _attributes("Had a value that is blank now:", found.newly_blank)
    yield from _attributes("Unset in MoEngage, by attribute:", found.unset)
    if found.new_attributes and found.known:
        yield f"Never sent before: {', '.join(found.new_attributes)}"
    yield (
        f"requests      {plan.requests:,}, {_minutes(plan)}, "
        f"{counted(found.payload_bytes, 'byte')} of payloads"
    )


def _unchanged(plan: Plan) -> str:
    left_out = plan.comparison.unchanged and plan.comparison.leaves_out
    return "exactly this was accepted" + (
        ", and is not sent again" if left_out else "; --only-changed would leave them out"
    )


def _attributes(headline: str, counts: Mapping[str, int]) -> Iterator[str]:
    ranked = [(name, rows) for name, rows in sorted(counts.items(), key=_most) if rows]
    if not ranked:
        return
    yield headline
    for name, rows in ranked[:_MOST_ATTRIBUTES]:
        yield f"  {name:<30}{rows:>12,}"
    if len(ranked) > _MOST_ATTRIBUTES:
        yield f"  and {len(ranked) - _MOST_ATTRIBUTES} more (--json lists all)"


def _most(pair: tuple[str, int]) -> tuple[int, str]:
    return (-pair[1], pair[0])


def _minutes(plan: Plan) -> str:
    if not plan.requests:
        return "nothing to send"
    if plan.minutes == 0:
        return "as fast as it goes"
    minutes = "less than a minute" if plan.minutes < 1 else counted(round(plan.minutes), "minute")
    return f"{minutes} at the rate"
