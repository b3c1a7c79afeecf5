"""Holds what the columns of a sample say about each other: its nulls, decimal mark, countries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from importer.mapping_file.country_names import region_of
from importer.proposal.nulls import FoundNulls, find_nulls
from importer.proposal.numbers import decimal_mark
from importer.proposal.profile import Profile, profile_of
from importer.proposal.sample import Sample


@dataclass(frozen=True)
class Answers:
    """What a person says before he is asked.

    timezone: of times that state none.  region: the country of phone numbers without its code.
    """

    timezone: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class Context:
    """A sample, its columns without the texts that mean nothing, and what they tell together.

    mark: the decimal mark of all columns that leave no doubt; "" if none does, or they differ.
    country: a column that holds countries.
    """

    sample: Sample
    profiles: Mapping[str, Profile]
    nulls: FoundNulls
    mark: str
    country: str | None
    answers: Answers

    def nulls_of(self, column: str) -> set[str]:
        """Give the texts that mean an empty cell in a column."""
        return self.nulls.words_of(self.profiles[column])


def context_of(sample: Sample, answers: Answers) -> Context:
    """Look at all columns together."""
    whole = {
        name: profile_of(name, sample.cells.column(name)) for name in sample.cells.column_names
    }
    nulls = find_nulls(list(whole.values()))
    profiles = {name: one.without(nulls.words_of(one)) for name, one in whole.items()}
    return Context(sample, profiles, nulls, _mark(sample, profiles), _country(profiles), answers)


def _mark(sample: Sample, profiles: Mapping[str, Profile]) -> str:
    if not sample.is_delimited:
        # Such a file has numbers of its own, and their text is ours.
        return "."
    marks = {mark for profile in profiles.values() if (mark := decimal_mark(profile))}
    return marks.pop() if len(marks) == 1 else ""


def _country(profiles: Mapping[str, Profile]) -> str | None:
    for name, profile in profiles.items():
        if profile.key == "country" and profile.filled >= 0.5 * profile.rows:
            known = [region_of(text) is not None for text in profile.texts.to_pylist()]
            if sum(count for count, ok in zip(profile.counts, known, strict=True) if ok) >= (
                0.9 * profile.filled
            ):
                return name
    return None
