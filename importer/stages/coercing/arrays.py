"""Says in Arrow what the types need again and again: matching, masking, mending a few cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from importer.typed import Flags


def matching(texts: pa.Array, pattern: str) -> Flags:
    r"""Flag the texts that a RE2 pattern finds; anchor it with \A and \z."""
    return flags(pc.match_substring_regex(texts, pattern))


def flags(mask: pa.Array) -> Flags:
    """Turn Arrow booleans into numpy's; null is False."""
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def limits(texts: pa.Array) -> npt.NDArray[np.int32]:
    """Give where each text begins in the array's data, and where the last one ends."""
    if len(texts) == 0:
        return np.zeros(1, dtype=np.int32)
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)
    return offsets[texts.offset : texts.offset + len(texts) + 1]


def contents(texts: pa.Array) -> npt.NDArray[np.uint8]:
    """Give the bytes of all texts, one after the other."""
    places = limits(texts)
    data = texts.buffers()[2]
    if data is None or places[0] == places[-1]:
        return np.zeros(0, dtype=np.uint8)
    return np.frombuffer(data, dtype=np.uint8)[places[0] : places[-1]]


def only(values: pa.Array, keep: Flags) -> pa.Array:
    """Put null wherever `keep` is False; only the validity is new, no value is copied."""
    if keep.all():
        return values
    valid = keep if values.null_count == 0 else keep & flags(pc.is_valid(values))
    validity = pa.py_buffer(_bits(valid, values.offset))
    buffers = [validity, *values.buffers()[1:]]
    return pa.Array.from_buffers(values.type, len(values), buffers, offset=values.offset)


def _bits(mask: Flags, offset: int) -> npt.NDArray[np.uint8]:
    shifted = np.concatenate([np.zeros(offset, dtype=np.bool_), mask]) if offset else mask
    return np.packbits(shifted, bitorder="little")


def compacted(texts: pa.Array, filled: Flags) -> pa.Array:
    """Give the flagged texts (the others are null) one after the other."""
    places = limits(texts)
    if np.diff(places)[~filled].any():
        return texts.drop_null()
    # Blank cells take no room in the data, so leaving out their places is enough.
    return _strings(texts, np.append(places[:-1][filled], places[-1]), None)


def _strings(texts: pa.Array, offsets: npt.NDArray[np.int32], valid: Flags | None) -> pa.Array:
    """Give strings over the bytes of `texts`, at other places in them.

    The first must begin at 0: Arrow's case kernels read the wrong bytes otherwise.
    """
    validity = None if valid is None else pa.py_buffer(_bits(valid, 0))
    data = texts.buffers()[2]
    if data is not None:
        data = data.slice(int(offsets[0]))
    buffers = [validity, pa.py_buffer(offsets - offsets[0]), data]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)


def expanded(dense: pa.Array, filled: Flags) -> pa.Array:
    """Put values, in their order, into the flagged places of a longer column; null elsewhere."""
    before = np.concatenate([[0], np.cumsum(filled)])
    if dense.type != pa.string():
        return dense.take(pa.array(before[:-1], mask=~filled))
    valid = filled.copy()
    if dense.null_count:
        valid[filled] = flags(pc.is_valid(dense))
    # A place that is not flagged begins where it ends: no text is copied.
    return _strings(dense, limits(dense)[before], valid)


def mended(texts: pa.Array, odd: Flags, mend: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Replace the odd texts by what `mend` makes of them, so that the cost follows their number."""
    if not odd.any():
        return texts
    mask = pa.array(odd)
    return pc.replace_with_mask(texts, mask, mend(texts.filter(mask)))


def quoted(texts: pa.Array) -> pa.Array:
    """Put double quotes around texts that need no escapes."""
    return pc.binary_join_element_wise('"', texts, '"', "")
