"""Writes the benchmark's tables, always the same: users in 12 columns, 2% of them dirty.

`python benchmarks/make_data.py [--rows 1000000] [--format csv|parquet|both]` writes
benchmarks/data/users_1000000.csv (and .parquet, with the same texts), some 140 bytes a row.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

DATA = Path(__file__).parent / "data"
CHUNK_ROWS = 250_000
SEED = 42

FIRST_NAMES = [
    "Asha",
    "Bruno",
    "Chloé",
    "Deepa",
    "Élodie",
    "Farid",
    "Grace",
    "Hélène",
    "Ravi",
    "Zoë",
]
LAST_NAMES = ["Nair", "O'Brien", "Müller", "Silva", "Sharma", "Iyer", "Strauß", "Fernandes", "Kim"]
NICKNAME = 'Jo "JJ" Ann'
"""One name in a thousand needs quotes in CSV and escapes in JSON."""
COUNTRIES = ["IN", "FR", "DE", "GB", "US", "BR"]
CITIES = ["Mumbai", "Köln", "Washington, D.C.", "São Paulo", "Nice", "Leeds", "Pondichéry", "Pune"]
DOMAINS = ["example.com", "example.org", "example.net"]

# Column -> what makes its row bad; every column has an equal share of the dirty rows.
DIRT = {
    "signed_up": ["31/02/2021 10:15:00", "2021-03-01", "soon"],
    "points": ["12a", "-5", "1.5"],
    "email": ["asha.example.com", "asha@nowhere"],
    "id": [""],
    "birthday": ["1999-13-01"],
}
DIRTY_SHARE = 0.02
BLANK_SHARES = {"city": 0.1, "phone": 0.1, "birthday": 0.15, "points": 0.05, "balance": 0.05}

Columns = dict[str, pa.Array]


def picked(chance: np.random.Generator, values: list[str], rows: int) -> pa.Array:
    """Give one of the values for every row."""
    indices = pa.array(chance.integers(0, len(values), rows, dtype=np.int32))
    return pa.array(values).take(indices)


def digits(numbers: np.ndarray[tuple[int], np.dtype[np.int64]], width: int) -> pa.Array:
    """Write numbers with leading zeros."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def moments(chance: np.random.Generator, first: str, last: str, rows: int) -> pa.Array:
    """Give a second between two days for every row, as timestamps in UTC."""
    start, end = (np.datetime64(day, "s").astype(np.int64) for day in (first, last))
    return pa.array(chance.integers(start, end, rows)).cast(pa.timestamp("s"))


def clean(chance: np.random.Generator, first_number: int, rows: int) -> Columns:
    """Invent users whose every cell can be imported."""
    numbers = np.arange(first_number, first_number + rows, dtype=np.int64)
    first = picked(chance, FIRST_NAMES, rows)
    nicknamed = pa.array(chance.random(rows) < 0.001)
    cents = chance.integers(0, 10_000_000, rows)
    return {
        "id": joined("U", digits(numbers, 9)),
        "first_name": pc.if_else(nicknamed, NICKNAME, first),
        "last_name": picked(chance, LAST_NAMES, rows),
        "email": joined("user", digits(numbers, 1), "@", picked(chance, DOMAINS, rows)),
        "phone": joined("91", digits(chance.integers(5_000_000_000, 5_100_000_000, rows), 10)),
        "country": picked(chance, COUNTRIES, rows),
        "city": picked(chance, CITIES, rows),
        "signed_up": pc.strftime(
            moments(chance, "2012-01-01", "2025-01-01", rows), "%d/%m/%Y %H:%M:%S"
        ),
        "birthday": pc.strftime(moments(chance, "1940-01-01", "2008-01-01", rows), "%Y-%m-%d"),
        "points": digits(chance.integers(0, 20_000, rows), 1),
        "balance": joined(digits(cents // 100, 1), ".", digits(cents % 100, 2)),
        "opted_out": picked(chance, ["true", "false"], rows),
    }


def soiled(chance: np.random.Generator, columns: Columns, rows: int) -> Columns:
    """Empty some cells, and make DIRTY_SHARE of the rows bad, each in one column."""
    result = dict(columns)
    for name, share in BLANK_SHARES.items():
        result[name] = pc.if_else(pa.array(chance.random(rows) < share), "", result[name])
    # 0 means clean; 1 to 5 say which column of DIRT is soiled.
    kinds = np.where(chance.random(rows) < DIRTY_SHARE, chance.integers(1, len(DIRT) + 1, rows), 0)
    for kind, (name, bad) in enumerate(DIRT.items(), start=1):
        result[name] = pc.if_else(pa.array(kinds == kind), picked(chance, bad, rows), result[name])
    return result


def tables(rows: int) -> Iterator[pa.Table]:
    """Give the users in chunks; a chunk depends on its place only, not on how many there are."""
    for first in range(0, rows, CHUNK_ROWS):
        size = min(CHUNK_ROWS, rows - first)
        chance = np.random.default_rng([SEED, first])
        columns = soiled(chance, clean(chance, first, CHUNK_ROWS), CHUNK_ROWS)
        yield pa.table(columns).slice(0, size)


def make(rows: int, formats: tuple[str, ...] = ("csv",), folder: Path = DATA) -> dict[str, Path]:
    """Write the tables that are not there yet, and give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"users_{rows}.{name}" for name in formats}
    for name, path in paths.items():
        if path.exists():
            continue
        unfinished = path.with_suffix(".unfinished")
        write_csv(unfinished, rows) if name == "csv" else write_parquet(unfinished, rows)
        unfinished.replace(path)
    return paths


def quoted(column: pa.Array) -> pa.Array:
    """Put quotes where RFC 4180 asks for them (pyarrow's writer quotes every text or none)."""
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(pc.match_substring_regex(column, '[",]'), joined('"', doubled, '"'), column)


def write_csv(path: Path, rows: int) -> None:
    with path.open("wb") as file:
        for number, table in enumerate(tables(rows)):
            if number == 0:
                file.write((",".join(table.column_names) + "\n").encode())
            columns = [quoted(column.combine_chunks()) for column in table.columns]
            lines = joined(pc.binary_join_element_wise(*columns, ","), "\n")
            file.writelines(line.as_buffer() for line in lines)


def write_parquet(path: Path, rows: int) -> None:
    chunks = tables(rows)
    first = next(chunks)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for table in chunks:
            writer.write_table(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--format", choices=("csv", "parquet", "both"), default="both")
    given = parser.parse_args()
    formats = ("csv", "parquet") if given.format == "both" else (given.format,)
    for path in make(given.rows, formats).values():
        print(f"{path}: {path.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
