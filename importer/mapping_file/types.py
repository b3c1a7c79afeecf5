"""Names the types a mapping may use, and which options belong to which of them."""

from __future__ import annotations

# type -> the options (besides those every attribute has) that mean something for it
TYPE_OPTIONS: dict[str, frozenset[str]] = {
    "string": frozenset({"whole"}),
    "integer": frozenset(
        {"decimal", "thousands", "grouping", "percent", "exponent", "parentheses", "whole"}
    ),
    "number": frozenset({"decimal", "thousands", "grouping", "percent", "exponent", "parentheses"}),
    "money": frozenset({"currency", "decimal", "thousands", "parentheses"}),
    "boolean": frozenset({"invert", "true_words", "false_words"}),
    "date": frozenset({"format", "years_from"}),
    "datetime": frozenset({"format", "years_from", "timezone", "repeated_hour", "skipped_hour"}),
    "geo": frozenset({"lat", "lon", "decimal"}),
    "phone": frozenset({"region", "style", "whole"}),
    "email": frozenset(),
    "list": frozenset({"separator", "items", "update"}),
    "json": frozenset({"object"}),
}

SPECIAL_OPTIONS = frozenset().union(*TYPE_OPTIONS.values())

# A standard attribute may be given another type of the same family: the API then still gets the
# kind of value that its table asks for.
_FAMILIES = ({"string", "email", "phone"}, {"integer", "number", "money"}, {"date", "datetime"})

TRANSFORMS = ("strip", "lower", "upper", "title", "collapse", "nfc", "nfkc", "sha256")
"""Transforms without arguments; transforming.py has those with."""

KEEP_WORDS = ("each", "last", "first", "merge", "invalid")
"""What may become of users who stand in several rows."""

CHECKS = (
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "in_range",
    "isin",
    "notin",
    "str_length",
    "str_matches",
    "str_startswith",
    "str_endswith",
    "str_contains",
)
"""pandera's element-wise checks, by pandera's own names."""

CHECK_TWINS = {
    "min": "ge",
    "max": "le",
    "one_of": "isin",
    "matches": "str_matches",
    "length": "str_length",
}
"""Plain names of some of them."""


def same_family(one: str, other: str) -> bool:
    return one == other or any(one in family and other in family for family in _FAMILIES)
