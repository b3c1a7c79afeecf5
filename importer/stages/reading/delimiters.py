"""Chooses the delimiter under which a file's rows have the header's width, if it is only one."""

from __future__ import annotations

from dataclasses import dataclass

from importer.errors import SourceError
from importer.records import Dialect
from importer.stages.reading.exact import grammar_of
from importer.stages.reading.sample import Sample, show

DELIMITERS = (",", ";", "\t", "|")

_AGREEMENT = 0.9
"""A reading fits if at least so many of the sample's rows have as many cells as the header."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one delimiter makes of the sample; shares are of the rows, 0 to 1."""

    delimiter: str
    header_cells: int
    fitting: float
    strict: float
    usual: int
    usual_share: float


def _reading(text: Sample, delimiter: str, encoding: str, quote: str) -> _Reading:
    cells, widths, strict = text.widths(grammar_of(Dialect(encoding, delimiter, quote)))
    if not widths:
        return _Reading(delimiter, cells, 0.0, 0.0, cells, 0.0)
    rows = len(widths)
    usual = max(set(widths), key=widths.count)
    return _Reading(
        delimiter,
        cells,
        widths.count(cells) / rows,
        strict / rows,
        usual,
        widths.count(usual) / rows,
    )


def choose_delimiter(text: Sample, encoding: str, quote: str) -> str:
    """Choose the delimiter under which the rows have the header's width, if it is only one."""
    readings = [_reading(text, mark, encoding, quote) for mark in DELIMITERS]
    several = [reading for reading in readings if reading.header_cells > 1]
    fitting = sorted(
        (reading for reading in several if reading.fitting),
        key=lambda reading: (reading.strict, reading.fitting),
        reverse=True,
    )
    if len(fitting) > 1 and fitting[0].strict - fitting[1].strict < 1 - _AGREEMENT:
        raise _undecided(text, encoding, quote, fitting[:2])
    if fitting:
        return fitting[0].delimiter
    rivals = [
        reading
        for reading in readings
        if reading.usual > 1 and reading.usual_share >= _AGREEMENT and reading not in several
    ]
    if rivals or len(several) > 1:
        raise _undecided(text, encoding, quote, [*several, *rivals])
    return several[0].delimiter if several else DELIMITERS[0]


def _undecided(text: Sample, encoding: str, quote: str, readings: list[_Reading]) -> SourceError:
    shown = "; ".join(
        f"{show(reading.delimiter)} gives the header {_names(text, encoding, quote, reading)} "
        f"and rows of {reading.usual} cells"
        for reading in readings
    )
    options = " or ".join(f'source: {{delimiter: "{_escaped(r.delimiter)}"}}' for r in readings)
    return SourceError(
        text.path,
        f"a table whose delimiter cannot be told: {shown}",
        "one delimiter under which the rows have as many cells as the header",
        f"say it in the mapping: {options}",
    )


def _names(text: Sample, encoding: str, quote: str, reading: _Reading) -> str:
    layout = text.layout(Dialect(encoding, reading.delimiter, quote))
    return " | ".join(layout.columns[:6]) if layout else "(unreadable)"


def _escaped(delimiter: str) -> str:
    return "\\t" if delimiter == "\t" else delimiter
