"""Says how many there are of something, in one word for one and in another for several."""

from __future__ import annotations


def counted(count: int, one: str, several: str = "") -> str:
    """Give `1 row` or `1,200 rows`; `several` where it is more than `one` with an s behind it."""
    return f"1 {one}" if count == 1 else f"{count:,} {several or f'{one}s'}"
