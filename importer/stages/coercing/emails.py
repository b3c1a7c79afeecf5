"""Checks e-mail addresses and leaves them as they are."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import Attribute
from importer.stages.coercing.arrays import flags, matching, only
from importer.stages.coercing.contract import Coerced, Example, ValueType, bad_where

# One pattern for the shape.  Zero-width characters (Cf) come with copied text, cannot be seen,
# and would make the address undeliverable.
_ATOM = r'[^\p{Z}\p{Cc}\p{Cf}"(),:;<>@\[\\\].]+'
_LABEL = r"[\pL\pM\pN](?:[\pL\pM\pN-]*[\pL\pM\pN])?"
_TOP = r"[\pL\pM][\pL\pM\pN-]*[\pL\pM\pN]"
_SHAPE = rf"\A{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_TOP}\z"

# RFC 5321, section 4.5.3.1, and its erratum 1690.
_LOCAL_CHARACTERS = 64
_CHARACTERS = 254


def _coerce(texts: pa.Array, _: Attribute) -> Coerced:
    ok = matching(texts, _SHAPE)
    lengths = pc.utf8_length(texts)
    if (pc.max(lengths).as_py() or 0) > _LOCAL_CHARACTERS:
        ok &= flags(pc.less_equal(lengths, _CHARACTERS))
        ok &= matching(texts, rf"\A[^@]{{1,{_LOCAL_CHARACTERS}}}@")
    values = only(texts, ok)
    # Nothing that JSON would escape passes the pattern.
    bad = bad_where(~ok, "not-email", "an address such as name@example.com")
    return Coerced(values, values, bad, in_quotes=True)


EMAIL = ValueType(
    name="email",
    rule="One @ between a name of at most 64 characters and a domain with a dot, at most 254 in "
    "all, without blanks, quotes, commas or brackets; sent as it is written.",
    options=(),
    hint="Use `transform: [strip, lower]` if the file has blanks or capitals.",
    examples=(
        Example("Ann.O'Neil+news@example.co.uk", '"Ann.O\'Neil+news@example.co.uk"'),
        Example("jürgen@müller.de", '"jürgen@müller.de"'),
        Example("ann@example", "not-email"),
        Example("ann@@example.com", "not-email"),
        Example("ann..b@example.com", "not-email"),
        Example("Ann <ann@example.com>", "not-email"),
        Example(" ann@example.com", "not-email"),
        Example("ann@example.com, bob@example.com", "not-email"),
    ),
    coerce=_coerce,
)
