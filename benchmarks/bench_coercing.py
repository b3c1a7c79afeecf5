"""Compares what coercing costs with what reading the same rows costs, and phones with themselves.

    python benchmarks/bench_coercing.py [--rows 1000000] [--rounds 3] [--require]

Both are measured in this one process, in turn, in CPU time.  Read the ratios.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from make_data import make

from importer.mapping_file import Attribute, Mapping, bind, load_mapping, parse_mapping
from importer.records import Batch
from importer.stages.coercing import coerce
from importer.stages.coercing.columns import coerced
from importer.stages.coercing.phones import forget
from importer.stages.reading import open_source, read_batch

HERE = Path(__file__).resolve().parent
WANTED_RATIO = 2.5
PHONES, NUMBERS, BLOCK_ROWS = 1_000_000, 20_000, 50_000
COLUMNS = [
    "id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "country",
    "city",
    "signed_up",
    "birthday",
    "points",
    "balance",
    "opted_out",
]
WANTED_PHONE_RATIO = 1.5


def read(file: Path, mapping: Mapping) -> Iterator[tuple[Batch, float]]:
    """Give each block's batch, with the CPU seconds that it took to find and to read it."""
    blocks = open_source([file], mapping.source).blocks()
    while True:
        started = time.process_time()
        block = next(blocks, None)
        if block is None:
            return
        batch, _ = read_batch(block, mapping.columns)
        yield batch, time.process_time() - started


def round_of(file: Path, mapping: Mapping) -> tuple[int, float, dict[str, float]]:
    """Give rows, the seconds of reading, and those of coercing, whole and per attribute."""
    rows, reading = 0, 0.0
    alone = {entry.name: replace(mapping, attributes=(entry,)) for entry in mapping.attributes}
    none = replace(mapping, attributes=())
    coercing = dict.fromkeys(["whole", "(the id alone)", *alone], 0.0)
    for batch, seconds in read(file, mapping):
        rows, reading = rows + batch.rows, reading + seconds
        for name, part in {"whole": mapping, "(the id alone)": none, **alone}.items():
            started = time.process_time()
            coerce(batch, part)
            coercing[name] += time.process_time() - started
    return rows, reading, coercing


def compare_with_reading(rows: int, rounds: int) -> float:
    """Tell the ratio of each round, what each attribute takes, and give the median ratio."""
    file = make(rows)["csv"]
    plain = load_mapping(HERE / "users.yaml")
    mapping = bind(plain, COLUMNS, file.name)
    ratios = []
    for number in range(1, rounds + 1):
        count, reading, coercing = round_of(file, mapping)
        ratios.append(coercing["whole"] / reading)
        print(
            f"round {number} of {rounds}: {count:,} rows read in {reading:.2f} s CPU, coerced in "
            f"{coercing['whole']:.2f} s CPU, ratio {ratios[-1]:.2f}"
        )
    base = coercing["(the id alone)"]
    for name, seconds in coercing.items():
        own = seconds if name in ("whole", "(the id alone)") else seconds - base
        print(f"  {name:16}{own:>8.2f} s CPU")
    median = statistics.median(ratios)
    print(f"coercing: median {median:.2f} times reading (wanted: at most {WANTED_RATIO})")
    return median


STEPS = {
    "split": "{column: email, split: '@', take: 2}",
    "extract": "{column: email, extract: '@(.*)$'}",
    "strip, lower": "{column: email, transform: [strip, lower]}",
    "replace, slice": "{column: phone, transform: [{replace: {'+': '', ' ': ''}}, {slice: [0, 4]}]}",
    "sha256": "{column: email, transform: [sha256]}",
    "values": "{column: country, values: {IN: India, DE: Germany}, otherwise: keep}",
    "first_filled": "{first_filled: [city, country]}",
    "first_valid": "{first_valid: [points, balance], type: number, bad_value: leave_out}",
    "template": "{template: '{first_name} {last_name}'}",
    "list": "{column: signed_up, type: list, separator: '/'}",
    "object": "{object: {city: city, points: {column: points, type: integer, bad_value: leave_out}}}",
}


