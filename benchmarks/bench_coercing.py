"""Compares what coercing costs with what reading the same rows costs, and phones with the library.

    python benchmarks/bench_coercing.py [--rows 1000000] [--rounds 3] [--require]

All is measured in this one process, in turn, in CPU time.  Read the ratios.
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
import phonenumbers
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
TYPED_PHONE = "phone_number: {column: phone, type: phone, region: IN}"
# What a million cells of few numbers may cost, measured by a million different numbers, and by what
# the library alone takes for the few.
WANTED_REPEATED, WANTED_OF_LIBRARY = 0.5, 1.0


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


def round_of(file: Path, mapping: Mapping, typed: Mapping) -> tuple[int, float, dict[str, float]]:
    """Give rows, the seconds of reading, and those of coercing, whole and per attribute."""
    rows, reading = 0, 0.0
    parts = {"whole": mapping, "phone typed": typed, "(the id alone)": only_id(mapping)}
    parts |= {entry.name: replace(mapping, attributes=(entry,)) for entry in mapping.attributes}
    coercing = dict.fromkeys(parts, 0.0)
    forget()
    for batch, seconds in read(file, mapping):
        rows, reading = rows + batch.rows, reading + seconds
        for name, part in parts.items():
            started = time.process_time()
            coerce(batch, part)
            coercing[name] += time.process_time() - started
    return rows, reading, coercing


def only_id(mapping: Mapping) -> Mapping:
    return replace(mapping, attributes=())


def compare_with_reading(rows: int, rounds: int) -> float:
    """Tell each round's ratios, as text and with typed phones, and give the median of the latter.

    Nearly every user has a phone number of his own.
    """
    file = make(rows)["csv"]
    plain = (HERE / "users.yaml").read_text(encoding="utf-8")
    written = plain.replace("phone_number: phone\n", f"{TYPED_PHONE}\n")
    mapping, typed = (bind(parse_mapping(text), COLUMNS, file.name) for text in (plain, written))
    ratios: dict[str, list[float]] = {"whole": [], "phone typed": []}
    for number in range(1, rounds + 1):
        count, reading, coercing = round_of(file, mapping, typed)
        print(f"round {number} of {rounds}: {count:,} rows read in {reading:.2f} s CPU")
        for name, found in ratios.items():
            found.append(coercing[name] / reading)
            print(f"  {name}: coerced in {coercing[name]:.2f} s CPU, ratio {found[-1]:.2f}")
    base = coercing["(the id alone)"]
    for name, seconds in coercing.items():
        own = seconds if name in (*ratios, "(the id alone)") else seconds - base
        print(f"  {name:16}{own:>8.2f} s CPU")
    medians = {name: statistics.median(found) for name, found in ratios.items()}
    print(
        f"coercing: median {medians['whole']:.2f} times reading, with typed phones "
        f"{medians['phone typed']:.2f} (wanted: at most {WANTED_RATIO})"
    )
    return medians["phone typed"]


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


def library_seconds(numbers: pa.Array) -> float:
    """Read numbers of India with the library alone."""
    texts = numbers.to_pylist()
    started = time.process_time()
    for text in texts:
        number = phonenumbers.parse(text, "IN")
        phonenumbers.is_possible_number_with_reason(number)
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return time.process_time() - started


def compare_phones(rounds: int) -> tuple[float, float]:
    """Tell what a million phone cells of few numbers cost, and give the two ratios to hold.

    The first is to a million different numbers: a number that comes again is not read again.  The
    second is to the few in the library's own hands, which is what a script would do at best.
    """
    text = "mapping: 1\ncustomer_id: phone\nattributes: {mobile: {column: phone, region: IN}}\n"
    (phone,) = parse_mapping(text).attributes
    different = pa.array([f"0{9_000_000_000 + 37 * number}" for number in range(PHONES)])
    once = different[:NUMBERS]
    chosen = np.random.default_rng(7).integers(0, NUMBERS, PHONES)
    many = once.take(pa.array(chosen))
    ratios = []
    for number in range(1, rounds + 1):
        seconds = []
        for cells in (once, many, different):
            forget()
            seconds.append(phone_seconds(cells, phone))
        library = library_seconds(once)
        ratios.append((seconds[1] / seconds[2], seconds[1] / library))
        print(
            f"round {number} of {rounds}: {NUMBERS:,} numbers {seconds[0]:.2f} s CPU (the library "
            f"alone: {library:.2f} s), {PHONES:,} cells of them {seconds[1]:.2f} s, {PHONES:,} "
            f"different ones {seconds[2]:.2f} s"
        )
    repeated, of_library = (statistics.median(found) for found in zip(*ratios, strict=True))
    print(
        f"phones: cells of few numbers cost {repeated:.2f} times as many different ones (wanted: "
        f"{WANTED_REPEATED}), and {of_library:.2f} times the few by the library alone (wanted: "
        f"{WANTED_OF_LIBRARY})"
    )
    return repeated, of_library


def tell_distinct_phones(rounds: int) -> None:
    """Tell what a column costs in which no number stands twice, by how they are written: medians."""
    for written, region in [("0{}", "IN"), ("+91 {}", "IN"), ("91{}", "IN"), ("91{}", None)]:
        options = f"column: phone, type: phone{f', region: {region}' if region else ''}"
        text = f"mapping: 1\ncustomer_id: phone\nattributes: {{mobile: {{{options}}}}}\n"
        (phone,) = parse_mapping(text).attributes
        numbers = pa.array([written.format(9_000_000_000 + 37 * at) for at in range(5 * NUMBERS)])
        found = []
        for _ in range(rounds):
            forget()
            found.append(phone_seconds(numbers, phone) / len(numbers) * 1_000_000)
        seconds = statistics.median(found)
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
    repeated, of_library = compare_phones(given.rounds)
    tell_distinct_phones(given.rounds)
    missed = coercing > WANTED_RATIO or repeated > WANTED_REPEATED or of_library > WANTED_OF_LIBRARY
    if given.require and missed:
        sys.exit("FAILED: a ratio is higher than wanted")


if __name__ == "__main__":
    main()
