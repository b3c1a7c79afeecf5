"""Turns customer ids into keyed hashes, the only form in which the ledger knows a user."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa

KEY_BYTES = 16
UserKeys = npt.NDArray[np.uint64]
"""Two words for each id; 0 and 0 where there is none."""


def user_keys(ids: pa.Array, secret: bytes) -> UserKeys:
    """Hash ids (text, or null) with BLAKE2b under a secret: shape (rows, 2)."""
    nothing = bytes(KEY_BYTES)
    hashes = b"".join(
        nothing if text is None else key_bytes(text, secret) for text in ids.to_pylist()
    )
    return np.frombuffer(hashes, dtype="<u8").reshape(-1, 2)


def value_keys(texts: pa.Array, secret: bytes, *, numbers: bool) -> UserKeys:
    """Hash values by their JSON texts (or null), equal ones alike: shape (rows, 2).

    numbers: whether they are, so that 5 and 5.0 are one value.
    """
    if not numbers:
        return user_keys(texts, secret)
    plain = [None if text is None else _plain(text) for text in texts.to_pylist()]
    return user_keys(pa.array(plain, pa.string()), secret)


def _plain(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def key_bytes(customer_id: str, secret: bytes) -> bytes:
    """Hash one id; 16 bytes, the first eight of which are its first word, little-endian."""
    return blake2b(customer_id.encode(), digest_size=KEY_BYTES, key=secret).digest()


def first_word(customer_id: str, secret: bytes) -> int:
    """Give the first of the two words of an id's key."""
    return int.from_bytes(key_bytes(customer_id, secret)[:8], "little")
