"""Writes the dead letter: the rows that did not make it, fixable and importable again."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import orjson

from importer.records import DEAD_LETTER_COLUMNS
from importer.stages.recording.dead_workbook import write_workbook
from importer.stages.recording.journal import DeadRow
from importer.stages.recording.private_files import refused, replacing, write_json

WORKBOOK = ".xlsx"
_BYTE_ORDER_MARK = "\ufeff"
_BETWEEN = "; "
WRITTEN = "dead_letters.json"


def write_dead_letter(
    path: Path, run_id: str, columns: Sequence[str], rows: Iterable[DeadRow]
) -> Path:
    """Write the source's columns, then our own, in the format that the path's ending names.

    That is a workbook for .xlsx, and else UTF-8 CSV (byte-order mark, comma, CRLF).  All of a
    row's reasons stand in it, separated by "; ".  Raises StateError; what stood at `path` before
    then still does.
    """
    table = _table(run_id, columns, rows)
    with replacing(path) as stream:
        if path.suffix.lower() == WORKBOOK:
            write_workbook(path, stream.buffer, table)
            return path
        stream.write(_BYTE_ORDER_MARK)
        csv.writer(stream, lineterminator="\r\n").writerows(table)
    return path


def _table(
    run_id: str, columns: Sequence[str], rows: Iterable[DeadRow]
) -> Iterator[Sequence[object]]:
    yield [*columns, *DEAD_LETTER_COLUMNS]
    for row in rows:
        yield _cells(row, run_id, len(columns))


def free_path(path: Path, state_dir: Path, run_id: str) -> Path:
    """Give the path itself, or one beside it if a person has changed what stands there."""
    if not path.exists() or _written(state_dir).get(str(path.absolute())) == _hash(path):
        return path
    return path.with_name(f"{path.stem}-{run_id}{path.suffix}")


def remember_dead_letter(path: Path, state_dir: Path) -> None:
    """Keep the hash of what was written, which tells later whether a person changed it."""
    written = {
        known: digest for known, digest in _written(state_dir).items() if Path(known).exists()
    }
    written[str(path.absolute())] = _hash(path)
    write_json(state_dir / WRITTEN, written)


def _written(state_dir: Path) -> dict[str, str]:
    try:
        content = orjson.loads((state_dir / WRITTEN).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise refused(path, error) from None


def _cells(row: DeadRow, run_id: str, width: int) -> list[object]:
    cells = ["" if cell is None else cell for cell in row.cells or [""] * width]
    return [
        *cells,
        run_id,
        row.file,
        row.row,
        row.line or "",
        _BETWEEN.join(dict.fromkeys(row.stages)),
        _BETWEEN.join(row.codes),
        _BETWEEN.join(row.columns),
        _BETWEEN.join(row.messages),
        row.http_status or "",
        row.attempts,
        row.request_id,
        row.raw,
    ]
