"""Builds each row's payload as JSON bytes, column by column, without a Python object per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Mapping
from importer.moengage import limits
from importer.records import Int64s, Rejection
from importer.stages.building.joining import Member, bodies_of, members_of, platforms_of, unset_of
from importer.typed import Typed, TypedColumn
from importer.warned import Warned


@dataclass(frozen=True)
class Built:
    """The payloads of a batch.

    positions: rows of the batch (int64, ascending) that have one.
    customer_ids, bodies: of these rows (pa.StringArray, pa.LargeBinaryArray).
    rejections: rows whose body is larger than the API takes.
    warnings: rows that have an id and nothing else, and those that are larger than is wise.
    """

    positions: Int64s
    customer_ids: pa.StringArray
    bodies: pa.LargeBinaryArray
    rejections: tuple[Rejection, ...]
    warnings: tuple[Warned, ...]


def build(typed: Typed, mapping: Mapping, keep: npt.NDArray[np.bool_]) -> Built:
    """Build the bodies of the rows that `keep` (one bool per row of the batch) names."""
    positions = np.flatnonzero(keep)
    chosen = pa.array(keep)
    attributes = members_of(mapping, [_member(column, chosen) for column in typed.attributes])
    platforms = platforms_of(
        [
            (entry.platform, column.json.filter(chosen))
            for entry, column in zip(mapping.platforms, typed.platforms, strict=True)
        ],
        len(positions),
    )
    blanks = [
        column.blank.filter(chosen)
        for column in typed.attributes
        if column.attribute.blank == "unset"
    ]
    unset = unset_of(mapping, blanks, len(positions))
    ids = typed.customer_ids.filter(chosen)
    bodies = bodies_of(typed.customer_id_core.filter(chosen), attributes, platforms, unset, mapping)
    fits = _fits(bodies)
    return Built(
        positions=positions[fits],
        customer_ids=ids.filter(pa.array(fits)),
        bodies=(bodies if fits.all() else bodies.filter(pa.array(fits))).cast(pa.large_binary()),
        rejections=_too_large(typed, positions[~fits], bodies.filter(pa.array(~fits))),
        warnings=(
            *_bare_rows(attributes, platforms, unset, typed.batch.index[positions]),
            *_big(bodies, mapping, typed.batch.index[positions]),
        ),
    )


def _member(column: TypedColumn, chosen: pa.Array) -> Member:
    core = column.core.filter(chosen)
    return Member(column.attribute.name, core, in_quotes=column.in_quotes)


def _bare_rows(
    attributes: Sequence[Member], platforms: pa.Array | None, unset: pa.Array, index: Int64s
) -> tuple[Warned, ...]:
    """Warn of the rows that have an id and nothing else; `index` as in Batch."""
    bare = pc.equal(pc.binary_length(unset), 0)
    if platforms is not None:
        bare = pc.and_(bare, pc.equal(pc.binary_length(platforms), 0))
    for member in attributes:
        if member.is_everywhere:
            return ()
        bare = pc.and_(bare, pc.is_null(member.core))
    rows = int(pc.sum(bare).as_py() or 0)
    return (
        (Warned("no-attributes", "", rows, int(index[bare.index(True).as_py()])),) if rows else ()
    )


def _fits(bodies: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(
        pc.less_equal(pc.binary_length(bodies), limits.BODY_BYTES).to_numpy(zero_copy_only=False),
        dtype=bool,
    )


def _big(bodies: pa.Array, mapping: Mapping, index: Int64s) -> tuple[Warned, ...]:
    """Warn of bodies that only some pages of the documentation allow; `index` as in Batch."""
    sizes = pc.binary_length(bodies).to_numpy(zero_copy_only=False)
    big = np.flatnonzero((sizes > limits.CAUTIOUS_BODY_BYTES) & (sizes <= limits.BODY_BYTES))
    if not len(big) or mapping.switch("payload-big") == "off":
        return ()
    return (
        Warned("payload-big", "", len(big), int(index[big[0]]), found=f"{sizes[big[0]]} bytes"),
    )


def _too_large(typed: Typed, positions: Int64s, bodies: pa.Array) -> tuple[Rejection, ...]:
    sizes = pc.binary_length(bodies).to_pylist()
    return tuple(
        Rejection(
            int(typed.batch.index[position]),
            "enforcing",
            "payload-large",
            "",
            f"{size} bytes",
            f"at most {limits.BODY_BYTES} bytes for one user",
        )
        for position, size in zip(positions, sizes, strict=True)
    )
