"""Cleans texts as the mapping's `transform:` says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from importer.stages.coercing.arrays import flags, mended

_WHITE_SPACE = r"[\t-\r \x{85}\p{Z}]+"

# A word with its apostrophes; combining accents (decomposed é) do not end it.
_WORD = re.compile("[\\w\u0300-\u036f]+(?:['\u2019][\\w\u0300-\u036f]+)*")


def transformed(texts: pa.Array, names: Iterable[str]) -> pa.Array:
    """Apply the named transforms in order; null stays null."""
    for name in names:
        texts = _TRANSFORMS[name](texts)
    return texts


def title(text: str) -> str:
    """Capitalise each word: `ANN o'neil` -> `Ann O'Neil`, `bob's` -> `Bob's`."""
    return _WORD.sub(lambda found: _capitalised(found.group()), text)


def _capitalised(word: str) -> str:
    parts = re.split("(['\u2019])", word)
    # One letter before the apostrophe (O', D') begins a name; more (bob's) do not.
    heads = range(0, len(parts), 2) if len(parts[0]) == 1 else range(1)
    for place in range(0, len(parts), 2):
        part = parts[place]
        starts = place in heads and (place == 0 or len(part) > 1)
        parts[place] = part[:1].title() + part[1:].lower() if starts else part.lower()
    return "".join(parts)


def _collapse(texts: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _WHITE_SPACE, " "))


def _by_case(
    ascii_kernel: Callable[[pa.Array], pa.Array], method: Callable[[str], str]
) -> Callable[[pa.Array], pa.Array]:
    """Use the kernel for ASCII and Python's fuller tables (ß, İ, final ς) for all other texts."""

    def apply(texts: pa.Array) -> pa.Array:
        beyond = ~flags(pc.fill_null(pc.string_is_ascii(texts), True))
        return mended(ascii_kernel(texts), beyond, lambda odd: _each(odd, method))

    return apply


def _each(texts: pa.Array, method: Callable[[str], str]) -> pa.Array:
    """Call Python once per distinct text."""
    encoded = texts.dictionary_encode()
    once = pa.array([method(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return once.take(encoded.indices)


_TRANSFORMS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "strip": pc.utf8_trim_whitespace,
    "lower": _by_case(pc.ascii_lower, str.lower),
    "upper": _by_case(pc.ascii_upper, str.upper),
    "title": lambda texts: _each(texts, title),
    "collapse": _collapse,
}
