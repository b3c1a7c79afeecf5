"""Puts the stages before sending in order: prepare(block) is all that happens to a row but sending.

It is pure and picklable, so it can run in this process, in another one, or on another machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.keys import UserKeys, user_keys, value_keys
from importer.mapping_file import Attribute, Mapping
from importer.memory.value_hashes import ValueHashes, value_hashes
from importer.prepared import Prepared, Standing
from importer.ranks import Ranks, ranks_of
from importer.records import Block, Int64s, Rejection
from importer.stages.building import build, parts_of
from importer.stages.coercing import coerce
from importer.stages.enforcing import enforce
from importer.stages.mending import STAGE as MENDING
from importer.stages.reading import read_batch, without_refusals
from importer.stages.validating import RowSchema
from importer.typed import Typed
from importer.warned import Warned


class Preparer:
    """Everything before sending, for one mapping that is bound to a source's columns.

    only: customer ids to send; rows of others are filtered.  None sends all.
    secret: under which ids and values are hashed for the ledger; None hashes none.
    """

    def __init__(
        self,
        mapping: Mapping,
        only: frozenset[str] | None = None,
        secret: bytes | None = None,
    ) -> None:
        self.mapping = mapping
        self.only = only
        self.secret = secret
        self._schema = RowSchema(mapping)

    def __reduce__(self) -> tuple[Any, ...]:
        # The schema is built anew where the work is done: that is quicker than to send it along.
        return (Preparer, (self.mapping, self.only, self.secret))

    def prepare(self, block: Block) -> Prepared:
        """Read, coerce, validate, enforce and build one block; a bad row is data, not an error."""
        return self._prepare(block)[0]

    def _prepare(self, block: Block) -> tuple[Prepared, Typed, Int64s]:
        """Give, besides, the typed batch, and the rows of it that are to be sent."""
        batch, unreadable = read_batch(block, self.mapping.columns)
        typed = self._only(coerce(batch, self.mapping))
        reasons = [*typed.rejections, *self._schema.validate(typed)]
        enforced = enforce(typed, self.mapping, _flags(reasons, block.rows)[batch.index])
        rejections = self._wanted([*reasons, *enforced.rejections], typed)
        bad = _flags(rejections, block.rows)[batch.index]
        built = build(typed, self.mapping, ~bad & ~typed.filtered)
        left_out = self._wanted(typed.left_out, typed)
        prepared = Prepared(
            number=block.number,
            rows=block.rows,
            index=batch.index[built.positions],
            customer_ids=built.customer_ids,
            bodies=built.bodies,
            filtered=np.concatenate(
                [batch.index[typed.filtered], self._unasked(unreadable)]
            ).astype(np.int64),
            rejections=_in_row_order(
                [*(() if self.only is not None else unreadable), *rejections, *built.rejections]
            ),
            left_out=_in_row_order(left_out),
            warnings=_warnings(enforced.warnings, left_out, built.warnings),
            keys=self._keys(typed, block, unreadable),
            values=self._values(typed, built.positions),
        )
        return prepared, typed, built.positions

    def coerced(self, block: Block) -> Typed:
        """Read and coerce a block and do no more, for a look at each step."""
        batch, _ = read_batch(block, self.mapping.columns)
        return coerce(batch, self.mapping)

    def customer_ids(self, block: Block) -> pa.StringArray:
        """Read the ids alone, of the rows that have one and that `where:` lets through."""
        mapping = replace(self.mapping, attributes=(), platforms=())
        batch, _ = read_batch(block, mapping.columns)
        typed = coerce(batch, mapping)
        return typed.customer_ids.filter(pa.array(~typed.filtered)).drop_null()

    def all_customer_ids(self, block: Block) -> tuple[Int64s, pa.StringArray]:
        """Read the ids alone, of all rows, sent or not: their positions, and an id or null of each."""
        mapping = replace(self.mapping, attributes=(), platforms=(), where={})
        batch, _ = read_batch(without_refusals(block, MENDING), mapping.columns)
        return batch.index, coerce(batch, mapping).customer_ids

    def _keys(self, typed: Typed, block: Block, unreadable: Sequence[Rejection]) -> UserKeys | None:
        """Hash the ids of all rows that have one, sent or not."""
        if self.secret is None:
            return None
        keys = np.zeros((block.rows, 2), dtype=np.uint64)
        keys[typed.batch.index] = user_keys(typed.customer_ids, self.secret)
        if any(one.stage == MENDING for one in unreadable):
            # Their cells are there: only what a person made of them was refused.
            index, ids = self.all_customer_ids(block)
            keys[index] = user_keys(ids, self.secret)
        return keys

    def _values(self, typed: Typed, positions: Int64s) -> ValueHashes | None:
        if self.secret is None:
            return None
        return value_hashes(typed, self.mapping, positions, self.secret)

    def _only(self, typed: Typed) -> Typed:
        if self.only is None:
            return typed
        asked = pc.is_in(typed.customer_ids, pa.array(sorted(self.only), pa.string()))
        unasked = ~np.asarray(pc.fill_null(asked, False).to_numpy(zero_copy_only=False), dtype=bool)
        return replace(typed, filtered=typed.filtered | unasked)

    def _unasked(self, unreadable: Sequence[Rejection]) -> list[int]:
        """Give the rows that cannot be read when only certain ids are asked for: not theirs."""
        return sorted({reason.index for reason in unreadable}) if self.only is not None else []

    @staticmethod
    def _wanted(reasons: Sequence[Rejection], typed: Typed) -> list[Rejection]:
        """Leave the reasons of filtered rows out: nobody asked for these rows."""
        filtered = set(typed.batch.index[typed.filtered].tolist())
        return [reason for reason in reasons if reason.index not in filtered]


class Surveyor(Preparer):
    """Prepares blocks for a survey: what it is told of each row, and no bodies.

    with_parts: whether it is told what the payloads are made of.
    """

    def __init__(self, mapping: Mapping, secret: bytes, *, with_parts: bool = False) -> None:
        super().__init__(mapping)
        self._survey_secret = secret
        self._with_parts = with_parts

    def __reduce__(self) -> tuple[Any, ...]:
        make = partial(Surveyor, with_parts=self._with_parts)
        return (make, (self.mapping, self._survey_secret))

    def prepare(self, block: Block) -> Prepared:
        """Do what a Preparer does; every row that it would send has a standing."""
        prepared, typed, positions = self._prepare(block)
        rows, ranking = pa.array(positions), typed.ranking
        standing = Standing(
            keys=user_keys(prepared.customer_ids, self._survey_secret),
            ranks=None if ranking is None else self._ranks(ranking.take(rows)),
            values=tuple(
                unique_keys(column.json.take(rows), column.attribute, self._survey_secret)
                for column in typed.attributes
                if column.attribute.unique
            ),
            parts=parts_of(typed, positions) if self._with_parts else None,
        )
        bodies = pa.nulls(len(prepared.index), pa.large_binary())
        return replace(prepared, bodies=bodies, standing=standing)

    def _ranks(self, values: pa.Array) -> Ranks:
        duplicates = self.mapping.duplicates
        return ranks_of(values, higher_wins=duplicates.keep != "first")


def unique_keys(texts: pa.Array, attribute: Attribute, secret: bytes) -> UserKeys:
    """Hash the JSON texts of an attribute's values, equal ones alike."""
    return value_keys(texts, secret, numbers=attribute.type in ("number", "money"))


def _flags(rejections: Sequence[Rejection], rows: int) -> np.typing.NDArray[np.bool_]:
    flags = np.zeros(rows, dtype=bool)
    flags[[reason.index for reason in rejections]] = True
    return flags


def _in_row_order(reasons: Sequence[Rejection]) -> tuple[Rejection, ...]:
    return tuple(sorted(reasons, key=lambda reason: reason.index))


def _warnings(
    enforced: Sequence[Warned], left_out: Sequence[Rejection], built: Sequence[Warned]
) -> tuple[Warned, ...]:
    places: dict[str, set[int]] = {}
    for reason in left_out:
        places.setdefault(reason.column, set()).add(reason.index)
    omitted = (Warned("left-out", column, len(rows), min(rows)) for column, rows in places.items())
    return (*enforced, *omitted, *built)
