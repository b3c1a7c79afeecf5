"""Lists the bad values that were left out of rows that were sent: warnings.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from importer.records import Block, Rejection
from importer.stages.recording.private_files import open_private, refused

COLUMNS = ("_file", "_row", "_line", "_column", "_code", "_message")


class WarningsFile:
    """A CSV file that exists only once there is something to list."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0

    def write(self, block: Block, reasons: Iterable[Rejection]) -> None:
        """Append these left-out values; StateError if the disk refuses."""
        lines = [
            (
                block.file,
                block.first_row + reason.index,
                block.line(reason.index) or "",
                reason.column,
                reason.code,
                reason.message,
            )
            for reason in reasons
        ]
        if not lines:
            return
        try:
            with open_private(self.path, append=True) as stream:
                writer = csv.writer(stream, lineterminator="\r\n")
                if not self.rows:
                    stream.write("\ufeff")
                    writer.writerow(COLUMNS)
                writer.writerows(lines)
        except OSError as error:
            raise refused(self.path, error) from None
        self.rows += len(lines)
