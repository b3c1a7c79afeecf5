"""Compares the importer with the script that people write: rows a second, CPU, memory, bodies.

    python benchmarks/bench_prepare.py [--only bodies|speed|memory] [--rows 1000000] [--rounds 3]

Both run as whole processes, in turn, from the same file to the bytes of every payload.  Read the
ratios: the figures themselves drift with the machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from make_data import make
from measuring import Measurement, measure

HERE = Path(__file__).resolve().parent
WANTED_RATIO = 8
MEMORY_ROWS = (1_000_000, 5_000_000)
WANTED_GROWTH = 1.15
"""Peaks of one and the same run differ by some percent."""


def script(source: Path, *options: str | Path) -> Measurement:
    """Run the script that people write."""
    return measure([sys.executable, HERE / "script_to_beat.py", source, *options])


def importer(source: Path, *options: str | Path) -> Measurement:
    """Run the importer; 1 is its exit code for a file with bad rows."""
    mapping = HERE / "users.yaml"
    words = [sys.executable, "-m", "importer", "check", "--json", "--mapping"]
    return measure([*words, mapping, source, *options], allowed_exits=(0, 1))


def require(holds: bool, complaint: str) -> None:
    if not holds:
        sys.exit(f"FAILED: {complaint}")


def counts(script_run: Measurement, importer_run: Measurement) -> tuple[int, int]:
    """Give the number of rows and of bad ones, on which both must agree."""
    by_hand, ours = json.loads(script_run.output), json.loads(importer_run.output)
    told = (by_hand["rows"], by_hand["bad"]), (ours["rows"], ours["fates"]["invalid"])
    require(told[0] == told[1], f"the script counts (rows, bad) {told[0]}, the importer {told[1]}")
    return told[0]


def payload_lines(path: Path) -> Iterator[Any]:
    """Read payload lines; numbers are decimals, so that 1234.50 and 1234.5 are the same and exact."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line, parse_float=Decimal)


def compare_bodies(rows: int) -> None:
    """Stop unless both make equal payloads for the same rows, from CSV and from Parquet."""
    files = make(rows, ("csv", "parquet"))
    with tempfile.TemporaryDirectory() as folder:
        by_hand = Path(folder) / "script.jsonl"
        by_script = script(files["csv"], "--payloads", by_hand)
        for file in files.values():
            ours = Path(folder) / "importer.jsonl"
            _, bad = counts(by_script, importer(file, "--payloads", ours))
            for left, right in zip_longest(payload_lines(by_hand), payload_lines(ours)):
                require(left == right, f"{file.name}: bodies differ\n{left}\n{right}")
            print(f"bodies: equal for {rows - bad:,} rows of {file.name} ({bad:,} bad rows alike)")


def tell(name: str, rows: int, run: Measurement) -> None:
    print(
        f"  {name:9}{rows / run.seconds:>10,.0f} rows/s{run.seconds:>8.1f} s"
        f"{run.cpu_seconds:>8.1f} s CPU{run.peak_mb:>8,.0f} MB peak"
    )


def compare_speed(rows: int, rounds: int, options: list[str]) -> None:
    """Let both prepare the same file in turn, and tell the ratio of each round and their median."""
    file = make(rows)["csv"]
    ratios = []
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}, {rows:,} rows x 12 columns")
        by_hand, ours = script(file), importer(file, *options)
        counts(by_hand, ours)
        tell("script", rows, by_hand)
        tell("importer", rows, ours)
        ratios.append(by_hand.seconds / ours.seconds)
        cpu = by_hand.cpu_seconds / ours.cpu_seconds
        print(
            f"  ratio    {ratios[-1]:>10.1f} times the rows/s, {cpu:.1f} times the rows per CPU s"
        )
    median = statistics.median(ratios)
    print(f"speed: median {median:.1f} times the script's rows/s (wanted: {WANTED_RATIO})")


def compare_memory(options: list[str]) -> None:
    """Tell the importer's peak for a small and a large file."""
    peaks = []
    for rows in MEMORY_ROWS:
        run = importer(make(rows)["csv"], *options)
        tell(f"{rows // 1_000_000}M rows", rows, run)
        peaks.append(run.peak_mb)
    growth = peaks[1] / peaks[0]
    print(f"memory: {growth:.2f} times the peak for 5 times the rows (wanted: {WANTED_GROWTH})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("bodies", "speed", "memory"))
    parser.add_argument("--rows", type=int, default=1_000_000, help="for the speed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bodies-rows", type=int, default=100_000)
    parser.add_argument("--workers", help="handed on to the importer")
    given = parser.parse_args()
    options = ["--workers", given.workers] if given.workers else []
    if given.only in (None, "bodies"):
        compare_bodies(given.bodies_rows)
    if given.only in (None, "speed"):
        compare_speed(given.rows, given.rounds, options)
    if given.only in (None, "memory"):
        compare_memory(options)


if __name__ == "__main__":
    main()
