"""Holds lists and objects against how much of them MoEngage keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Attribute, FromParts
from importer.moengage import limits
from importer.stages.enforcing.numbers import DOUBLES_EXACT, ROUNDABLE, holds_rounded
from importer.stages.enforcing.texts import NULL_WORDS
from importer.stages.enforcing.verdicts import Found, Verdicts, mask
from importer.typed import Flags, TypedColumn

_FOUND = {
    "string-long": "a text that is too long",
    "url-long": "a URL that is too long",
    "list-long": f"more than {limits.LIST_ITEMS} items",
    "list-item-long": "an item that is too long",
    "list-mixed": "items of several kinds",
    "object-empty": "an empty object",
    "object-large": "an object that is too large",
    "object-deep": "objects inside objects inside an object",
    "object-key": "a key with such a character",
    "object-sent": "an object",
    "looks-null": "a text in it that looks null",
    "number-large": "a large number in it",
    "number-digits": "a number in it with more digits than a double keeps",
}

# Far more than the texts and numbers that are meant, and quickly found.
_NULL_OR_NUMBER = (
    rf"{ROUNDABLE}|[0-9][eE]\+?[0-9]"
    rf'|"(?i:{"|".join(map(re.escape, sorted(NULL_WORDS)))})"'
)


def hold_lists(column: TypedColumn, verdicts: Verdicts) -> None:
    """Refuse lists that MoEngage cuts."""
    # A list breaks a limit only if its text has so many commas or characters.
    commas = pc.count_substring(column.core, ",")
    longest = pc.greater(pc.binary_length(column.core), limits.STRING_CHARACTERS)
    suspects = mask(pc.or_(longest, pc.greater_equal(commas, limits.LIST_ITEMS)))
    _hold(column, suspects | _null_or_number(column), verdicts)


def hold_objects(column: TypedColumn, verdicts: Verdicts) -> None:
    """Refuse what MoEngage drops or cuts of JSON values, and warn that objects need its leave."""
    if _has_plain_parts(column.attribute):
        # Its keys were held to the rules with the mapping; only its size is not known before.
        there = mask(pc.is_valid(column.core))
        verdicts.strike("object-sent", there, column.attribute.label, _saying("an object"))
        large = mask(pc.greater(pc.binary_length(column.core), limits.OBJECT_BYTES))
        _hold(column, large | _null_or_number(column), verdicts, but=("object-sent",))
        return
    nests = pc.match_substring_regex(column.json, r"[\[{]")
    longest = pc.greater(pc.binary_length(column.json), limits.STRING_CHARACTERS)
    _hold(column, mask(pc.or_(nests, longest)) | _null_or_number(column), verdicts)


def _null_or_number(column: TypedColumn) -> Flags:
    return mask(pc.match_substring_regex(column.json, _NULL_OR_NUMBER))


def _has_plain_parts(attribute: Attribute) -> bool:
    """Tell whether a value is made of columns, and none of them holds JSON of its own."""
    if not isinstance(attribute.origin, FromParts):
        return False
    return all(
        part.type not in ("json", "list") or _has_plain_parts(part)
        for part in attribute.origin.parts
    )


def _hold(
    column: TypedColumn, suspects: Flags, verdicts: Verdicts, but: Sequence[str] = ()
) -> None:
    """Look into each distinct text of the suspect rows once."""
    positions = np.flatnonzero(suspects)
    if not len(positions):
        return
    encoded = column.json.take(pa.array(positions)).dictionary_encode()
    faults = [_faults_of_text(text) for text in encoded.dictionary.to_pylist()]
    places = encoded.indices.to_numpy(zero_copy_only=False)
    for code, found in _FOUND.items():
        if code in but:
            continue
        struck = np.array([code in codes for codes in faults])
        rows = np.zeros(len(suspects), dtype=bool)
        rows[positions] = struck[places]
        verdicts.strike(code, rows, column.attribute.label, _saying(found))


def _saying(words: str) -> Found:
    return lambda _: words


def _faults_of_text(text: str) -> set[str]:
    faults = set(faults_of(orjson.loads(text)))
    return faults | {"number-digits"} if holds_rounded(text) else faults


def faults_of(value: Any) -> Iterator[str]:
    """Give the codes of the rules that one JSON value breaks."""
    if isinstance(value, str):
        yield from _text_faults(value)
    elif isinstance(value, list):
        yield from _list_faults(value)
    elif isinstance(value, dict):
        yield from _object_faults(value)
    for leaf in _leaves(value):
        if leaf in NULL_WORDS:
            yield "looks-null"
        elif isinstance(leaf, int | float) and abs(leaf) > DOUBLES_EXACT:
            yield "number-large"


def _leaves(value: Any) -> Iterator[Any]:
    """Give the texts and numbers of a JSON value, without its keys."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield value


def _text_faults(text: str) -> Iterator[str]:
    if len(text) > limits.STRING_CHARACTERS:
        is_url = text.lower().startswith(("http://", "https://", "ftp://"))
        yield "url-long" if is_url else "string-long"


def _list_faults(items: Sequence[Any]) -> Iterator[str]:
    kinds = {_kind(item) for item in items}
    if len(kinds) > 1 or "" in kinds:
        yield "list-mixed"
    if len(items) > limits.LIST_ITEMS:
        yield "list-long"
    for item in items:
        if isinstance(item, str) and len(item) > limits.STRING_CHARACTERS:
            yield "list-item-long"
        elif isinstance(item, dict):
            yield from _object_faults(item)


def _kind(item: Any) -> str:
    """Tell which of the three kinds a list may hold; "" for none of them."""
    if isinstance(item, bool):
        return ""
    if isinstance(item, int | float):
        return "number"
    if isinstance(item, str):
        return "text"
    return "object" if isinstance(item, dict) else ""


def _object_faults(value: dict[str, Any]) -> Iterator[str]:
    yield "object-sent"
    if not value:
        yield "object-empty"
    keys = list(_keys(value))
    if len(keys) > limits.OBJECT_KEYS or len(orjson.dumps(value)) > limits.OBJECT_BYTES:
        yield "object-large"
    if any(ban in key for key in keys for ban in limits.OBJECT_KEY_BANS):
        yield "object-key"
    if _depth(value) > limits.OBJECT_LEVELS:
        yield "object-deep"


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return max(map(_depth, value), default=0) if isinstance(value, list) else 0
