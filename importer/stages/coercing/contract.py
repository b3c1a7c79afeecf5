"""States what a type of value is: its words for people, and what coercing gives.

Every type is a function from texts to `Coerced`.  The texts it gets are neither null nor blank;
columns.py sees to that, and puts the results back into their rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from importer.mapping_file.mapping import Attribute
from importer.records import Int64s
from importer.stages.coercing.arrays import quoted
from importer.typed import Flags


@dataclass(frozen=True)
class Bad:
    """Positions of texts (ascending) that were refused for one reason.

    code: the rule's code; expected: what the type wanted, in the mapping's words.
    """

    positions: Int64s
    code: str
    expected: str


@dataclass(frozen=True)
class Coerced:
    """What a type makes of texts: as many values and JSON texts, both null where one is bad.

    core: the JSON texts, without their quotes where `in_quotes` (see typed.TypedColumn).
    """

    values: pa.Array
    core: pa.Array
    bad: tuple[Bad, ...]
    in_quotes: bool = False

    @property
    def json(self) -> pa.Array:
        """Give the whole JSON texts."""
        return quoted(self.core) if self.in_quotes else self.core


@dataclass(frozen=True)
class Example:
    """One cell with what becomes of it: JSON text, or the code of the rule that refuses it.

    options: of the mapping, by their names there; `format` and `lat`/`lon` included.
    """

    cell: str
    result: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ValueType:
    """One type of value, as `attributes --types` and the documentation show it.

    rule: one sentence: what is accepted and what is sent.
    options: the mapping's options that mean something for it.
    hint: what to do about cells that are refused.
    distinct: whether each distinct text is coerced once, because one costs much.
    """

    name: str
    rule: str
    options: tuple[str, ...]
    hint: str
    examples: tuple[Example, ...]
    coerce: Callable[[pa.Array, Attribute], Coerced]
    distinct: bool = False


def bad_where(flags: Flags, code: str, expected: str) -> tuple[Bad, ...]:
    """Give one Bad for the flagged positions, none if there are none."""
    positions = np.flatnonzero(flags).astype(np.int64)
    return (Bad(positions, code, expected),) if len(positions) else ()
