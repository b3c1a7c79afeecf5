"""Finds names for attributes of one's own that break none of MoEngage's rules."""

from __future__ import annotations

from importer.mapping_file.naming import broken_rules, near_standard, stored_name
from importer.moengage import limits
from importer.moengage.attributes import BY_KEY
from importer.proposal.headers import words_of

_PREFIXES = ("customer", "crm", "source")


class FreeNames:
    """Gives each column a name that no other has."""

    def __init__(self, taken: set[str]) -> None:
        self._stored = {stored_name(name).casefold() for name in taken}

    def name_for(self, column: str, number: int) -> str:
        """Give a name in small letters and underscores; `number` is the column's, from 1."""
        words = words_of(column)
        if words and words[0] == "moe":
            words = words[1:]
        bare = "_".join(words)[: limits.NAME_CHARACTERS - 20] or f"column_{number}"
        if bare[0].isdigit():
            bare = f"n_{bare}"
        candidates = [bare, *(f"{prefix}_{bare}" for prefix in _PREFIXES)]
        candidates += [f"{bare}_{count}" for count in range(2, number + 3)]
        name = next(name for name in candidates if self._is_free(name))
        self._stored.add(stored_name(name).casefold())
        return name

    def _is_free(self, name: str) -> bool:
        if broken_rules(name) or name in BY_KEY or near_standard(name):
            return False
        return stored_name(name).casefold() not in self._stored
