"""Follows the rows that do not make it: into the journal, the warnings and the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from importer.records import Block, Fate, Outcome, Prepared, Rejection
from importer.rules import RULES
from importer.stages.reading import read_record
from importer.stages.recording import DeadRow, Journal, WarningsFile
from importer.stages.reporting import Reason, Reasons


class Losses:
    """Everything that is to be said of rows and values that were not delivered.

    columns: of the source; the dead letter has them in this order.
    journal, warnings_file: None where nothing is to be written (a mere check).
    """

    def __init__(
        self,
        columns: Sequence[str],
        journal: Journal | None,
        warnings_file: WarningsFile | None,
    ) -> None:
        self._columns = columns
        self.reasons = Reasons()
        self.warnings: Counter[str] = Counter()
        self._journal = journal
        self._warnings_file = warnings_file

    def pass_over(self, blank_lines: int) -> None:
        """Note lines that are empty and so no rows."""
        if blank_lines:
            self.warnings["blank-lines"] = blank_lines

    def take(self, block: Block, prepared: Prepared, first_ordinal: int) -> int:
        """Book a block's invalid rows and left-out values; give the number of invalid rows."""
        self.warnings.update(prepared.warnings)
        if self._warnings_file is not None:
            self._warnings_file.write(block, prepared.left_out)
        invalid = 0
        for index, group in groupby(prepared.rejections, key=lambda reason: reason.index):
            self._invalid(block, index, tuple(group), first_ordinal + index)
            invalid += 1
        if self._journal is not None:
            self._journal.flush()
        return invalid

    def _invalid(
        self, block: Block, index: int, reasons: Sequence[Rejection], ordinal: int
    ) -> None:
        for reason in reasons:
            self._count(block, index, reason.code, reason.column, reason.found, reason.expected)
        if self._journal is None:
            return
        self._write(
            block,
            index,
            fate=Fate.INVALID,
            ordinal=ordinal,
            stages=tuple(reason.stage for reason in reasons),
            codes=tuple(reason.code for reason in reasons),
            columns=tuple(reason.column for reason in reasons),
            messages=tuple(reason.message for reason in reasons),
        )

    def refused(self, block: Block, index: int, outcome: Outcome) -> None:
        """Book a row that the API rejected, or that could not be delivered."""
        expected = RULES[outcome.code].fix
        self._count(block, index, outcome.code, "", outcome.message, expected)
        self._write(
            block,
            index,
            fate=outcome.fate,
            ordinal=outcome.ordinal,
            stages=("sending",),
            codes=(outcome.code,),
            columns=("",),
            messages=(f"{outcome.message} [{outcome.code}]",),
            http_status=outcome.http_status,
            attempts=outcome.attempts,
            request_id=outcome.request_id,
        )
        if self._journal is not None:
            self._journal.flush()

    def _count(
        self, block: Block, index: int, code: str, column: str, found: str, expected: str
    ) -> None:
        def example() -> Reason:
            return Reason(
                code=code,
                column=column,
                count=1,
                file=block.file,
                row=block.first_row + index,
                line=block.line(index),
                found=found,
                expected=expected,
            )

        self.reasons.add(code, column, example)

    def _write(
        self,
        block: Block,
        index: int,
        *,
        fate: Fate,
        ordinal: int,
        stages: tuple[str, ...],
        codes: tuple[str, ...],
        columns: tuple[str, ...],
        messages: tuple[str, ...],
        http_status: int = 0,
        attempts: int = 0,
        request_id: str = "",
    ) -> None:
        if self._journal is None:
            return
        record = read_record(block, index, self._columns)
        self._journal.write(
            DeadRow(
                ordinal=ordinal,
                fate=fate,
                file=block.file,
                row=block.first_row + index,
                line=block.line(index),
                cells=record.cells,
                raw=record.raw,
                stages=stages,
                codes=codes,
                columns=columns,
                messages=messages,
                http_status=http_status,
                attempts=attempts,
                request_id=request_id,
            )
        )
