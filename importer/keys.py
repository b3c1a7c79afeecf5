"""Turns customer ids into keyed hashes, and seals them, so that the ledger tells nobody without its key."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa

KEY_BYTES = 16
_NOBODY = bytes(KEY_BYTES)
_LONGEST_SEALED = 255
_HIDING_BYTES = 64
UserKeys = npt.NDArray[np.uint64]
"""Two words for each id; 0 and 0 where there is none."""


def user_keys(ids: pa.Array, secret: bytes) -> UserKeys:
    """Hash ids (text, or null) with BLAKE2b under a secret: shape (rows, 2)."""
    # A copy of a hash that has its key already takes three quarters of the time of a new one.
    keyed, hashes = blake2b(digest_size=KEY_BYTES, key=secret), []
    for text in ids.cast(pa.binary()).to_pylist():
        if text is None:
            hashes.append(_NOBODY)
            continue
        one = keyed.copy()
        one.update(text)
        hashes.append(one.digest())
    return np.frombuffer(b"".join(hashes), dtype="<u8").reshape(-1, 2)


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


def sealed(ids: Sequence[str], users: UserKeys, secret: bytes) -> list[bytes]:
    """Give ids in a form that only the secret opens; b"" for those of more than 255 bytes.

    users: their keys.  The bytes they are hidden under are made of the keys, and so are only theirs.
    """
    keyed = _hiding(secret)
    return [
        _hidden(plain, user.tobytes(), keyed) if len(plain) <= _LONGEST_SEALED else b""
        for plain, user in zip(map(str.encode, ids), users, strict=True)
    ]


def opened(user: bytes, content: bytes, secret: bytes) -> str:
    """Give the id that was sealed."""
    return _hidden(content, user, _hiding(secret)).decode(errors="replace")


def _hiding(secret: bytes) -> blake2b:
    return blake2b(key=secret, person=b"sealed id")


def _hidden(content: bytes, user: bytes, keyed: blake2b) -> bytes:
    size, parts = len(content), []
    for part in range(-(-size // _HIDING_BYTES)):
        one = keyed.copy()
        one.update(user + bytes([part]))
        parts.append(one.digest())
    hiding = b"".join(parts)[:size]
    return (int.from_bytes(content) ^ int.from_bytes(hiding)).to_bytes(size)


def first_word(customer_id: str, secret: bytes) -> int:
    """Give the first of the two words of an id's key."""
    return int.from_bytes(key_bytes(customer_id, secret)[:8], "little")
