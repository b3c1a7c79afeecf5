"""Shows what becomes of single rows: each cell, what it turns into, and the payload."""

from __future__ import annotations

from dataclasses import dataclass

from importer.config import RunConfig
from importer.job import Job, MappingLike, SourcesLike, open_job
from importer.mapping_file import Attribute
from importer.prepared import Prepared
from importer.records import Block, Rejection
from importer.stages.reading import read_record
from importer.typed import Typed, TypedColumn


@dataclass(frozen=True)
class PreviewValue:
    """One attribute of one row.

    cells: source column -> its text, None for a null.
    json: the JSON text that is sent; None where nothing is.
    problem: why the value is refused; "" if it is not.
    """

    attribute: str
    type: str
    cells: dict[str, str | None]
    json: str | None
    problem: str = ""


@dataclass(frozen=True)
class PreviewRow:
    """One row: its values side by side, and its payload, or why there is none.

    payload: the exact JSON text; None for a row that would not be sent.
    problems: all reasons, the unreadable row's among them.
    """

    file: str
    row: int
    line: int
    values: tuple[PreviewValue, ...]
    payload: str | None
    filtered: bool
    problems: tuple[str, ...]


def preview_source(
    sources: SourcesLike, mapping: MappingLike, config: RunConfig | None = None, *, rows: int = 5
) -> tuple[PreviewRow, ...]:
    """Prepare the first rows and show every step; nothing is sent and nothing written.

    Raises MappingError or SourceError.
    """
    job = open_job(sources, mapping, config or RunConfig())
    return tuple(row for block in job.source.blocks(rows) for row in preview_block(job, block))


def preview_block(job: Job, block: Block) -> list[PreviewRow]:
    """Show every step of a block's rows."""
    prepared = job.preparer.prepare(block)
    view = _View(job, block, prepared, job.preparer.coerced(block))
    return [view.row(index) for index in range(block.rows)]


class _View:
    def __init__(self, job: Job, block: Block, prepared: Prepared, typed: Typed) -> None:
        self.job = job
        self.block = block
        self.prepared = prepared
        self.typed = typed
        self.filtered = set(prepared.filtered.tolist())
        self.bodies = dict(zip(prepared.index.tolist(), prepared.bodies.to_pylist(), strict=True))
        self.positions = {index: at for at, index in enumerate(typed.batch.index.tolist())}

    def row(self, index: int) -> PreviewRow:
        reasons = [reason for reason in self.prepared.rejections if reason.index == index]
        body = self.bodies.get(index)
        return PreviewRow(
            file=self.block.file,
            row=self.block.first_row + index,
            line=self.block.line(index),
            values=self._values(index, reasons),
            payload=None if body is None else body.decode(),
            filtered=index in self.filtered,
            problems=tuple(reason.message for reason in reasons),
        )

    def _values(self, index: int, reasons: list[Rejection]) -> tuple[PreviewValue, ...]:
        at = self.positions.get(index)
        if at is None:
            return ()
        columns = self.job.source.columns
        record = read_record(self.block, index, columns)
        cells = dict(zip(columns, record.cells or (), strict=False))
        left_out = [reason for reason in self.prepared.left_out if reason.index == index]
        mapping = self.job.mapping
        customer_id = self.typed.customer_ids[at].as_py()
        values = [_value(mapping.customer_id, cells, customer_id, reasons)]
        platforms: list[TypedColumn] = list(self.typed.platforms)
        for column in [*self.typed.attributes, *platforms]:
            json = column.json[at].as_py()
            values.append(_value(column.attribute, cells, json, [*reasons, *left_out]))
        return tuple(values)


def _value(
    attribute: Attribute, cells: dict[str, str | None], json: str | None, reasons: list[Rejection]
) -> PreviewValue:
    columns = dict.fromkeys(attribute.columns)
    problems = [
        reason.message
        for reason in reasons
        if reason.column
        and (reason.column == attribute.label or reason.column in attribute.origin.columns)
    ]
    return PreviewValue(
        attribute=attribute.name,
        type=attribute.type,
        cells={column: cells.get(column) for column in columns},
        json=json,
        problem="; ".join(problems),
    )
