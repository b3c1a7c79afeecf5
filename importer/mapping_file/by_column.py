"""Reads an option that another column decides: `{column: Country}`, `{by: Country, US: ..., ...}`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SHOWN = "{column: Country} or {by: Country, US: ..., otherwise: ...}"


@dataclass(frozen=True)
class ByColumn:
    """Such an option as it stands in the file.

    cases: cell -> the option's value; None where the cell is the value (`column:`).
    otherwise: for all other cells; None where the file says nothing of them.
    """

    column: str
    cases: dict[str, Any] | None
    otherwise: Any = None


def plain_or_by_column(plain: Callable[[object], object]) -> Callable[[object], object]:
    """Let a value be read by `plain`, or be decided by a column and each case be read so."""

    def check(value: object) -> object:
        return _by_column(value, plain) if isinstance(value, dict) else plain(value)

    return check


def _by_column(value: dict[Any, Any], plain: Callable[[object], object]) -> ByColumn:
    entries = {str(key): entry for key, entry in value.items()}
    column, by = entries.pop("column", None), entries.pop("by", None)
    otherwise = entries.pop("otherwise", None)
    read = None if otherwise is None else plain(otherwise)
    if isinstance(by, str) and column is None and entries:
        return ByColumn(str(by), {key: plain(entry) for key, entry in entries.items()}, read)
    if isinstance(column, str) and by is None and not entries:
        return ByColumn(str(column), None, read)
    raise ValueError(f"the keys {', '.join(map(str, value)) or '(none)'}, expected {_SHOWN}")
