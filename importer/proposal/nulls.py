"""Finds the texts that stand for an empty cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from importer.proposal.dates import dates
from importer.proposal.numbers import numbers
from importer.proposal.profile import Flags, Profile, fit
from importer.proposal.verdict import cells
from importer.proposal.word_lists import CERTAIN_NULLS, LIKELY_NULLS
from importer.proposal.words import booleans

_LEAST_SHARE = 0.05
_LONGEST = 15


@dataclass(frozen=True)
class FoundNulls:
    """Texts that mean nothing.

    everywhere: in all columns, with the sentence that says why.
    local: column -> texts that mean nothing there, and may mean something in another.
    """

    everywhere: dict[str, str] = field(default_factory=dict)
    local: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def words_of(self, profile: Profile) -> set[str]:
        return {*self.everywhere, *self.local.get(profile.name, ())}


@dataclass(frozen=True)
class _Sighting:
    """A text in a column: how often, and whether the other cells prove that it means nothing."""

    word: str
    profile: Profile
    count: int
    is_proved: bool
    is_certain: bool

    @property
    def counts(self) -> bool:
        if self.is_certain:
            return self.is_proved or self.count >= _LEAST_SHARE * self.profile.filled
        return self.is_proved


def find_nulls(profiles: Sequence[Profile]) -> FoundNulls:
    """Find them, and say of each where it was found."""
    seen = [sighting for profile in profiles for sighting in _sightings(profile)]
    everywhere: dict[str, str] = {}
    local: dict[str, list[str]] = {}
    for word in dict.fromkeys(one.word for one in seen if one.counts):
        of_word = [one for one in seen if one.word == word]
        doubtful = [one for one in of_word if not one.counts and not one.is_certain]
        if doubtful:
            for one in of_word:
                if one.counts:
                    local.setdefault(one.profile.name, []).append(word)
            continue
        everywhere[word] = _evidence(word, [one for one in of_word if one.counts])
    return FoundNulls(everywhere, {name: tuple(words) for name, words in local.items()})


def _evidence(word: str, seen: Sequence[_Sighting]) -> str:
    most = max(seen, key=lambda one: one.count)
    total = sum(one.count for one in seen)
    where = f'column "{most.profile.name}"'
    if len(seen) > 1:
        where += " and 1 other" if len(seen) == 2 else f" and {len(seen) - 1} others"
    return f'"{word}" stands in {cells(total)}, of {where}.'


def _sightings(profile: Profile) -> list[_Sighting]:
    found = _suspects(profile)
    if not found.any():
        return []
    words = profile.only(found)
    rest = profile.only(~found)
    is_proved = rest.filled > 0 and _has_type(rest)
    return [
        _Sighting(text, profile, int(count), is_proved, text.lower() in CERTAIN_NULLS)
        for text, count in zip(words.texts.to_pylist(), words.counts, strict=True)
    ]


def _suspects(profile: Profile) -> Flags:
    texts = [
        len(text) <= _LONGEST and text.lower() in CERTAIN_NULLS | LIKELY_NULLS
        for text in profile.texts.to_pylist()
    ]
    return np.array(texts, dtype=bool)


def _has_type(profile: Profile) -> bool:
    """Tell whether all other cells are of one kind that such a text is not of."""
    if fit(profile.texts, "email").ok.all() or booleans(profile) is not None:
        return True
    if profile.matching(r"\+?[0-9][0-9 ()./-]*").all():
        return True
    return dates(profile, "UTC") is not None or numbers(profile, ".", all_seen=False) is not None
