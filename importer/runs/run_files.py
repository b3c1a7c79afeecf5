"""Holds the files of a run's folder that grow with its rows, and makes the dead letter of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from importer.config import RunConfig
from importer.errors import StateError
from importer.stages.recording import (
    AppendedFile,
    Journal,
    Receipt,
    RowLog,
    RunFolder,
    WarningsFile,
    copy_receipt,
    free_path,
    remember_dead_letter,
    write_dead_letter,
)


class RunFiles:
    """The journal, the row log, the warnings and perhaps the receipt of one run.

    dead_letter: the best one that could be made of them; None before, or if no row is in it.
    placed_receipt: where the receipt was put; None before, or if nobody asked for it.
    """

    def __init__(self, folder: RunFolder, *, with_receipt: bool = False) -> None:
        """Open them, or go on with them; StateError if the disk refuses."""
        self.folder = folder
        self.dead_letter: Path | None = None
        self.placed_receipt: Path | None = None
        self.journal = Journal(folder.journal)
        self.row_log = RowLog(folder.row_log)
        self.warnings = WarningsFile(folder.warnings)
        self.receipt = Receipt(folder.receipt) if with_receipt else None

    @property
    def growing(self) -> tuple[AppendedFile, ...]:
        """Give those that there are; the warnings' is made with the first of them."""
        receipt = None if self.receipt is None else self.receipt.file
        found = (self.journal.file, self.row_log.file, self.warnings.file, receipt)
        return tuple(file for file in found if file is not None)

    @property
    def lengths(self) -> dict[str, int]:
        """Give how long each is, with what waits to be written."""
        return {file.path.name: file.length for file in self.growing}

    def close(self, *, forgiving: bool) -> None:
        """Close them all; a disk that refused once, if known, need not be told again."""
        for file in self.growing:
            try:
                file.close()
            except StateError:
                if not forgiving:
                    raise

    def put_receipt(self, committed: Mapping[str, int], config: RunConfig) -> None:
        """Put the receipt, as far as it is committed, where `config` asks for it."""
        if self.receipt is not None and config.receipt is not None:
            path = self.receipt.path
            copy_receipt(path, committed.get(path.name, 0), config.receipt)
            self.placed_receipt = config.receipt

    def write_dead_letter(self, columns: Sequence[str], config: RunConfig) -> None:
        """Make the dead letter, and where `config` asks for it as well; none if no row is in it."""
        journal, run = self.journal, self.folder.run_id
        if rows := journal.rows_on_disk:
            own = self.folder.dead_letter
            self.dead_letter = write_dead_letter(own, run, columns, journal.in_row_order())
        if config.dead_letter is not None:
            asked = free_path(config.dead_letter, config.state_dir, run)
            write_dead_letter(asked, run, columns, journal.in_row_order())
            remember_dead_letter(asked, config.state_dir)
            self.dead_letter = asked if rows else None
