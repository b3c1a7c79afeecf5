"""Lists the bad values that were left out of rows that were sent: warnings.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from importer.records import Block, Rejection
from importer.stages.recording.appended_file import AppendedFile

COLUMNS = ("_file", "_row", "_line", "_column", "_code", "_message")


class WarningsFile:
    """A CSV file that exists only once there is something to list.

    What stands in it already belongs to the same run.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = AppendedFile(path) if path.exists() else None

    @property
    def has_rows(self) -> bool:
        return self.file is not None and self.file.length > 0

    def write(self, block: Block, reasons: Iterable[Rejection]) -> None:
        """Add these left-out values, which wait in memory; StateError if there can be no file."""
        lines = [
            (
                block.file,
                block.row(reason.index),
                block.line(reason.index) or "",
                reason.column,
                reason.code,
                reason.message,
            )
            for reason in reasons
        ]
        if not lines:
            return
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        if self.file is None:
            self.file = AppendedFile(self.path)
        if not self.file.length:
            text.write("\ufeff")
            writer.writerow(COLUMNS)
        writer.writerows(lines)
        self.file.add(text.getvalue().encode())

    def close(self) -> None:
        """Write what waits; StateError if the disk refuses."""
        if self.file is not None:
            self.file.close()
