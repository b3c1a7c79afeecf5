from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from importer.keys import KEY_BYTES, key_bytes, user_keys

SECRET = b"s" * 32


@given(st.lists(st.none() | st.text()), st.sampled_from([pa.string(), pa.large_string()]))
def test_many_ids_have_the_keys_that_each_has_alone(
    ids: list[str | None], kind: pa.DataType
) -> None:
    keys = user_keys(pa.array(ids, kind), SECRET)
    assert [key.tobytes() for key in keys] == [
        bytes(KEY_BYTES) if one is None else key_bytes(one, SECRET) for one in ids
    ]


def test_another_secret_gives_other_keys() -> None:
    assert key_bytes("user-1", SECRET) != key_bytes("user-1", b"t" * 32)
