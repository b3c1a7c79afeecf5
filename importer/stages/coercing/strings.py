"""Gives texts as they are, and escapes them for JSON."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import contents, flags, matching, mended, only, quoted
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where

# JSON asks for no other escapes (RFC 8259, section 7); everything else stays as it is.
_NEEDS_ESCAPE = r'["\\\x00-\x1f]'
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# The backslash comes first, or it would escape the escapes.
_ESCAPES = {"\\": "\\\\", '"': '\\"'} | {
    chr(code): _SHORT.get(chr(code), f"\\u{code:04x}") for code in range(0x20)
}


def json_texts(texts: pa.Array) -> pa.Array:
    """Write each text as a JSON string."""
    return quoted(escaped(texts))


def escaped(texts: pa.Array) -> pa.Array:
    """Write each text as in a JSON string, with no escape that JSON does not ask for."""
    if not _may_need_escapes(texts):
        return texts
    return mended(texts, matching(texts, _NEEDS_ESCAPE), _escaped)


def _may_need_escapes(texts: pa.Array) -> bool:
    """Look at all bytes at once, some twenty times faster than at each text; most columns pass."""
    characters = contents(texts)
    if len(characters) == 0:
        return False
    quotes = (characters == ord('"')).any() or (characters == ord("\\")).any()
    return bool(quotes or characters.min() < ord(" "))


def _escaped(texts: pa.Array) -> pa.Array:
    for character, escape in _ESCAPES.items():
        texts = pc.replace_substring(texts, character, escape)
    return texts


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    if attribute.whole:
        return _whole(texts)
    return Coerced(texts, escaped(texts), (), in_quotes=True)


def _whole(texts: pa.Array) -> Coerced:
    """Take `.0` off numbers that a spreadsheet or a float column has put it on; ids stay texts."""
    odd = ~matching(texts, r"\A-?[0-9]+\z")
    found = mended(texts, odd, _without_zeros)
    bad = bad_where(
        flags(pc.is_null(found)), "not-whole", "a whole number such as 17850 or 17850.0"
    )
    return Coerced(found, found, bad, in_quotes=True)


def _without_zeros(texts: pa.Array) -> pa.Array:
    pattern = r"\A(-?[0-9]+)\.0*\z"
    return pc.replace_substring_regex(only(texts, matching(texts, pattern)), pattern, r"\1")


STRING = ValueType(
    name="string",
    rule="Any text is sent unchanged, character for character; one of more than 512 characters is "
    "refused (`string-long`), because MoEngage would cut it. With `whole: true` it must be a whole "
    "number, whose zeros after the point (17850.0) are left out.",
    options=("whole",),
    hint="Use `transform:` to clean it (`nfc` for one spelling of accents) and `values:` to "
    "translate it; say `whole: true` for ids that a float column wrote with a point.",
    examples=(
        Example("Zoë", '"Zoë"'),
        Example("02134", '"02134"'),
        Example(' say "hi"\\', '" say \\"hi\\"\\\\"'),
        Example("two\nlines", '"two\\nlines"'),
        Example("17850.0", '"17850"', {"whole": True}),
        Example("0042", '"0042"', {"whole": True}),
        Example("1.7E+4", "not-whole", {"whole": True}),
    ),
    coerce=_coerce,
)
