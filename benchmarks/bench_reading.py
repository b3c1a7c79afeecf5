"""Reads the same files with several readers, and says who is exact, who refuses, who is wrong.

python benchmarks/bench_reading.py [FOLDER]      the folder of real files, default ../shared/data
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import clevercsv
import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from importer.records import SourceOptions
from importer.stages.reading import open_source, read_batch

Table = list[tuple[str, ...]]
"""The header, then the rows."""

OUTCOMES = ("exact", "exact but for refused rows", "refused", "silently different")
ROOT = Path(__file__).resolve().parent.parent
SPEED_ROWS = 1_000_000


class Case(NamedTuple):
    """A file, and what is in it."""

    path: Path
    truth: Table


def python_reads(path: Path, encoding: str = "utf-8-sig") -> Table:
    with path.open(encoding=encoding, newline="") as stream:
        return [tuple(row) for row in csv.reader(stream) if row]


def cases(folder: Path) -> Iterator[Case]:
    polluted = folder / "pollock/polluted_files"
    for path in sorted((polluted / "csv").iterdir()):
        if (polluted / "clean" / path.name).exists():
            yield Case(path, python_reads(polluted / "clean" / path.name))
    for path in sorted((folder / "csv-spectrum/csvs").glob("*.csv")):
        rows = json.loads((folder / f"csv-spectrum/json/{path.stem}.json").read_text("utf-8"))
        yield Case(path, [tuple(rows[0]), *(tuple(row.values()) for row in rows)])
    salesforce = folder / "salesforce-dataloader"
    truth = python_reads(salesforce / "csvtext.csv")
    for path in sorted(salesforce.glob("csvtext*.csv")):
        yield Case(path, truth)
    for kind in ("csv", "txt"):
        truth = python_reads(folder / f"readr/eol-lf.{kind}")
        for end in ("lf", "crlf", "cr"):
            yield Case(folder / f"readr/eol-{end}.{kind}", truth)


# --- the readers -----------------------------------------------------------------------------


def text(value: Any) -> str:
    if value is None or value != value:
        return ""
    return str(value)


def by_pandas(path: Path) -> Table:
    frame = pd.read_csv(path)
    rows = frame.itertuples(index=False, name=None)
    return [tuple(map(str, frame.columns)), *(tuple(map(text, row)) for row in rows)]


def by_pyarrow(path: Path) -> Table:
    table = arrow_csv.read_csv(path)
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [tuple(table.column_names), *(tuple(map(text, row)) for row in rows)]


def by_duckdb(path: Path) -> Table:
    relation = duckdb.connect().execute("select * from read_csv_auto(?)", [str(path)])
    names = tuple(column[0] for column in relation.description or ())
    return [names, *(tuple(map(text, row)) for row in relation.fetchall())]


def by_clevercsv(path: Path) -> Table:
    return [tuple(row) for row in clevercsv.read_table(str(path))]


def by_this_project(path: Path) -> tuple[Table, int]:
    source = open_source([path], SourceOptions())
    rows: Table = [source.columns]
    refused = 0
    for block in source.blocks():
        batch, rejections = read_batch(block, source.columns)
        columns = [batch.cells.column(name).to_pylist() for name in source.columns]
        rows += [tuple(map(text, cells)) for cells in zip(*columns, strict=True)]
        refused += len(rejections)
    return rows, refused


def outcome(case: Case, reader: Callable[[Path], Any]) -> str:
    try:
        found = reader(case.path)
    except Exception:  # noqa: BLE001 - each reader refuses with errors of its own
        return "refused"
    table, refused = found if isinstance(found, tuple) else (found, 0)
    if not refused:
        return "exact" if table == case.truth else "silently different"
    right = set(case.truth)
    return "exact but for refused rows" if set(table) <= right else "silently different"


READERS: dict[str, Callable[[Path], Any]] = {
    "pandas.read_csv(path)": by_pandas,
    "pyarrow.csv.read_csv(path)": by_pyarrow,
    "DuckDB, auto-detection": by_duckdb,
    "CleverCSV": by_clevercsv,
    "this project, nothing said": by_this_project,
}


def table_of(folder: Path) -> str:
    found = list(cases(folder))
    lines = [f"| {len(found)} files | " + " | ".join(OUTCOMES) + " |", "|---|" + "---|" * 4]
    for name, reader in READERS.items():
        counts = Counter(outcome(case, reader) for case in found)
        lines.append(f"| {name} | " + " | ".join(str(counts[one]) for one in OUTCOMES) + " |")
    return "\n".join(lines)


# --- speed -----------------------------------------------------------------------------------


def speed() -> str:
    """Read a clean table with all columns as text, here and by pyarrow alone; best of three."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "users.csv"
        row = "Ann,Müller,ann.mueller@example.com,2024-01-31,Berlin,1234.50,true,10115"
        rows = [f"{number},{row}" for number in range(SPEED_ROWS)]
        path.write_text("\n".join(["id,a,b,c,d,e,f,g,h", *rows, ""]), encoding="utf-8")
        ours = min(_seconds(_read_all, path) for _ in range(3))
        arrow = min(_seconds(_arrow_reads_all, path) for _ in range(3))
        found = min(_seconds(_detect, path) for _ in range(3))
    return (
        f"{SPEED_ROWS / ours:,.0f} rows a second here, {SPEED_ROWS / arrow:,.0f} by "
        f"pyarrow.csv.open_csv alone: {arrow / ours:.2f} of it; detection {found:.3f} s"
    )


def _seconds(work: Callable[[Path], None], path: Path) -> float:
    began = time.perf_counter()
    work(path)
    return time.perf_counter() - began


def _detect(path: Path) -> None:
    open_source([path], SourceOptions())


def _read_all(path: Path) -> None:
    source = open_source([path], SourceOptions())
    rows = sum(read_batch(block, source.columns)[0].rows for block in source.blocks())
    assert rows == SPEED_ROWS


def _arrow_reads_all(path: Path) -> None:
    names = path.open(encoding="utf-8").readline().strip().split(",")
    options = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    rows = sum(batch.num_rows for batch in arrow_csv.open_csv(path, convert_options=options))
    assert rows == SPEED_ROWS


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data"
    if folder.is_dir():
        warnings.simplefilter("ignore")
        print(table_of(folder))
    else:
        print(f"{folder} is not there: no table")
    print(speed())


if __name__ == "__main__":
    main()
