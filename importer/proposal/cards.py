"""Recognises numbers of payment cards by their digits."""

from __future__ import annotations

import pyarrow.compute as pc

from importer.proposal.profile import Profile

_LOOKED_AT = 500
_FEWEST = 10


def are_cards(profile: Profile, least: float) -> bool:
    """Tell whether so large a part of the cells are digits that end in their check digit."""
    bare = pc.replace_substring_regex(profile.texts, "[ -]", "")
    looked_at = bare.slice(0, _LOOKED_AT).to_pylist()
    if profile.filled < _FEWEST and least > 0.5:
        return False
    right = [_is_card(text) for text in looked_at]
    return bool(right) and sum(right) >= least * len(right)


def _is_card(text: str) -> bool:
    """Check length, first digit and check digit (ISO/IEC 7812)."""
    if not (text.isascii() and text.isdigit() and 13 <= len(text) <= 19 and text[0] in "23456"):
        return False
    total = 0
    for place, digit in enumerate(reversed(text)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
