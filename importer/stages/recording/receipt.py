"""Writes the receipt: one CSV line for each row that the API accepted, as it is accepted."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from importer.records import Outcome
from importer.stages.recording.appended_file import AppendedFile
from importer.stages.recording.private_files import refused, replacing

COLUMNS = (
    "customer_id",
    "file",
    "row",
    "line",
    "accepted_at",
    "attempts",
    "http_status",
    "request_id",
)
_PIECE_BYTES = 1 << 20


class Receipt:
    """A CSV file (UTF-8, comma, LF) that grows with each delivered row, and is committed with it.

    What stands in it already belongs to the same run.
    """

    def __init__(self, path: Path) -> None:
        """Create it with its header, or go on behind what stands there; StateError if refused."""
        self.path = path
        self.file = AppendedFile(path)
        if not self.file.length:
            self._add(COLUMNS)

    def add(
        self, customer_id: str, file: str, row: int, line: int, at: float, outcome: Outcome
    ) -> None:
        """Note one delivered row.  at: seconds since 1970; line: 0 where the file has none."""
        moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
        self._add(
            (
                customer_id,
                file,
                row,
                line or "",
                moment.replace("+00:00", "Z"),
                outcome.attempts,
                outcome.http_status,
                outcome.request_id,
            )
        )

    def _add(self, cells: tuple[object, ...]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerow(cells)
        self.file.add(text.getvalue().encode())


def copy_receipt(receipt: Path, length: int, to: Path) -> None:
    """Put the first `length` bytes of a run's receipt at `to`, whole or not at all; 0600.

    Raises StateError; what stood at `to` before then still does.
    """
    try:
        with receipt.open("rb") as stream, replacing(to) as copy:
            left = length
            while left and (piece := stream.read(min(left, _PIECE_BYTES))):
                copy.buffer.write(piece)
                left -= len(piece)
    except OSError as error:
        raise refused(to, error) from None
