"""Joins columns of JSON texts to users' payloads, without a Python object per row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Attribute, Mapping
from importer.moengage.names import ARRAY_UPDATES

# A block's bodies together may outgrow the 2 GiB that 32-bit offsets reach.
TEXT = pa.large_string()
_NOTHING = pa.scalar("", TEXT)
# Arrow multiplies it by the rows, so it must leave room in 64 bits.
_EVERYTHING = 2**31 - 1
_OPENING = '","attributes":{'

Piece: TypeAlias = pa.Array | str
"""A column, or a text that is the same in every row."""


class Member:
    """One attribute of the chosen rows: its key, and its values or null."""

    def __init__(self, name: str, core: pa.Array, *, in_quotes: bool = False) -> None:
        self.key = orjson.dumps(name).decode()
        self.core = core.cast(TEXT)
        self.quote = '"' if in_quotes else ""

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
            pa.scalar(key, TEXT), self.core, pa.scalar(end, TEXT), _NOTHING
        )
        return [joined]


def members_of(mapping: Mapping, columns: Sequence[Member]) -> list[Member]:
    """Give the attributes that are set, and behind them those that add to lists or remove.

    columns: one for each attribute of the mapping.
    """
    pairs = list(zip(mapping.attributes, columns, strict=True))
    members = [column for entry, column in pairs if entry.update == "replace"]
    for update, key in zip(("add", "remove"), ARRAY_UPDATES, strict=True):
        updates = [column for entry, column in pairs if entry.update == update]
        if updates:
            pieces = [piece for column in updates for piece in column.pieces(before=",")]
            members.append(Member(key, _braced(_joined(pieces, len(updates[0].core)))))
    return members


def _braced(inner: pa.Array) -> pa.Array:
    """Put braces around members; null where there are none."""
    whole = pc.binary_join_element_wise(pa.scalar("{", TEXT), inner, pa.scalar("}", TEXT), _NOTHING)
    return pc.if_else(pc.equal(pc.binary_length(inner), 0), pa.scalar(None, TEXT), whole)


def _members(attributes: Sequence[Member]) -> list[Piece]:
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


def _concatenated(pieces: Sequence[Piece]) -> pa.Array:
    """Join the pieces of each row; a null piece is nothing."""
    return pc.binary_join_element_wise(
        *_fused(pieces), _NOTHING, null_handling="replace", null_replacement=""
    )


def _fused(pieces: Sequence[Piece]) -> Iterator[pa.Array | pa.Scalar]:
    """Put texts that stand side by side together: fewer pieces are joined sooner."""
    for fixed, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if fixed:
            yield pa.scalar("".join(group), TEXT)
        else:
            yield from group


def _joined(parts: Sequence[Piece | None], rows: int) -> pa.Array:
    present = [part for part in parts if part is not None]
    if not present:
        return pa.repeat(_NOTHING, rows)
    text = _concatenated(present)
    # The leading comma goes; without an explicit stop binary_slice fails.
    return pc.binary_slice(text.cast(pa.large_binary()), start=1, stop=_EVERYTHING).cast(TEXT)


def platforms_of(entries: Sequence[tuple[str, pa.Array]], rows: int) -> pa.Array | None:
    """Give `,"platforms":[{"platform":"ANDROID","active":"true"}]`, where a switch has a value."""
    if not entries:
        return None
    pieces = [
        pc.binary_join_element_wise(
            pa.scalar(f',{{"platform":"{name}","active":', TEXT),
            active.cast(TEXT),
            pa.scalar("}", TEXT),
            _NOTHING,
        )
        for name, active in entries
    ]
    items = _joined(pieces, rows)
    wrapped = pc.binary_join_element_wise(
        pa.scalar(',"platforms":[', TEXT), items, pa.scalar("]", TEXT), _NOTHING
    )
    return pc.if_else(pc.equal(pc.binary_length(items), 0), _NOTHING, wrapped)


def unset_of(mapping: Mapping, blanks: Sequence[pa.Array], rows: int) -> pa.Array:
    """Give the items of `unset_attributes`: the mapping's rules, and each row's blank cells.

    blanks: for each attribute that says `blank: unset`, which rows have none (booleans).
    """
    pieces: list[pa.Array] = [
        pa.repeat(pa.scalar(_rule(rule.match, rule.attr, rule.case_sensitive), TEXT), rows)
        for rule in mapping.unset
    ]
    for entry, blank in zip(unsetting(mapping), blanks, strict=True):
        text = pa.scalar(_rule("equals", entry.name, True), TEXT)
        pieces.append(pc.if_else(blank, text, _NOTHING))
    return _joined(pieces or [None], rows)


def unsetting(mapping: Mapping) -> tuple[Attribute, ...]:
    """Give the attributes whose blank cells unset them."""
    return tuple(entry for entry in mapping.attributes if entry.blank == "unset")


def _rule(match: str, attr: str, case_sensitive: bool) -> str:
    rule = {"type": match, "attr": attr, "case_sensitive": case_sensitive}
    return "," + orjson.dumps(rule).decode()


def bodies_of(
    ids: pa.Array,
    attributes: Sequence[Member],
    platforms: pa.Array | None,
    unset: pa.Array,
    mapping: Mapping,
) -> pa.Array:
    """Join everything in one pass: each byte of a body is copied once."""
    flag = ',"update_existing_only":true' if mapping.update_existing_only else ""
    wrapped = pc.binary_join_element_wise(
        pa.scalar(',"unset_attributes":[', TEXT), unset, pa.scalar("]", TEXT), _NOTHING
    )
    bodies = _concatenated(
        [
            '{"type":"customer","customer_id":"',
            ids.cast(TEXT),
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
