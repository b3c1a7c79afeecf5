"""Gives the hashes of a prepared block's rows to send: of their users, and of what they say."""

from __future__ import annotations

import numpy as np

from importer.keys import UserKeys
from importer.mapping_file import Mapping
from importer.memory.value_hashes import ValueHashes, body_hashes
from importer.prepared import Prepared


def hashes_of(prepared: Prepared, mapping: Mapping, secret: bytes) -> tuple[UserKeys, ValueHashes]:
    """Give users, shape (rows, 2), and values, shape (rows, slots), of the rows to send."""
    if prepared.keys is None or prepared.values is None:
        raise ValueError("the memory needs blocks that were prepared with a secret")
    values = prepared.values
    rebuilt = np.flatnonzero(np.isin(prepared.index, prepared.rebuilt))
    if len(rebuilt):
        values = values.copy()
    for place in rebuilt.tolist():
        values[place] = body_hashes(prepared.bodies[place].as_py(), mapping, secret)
    return prepared.keys[prepared.index], values
