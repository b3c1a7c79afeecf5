"""Reads words for yes and no."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where

# yes and no in turn: a word's place tells its meaning.
_WORDS = ("true", "false", "yes", "no", "y", "n", "t", "f", "1", "0", "on", "off")

_EXPECTED = "true or false, yes or no, y or n, t or f, 1 or 0, on or off"


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    words, expected = _words(attribute)
    small = pc.ascii_lower if all(map(str.isascii, words)) else pc.utf8_lower
    places = pc.index_in(small(texts), value_set=pa.array(words, pa.string()))
    meanings = [meaning != attribute.invert for meaning in words.values()]
    values = pa.array(meanings, pa.bool_()).take(places)
    json = pc.if_else(values, "true", "false")
    return Coerced(values, json, bad_where(flags(pc.is_null(values)), "not-boolean", expected))


def _words(attribute: Attribute) -> tuple[dict[str, bool], str]:
    """Give each word's meaning, and the words for people."""
    yes, no = attribute.true_words, attribute.false_words
    if not (yes or no):
        return {word: place % 2 == 0 for place, word in enumerate(_WORDS)}, _EXPECTED
    told = [f"{', '.join(words)} for {what}" for words, what in ((yes, "true"), (no, "false"))]
    return dict.fromkeys(yes, True) | dict.fromkeys(no, False), "; ".join(
        text for text, words in zip(told, (yes, no), strict=True) if words
    )


BOOLEAN = ValueType(
    name="boolean",
    rule="true/false, yes/no, y/n, t/f, 1/0 or on/off in any case; with `true_words:` or "
    "`false_words:` these words in any case, and no others. Every other word is refused.",
    options=("invert", "true_words", "false_words"),
    hint="List the file's words under `true_words:` and `false_words:`; say `invert: true` if the "
    "column says the opposite of the attribute.",
    examples=(
        Example("Yes", "true"),
        Example("0", "false"),
        Example("OFF", "false"),
        Example("yes", "false", {"invert": True}),
        Example("Ja", "true", {"true_words": ("ja",), "false_words": ("nein",)}),
        Example("yes", "not-boolean", {"true_words": ("ja",), "false_words": ("nein",)}),
        Example("maybe", "not-boolean"),
        Example("2", "not-boolean"),
    ),
    coerce=_coerce,
)
