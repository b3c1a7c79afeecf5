"""Says how one option of an attribute follows from another column's cells."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from importer.mapping_file.country_names import region_of
from importer.mapping_file.currencies import currency_of


@dataclass(frozen=True)
class DecidedBy:
    """One option of an attribute that another column decides, row by row.

    option: the Attribute's field.
    cases: cell -> the option's value, by `key`; None where the cell itself is the value.
    otherwise: for every other cell; None: such a cell decides nothing.
    by_country: whether the cases are countries, which any of their names meets.
    """

    option: Literal["region", "currency", "formats", "timezone"]
    column: str
    cases: Dict[str, Any] | None
    otherwise: Any = None
    by_country: bool = False

    def value(self, cell: str) -> Any:
        """Give the option's value for a cell of the column; None where it decides nothing."""
        if self.cases is None:
            found = _CELL_READERS[self.option](cell)
        else:
            found = self.cases.get(case_key(cell, by_country=self.by_country))
        return self.otherwise if found is None else found


def case_key(text: str, *, by_country: bool) -> str:
    """Give what two spellings of one case have in common: the country, or the folded text."""
    return (region_of(text) or "") if by_country else text.strip().casefold()


def timezone_of(text: str) -> str | None:
    """Give the name of a time zone of the IANA table; None where it has no such zone."""
    name = text.strip()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return name


_CELL_READERS = {"region": region_of, "currency": currency_of, "timezone": timezone_of}
