"""Writes what `why` tells of a user or a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from importer.history.why import RowStory, Story
from importer.masking import masked, masked_json, masked_text
from importer.moengage.attributes import BY_KEY
from importer.plurals import counted
from importer.preview import PreviewRow, PreviewValue
from importer.records import Fate
from importer.rules import RULES
from importer.stages.coercing import Step

_CODE = re.compile(r"\[([a-z0-9-]+)\]")
_KEPT = ("type", "unset_attributes", "update_existing_only")
"""What a payload has of the mapping, not of a person."""


def story_page(story: Story, *, show_values: bool) -> Iterator[str]:
    """Give the page's lines; unless `show_values`, cells and values show only their shape."""
    if story.left_out:
        yield f"{counted(story.left_out, 'earlier row')} of this user: --all tells them too."
        yield ""
    for row in story.rows:
        yield from _row(row, show_values)
        yield ""
    if not story.rows and not story.left_out:
        yield from _not_seen(story)
    yield from _unsettled(story)
    for run, reason in story.unsearched:
        yield f"Not searched: run {run}: {reason}."


def _not_seen(story: Story) -> Iterator[str]:
    runs = counted(story.runs, "run")
    if not story.runs:
        yield "There is no run in this state folder yet."
        return
    yield f"No row of the user {story.customer_id!r} is known in {runs}."
    for near in story.near:
        yield f"  Seen was {near!r}: ids are compared exactly, with case, blanks and zeros."
    for search in story.searches:
        if search.is_whole:
            rows = counted(search.looked_at, "row")
            yield f"  Run {search.past.run} has {rows} without a fate yet, none of them this user's."
    if story.keyless:
        rows = counted(story.keyless, "row")
        yield f"  {rows} had no id that could be read; the dead letters show them."


def _unsettled(story: Story) -> Iterator[str]:
    """Say of which rows nobody knows whether they are this user's."""
    searches = {search.past.run: search for search in story.searches}
    for run in story.unsettled:
        found = searches.get(run)
        if found is None:
            # Another run of the same source took its place.
            if not story.rows:
                yield f"Run {run} was closed with rows that it gave no fate; his may be among them."
            continue
        rows = "rows" if found.rows is None else counted(found.rows, "row")
        yield f"Run {run} has {rows} without a fate yet, and this user's may be among them:"
        if found.trouble:
            yield f"  they cannot be looked through, because of the source: {found.trouble}."
        else:
            yield f"  {found.looked_at:,} of them were looked through; --all looks through all."


def _row(row: RowStory, show_values: bool) -> Iterator[str]:
    line = f" (line {row.line})" if row.line else ""
    # A row that waits has had no time yet.
    when = f", {row.at.astimezone():%Y-%m-%d %H:%M:%S}" if row.at else ""
    yield f"Run {row.run}, {row.file} row {row.row}{line}"
    yield f"  {row.fate}{when}: {row.explanation}"
    if row.fate in (Fate.REJECTED, Fate.UNDELIVERED) or row.attempts > 1:
        request = f", request id {row.request_id}" if row.request_id else ""
        status = f"HTTP {row.http_status}" if row.http_status else "no answer"
        yield f"  {counted(row.attempts, 'attempt', 'attempts, the last one')}: {status}{request}"
    for message in _messages(row, show_values):
        yield f"  why: {message}"
    if row.remedy:
        yield f"  -> {row.remedy}"
    if row.steps is None:
        yield from _without_source(row, show_values)
    else:
        yield from _steps(row, row.steps, show_values)


def _messages(row: RowStory, show_values: bool) -> list[str]:
    if row.fate is not Fate.INVALID:
        return list(row.messages)
    return [
        _finding(message, show_values)
        for message in row.messages or (row.steps.problems if row.steps else ())
    ]


def _finding(message: str, show_values: bool) -> str:
    """Give a reason; without the cell that it found, its rules' words stand for it."""
    if show_values:
        return message
    codes = [code for code in _CODE.findall(message) if code in RULES]
    return "; ".join(f"{RULES[code].what} [{code}]" for code in dict.fromkeys(codes)) or "hidden"


def _without_source(row: RowStory, show_values: bool) -> Iterator[str]:
    yield f"  source: not read: {row.source or 'the row is not there'}"
    if row.cells is not None:
        yield f"  cells, from the journal: {_cells(row.cells, show_values)}"


def _steps(row: RowStory, steps: PreviewRow, show_values: bool) -> Iterator[str]:
    if row.cells is None:
        yield "  cells: the record cannot be read; the dead letter has it whole"
    else:
        yield f"  cells: {_cells(row.cells, show_values)}"
    width = max((len(value.attribute) for value in steps.values), default=0)
    for value in steps.values:
        cells = _cells(value.cells, show_values) or "(constant)"
        way = [cells, *_between(value, show_values), _result(value, show_values)]
        yield f"    {value.attribute:<{width}}  {'  ->  '.join(way)}"
    for warning in filter(_CODE.search, steps.warnings):
        yield f"  warning: {_finding(warning, show_values)}"
    if steps.payload is not None:
        word = "payload" if row.fate is Fate.DELIVERED else "payload, as the row would give it"
        yield f"  {word}: {_payload(steps.payload, show_values)}"
        protected = [value.attribute for value in steps.values if _is_consent(value.attribute)]
        if protected and row.fate is Fate.DELIVERED:
            yield (
                f"  (unless the mapping says `protect: false`, {', '.join(protected)} was in it only "
                "if its value had changed since it was last accepted)"
            )