def tell_steps(rows: int) -> None:
    """Tell what each way to cut, clean or join a value costs a million rows."""
    file = make(rows)["csv"]
    plain = load_mapping(HERE / "users.yaml")
    batches = [batch for batch, _ in read(file, bind(plain, COLUMNS, file.name))]
    for name, written in STEPS.items():
        mapping = parse_mapping(f"mapping: 1\ncustomer_id: id\nattributes: {{a: {written}}}\n")
        started = time.process_time()
        for batch in batches:
            coerced(batch.cells, mapping.attributes[0])
        seconds = (time.process_time() - started) / rows * 1_000_000
        print(f"  {name:16}{seconds:>8.2f} s CPU for a million rows")


def phone_seconds(numbers: pa.Array, phone: Attribute) -> float:
    """Coerce a column of phones in blocks."""
    started = time.process_time()
    for first in range(0, len(numbers), BLOCK_ROWS):
        coerced(pa.table({"phone": numbers.slice(first, BLOCK_ROWS)}), phone)
    return time.process_time() - started


def compare_phones(rounds: int) -> float:
    """Tell what reading a million phone cells of few numbers costs, beside those numbers once each.

    Once all numbers are known, a pass costs what it takes to put their results into a million
    rows, as for any column; the rest of the first pass is reading them.
    """
    text = "mapping: 1\ncustomer_id: phone\nattributes: {mobile: {column: phone, region: IN}}\n"
    (phone,) = parse_mapping(text).attributes
    once = pa.array([f"0{9_800_000_000 + 37 * number}" for number in range(NUMBERS)])
    chosen = np.random.default_rng(7).integers(0, NUMBERS, PHONES)
    many = once.take(pa.array(chosen))
    ratios = []
    for number in range(1, rounds + 1):
        forget()
        few_seconds = phone_seconds(once, phone)
        forget()
        many_seconds, known_seconds = phone_seconds(many, phone), phone_seconds(many, phone)
        ratios.append((many_seconds - known_seconds) / few_seconds)
        print(
            f"round {number} of {rounds}: {NUMBERS:,} numbers {few_seconds:.2f} s CPU, "
            f"{PHONES:,} cells of them {many_seconds:.2f} s CPU, of which {known_seconds:.2f} s to "
            f"fill the rows; reading costs {ratios[-1]:.2f} times the numbers alone"
        )
    median = statistics.median(ratios)
    print(f"phones: median {median:.2f} times the numbers alone (wanted: {WANTED_PHONE_RATIO})")
    return median


def tell_distinct_phones() -> None:
    """Tell what a column costs in which no number stands twice, by how they are written."""
    for written, region in [("0{}", "IN"), ("+91 {}", "IN"), ("91{}", "IN"), ("91{}", None)]:
        options = f"column: phone, type: phone{f', region: {region}' if region else ''}"
        text = f"mapping: 1\ncustomer_id: phone\nattributes: {{mobile: {{{options}}}}}\n"
        (phone,) = parse_mapping(text).attributes
        numbers = pa.array([written.format(9_000_000_000 + 37 * at) for at in range(5 * NUMBERS)])
        forget()
        seconds = phone_seconds(numbers, phone) / len(numbers) * 1_000_000
        shown = written.format(9_000_000_000)
        print(f"  {shown:16}region {region or 'none':6}{seconds:>6.1f} s CPU for a million numbers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--require", action="store_true", help="fail where a ratio is not met")
    given = parser.parse_args()
    coercing = compare_with_reading(given.rows, given.rounds)
    tell_steps(given.rows)
    phones = compare_phones(given.rounds)
    tell_distinct_phones()
    if given.require and (coercing > WANTED_RATIO or phones > WANTED_PHONE_RATIO):
        sys.exit("FAILED: a ratio is higher than wanted")


if __name__ == "__main__":
    main()
