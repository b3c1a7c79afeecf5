"""Reads the columns that stand in the names of folders: `country=IN/year=2024/part-0.parquet`."""

from __future__ import annotations

import re
from urllib.parse import unquote

Constants = tuple[tuple[str, str | None], ...]
"""Columns that have one text in all rows of a file; None is null."""

_PARTITION = re.compile(r"([^=]+)=(.*)")
_NULLS = ("__HIVE_DEFAULT_PARTITION__", "__HIVE_NULL__")


def partitions_of(path: str) -> Constants:
    """Give the `name=value` folders directly above a file, outermost first.

    Names and values are percent-decoded, as Hive, Spark and Arrow write them.
    """
    found: list[tuple[str, str | None]] = []
    for part in reversed(re.split(r"[/\\]", path)[:-1]):
        matched = _PARTITION.fullmatch(part)
        if not matched:
            break
        name, value = unquote(matched[1]), matched[2]
        found.append((name, None if value in _NULLS else unquote(value)))
    return tuple(reversed(found))