def _is_consent(attribute: str) -> bool:
    return attribute in BY_KEY and BY_KEY[attribute].consent


def _between(value: PreviewValue, show_values: bool) -> list[str]:
    """Give the steps between the cells and the value; the last one's result is the value."""
    steps = value.steps[:-1] if value.steps and not value.steps[-1].of else value.steps
    return [
        f"{f'{step.of}: ' if step.of else ''}{step.name} {_step_text(step, show_values)}"
        for step in steps
    ]


def _step_text(step: Step, show_values: bool) -> str:
    text = _step_shown(step, show_values)
    if text is None:
        return "(nothing)"
    return text if step.is_json else repr(text)


def _step_shown(step: Step, show_values: bool) -> str | None:
    if step.text is None or show_values:
        return step.text
    return _json(step.text, show_values) if step.is_json else masked(step.text)


def _cells(cells: dict[str, str | None], show_values: bool) -> str:
    return ", ".join(f"{name}={cell!r}" for name, cell in _shown_cells(cells, show_values).items())


def _shown_cells(cells: dict[str, str | None], show_values: bool) -> dict[str, str | None]:
    if show_values:
        return cells
    return {name: None if cell is None else masked(cell) for name, cell in cells.items()}


def _result(value: PreviewValue, show_values: bool) -> str:
    if value.problem:
        return f"bad: {_finding(value.problem, show_values)}"
    if value.json is None:
        return "(blank)"
    return f"{_json(value.json, show_values)} ({value.type})"


def _json(text: str, show_values: bool) -> str:
    """Give a value's JSON text, or its shape: an object's keys are the mapping's, not a person's."""
    if show_values:
        return text
    try:
        return masked_text(json.loads(text, parse_float=Decimal))
    except ValueError:
        # A customer id stands here as it is, without quotes.
        return masked(text)


def _payload(text: str, show_values: bool) -> str:
    if show_values:
        return text
    members = (
        f"{json.dumps(key)}: {json.dumps(value) if key in _KEPT else masked_text(value)}"
        for key, value in json.loads(text, parse_float=Decimal).items()
    )
    return f"{{{', '.join(members)}}}"


def _masked_payload(text: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return {key: value if key in _KEPT else masked_json(value) for key, value in payload.items()}


def story_as_dict(story: Story, show_values: bool) -> dict[str, Any]:
    """Give the whole story as plain data."""
    return {
        "customer_id": story.customer_id or None,
        "known": bool(story.rows or story.left_out),
        "rows": [_row_as_dict(row, show_values) for row in story.rows],
        "left_out": story.left_out,
        "runs_searched": story.runs,
        "unsearched": [{"run": run, "reason": reason} for run, reason in story.unsearched],
        "unsettled": list(story.unsettled),
        "searches": [
            {
                "run": search.past.run,
                "rows_without_fate": search.rows,
                "looked_at": search.looked_at,
                "trouble": search.trouble or None,
            }
            for search in story.searches
        ],
        "rows_without_id": story.keyless,
        "near": list(story.near),
        "values_shown": show_values,
    }


def _row_as_dict(row: RowStory, show_values: bool) -> dict[str, Any]:
    steps = row.steps
    return {
        "run": row.run,
        "file": row.file,
        "row": row.row,
        "line": row.line or None,
        "at": row.at.isoformat() if row.at else None,
        "fate": str(row.fate),
        "explanation": row.explanation,
        "remedy": row.remedy or None,
        "attempts": row.attempts,
        "http_status": row.http_status or None,
        "request_id": row.request_id or None,
        "codes": list(row.codes),
        "messages": _messages(row, show_values),
        "cells": None if row.cells is None else _shown_cells(row.cells, show_values),
        "source": row.source or None,
        "steps": None if steps is None else [_value(one, show_values) for one in steps.values],
        "payload": _payload_as_data(steps, show_values),
    }


def _value(value: PreviewValue, show_values: bool) -> dict[str, Any]:
    text = value.json
    return {
        "attribute": value.attribute,
        "type": value.type,
        "cells": _shown_cells(value.cells, show_values),
        "json": None if text is None else _json(text, show_values),
        "problem": _finding(value.problem, show_values) if value.problem else None,
        "steps": [
            {
                "step": step.name,
                "of": step.of or None,
                "text": _step_shown(step, show_values),
            }
            for step in value.steps
        ],
    }


def _payload_as_data(steps: PreviewRow | None, show_values: bool) -> Any:
    if steps is None or steps.payload is None:
        return None
    return json.loads(steps.payload) if show_values else _masked_payload(steps.payload)
