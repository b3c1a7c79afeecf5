"""Says how each Arrow type becomes text that means the same and reads back to the same value.

string, dictionary of strings    as it is
integers                         digits
boolean                          true, false
float                            the shortest digits that read back equal, never an exponent;
                                 10.0 is 10; nan and inf are the texts nan and inf
decimal                          all digits of its scale
date                             YYYY-MM-DD
timestamp with a zone            YYYY-MM-DDTHH:MM:SS[.fraction]Z, the instant in UTC
timestamp without one            YYYY-MM-DDTHH:MM:SS[.fraction]
time                             HH:MM:SS[.fraction]
binary                           its text, if it is UTF-8
UUID                             8-4-4-4-12 hexadecimal digits
list, struct, map                JSON (see json_text.py)
null                             null
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from importer.records import Int64s
from importer.stages.reading.json_text import is_nested, is_supported, json_texts, unwrapped
from importer.stages.reading.plain_text import plain_text

__all__ = ["has_text", "to_text"]


def has_text(kind: pa.DataType) -> bool:
    """Tell whether the table above speaks of this type."""
    return is_supported(kind)


def to_text(column: pa.Array) -> tuple[pa.StringArray, Int64s]:
    """Give a column's text, and the positions whose bytes are not UTF-8 (their text is null).

    The type must be one that `has_text`.
    """
    column = unwrapped(column)
    if not is_nested(column.type):
        return plain_text(column)
    texts = json_texts(column)
    bad = [position for position, text in enumerate(texts) if text is None]
    cells = pa.array(texts, pa.string(), mask=np.asarray(column.is_null()))
    return cells, np.array(bad, np.int64)
