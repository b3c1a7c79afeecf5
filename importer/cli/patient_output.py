"""Keeps the work going when nobody reads its output any more, or its output has no room left."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


class PatientStream(io.TextIOWrapper):
    """A text stream that goes quiet, instead of raising, when it cannot be written.

    failure: what the first failed write said; None while all is well.
    """

    failure: OSError | None = None

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            return self._go_quiet(error, len(text))

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._go_quiet(error, 0)

    def _go_quiet(self, error: OSError, written: int) -> int:
        self.failure = self.failure or error
        # What is still buffered goes nowhere, now and when the process ends.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), self.fileno())
        return written


def be_patient() -> None:
    """Put patient streams in place of this process's standard output and error.

    A run must not end half-way because `head` has read enough, or because a log file's disk is
    full.
    """
    sys.stdout, sys.stderr = _patient(sys.stdout), _patient(sys.stderr)


def output_was_lost() -> bool:
    """Tell whether standard output was cut short by trouble, not by a reader who has gone."""
    sys.stdout.flush()
    failure = getattr(sys.stdout, "failure", None)
    return failure is not None and not isinstance(failure, BrokenPipeError)


def _patient(stream: TextIO | None) -> TextIO:
    if stream is None:
        # The process was started with this stream closed (`>&-`).
        return open(os.devnull, "w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    return PatientStream(
        stream.detach(),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
