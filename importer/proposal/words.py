"""Finds columns of a few words: yes and no, men and women, consent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from importer.mapping_file.consent import sense_of
from importer.proposal.profile import Profile
from importer.proposal.verdict import MOST_LISTED, Choice, Verdict, cells, fits, share
from importer.proposal.word_lists import (
    CONSENT_WORDS,
    GENDERS,
    NO_CONSENT_EITHER,
    PLAIN_WORDS,
    YES_AND_NO,
)

_MOST_WORDS = 12
_MOST_SPELLINGS = 40
_MANY, _FEW = 50, 0.01
_FLAG_WORDS = frozenset(("is", "has", "flag", "active", "enabled", "allow", "allows", "accepts"))


def _small(profile: Profile) -> dict[str, int]:
    """Give the words of a column in small letters, with their counts; {} if they are too many."""
    if profile.distinct > _MOST_SPELLINGS:
        return {}
    counts: dict[str, int] = {}
    for text, count in zip(profile.texts.to_pylist(), profile.counts.tolist(), strict=True):
        counts[text.lower()] = counts.get(text.lower(), 0) + count
    return counts if len(counts) <= _MOST_WORDS else {}


def booleans(profile: Profile) -> Verdict | None:
    """Give how a column of yes and no is to be read; None where it holds anything else."""
    words = _small(profile)
    pair = _pair(words, YES_AND_NO)
    if pair is None:
        return None
    if pair == ("1", "0") and not _says_flag(profile):
        return None
    if len(words) == 1 and not _tells_alone(profile, pair, words):
        return None
    bad = _others(words, pair)
    return Verdict("boolean", _words_options(pair), (f"{_stated(profile, words, pair)}.",), bad)


def _says_flag(profile: Profile) -> bool:
    return bool(_FLAG_WORDS & set(profile.words) or sense_of(profile.name))


def _tells_alone(profile: Profile, pair: tuple[str, str], words: dict[str, int]) -> bool:
    """Tell whether one word alone is a yes or a no: a lone `n` may be anything."""
    return (min(map(len, words)) > 1 and pair[0] in ("true", "yes")) or _says_flag(profile)


def _pair(
    words: dict[str, int],
    pairs: tuple[tuple[str, str], ...],
    others: frozenset[str] = frozenset(),
) -> tuple[str, str] | None:
    """Give the pair that these words are, or nearly all of them where there are many cells."""
    known = {word: count for word, count in words.items() if word not in others}
    filled = sum(known.values())
    for pair in pairs:
        bad = _others(known, pair)
        if filled > bad and (not bad or (filled >= _MANY and bad <= _FEW * filled)):
            return pair
    return None


def _others(words: dict[str, int], pair: tuple[str, ...]) -> int:
    """Count the cells that have another word."""
    return sum(count for word, count in words.items() if word not in pair)


def _stated(profile: Profile, words: dict[str, int], known: tuple[str, ...]) -> str:
    """Say which of the known words stand how often, and how many cells have others."""
    bad = _others(words, known)
    text = f"{share(profile.filled - bad, profile.filled)} are {_listed(words, known)}"
    if not bad:
        return text
    return f"{text}; {cells(bad, 'means', 'mean')} neither yes nor no"


def _words_options(pair: tuple[str, str]) -> dict[str, Any]:
    if set(pair) <= PLAIN_WORDS:
        return {}
    options = {"true_words": [pair[0]], "false_words": [pair[1]]}
    return {key: words for key, words in options.items() if words != [""]}


def _listed(words: dict[str, int], known: Collection[str]) -> str:
    """List known words, the commonest first; others may be anything, a person's data too."""
    shown = sorted(((word, count) for word, count in words.items() if word in known), key=_count)
    return ", ".join(f'"{word}" ({count:,})' for word, count in shown[:MOST_LISTED])


def _count(pair: tuple[str, int]) -> int:
    return -pair[1]


def consent(profile: Profile) -> Verdict | None:
    """Give how `moe_unsubscribe` follows from a column of consent; None where it does not tell."""
    sense = sense_of(profile.name)
    words = _small(profile)
    if not words:
        return None
    pair = _pair(words, CONSENT_WORDS, NO_CONSENT_EITHER)
    if pair is not None and not _others(words, (*pair, *NO_CONSENT_EITHER)):
        text = f"{_stated(profile, words, tuple(words))}. The words say who wants messages."
        return _by_table(profile, pair, text)
    pair = _pair(words, YES_AND_NO)
    if pair is None:
        return None
    options = _words_options(pair)
    bad = _others(words, pair)
    stated = _stated(profile, words, pair)
    if sense == "in":
        text = f"{stated}. The name says who wants messages, and this attribute who wants none: `invert`."
        return Verdict("boolean", {**options, "invert": True}, (text,), bad)
    if sense == "out":
        text = f"{stated}. The name says who wants no messages, as this attribute does."
        return Verdict("boolean", options, (text,), bad)
    text = f"{stated}. Does yes mean that somebody wants no messages (`false`), or that he does (`true`)?"
    return Verdict("boolean", {**options, "invert": Choice((False, True))}, (text,), bad)


def _by_table(profile: Profile, pair: tuple[str, str], text: str) -> Verdict:
    table: dict[str, str] = {}
    others = []
    for cell in profile.listed():
        if cell.lower() in pair:
            table[cell] = "false" if cell.lower() == pair[0] else "true"
        else:
            table[cell] = ""
            others.append(f'"{cell}"')
    if others:
        text += f" {', '.join(others)} says neither, and leaves the user as he is."
    return Verdict("boolean", {"values": table}, (text,))


def genders(profile: Profile) -> Verdict:
    """Give the table that makes codes of gender to words; other cells are kept."""
    words = _small(profile)
    for meanings, language in GENDERS:
        known = set(words) & set(meanings)
        if len(known) < min(2, len(words)) or not known:
            continue
        if not fits(
            profile, profile.among([c for c in profile.listed() if c.lower() in known]), 0.6
        ):
            continue
        if len(known) == 1 and min(map(len, known)) == 1:
            break
        table = {cell: meanings[cell.lower()] for cell in profile.listed() if cell.lower() in known}
        said = f"{_listed(words, known)}{f'; {language} words' if language else ''}."
        kept = "" if known == set(words) else " Other words are sent as they are."
        if all(cell == word for cell, word in table.items()):
            return Verdict("string", {}, (said,))
        return Verdict("string", {"values": table}, (said + kept,))
    return Verdict("string", {}, ("Sent as it stands.",))
