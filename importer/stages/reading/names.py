"""Gives each column a name of its own."""

from __future__ import annotations

from collections.abc import Sequence


def renamed(names: Sequence[str]) -> tuple[str, ...]:
    """Give `column_3` for a name that is empty, `name_2` for a second `name`; the others stay."""
    found: list[str] = []
    taken = set(names)
    for number, name in enumerate(names, 1):
        free = stem = name if name.strip() else f"column_{number}"
        count = 1
        while free in found or (free != name and free in taken):
            count += 1
            free = f"{stem}_{count}"
        found.append(free)
    return tuple(found)
