"""Holds texts against their longest length, and against what they seem to be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from importer.moengage import limits
from importer.stages.enforcing.verdicts import Verdicts, mask
from importer.typed import Flags, TypedColumn

_WORDS = ("null", "nan", "none", "n/a", "#n/a", "na", "<na>", "nil", "<null>", "(null)")
NULL_WORDS = (*_WORDS, *map(str.upper, _WORDS), *map(str.title, _WORDS), "NaN", "NaT", "\\N")
"""Texts that often stand for an empty cell, as programs write them."""

_LONGEST_NULL_WORD = max(map(len, NULL_WORDS))

_URL = r"^(?i:https?|ftp)://"

# Year first or last, with one kind of mark between, and perhaps a time behind.
_DATE = (
    r"^(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}"
    r"|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4})(?:[T ][0-9]{1,2}:[0-9]{2}.{0,20})?$"
)
# [a|b] of MoEngage's file import, or ["a", "b"].
_LIST = r'^(?s:\[.*\|.*\]|\[\s*".*"\s*\])$'
_SHORTEST_DATE, _LONGEST_DATE = len("1/2/2024"), len("2024-01-31T12:00:00.000000+05:30")


def hold_texts(column: TypedColumn, verdicts: Verdicts) -> None:
    """Refuse texts that MoEngage cuts or drops, and warn of those that may mean something else."""
    texts, label = column.values, column.attribute.label
    # No text has more characters than bytes, and few columns have a long one.
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    if longest > limits.STRING_CHARACTERS:
        _long_texts(texts, label, verdicts)

    def word(at: int) -> str:
        return str(texts[at].as_py())

    verdicts.strike("looks-null", looks_null(texts), label, word, may_be_told=True)
    if column.attribute.type == "string":
        verdicts.strike("date-as-text", _looks_like_date(texts), label, word)
        verdicts.strike("list-as-text", _looks_like_list(texts), label, word)


def _long_texts(texts: pa.StringArray, label: str, verdicts: Verdicts) -> None:
    lengths = pc.utf8_length(texts)
    long = mask(pc.greater(lengths, limits.STRING_CHARACTERS))
    url = mask(pc.match_substring_regex(texts, _URL)) & long

    def found(at: int) -> str:
        return f"{lengths[at].as_py()} characters"

    verdicts.strike("url-long", url, label, found, may_be_told=True)
    verdicts.strike("string-long", long & ~url, label, found, may_be_told=True)


def looks_null(texts: pa.StringArray) -> Flags:
    """Flag the texts that often stand for an empty cell."""
    flags = np.zeros(len(texts), dtype=bool)
    # Looking a word up costs much more than its length, and few texts are so short.
    short = np.flatnonzero(mask(pc.less_equal(pc.binary_length(texts), _LONGEST_NULL_WORD)))
    if len(short):
        flags[short] = mask(pc.is_in(texts.take(pa.array(short)), pa.array(NULL_WORDS)))
    return flags


def _looks_like_date(texts: pa.StringArray) -> Flags:
    """Flag the texts that are written as dates are."""
    flags = np.zeros(len(texts), dtype=bool)
    starts, lengths, data = _layout(texts)
    sized = np.flatnonzero((lengths >= _SHORTEST_DATE) & (lengths <= _LONGEST_DATE))
    # A pattern costs much more than a look at two bytes, and few texts begin as a date does.
    begin = starts[sized]
    digit = (data[begin] >= ord("0")) & (data[begin] <= ord("9"))
    marked = np.isin(data[begin + 1], _MARKS) | np.isin(data[begin + 2], _MARKS)
    suspects = sized[digit & (marked | np.isin(data[begin + 4], _MARKS))]
    if len(suspects):
        taken = texts.take(pa.array(suspects))
        flags[suspects] = mask(pc.match_substring_regex(taken, _DATE))
    return flags


def _looks_like_list(texts: pa.StringArray) -> Flags:
    """Flag the texts that are written as lists are, by MoEngage's file import or as JSON."""
    flags = np.zeros(len(texts), dtype=bool)
    starts, lengths, data = _layout(texts)
    sized = np.flatnonzero(lengths >= len("[|]"))
    ends = data[starts[sized] + lengths[sized] - 1]
    suspects = sized[(data[starts[sized]] == ord("[")) & (ends == ord("]"))]
    if len(suspects):
        taken = texts.take(pa.array(suspects))
        flags[suspects] = mask(pc.match_substring_regex(taken, _LIST))
    return flags


_MARKS = np.frombuffer(b"-/.", dtype=np.uint8)


def _layout(
    texts: pa.StringArray,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Give where each text begins, how many bytes it has (a null has none), and the bytes."""
    _, offsets, data = texts.buffers()
    if offsets is None or data is None or not len(texts):
        none = np.zeros(len(texts), dtype=np.int64)
        return none, none, np.zeros(0, dtype=np.uint8)
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    limits_ = np.frombuffer(offsets, width)[texts.offset : texts.offset + len(texts) + 1]
    lengths = np.where(mask(pc.is_valid(texts)), np.diff(limits_), 0)
    return limits_[:-1].astype(np.int64), lengths.astype(np.int64), np.frombuffer(data, np.uint8)
