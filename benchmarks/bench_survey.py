"""Measures what comparing all rows of a file costs: users in several rows, in bounded memory.

    python benchmarks/bench_survey.py [--rows 1000000 10000000] [--keep last]

A tenth of the rows is of a user who had one before.  `check` reads the file once for the
comparison and once for everything else; how many rows give way must be exact.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from measuring import measure

TOGETHER = 1_000_000
FIRST_ID = 100_000_000
MAPPING = """\
mapping: 1
customer_id: id
duplicates: %s
attributes: {first_name: name, seq: {column: seq, type: integer}}
"""
WANTED_GROWTH = 1.5
"""Times the peak for ten times the rows and more."""


def write_table(path: Path, rows: int) -> int:
    """Write rows of users, and give how many of them are of a user who has a later one."""
    chance = np.random.default_rng(1)
    users = np.arange(FIRST_ID, FIRST_ID + rows)
    again = np.flatnonzero(chance.random(rows) < 0.1)
    users[again] = FIRST_ID + (chance.random(len(again)) * again).astype(np.int64)
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as stream:
        stream.write(b"id,name,seq\n")
        for first in range(0, rows, TOGETHER):
            some = users[first : first + TOGETHER]
            names = pa.array(chance.integers(0, 1000, len(some)))
            seq = pa.array(np.arange(first, first + len(some)))
            table = pa.table({"id": pa.array(some), "name": names, "seq": seq})
            pyarrow.csv.write_csv(table, stream, options)
    return rows - len(np.unique(users))


def peak_of(folder: Path, rows: int, keep: str) -> float:
    """Check a table of so many rows, tell what it took, and give its peak in MB."""
    table, mapping = folder / "users.csv", folder / "mapping.yaml"
    superseded = write_table(table, rows)
    mapping.write_text(MAPPING % keep, encoding="utf-8")
    words = [sys.executable, "-m", "importer", "check", "--json"]
    run = measure([*words, str(table), "--mapping", str(mapping)])
    found = json.loads(run.output)["fates"]
    if found["superseded"] != superseded:
        sys.exit(f"FAILED: {superseded:,} rows give way, and {found['superseded']:,} were counted")
    print(
        f"{rows:>12,} rows, {superseded:,} superseded:{rows / run.seconds:>9,.0f} rows/s"
        f"{run.seconds:>8.1f} s{run.cpu_seconds:>8.1f} s CPU{run.peak_mb:>7,.0f} MB peak",
        flush=True,
    )
    return run.peak_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--keep", choices=("last", "first", "merge"), default="last")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-survey-") as folder:
        peaks = [peak_of(Path(folder), rows, given.keep) for rows in sorted(given.rows)]
    growth = peaks[-1] / peaks[0]
    print(f"comparing: {growth:.2f} times the peak of the smallest (wanted: {WANTED_GROWTH})")


if __name__ == "__main__":
    main()
