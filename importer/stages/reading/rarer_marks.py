"""Finds what else may stand between the cells of a file: `^`, `~`, `||`, `+|`, a control character."""

from __future__ import annotations

import re
from collections import Counter

from importer.stages.reading.headers import Table

_ROWS = 40
_AGREEMENT = 0.5
"""Titles and totals around a small table may be half of its lines."""

_RUN = re.compile(r"[!#%&*+,:;=^`|~¦§¬]{1,3}|[\x01-\x08\x0e-\x1f\t]")
"""Signs side by side; not those of texts, prices, dates and addresses."""

_WEAK = frozenset(":=#%&!*+,;")


def other_marks(chosen: Table) -> list[str]:
    """Give the runs of signs that most rows have, beyond this reading's delimiter.

    A reading of several cells has a rival only in a longer mark around its own delimiter.
    """
    delimiter = chosen.cut.dialect.delimiter
    lines = chosen.cut.lines(_ROWS)
    counts = Counter(run for line in lines for run in {*_RUN.findall(line)} - {delimiter})
    found = [run for run, count in counts.items() if count >= len(lines) * _AGREEMENT]
    if chosen.width > 1 and chosen.fitting >= _AGREEMENT:
        found = [run for run in found if delimiter in run]
    return sorted(found, key=lambda run: (-len(run), run))


def is_strong(mark: str) -> bool:
    """Tell whether a mark parts cells even where the first line lacks it."""
    return not set(mark) <= _WEAK or len(mark) > 1
