"""Shows how far a run is: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from types import TracebackType
from typing import Never, TextIO

from tqdm import tqdm

from importer.plurals import counted
from importer.records import DEAD_FATES, Fate

_SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """An Observer for the terminal; a context manager, so that the bar always ends."""

    def __init__(self, *, quiet: bool, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._bar: tqdm[Never] | None = None
        self._rows: int | None = None
        self._share_read = ""
        self._fates: Counter[Fate] = Counter()
        self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def began(self, headline: str, rows: int | None) -> None:
        if self._bar is not None:
            self._bar.close()
        self._rows, self._share_read = rows, ""
        if self._quiet:
            return
        if self._stream.isatty():
            self._bar = tqdm(
                total=rows,
                unit=" rows",
                file=self._stream,
                desc=headline,
                # Some terminals say that they are 0 columns wide, and tqdm would believe it.
                ncols=shutil.get_terminal_size().columns,
                nrows=2,
            )
        else:
            of = "" if rows is None else f", {counted(rows, 'row')}"
            print(f"{headline}{of}", file=self._stream, flush=True)

    def progressed(self, fate: Fate, rows: int) -> None:
        self._fates[fate] += rows
        if self._bar is not None:
            self._bar.set_postfix_str(self._notes(), refresh=False)
            self._bar.update(0 if self._share_read else rows)
        elif not self._quiet and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES
            self._say_how_far()

    def read(self, bytes_read: int, bytes_total: int) -> None:
        if not bytes_total:
            return
        self._share_read = f"{min(bytes_read / bytes_total, 1.0):.0%}"
        if self._bar is None:
            self._say_share_read()
            return
        if self._bar.unit != "B":
            # What the bar counted until now were rows.
            self._bar.unit, self._bar.unit_scale, self._bar.unit_divisor = "B", True, 1024
            self._bar.total, self._bar.n = bytes_total, 0
        self._bar.update(min(bytes_read, bytes_total) - self._bar.n)

    def _say_share_read(self) -> None:
        """Say how much is read, where no row has its fate yet that could be told of instead."""
        if self._fates or self._quiet or time.monotonic() < self._next_line:
            return
        self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES
        print(f"{self._share_read} of the source read", file=self._stream, flush=True)

    def paused(self, seconds: float, why: str) -> None:
        if self._quiet:
            return
        line = f"waiting {seconds:.0f} s: {why}"
        if self._bar is not None:
            self._bar.write(line, file=self._stream)
        else:
            print(line, file=self._stream, flush=True)

    def _notes(self) -> str:
        dead = sum(self._fates[word] for word in DEAD_FATES)
        rows = counted(sum(self._fates.values()), "row") if self._share_read else ""
        return ", ".join(filter(None, (rows, f"{dead:,} not delivered" if dead else "")))

    def _say_how_far(self) -> None:
        done = sum(self._fates.values())
        rows = counted(done if self._rows is None else self._rows, "row")
        far = rows if self._rows is None else f"{done:,} of {rows}"
        read = f" ({self._share_read} of the source read)" if self._share_read else ""
        fates = ", ".join(f"{count:,} {fate}" for fate, count in self._fates.items() if count)
        print(f"{far}{read}: {fates}", file=self._stream, flush=True)
