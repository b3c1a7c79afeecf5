"""Reads `guards:`, by which a mapping stops a run that looks unlike those before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

NewAttributes = Literal["ask", "refuse", "allow"]

_SHARE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*%")
_RANGE = re.compile(rf"-\s*{_SHARE.pattern}\s*\.\.\s*\+\s*{_SHARE.pattern}")
_AGE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*(min|h|d)")
_SECONDS = {"min": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Guards:
    """What must hold before the first request; None guards nothing.

    rows: by how much the source may be shorter or longer than that of the run before, as shares:
        (0.2, 0.5) is -20%..+50%.
    changed: the share of known users whose values may have changed.
    newly_blank: the share of known users who may lose the value of any one attribute.
    max_source_age_seconds: how long ago the source may have been written.
    new_attributes: whether an attribute may be sent that no run before has sent.
    from_run: the run of this mapping from which on those hold that compare with runs before.
    """

    rows: tuple[Decimal, Decimal] | None = None
    changed: Decimal | None = None
    newly_blank: Decimal | None = None
    max_source_age_seconds: float | None = None
    new_attributes: NewAttributes = "allow"
    from_run: int = 3

    @property
    def ask_the_memory(self) -> bool:
        """Tell whether every row must be compared with what is remembered of its user."""
        return (
            self.changed is not None
            or self.newly_blank is not None
            or self.new_attributes != "allow"
        )


def guards_of(model: Any, refuse: Callable[[str, str, str], None]) -> Guards:
    """Read the group (a GuardsModel, or None).

    refuse: is told what is wrong: (key, found, expected).
    """
    if model is None:
        return Guards()
    read = dict(_fields(model, refuse))
    if model.from_run is not None and model.from_run < 1:
        refuse("from_run", f"`{model.from_run}`", "1 or more")
    return Guards(
        **read,
        new_attributes=model.new_attributes or "allow",
        from_run=3 if model.from_run is None else model.from_run,
    )


def _fields(model: Any, refuse: Callable[[str, str, str], None]) -> Iterator[tuple[str, Any]]:
    for key, (field, read, expected) in _READERS.items():
        text = getattr(model, key)
        if text is None:
            continue
        value = read(text.strip())
        if value is None:
            refuse(key, f"`{text}`", expected)
        yield field, value


def _share(text: str) -> Decimal | None:
    found = _SHARE.fullmatch(text)
    return Decimal(found[1]) / 100 if found else None


def _range(text: str) -> tuple[Decimal, Decimal] | None:
    found = _RANGE.fullmatch(text)
    return (Decimal(found[1]) / 100, Decimal(found[2]) / 100) if found else None


def _age(text: str) -> float | None:
    found = _AGE.fullmatch(text)
    return float(found[1]) * _SECONDS[found[2]] if found else None


_READERS: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "rows": ("rows", _range, "how much shorter and longer it may be, such as -20%..+50%"),
    "changed": ("changed", _share, "a share such as 30%"),
    "newly_blank": ("newly_blank", _share, "a share such as 5%"),
    "max_source_age": ("max_source_age_seconds", _age, "an age such as 90min, 26h or 2d"),
}
