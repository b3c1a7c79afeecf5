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
_NOTHING = pa.scalar("", _TEXT)
# Arrow multiplies it by the rows, so it must leave room in 64 bits.
_EVERYTHING = 2**31 - 1
_OPENING = ',"attributes":{'


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
    attributes = [_Member(column, chosen) for column in typed.attributes]
    platforms = _platforms(
        [
            (entry.platform, column.json.take(chosen))
            for entry, column in zip(mapping.platforms, typed.platforms, strict=True)
        ],
        len(positions),
    )
    unset = _unset(mapping, typed, chosen)
    ids = typed.customer_ids.take(chosen)
    bodies = _bodies(typed.customer_id_json.take(chosen), attributes, platforms, unset, mapping)
    fits = _fits(bodies)
    return Built(
        positions=positions[fits],
        customer_ids=ids.filter(pa.array(fits)),
        bodies=(bodies if fits.all() else bodies.filter(pa.array(fits))).cast(pa.large_binary()),
        rejections=_too_large(typed, positions[~fits], bodies.filter(pa.array(~fits))),
        without_attributes=_bare_rows(attributes, platforms, unset),
    )


class _Member:
    """One attribute of the chosen rows: its key, and its JSON texts or null."""

    def __init__(self, column: TypedColumn, chosen: pa.Array) -> None:
        self.key = orjson.dumps(column.attribute.name).decode()
        self.json = column.json.take(chosen).cast(_TEXT)

    def pieces(self, comma: str) -> list[pa.Array]:
        """Give `,"key":value` in pieces to be joined; null is nothing.

        Where every row has the value, key and value need not be joined beforehand: that copy is
        saved, and most columns have few blanks.
        """
        key = pa.scalar(f"{comma}{self.key}:", _TEXT)
        if self.json.null_count == 0:
            return [key, self.json]
        return [pc.binary_join_element_wise(key, self.json, _NOTHING)]


def _bare_rows(attributes: Sequence[_Member], platforms: pa.Array | None, unset: pa.Array) -> int:
    """Count the rows that have an id and nothing else."""
    bare = pc.equal(pc.binary_length(unset), 0)
    if platforms is not None:
        bare = pc.and_(bare, pc.equal(pc.binary_length(platforms), 0))
    for member in attributes:
        if member.json.null_count == 0:
            return 0
        bare = pc.and_(bare, pc.is_null(member.json))
    return int(pc.sum(bare).as_py() or 0)


def _concatenated(pieces: Sequence[pa.Array]) -> pa.Array:
    """Join the pieces of each row; a null piece is nothing."""
    return pc.binary_join_element_wise(
        *pieces, _NOTHING, null_handling="replace", null_replacement=""
    )


def _joined(parts: Sequence[pa.Array | None], rows: int) -> pa.Array:
    present = [part for part in parts if part is not None]
    if not present:
        return pa.repeat(_NOTHING, rows)
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
            _NOTHING,
        )
        for name, active in entries
    ]
    items = _joined(pieces, rows)
    wrapped = pc.binary_join_element_wise(
        pa.scalar(',"platforms":[', _TEXT), items, pa.scalar("]", _TEXT), _NOTHING
    )
    return pc.if_else(pc.equal(pc.binary_length(items), 0), _NOTHING, wrapped)


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
            pieces.append(pc.if_else(column.blank.take(chosen), text, _NOTHING))
    return _joined(pieces or [None], rows)


def _rule(match: str, attr: str, case_sensitive: bool) -> str:
    rule = {"type": match, "attr": attr, "case_sensitive": case_sensitive}
    return "," + orjson.dumps(rule).decode()


def _bodies(
    ids: pa.Array,
    attributes: Sequence[_Member],
    platforms: pa.Array | None,
    unset: pa.Array,
    mapping: Mapping,
) -> pa.Array:
    """Join everything in one pass: each byte of a body is copied once."""
    flag = ',"update_existing_only":true' if mapping.update_existing_only else ""
    wrapped = pc.binary_join_element_wise(
        pa.scalar(',"unset_attributes":[', _TEXT), unset, pa.scalar("]", _TEXT), _NOTHING
    )
    members = [
        piece
        for position, member in enumerate(attributes)
        for piece in member.pieces("," if position else "")
    ]
    bodies = _concatenated(
        [
            pa.scalar('{"type":"customer","customer_id":', _TEXT),
            ids.cast(_TEXT),
            pa.scalar(_OPENING, _TEXT),
            *members,
            *([] if platforms is None else [platforms]),
            pa.scalar("}", _TEXT),
            pc.if_else(pc.equal(pc.binary_length(unset), 0), _NOTHING, wrapped),
            pa.scalar(flag + "}", _TEXT),
        ]
    )
    return _without_leading_comma(bodies, attributes[0] if attributes else None)


def _without_leading_comma(bodies: pa.Array, first: _Member | None) -> pa.Array:
    """Mend the rows whose first attribute is blank: theirs begin with the second's comma.

    The pattern cannot stand inside an id: its quotes would be escaped there.
    """
    if first is not None and first.json.null_count == 0:
        return bodies
    return pc.replace_substring(bodies, _OPENING + ",", _OPENING, max_replacements=1)


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
