"""Runs the tests that stand in a mapping file: cells in, and the payload that they must come to."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from importer.errors import MappingError, Problem
from importer.job import MappingLike
from importer.mapping_check.expectations import Difference, missing_parts, shown
from importer.mapping_file import Mapping, MappingTest, bind, load_mapping
from importer.mapping_file.naming import nearest
from importer.pipeline import Preparer
from importer.records import ArrowBlock
from importer.stages.coercing import fixed_value_problems


@dataclass(frozen=True)
class MappingTestResult:
    """What one test of a mapping file came to.

    place: of the test, `file:line:column`.  differences: empty if it passed.
    """

    name: str
    place: str
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


def run_mapping_tests(mapping: MappingLike) -> tuple[MappingTestResult, ...]:
    """Run each test of a mapping file; nothing is read besides it and nothing is sent.

    A test's `given` is a row of its own: columns that it does not name are empty, and those that
    only `where:` looks at let it through.
    Raises MappingError for a mapping that is wrong, or a test that gives unknown columns.
    """
    loaded = mapping if isinstance(mapping, Mapping) else load_mapping(mapping)
    if not loaded.tests:
        return ()
    if problems := unknown_given_columns(loaded):
        raise MappingError.of(problems)
    columns = _columns(loaded)
    # Tests give no more columns than they speak of, so none can be left over.
    lenient = replace(loaded, unmapped="ignore") if loaded.unmapped == "error" else loaded
    bound = bind(lenient, columns, "tests")
    if problems := fixed_value_problems(bound):
        raise MappingError.of(problems)
    preparer = Preparer(bound)
    return tuple(
        MappingTestResult(test.name, test.place(), tuple(_Row(preparer, test).differences()))
        for test in loaded.tests
    )


def _columns(mapping: Mapping) -> tuple[str, ...]:
    given = [column for test in mapping.tests for column in test.given]
    return tuple(dict.fromkeys([*mapping.columns, *given]))


def unknown_given_columns(mapping: Mapping) -> tuple[Problem, ...]:
    """Name the cells in tests that nothing looks at: a test would pass whatever they hold."""
    known = mapping.columns
    if mapping.unmapped == "pass":
        return ()
    return tuple(
        _unknown(test, column, known)
        for test in mapping.tests
        for column in test.given
        if column not in known
    )


def _unknown(test: MappingTest, column: str, known: tuple[str, ...]) -> Problem:
    guess = nearest(column, known)
    return Problem(
        test.place("given", column),
        f'column "{column}", which this mapping does not use',
        f"one of its columns: {', '.join(known)}",
        f'did you mean "{guess}"?' if guess else "remove it, or map it",
    )


def _cell(mapping: Mapping, test: MappingTest, column: str) -> str:
    allowed = mapping.where.get(column)
    return test.given.get(column, min(allowed) if allowed else "")


class _Row:
    """What became of one test's row, in a block of its own: warnings are counted by block."""

    def __init__(self, preparer: Preparer, test: MappingTest) -> None:
        mapping = preparer.mapping
        cells = {column: [_cell(mapping, test, column)] for column in _columns(mapping)}
        block = ArrowBlock(0, mapping.file, 1, tuple(cells), pa.table(cells))
        self.test = test
        self.prepared = preparer.prepare(block)

    def differences(self) -> list[Difference]:
        test, bodies = self.test, self.prepared.bodies.to_pylist()
        if test.filtered:
            is_filtered = len(self.prepared.filtered) == 1
            return [] if is_filtered else [self._fate("a filtered row", "filtered")]
        if test.invalid:
            return self._missing_codes()
        if not bodies:
            return [self._fate("a row that is sent")]
        payload = json.loads(bodies[0], parse_float=Decimal, parse_int=Decimal)
        return [
            *missing_parts(test, test.payload, payload),
            *self._present(payload["attributes"]),
            *self._unwarned(),
        ]

    def _fate(self, expected: str, *path: str | int) -> Difference:
        return Difference(self.test.place("expect", *path), "row", expected, self._became())

    def _became(self) -> str:
        if len(self.prepared.filtered):
            return "a filtered row (`where:`)"
        reasons = [f"{one.column}: {one.message}" for one in self.prepared.rejections]
        return f"an invalid row: {'; '.join(reasons)}" if reasons else "a row that is sent"

    def _missing_codes(self) -> list[Difference]:
        found = {reason.code for reason in self.prepared.rejections}
        return [
            self._fate(f"an invalid row [{code}]", "invalid", place)
            for place, code in enumerate(self.test.invalid)
            if code not in found
        ]

    def _present(self, sent: dict[str, Any]) -> list[Difference]:
        return [
            Difference(
                self.test.place("expect", "absent", place),
                f"attributes.{name}",
                "nothing",
                shown(sent[name]),
            )
            for place, name in enumerate(self.test.absent)
            if name in sent
        ]

    def _unwarned(self) -> list[Difference]:
        prepared = self.prepared
        warned = {one.code for one in prepared.warnings} | {one.code for one in prepared.left_out}
        said = ", ".join(sorted(warned)) or "no warning"
        return [
            Difference(self.test.place("expect", "warnings", place), "warnings", code, said)
            for place, code in enumerate(self.test.warnings)
            if code not in warned
        ]
