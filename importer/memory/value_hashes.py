"""Turns the values of payloads into keyed hashes, by which the memory knows whether one changed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from importer.mapping_file import Mapping
from importer.mapping_file.naming import stored_name
from importer.memory.bodies import values_of
from importer.typed import Typed, TypedColumn

ValueHashes = npt.NDArray[np.uint64]
"""An even word for each row and slot; 0 where the row has no such value."""

_SAMPLE, _FEW = 256, 32
# Their texts are whole JSON, also where it is a string.
_WITH_QUOTES = ("json",)
UNSET_RULES = "unset rules"
_PLATFORM = "platform"


def slots_of(mapping: Mapping) -> tuple[str, ...]:
    """Name what the columns of `value_hashes` belong to: the verb, then the attribute."""
    attributes = (f"{entry.update} {entry.name}" for entry in mapping.attributes)
    platforms = (f"{_PLATFORM} {entry.platform}" for entry in mapping.platforms)
    return (*attributes, *platforms, *([UNSET_RULES] if mapping.unset else []))


def contradicting(slots: Sequence[str], mapping: Mapping) -> npt.NDArray[np.bool_]:
    """Tell which values of a memory are true no longer once the mapping's bodies carry theirs.

    A list that was replaced is another one when something is added to it, and nobody knows which
    attributes of other mappings a rule unset, or which of them brought back what one had unset.
    Shape (slots of the mapping, slots).
    """
    own = slots_of(mapping)
    return np.array([[_contradict(carried, slot, own) for slot in slots] for carried in own], bool)


def _contradict(carried: str, slot: str, own: tuple[str, ...]) -> bool:
    if UNSET_RULES in (carried, slot):
        return slot not in own
    return carried != slot and _subject(carried) == _subject(slot)


def _subject(slot: str) -> tuple[bool, str]:
    """Give what a slot's value is of: an attribute, or the platforms, which are sent as one."""
    verb, _, name = slot.partition(" ")
    return (True, "") if verb == _PLATFORM else (False, stored_name(name))


def value_hashes(
    typed: Typed, mapping: Mapping, keep: npt.NDArray[np.int64], secret: bytes
) -> ValueHashes:
    """Hash what each of these rows of a batch says, each slot under a key of its own.

    Equal are values that mean the same: numbers as decimals, and other values by their exact JSON.
    A cell that unsets its attribute says so, and has a hash too.
    Shape (rows, slots), in the order of `slots_of`.
    """
    rows, columns = pa.array(keep), (*typed.attributes, *typed.platforms)
    hashes = np.zeros((len(keep), len(slots_of(mapping))), dtype=np.uint64)
    for place, (slot, column) in enumerate(zip(slots_of(mapping), columns, strict=False)):
        hashes[:, place] = _hashed(column, rows, slot, secret)
    if mapping.unset:
        hashes[:, -1] = _rules_hash(mapping, secret)
    return hashes


def _rules_hash(mapping: Mapping, secret: bytes) -> np.uint64:
    rules = sorted((rule.attr, rule.match, rule.case_sensitive) for rule in mapping.unset)
    return _hash_of(orjson.dumps(rules).decode(), UNSET_RULES, secret)


def body_hashes(body: bytes, mapping: Mapping, secret: bytes) -> ValueHashes:
    """Hash what a finished payload says, as `value_hashes` does; shape (slots,)."""
    slots, (values, unset) = slots_of(mapping), values_of(body)
    fields = (*mapping.attributes, *(entry.active for entry in mapping.platforms))
    hashes = np.zeros(len(slots), dtype=np.uint64)
    for place, (slot, field) in enumerate(zip(slots, fields, strict=False)):
        if (text := values.get(slot)) is not None:
            in_quotes = text.startswith('"') and field.type not in _WITH_QUOTES
            core = text[1:-1] if in_quotes else _canonical(pa.array([text]), field.type)[0].as_py()
            hashes[place] = _hash_of(core, slot + (" text" if in_quotes else ""), secret)
        elif field.blank == "unset" and field.name in unset:
            hashes[place] = _hash_of("", f"{slot} unset", secret)
    if mapping.unset:
        hashes[-1] = _rules_hash(mapping, secret)
    return hashes


def id_words(ids: pa.StringArray, secret: bytes) -> npt.NDArray[np.uint64]:
    """Hash ids to a word each: quicker than user_keys, and not for keeping."""
    return _direct(ids, _key("id", secret))


def payload_hashes(values: ValueHashes) -> npt.NDArray[np.uint64]:
    """Hash each row's whole payload, whatever the order of its attributes."""
    return np.asarray(values.sum(axis=1, dtype=np.uint64))


def _hashed(
    column: TypedColumn, rows: pa.Array, slot: str, secret: bytes
) -> npt.NDArray[np.uint64]:
    texts = _canonical(column.core.take(rows), column.attribute.type)
    key = _key(slot + (" text" if column.in_quotes else ""), secret)
    hashes = _text_hashes(texts, key)
    if column.attribute.blank == "unset":
        blank = np.asarray(column.blank.take(rows).to_numpy(zero_copy_only=False), dtype=bool)
        hashes[blank] = unset_hash(slot, secret)
    return hashes


def unset_hash(slot: str, secret: bytes) -> np.uint64:
    """Give the hash of a blank cell that unsets its attribute."""
    return _hash_of("", f"{slot} unset", secret)


def _canonical(texts: pa.Array, kind: str) -> pa.Array:
    """Write a number in the one way that all its spellings share."""
    if kind != "number":
        return texts
    short = pc.utf8_rtrim(pc.utf8_rtrim(texts, "0"), ".")
    return pc.if_else(pc.match_substring(texts, "."), short, texts)


def _text_hashes(texts: pa.Array, key: str) -> npt.NDArray[np.uint64]:
    """Hash texts; 0 for null.  Where there are few different ones, each is hashed once."""
    if _has_few(texts):
        coded = texts.dictionary_encode()
        each = np.append(_direct(coded.dictionary, key), np.uint64(0))
        places = pc.fill_null(coded.indices, len(each) - 1)
        return np.asarray(each[places.to_numpy()], dtype=np.uint64)
    return _direct(texts, key)


def _has_few(texts: pa.Array) -> bool:
    step = max(len(texts) // _SAMPLE, 1)
    sample = texts.take(pa.array(np.arange(0, len(texts), step)))
    return bool(pc.count_distinct(sample, mode="all").as_py() <= _FEW)


def _direct(texts: pa.Array, key: str) -> npt.NDArray[np.uint64]:
    # SipHash, in pandas: made for keys, and the quickest for many texts at once.
    hashes = np.asarray(
        hash_array(texts.to_numpy(zero_copy_only=False), hash_key=key, categorize=False)
    )
    # The memory keeps a mark of its own in the lowest bit, and 0 means that there is nothing.
    hashes = np.asarray(np.maximum(hashes & ~np.uint64(1), np.uint64(2)), dtype=np.uint64)
    if texts.null_count:
        hashes[np.asarray(pc.is_null(texts).to_numpy(zero_copy_only=False), dtype=bool)] = 0
    return hashes


def _hash_of(text: str, slot: str, secret: bytes) -> np.uint64:
    return np.uint64(_direct(pa.array([text], pa.string()), _key(slot, secret))[0])


def _key(slot: str, secret: bytes) -> str:
    """Derive a key for one slot: sixteen ASCII characters, as pandas wants it."""
    return b64encode(blake2b(slot.encode(), digest_size=12, key=secret).digest()).decode()
