"""Cleans texts as the mapping's `transform:` says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.transforming import Replace, ReplacePattern, Slice, Transform
from importer.stages.coercing.arrays import flags, mended

_WHITE_SPACE = r"[\t-\r \x{85}\p{Z}]+"

# A word with its apostrophes; combining accents (decomposed é) do not end it.
_WORD = re.compile("[\\w\u0300-\u036f]+(?:['\u2019][\\w\u0300-\u036f]+)*")


def transformed(texts: pa.Array, transforms: Iterable[Transform]) -> pa.Array:
    """Apply the transforms in order; null stays null."""
    for transform in transforms:
        texts = _applied(texts, transform)
    return texts


def _applied(texts: pa.Array, transform: Transform) -> pa.Array:
    match transform:
        case Replace(pairs=pairs):
            return _replaced(texts, pairs)
        case ReplacePattern(pairs=pairs):
            for pattern, text in pairs:
                texts = pc.replace_substring_regex(texts, pattern, text)
            return texts
        case Slice(start=start, stop=stop):
            return pc.utf8_slice_codeunits(texts, start=start, stop=stop)
        case _:
            return _TRANSFORMS[transform](texts)


def _replaced(texts: pa.Array, pairs: tuple[tuple[str, str], ...]) -> pa.Array:
    """Replace all at once; of two that begin at one place, the longer one wins."""
    if _can_go_one_by_one(pairs):
        for old, new in pairs:
            texts = pc.replace_substring(texts, old, new)
        return texts
    table = dict(pairs)
    longest_first = sorted(table, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return _each(texts, lambda text: pattern.sub(lambda found: table[found.group()], text))


def _can_go_one_by_one(pairs: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether no replacement can change what an earlier one left or put in."""
    if len(pairs) == 1:
        return True
    # A single character cannot arise where others were taken away, only from what was put in.
    single = all(len(old) == 1 for old, _ in pairs)
    earlier = ((pairs[:place], old) for place, (old, _) in enumerate(pairs))
    return single and not any(old in new for before, old in earlier for _, new in before)


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


def _normalized(form: str) -> Callable[[pa.Array], pa.Array]:
    """Bring the texts beyond ASCII into a Unicode normal form."""

    def apply(texts: pa.Array) -> pa.Array:
        beyond = ~flags(pc.fill_null(pc.string_is_ascii(texts), True))
        return mended(texts, beyond, lambda odd: pc.utf8_normalize(odd, form))

    return apply


_TRANSFORMS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "strip": pc.utf8_trim_whitespace,
    "lower": _by_case(pc.ascii_lower, str.lower),
    "upper": _by_case(pc.ascii_upper, str.upper),
    "title": lambda texts: _each(texts, title),
    "collapse": _collapse,
    "nfc": _normalized("NFC"),
    "nfkc": _normalized("NFKC"),
    "sha256": lambda texts: _each(texts, lambda text: hashlib.sha256(text.encode()).hexdigest()),
}
