"""Chooses the tables among the files of a folder, so that none is missed and none is taken twice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from importer.errors import SourceError

_SUFFIXES = {
    "csv": "delimited text",
    "tsv": "delimited text",
    "tab": "delimited text",
    "psv": "delimited text",
    "txt": "delimited text",
    "parquet": "Parquet",
    "pq": "Parquet",
    "jsonl": "JSON lines",
    "ndjson": "JSON lines",
    "xlsx": "workbooks",
    "xlsm": "workbooks",
    "xlsb": "workbooks",
    "xls": "workbooks",
    "ods": "workbooks",
}
_COMPRESSED = re.compile(r"\.(gz|gzip|zst|zstd|bz2|xz|zip)$", re.I)
_NOTES = re.compile(
    r"(readme|licen[cs]e|notes?|copying|changelog|thumbs|desktop)\b.*"
    r"|.*\.(md|crc|md5|sha\d+|sig|asc|log)",
    re.I,
)
_LAKES = {"_delta_log": "a Delta Lake table", ".hoodie": "a Hudi table"}
_SHOWN = 3


def tables_among(folder: str, names: Iterable[str]) -> list[str]:
    """Give the names (paths within the folder, `/` between parts) of its tables, in order.

    What begins with `_` or `.`, and notes such as README.md, are passed over.  SourceError if
    there is no table, if they are of several formats, or if a file may or may not be one.
    """
    found = sorted(names)
    _refuse_lakes(folder, found)
    visible = [name for name in found if not _is_hidden(name)]
    files = [name for name in visible if not _NOTES.fullmatch(name.rsplit("/", 1)[-1])]
    kinds = {name: _kind(name) for name in files}
    unknown = [name for name in files if kinds[name] is None]
    if unknown:
        raise _refusal(folder, f"a folder with files that may be no tables: {_some(unknown)}")
    formats = sorted({str(kind) for kind in kinds.values()} - {""})
    if len(formats) > 1:
        raise _refusal(folder, f"a folder with {' and '.join(formats)}")
    if not files:
        raise SourceError(
            folder,
            f"a folder without tables (only {_some(found)})" if found else "a folder without files",
            "a folder of tables (CSV, Parquet, JSON lines or workbooks)",
            "name the files instead",
        )
    return files


def _kind(name: str) -> str | None:
    """Give the format that a name promises: "" for a name without suffix, None for no table."""
    last = _COMPRESSED.sub("", name.rsplit("/", 1)[-1])
    if "." not in last:
        return ""
    return _SUFFIXES.get(last.rsplit(".", 1)[1].lower())


def _is_hidden(name: str) -> bool:
    return any(part.startswith(("_", ".")) and "=" not in part for part in name.split("/"))


def _refuse_lakes(folder: str, names: list[str]) -> None:
    for name in names:
        parts = name.split("/")
        kind = next((_LAKES[part] for part in parts if part in _LAKES), "")
        if parts[-1].endswith(".metadata.json") and "metadata" in parts:
            kind = "an Iceberg table"
        if kind:
            raise SourceError(
                folder,
                f"{kind}, whose folder also holds rows that were deleted or replaced",
                "plain files",
                "export the table as Parquet or CSV",
            )


def _refusal(folder: str, found: str) -> SourceError:
    return SourceError(
        folder,
        found,
        "tables of one format",
        f"say which: '{folder.rstrip('/')}/*.csv', for example",
    )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else shown
