"""Tells from a column's name what the column is about."""

from __future__ import annotations

import re
import unicodedata

from importer.proposal.vocabulary import MEANINGS, NAMES, PERSON_WORDS, Meaning

_BORDERS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CUSTOM_FIELD = re.compile(r"__(?:c|pc|r|x)$", re.IGNORECASE)


def words_of(name: str) -> tuple[str, ...]:
    """Give a name's words in small letters without accents: `FirstName__c` is first, name."""
    bare = _CUSTOM_FIELD.sub("", name.strip())
    bare = _BORDERS.sub(" ", bare)
    apart = unicodedata.normalize("NFKD", bare.replace("ß", "ss")).casefold()
    letters = "".join(
        " " if not (character.isalnum() or unicodedata.combining(character)) else character
        for character in apart
        if not _is_accent(character)
    )
    return tuple(letters.split())


def _is_accent(character: str) -> bool:
    """Tell an accent of Latin, Greek or Cyrillic letters; vowel signs of Indian scripts stay."""
    return "\u0300" <= character <= "\u036f"


_BARE = {name.replace(" ", ""): key for name, key in NAMES.items()}


def meaning_of(name: str) -> Meaning | None:
    """Give what a column of this name is about; None where the name does not tell."""
    words = words_of(name)
    while words:
        for candidate in (words, _without_number(words)):
            key = _BARE.get("".join(candidate))
            if key is not None:
                return MEANINGS[key]
        if words[0] not in PERSON_WORDS:
            return None
        words = words[1:]
    return None


def _without_number(words: tuple[str, ...]) -> tuple[str, ...]:
    """Leave away a mere 1: `Phone 1` is the first phone."""
    return words[:-1] if len(words) > 1 and words[-1] == "1" else words
