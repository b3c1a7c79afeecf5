"""Builds each row's payload as JSON bytes, column by column, without a Python object per row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Mapping
from importer.moengage import limits
from importer.moengage.names import ARRAY_UPDATES
from importer.records import Int64s, Rejection
from importer.typed import Typed, TypedColumn
from importer.warned import Warned

# A block's bodies together may outgrow the 2 GiB that 32-bit offsets reach.
_TEXT = pa.large_string()
_NOTHING = pa.scalar("", _TEXT)
# Arrow multiplies it by the rows, so it must leave room in 64 bits.
_EVERYTHING = 2**31 - 1
_OPENING = '","attributes":{'

Piece: TypeAlias = pa.Array | str
"""A column, or a text that is the same in every row."""


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
    attributes = _all_members(typed, chosen)
    platforms = _platforms(
        [
            (entry.platform, column.json.filter(chosen))
            for entry, column in zip(mapping.platforms, typed.platforms, strict=True)
        ],
        len(positions),
    )
    unset = _unset(mapping, typed, chosen)
    ids = typed.customer_ids.filter(chosen)
    bodies = _bodies(typed.customer_id_core.filter(chosen), attributes, platforms, unset, mapping)
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


class _Member:
    """One attribute of the chosen rows: its key, and its values or null."""

    def __init__(self, name: str, core: pa.Array, *, in_quotes: bool = False) -> None:
        self.key = orjson.dumps(name).decode()
        self.core = core.cast(_TEXT)
        self.quote = '"' if in_quotes else ""

    @classmethod
    def of(cls, column: TypedColumn, chosen: pa.Array) -> _Member:
        core = column.core.filter(chosen)
        return cls(column.attribute.name, core, in_quotes=column.in_quotes)

    @property
    def is_everywhere(self) -> bool:
        return bool(self.core.null_count == 0)

    def pieces(self, before: str = "", after: str = "") -> list[Piece]:
        """Give `"key":value` with its commas in pieces to be joined; null is nothing.

        Where every row has the value, key and value need not be joined beforehand: that copy is
        saved, and most columns have few blanks.
        """
        key, end = f"{before}{self.key}:{self.quote}", f"{self.quote}{after}"
        if self.is_everywhere:
            return [key, self.core, end]
        joined = pc.binary_join_element_wise(
            pa.scalar(key, _TEXT), self.core, pa.scalar(end, _TEXT), _NOTHING
        )
        return [joined]


def _all_members(typed: Typed, chosen: pa.Array) -> list[_Member]:
    """Give the attributes that are set, and behind them those that add to lists or remove."""
    members, updates = [], []
    for update, key in ((None, ""), *zip(("add", "remove"), ARRAY_UPDATES, strict=True)):
        columns = [
            _Member.of(column, chosen)
            for column in typed.attributes
            if column.attribute.update == (update or "replace")
        ]
        if update is None:
            members = columns
        elif columns:
            pieces = [piece for column in columns for piece in column.pieces(before=",")]
            updates.append(_Member(key, _braced(_joined(pieces, len(columns[0].core)))))
    return [*members, *updates]


def _braced(inner: pa.Array) -> pa.Array:
    """Put braces around members; null where there are none."""
    whole = pc.binary_join_element_wise(
        pa.scalar("{", _TEXT), inner, pa.scalar("}", _TEXT), _NOTHING
    )
    return pc.if_else(pc.equal(pc.binary_length(inner), 0), pa.scalar(None, _TEXT), whole)


def _members(attributes: Sequence[_Member]) -> list[Piece]:
    """Give all members with commas between.

    The first attribute that every row has needs none; those before it bring one behind them, and
    those after it one before them.  Without such a one every row begins with a comma.
    """
    solid = [place for place, member in enumerate(attributes) if member.is_everywhere]
    turn = solid[0] if solid else -1
    pieces: list[Piece] = []
    for place, member in enumerate(attributes):
        if place < turn:
            pieces += member.pieces(after=",")
        else:
            pieces += member.pieces(before="" if place == turn else ",")
    return pieces


def _bare_rows(
    attributes: Sequence[_Member], platforms: pa.Array | None, unset: pa.Array, index: Int64s
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


def _concatenated(pieces: Sequence[Piece]) -> pa.Array:
    """Join the pieces of each row; a null piece is nothing."""
    return pc.binary_join_element_wise(
        *_fused(pieces), _NOTHING, null_handling="replace", null_replacement=""
    )


def _fused(pieces: Sequence[Piece]) -> Iterator[pa.Array | pa.Scalar]:
    """Put texts that stand side by side together: fewer pieces are joined sooner."""
    for fixed, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if fixed:
            yield pa.scalar("".join(group), _TEXT)
        else:
            yield from group


def _joined(parts: Sequence[Piece | None], rows: int) -> pa.Array:
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
    rows = pc.sum(chosen).as_py() or 0
    pieces: list[pa.Array] = [
        pa.repeat(pa.scalar(_rule(rule.match, rule.attr, rule.case_sensitive), _TEXT), rows)
        for rule in mapping.unset
    ]
    for column in typed.attributes:
        if column.attribute.blank == "unset":
            text = pa.scalar(_rule("equals", column.attribute.name, True), _TEXT)
            pieces.append(pc.if_else(column.blank.filter(chosen), text, _NOTHING))
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
    bodies = _concatenated(
        [
            '{"type":"customer","customer_id":"',
            ids.cast(_TEXT),
            _OPENING,
            *_members(attributes),
            *([] if platforms is None else [platforms]),
            "}",
            pc.if_else(pc.equal(pc.binary_length(unset), 0), _NOTHING, wrapped),
            flag + "}",
        ]
    )
    if any(member.is_everywhere for member in attributes):
        return bodies
    # The pattern cannot stand inside an id: its quotes would be escaped there.
    return pc.replace_substring(bodies, _OPENING + ",", _OPENING, max_replacements=1)


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
