"""Follows the rows that do not make it: into the journal, the warnings and the reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from importer.prepared import Prepared
from importer.records import ArrowBlock, Block, Fate, Outcome, Rejection
from importer.rules import RULES
from importer.stages.reading import Record, cell_faults, read_record, read_records
from importer.stages.recording import DeadRow, Journal, WarningsFile
from importer.stages.reporting import Cautions, Reason, Reasons

Remark = Callable[[int], str]
"""What else is to be said of a row that did not make it, by its place in the run; "" for nothing."""


class Losses:
    """Everything that is to be said of rows and values that were not delivered.

    columns: of the source; the dead letter has them in this order.
    journal, warnings_file: None where nothing is to be written (a mere check).
    remark: ends the first reason of each row.
    """

    def __init__(
        self,
        columns: Sequence[str],
        journal: Journal | None,
        warnings_file: WarningsFile | None,
        warnings: Mapping[str, Any] | None = None,
        remark: Remark | None = None,
    ) -> None:
        """Begin, or go on with a journal and warnings that an earlier process began."""
        self._columns = columns
        self.reasons = Reasons()
        self.cautions = Cautions(warnings)
        self.notes: tuple[str, ...] = ()
        self._journal = journal
        self._remark = remark
        self._warnings_file = warnings_file
        if journal is not None and len(journal):
            self.reasons = reasons_of(journal.in_row_order())

    def pass_over(self, blank_lines: int) -> None:
        """Note lines that are empty and so no rows."""
        if blank_lines:
            self.cautions.put("blank-lines", blank_lines)

    def note_filtered(self, filtered: int, rows: int, *, where: bool, only: bool) -> None:
        """Note how many of a source's rows are left out; all of them is worth a warning or a note.

        where, only: by what, the mapping's `where:` or certain ids that were asked for.
        """
        if not rows or filtered != rows:
            return
        if only:
            passes = " and passes `where:`" if where else ""
            self.notes += (
                f"no row of {rows:,} has an id of --only{passes}; ids are compared to the letter, "
                "as the mapping makes them",
            )
        elif where:
            self.cautions.put("where-nothing", rows)

    def flush(self) -> None:
        """Write what waits for the journal, where nobody commits it; StateError if refused."""
        if self._journal is not None:
            self._journal.flush()

    def take(
        self,
        block: Block,
        prepared: Prepared,
        first_ordinal: int,
        settled: npt.NDArray[np.bool_] | None = None,
    ) -> int:
        """Book a block's invalid rows and left-out values; give the number of invalid rows.

        settled: of a block that an earlier process of the run has opened already, its rows that
        have their fate; its warnings are known then.
        """
        if settled is None:
            self.cautions.take(block, prepared.warnings)
            if self._warnings_file is not None:
                self._warnings_file.write(block, prepared.left_out)
        invalid = {
            index: tuple(group)
            for index, group in groupby(prepared.rejections, key=lambda reason: reason.index)
            if settled is None or not settled[index]
        }
        writes = self._journal is not None
        records = read_records(block, tuple(invalid), self._columns) if writes else {}
        for index, reasons in invalid.items():
            self._invalid(block, index, reasons, first_ordinal + index, records.get(index))
        return len(invalid)

    def _invalid(
        self,
        block: Block,
        index: int,
        reasons: Sequence[Rejection],
        ordinal: int,
        record: Record | None,
    ) -> None:
        last = reasons[-1]
        reasons = (*reasons[:-1], replace(last, expected=self._ended(last.expected, ordinal)))
        for reason in reasons:
            self._count(block, index, reason.code, reason.column, reason.found, reason.expected)
        if record is None:
            return
        self._write(
            block,
            index,
            record,
            fate=Fate.INVALID,
            ordinal=ordinal,
            stages=tuple(reason.stage for reason in reasons),
            codes=tuple(reason.code for reason in reasons),
            columns=tuple(reason.column for reason in reasons),
            found=tuple(reason.found for reason in reasons),
            expected=tuple(reason.expected for reason in reasons),
        )

    def refused(self, block: Block, index: int, outcome: Outcome) -> None:
        """Book a row that the API rejected, or that could not be delivered."""
        expected = RULES[outcome.code].fix
        message = self._ended(outcome.message, outcome.ordinal)
        self._count(block, index, outcome.code, "", message, expected)
        self._write(
            block,
            index,
            read_record(block, index, self._columns),
            fate=outcome.fate,
            ordinal=outcome.ordinal,
            stages=("sending",),
            codes=(outcome.code,),
            columns=("",),
            found=(message,),
            expected=("",),
            http_status=outcome.http_status,
            attempts=outcome.attempts,
            request_id=outcome.request_id,
        )

    def _ended(self, text: str, ordinal: int) -> str:
        """End a message with what else is to be said of the row."""
        remark = "" if self._remark is None else self._remark(ordinal)
        return f"{text}; {remark}" if remark else text

    def _count(
        self, block: Block, index: int, code: str, column: str, found: str, expected: str
    ) -> None:
        def example() -> Reason:
            return Reason(
                code=code,
                column=column,
                count=1,
                file=block.file,
                row=block.row(index),
                line=block.line(index),
                found=found,
                expected=expected,
            )

        self.reasons.add(code, column, example)

    def _write(
        self,
        block: Block,
        index: int,
        record: Record,
        *,
        fate: Fate,
        ordinal: int,
        stages: tuple[str, ...],
        codes: tuple[str, ...],
        columns: tuple[str, ...],
        found: tuple[str, ...],
        expected: tuple[str, ...],
        http_status: int = 0,
        attempts: int = 0,
        request_id: str = "",
    ) -> None:
        if self._journal is None:
            return
        self._journal.write(
            DeadRow(
                ordinal=ordinal,
                fate=fate,
                file=block.file,
                row=block.row(index),
                line=block.line(index),
                cells=record.cells,
                raw=record.raw,
                kinds=record.kinds,
                stages=stages,
                codes=codes,
                columns=columns,
                found=found,
                expected=expected,
                http_status=http_status,
                attempts=attempts,
                request_id=request_id,
                origin=_origin(block, index),
                doubts=_doubts(block, index, set(zip(codes, columns, strict=True))),
            )
        )


def _origin(block: Block, index: int) -> int | None:
    """Give the row's place in the run that read it from its file, if that is another one."""
    if isinstance(block, ArrowBlock) and block.places is not None:
        return int(block.places[index])
    return None


def _doubts(
    block: Block, index: int, known: Set[tuple[str, str]]
) -> tuple[tuple[str, str, str, str], ...]:
    """Give what the reading could not tell of cells that are no reason, as nobody asked for them."""
    return tuple(
        (one.code, one.column, one.found, one.expected)
        for one in cell_faults(block, index)
        if (one.code, one.column) not in known
    )


def reasons_of(rows: Iterable[DeadRow]) -> Reasons:
    """Count again why these rows did not make it."""
    reasons = Reasons()
    for row in rows:
        for code, column, found, expected in zip(
            row.codes, row.columns, row.found, row.expected, strict=True
        ):
            example = partial(
                Reason,
                code=code,
                column=column,
                count=1,
                file=row.file,
                row=row.row,
                line=row.line,
                found=found,
                expected=expected or RULES[code].fix,
            )
            reasons.add(code, column, example)
    return reasons
