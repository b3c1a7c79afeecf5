"""Builds each row's payload as JSON bytes, column by column, without a Python object per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Mapping
from importer.moengage import limits
from importer.records import Int64s, Rejection
from importer.typed import Typed, TypedColumn

# A block's bodies together may outgrow the 2 GiB that 32-bit offsets reach.
_TEXT = pa.large_string()
# Arrow multiplies it by the rows, so it must leave room in 64 bits.
_EVERYTHING = 2**31 - 1


@dataclass(frozen=True)
class Built:
    """The payloads of a batch.

    positions: rows of the batch (int64, ascending) that have one.
    customer_ids, bodies: of these rows (pa.StringArray, pa.LargeBinaryArray).
    rejections: rows whose body is larger than the API takes.
    without_attributes: how many rows have an id and nothing else.
    """

    positions: Int64s
    customer_ids: pa.StringArray
    bodies: pa.LargeBinaryArray
    rejections: tuple[Rejection, ...]
    without_attributes: int


def build(typed: Typed, mapping: Mapping, keep: npt.NDArray[np.bool_]) -> Built:
    """Build the bodies of the rows that `keep` (one bool per row of the batch) names."""
    positions = np.flatnonzero(keep)
    chosen = pa.array(positions)
    attributes = _attributes([_taken(column, chosen) for column in typed.attributes])
    platforms = _platforms(
        [
            (entry.platform, column.json.take(chosen))
            for entry, column in zip(mapping.platforms, typed.platforms, strict=True)
        ],
        len(positions),
    )
    inside = _joined([attributes, platforms], len(positions))
    unset = _unset(mapping, typed, chosen)
    ids = typed.customer_ids.take(chosen)
    bodies = _bodies(typed.customer_id_json.take(chosen), inside, unset, mapping)
    fits = _fits(bodies)
    bare = pc.and_(pc.equal(pc.binary_length(inside), 0), pc.equal(pc.binary_length(unset), 0))
    return Built(
        positions=positions[fits],
        customer_ids=ids.filter(pa.array(fits)),
        bodies=bodies.filter(pa.array(fits)).cast(pa.large_binary()),
        rejections=_too_large(typed, positions[~fits], bodies.filter(pa.array(~fits))),
        without_attributes=pc.sum(bare).as_py() or 0,
    )


def _taken(column: TypedColumn, chosen: pa.Array) -> tuple[str, pa.Array]:
    return column.attribute.name, column.json.take(chosen)


def _attributes(columns: Sequence[tuple[str, pa.Array]]) -> pa.Array | None:
    pieces = [_member(orjson.dumps(name).decode(), json) for name, json in columns]
    return _concatenated(pieces) if pieces else None


def _member(key: str, json: pa.Array) -> pa.Array:
    """Give `,"key":value` for each row, and nothing for a row without the value."""
    return pc.binary_join_element_wise(
        pa.scalar(f",{key}:", _TEXT), json.cast(_TEXT), pa.scalar("", _TEXT)
    )


def _concatenated(pieces: Sequence[pa.Array]) -> pa.Array:
    """Join the pieces of each row; a null piece is nothing."""
    return pc.binary_join_element_wise(
        *pieces, pa.scalar("", _TEXT), null_handling="replace", null_replacement=""
    )


def _joined(parts: Sequence[pa.Array | None], rows: int) -> pa.Array:
    present = [part for part in parts if part is not None]
    if not present:
        return pa.repeat(pa.scalar("", _TEXT), rows)
    text = _concatenated(present)
    # The leading comma goes; without an explicit stop binary_slice fails.
    return pc.binary_slice(text.cast(pa.large_binary()), start=1, stop=_EVERYTHING).cast(_TEXT)


def _platforms(entries: Sequence[tuple[str, pa.Array]], rows: int) -> pa.Array | None:
    """Give `,"platforms":[{"platform":"ANDROID","active":"true"}]`, where a switch has a value."""
    if not entries:
        return None
    pieces = [
        pc.binary_join_element_wise(
            pa.scalar(f',{{"platform":"{name}","active":', _TEXT),
            active.cast(_TEXT),
            pa.scalar("}", _TEXT),
            pa.scalar("", _TEXT),
        )
        for name, active in entries
    ]
    items = _joined(pieces, rows)
    wrapped = pc.binary_join_element_wise(
        pa.scalar(',"platforms":[', _TEXT), items, pa.scalar("]", _TEXT), pa.scalar("", _TEXT)
    )
    return pc.if_else(pc.equal(pc.binary_length(items), 0), pa.scalar("", _TEXT), wrapped)


def _unset(mapping: Mapping, typed: Typed, chosen: pa.Array) -> pa.Array:
    """Give the items of `unset_attributes`: the mapping's rules, and each row's blank cells."""
    rows = len(chosen)
    pieces: list[pa.Array] = [
        pa.repeat(pa.scalar(_rule(rule.match, rule.attr, rule.case_sensitive), _TEXT), rows)
        for rule in mapping.unset
    ]
    for column in typed.attributes:
        if column.attribute.blank == "unset":
            text = pa.scalar(_rule("equals", column.attribute.name, True), _TEXT)
            pieces.append(pc.if_else(column.blank.take(chosen), text, pa.scalar("", _TEXT)))
    return _joined(pieces or [None], rows)


def _rule(match: str, attr: str, case_sensitive: bool) -> str:
    rule = {"type": match, "attr": attr, "case_sensitive": case_sensitive}
    return "," + orjson.dumps(rule).decode()


def _bodies(ids: pa.Array, inside: pa.Array, unset: pa.Array, mapping: Mapping) -> pa.Array:
    flag = ',"update_existing_only":true' if mapping.update_existing_only else ""
    wrapped = pc.binary_join_element_wise(
        pa.scalar(',"unset_attributes":[', _TEXT),
        unset,
        pa.scalar("]", _TEXT),
        pa.scalar("", _TEXT),
    )
    shown = pc.if_else(pc.equal(pc.binary_length(unset), 0), pa.scalar("", _TEXT), wrapped)
    return pc.binary_join_element_wise(
        pa.scalar('{"type":"customer","customer_id":', _TEXT),
        ids.cast(_TEXT),
        pa.scalar(',"attributes":{', _TEXT),
        inside,
        pa.scalar("}", _TEXT),
        shown,
        pa.scalar(flag + "}", _TEXT),
        pa.scalar("", _TEXT),
    )


def _fits(bodies: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(
        pc.less_equal(pc.binary_length(bodies), limits.BODY_BYTES).to_numpy(zero_copy_only=False),
        dtype=bool,
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
