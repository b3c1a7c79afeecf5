"""Shows what becomes of single rows: each cell, what it turns into, and the payload."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from importer.config import RunConfig
from importer.errors import UsageError
from importer.job import Job, MappingLike, SourcesLike, open_job
from importer.mapping_file import Attribute
from importer.observer import Silence
from importer.records import Block, Rejection
from importer.rules import RULES
from importer.stages.coercing import Step, steps_of
from importer.stages.reading import picked, read_record
from importer.stopping import StopSignal
from importer.survey import RowPlace, Survey, surveyed
from importer.typed import TypedColumn


@dataclass(frozen=True)
class PreviewValue:
    """One attribute of one row.

    cells: source column -> its text, None for a null.
    json: the JSON text that is sent; None where nothing is.
    problem: why the value is refused; "" if it is not.
    steps: what was done to the cells, in order; the last of a column or part gives it its type.
    checked: the checks that the mapping asks for, each by the name that it has there.
    """

    attribute: str
    type: str
    cells: dict[str, str | None]
    json: str | None
    problem: str = ""
    steps: tuple[Step, ...] = ()
    checked: tuple[str, ...] = ()


@dataclass(frozen=True)
class PreviewRow:
    """One row: its values side by side, and its payload, or why there is none.

    payload: the exact JSON text; None for a row that would not be sent.
    superseded: which other row is sent instead, and why; "" if none is.
    problems: all reasons, the unreadable row's among them.
    warnings: what the rules say of the row, which is sent all the same.
    """

    file: str
    row: int
    line: int
    values: tuple[PreviewValue, ...]
    payload: str | None
    filtered: bool
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    superseded: str = ""


def preview_source(
    sources: SourcesLike,
    mapping: MappingLike,
    config: RunConfig | None = None,
    *,
    rows: int = 5,
    row_numbers: Collection[int] = (),
) -> tuple[PreviewRow, ...]:
    """Prepare some rows and show every step; nothing is sent and nothing written.

    rows: how many of the first rows.  row_numbers: these rows instead, each in every file that has
    it.  The source is read up to the last of them, and no other row is prepared, unless the mapping
    compares rows (`duplicates:`, `unique:`): then all are, as for a run.
    Raises MappingError or SourceError; UsageError for a row that no file has.
    """
    settings = config or RunConfig()
    job = open_job(sources, mapping, settings)
    wanted = frozenset(row_numbers)
    chosen = _numbered(job, wanted) if wanted else job.source.blocks(rows)
    with surveyed(job, settings, Silence(), StopSignal()) as survey:
        return tuple(row for block in chosen for row in preview_block(job, block, survey))


def preview_block(job: Job, block: Block, survey: Survey | None = None) -> list[PreviewRow]:
    """Show every step of a block's rows, and with a survey what becomes of them beside others."""
    return [
        _View(job, picked(block, np.array([index], np.int64)), survey).row()
        for index in range(block.rows)
    ]


def _numbered(job: Job, wanted: frozenset[int]) -> Iterator[Block]:
    """Give the rows of these numbers, each as a block; numbers count by file."""
    missing, last, rows = set(wanted), max(wanted), 0
    for block in job.source.blocks(last if len(job.source.files) == 1 else None):
        first = block.row(0)
        end = first + block.rows
        found = sorted(number for number in wanted if first <= number < end)
        for number in found:
            yield picked(block, np.array([number - first], np.int64))
        missing -= set(found)
        rows = max(rows, end - 1)
    if missing:
        raise UsageError(
            f"--row {min(missing)}",
            "a row that the source does not have",
            f"1 to {rows:,}",
            "rows are numbered from 1, without the header; `_row` of a dead letter says it",
        )


class _View:
    """One row, in a block of its own: so that every warning is its own, too."""

    def __init__(self, job: Job, block: Block, survey: Survey | None) -> None:
        self.job = job
        self.block = block
        self.survey = survey
        self.ordinal = survey.ordinal(RowPlace(block.file, block.row(0))) if survey else 0
        prepared = job.preparer.prepare(block)
        self.prepared = survey(prepared, self.ordinal) if survey else prepared
        self.typed = job.preparer.coerced(block)

    def row(self) -> PreviewRow:
        bodies = self.prepared.bodies.to_pylist()
        return PreviewRow(
            file=self.block.file,
            row=self.block.row(0),
            line=self.block.line(0),
            values=self._values() if self.typed.batch.rows else (),
            payload=bodies[0].decode() if bodies else None,
            filtered=len(self.prepared.filtered) > 0,
            superseded=self.survey.why_superseded(self.ordinal) if self.survey else "",
            problems=tuple(reason.message for reason in self.prepared.rejections),
            warnings=(*self._warnings(), *self._open(is_sent=bool(bodies))),
        )

    def _warnings(self) -> Iterator[str]:
        for reason in self.prepared.left_out:
            yield f"{_named(reason.column)}{reason.message}; the value is left out"
        for warned in self.prepared.warnings:
            if warned.code != "left-out":
                found = f" ({warned.found})" if warned.found else ""
                what = RULES[warned.code].what
                yield f"{_named(warned.column)}{what}{found} [{warned.code}]"

    def _open(self, *, is_sent: bool) -> Iterator[str]:
        """Say what other rows decide: a row alone does not show it."""
        mapping = self.job.mapping
        keys = ["duplicates"] if mapping.duplicates.keep != "each" else []
        keys += ["unique"] if mapping.unique or mapping.customer_id.unique else []
        if is_sent and keys and self.survey is None:
            said = " and ".join(f"`{key}:`" for key in keys)
            yield f"by {said} other rows decide, too; a check of the whole source tells"

    def _values(self) -> tuple[PreviewValue, ...]:
        columns = self.job.source.columns
        record = read_record(self.block, 0, columns)
        cells = dict(zip(columns, record.cells or (), strict=False))
        customer_id = self.typed.customer_ids[0].as_py()
        values = [self._value(self.job.mapping.customer_id, cells, customer_id)]
        platforms: list[TypedColumn] = list(self.typed.platforms)
        for column in [*self.typed.attributes, *platforms]:
            values.append(self._value(column.attribute, cells, column.json[0].as_py()))
        return tuple(values)

    def _value(
        self, attribute: Attribute, cells: dict[str, str | None], json: str | None
    ) -> PreviewValue:
        reasons = (*self.prepared.rejections, *self.prepared.left_out)
        return PreviewValue(
            attribute=attribute.name,
            type=attribute.type,
            cells={column: cells.get(column) for column in dict.fromkeys(attribute.columns)},
            json=json,
            problem="; ".join(
                reason.message for reason in reasons if _is_about(reason, attribute, json)
            ),
            steps=steps_of(self.typed.batch, attribute),
            checked=tuple(check.name for check in attribute.check) if json is not None else (),
        )


def _named(column: str) -> str:
    return f'column "{column}": ' if column else ""


def _is_about(reason: Rejection, attribute: Attribute, json: str | None) -> bool:
    """Tell whether a reason is an attribute's; others may stand in the same column."""
    if reason.stage == "coercing" and json is not None and attribute.type != "json":
        return False
    names = (attribute.label, *attribute.origin.columns)
    return reason.column != "" and reason.column in names
