"""Sums up one column of a sample: its distinct texts, how often each stands, what is blank."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file import Attribute, FromColumns
from importer.proposal.headers import meaning_of, words_of
from importer.proposal.vocabulary import Meaning
from importer.records import Int64s
from importer.stages.coercing import TYPES

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Profile:
    """A column's cells without the blanks around them.

    texts: each distinct text once, none of them empty, in the order of their first rows.
    counts: how many cells are so; firsts: the first row of the sample that is.
    rows: of the sample.  padded: cells with blanks around them; hollow: of blanks only.
    longest: characters of the longest cell, as it stands.
    """

    name: str
    texts: pa.Array
    counts: Int64s
    firsts: Int64s
    rows: int
    padded: int
    hollow: int
    longest: int

    @property
    def filled(self) -> int:
        """Tell how many cells are not blank."""
        return int(self.counts.sum())

    @property
    def distinct(self) -> int:
        return len(self.texts)

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(self.name)

    @property
    def meaning(self) -> Meaning | None:
        return meaning_of(self.name)

    @property
    def key(self) -> str:
        """Give what the name says that the column is about; "" if it does not tell."""
        return self.meaning.key if self.meaning else ""

    def weight(self, flags: Flags) -> int:
        """Tell how many cells have one of the flagged texts."""
        return int(self.counts[flags].sum())

    def first(self, flags: Flags) -> int:
        """Give the first row of the sample whose cell has one of the flagged texts."""
        return int(self.firsts[flags].min())

    def only(self, flags: Flags) -> Profile:
        """Leave the other texts out."""
        return replace(
            self,
            texts=self.texts.filter(pa.array(flags)),
            counts=self.counts[flags],
            firsts=self.firsts[flags],
        )

    def without(self, words: Collection[str]) -> Profile:
        """Take these texts for blank."""
        if not words:
            return self
        return self.only(~self.among(words))

    def among(self, words: Collection[str]) -> Flags:
        known = pa.array(sorted(words), pa.string())
        return np.asarray(pc.is_in(self.texts, known).to_numpy(zero_copy_only=False), dtype=bool)

    def matching(self, pattern: str) -> Flags:
        """Flag the texts that a RE2 pattern fits as a whole."""
        found = pc.match_substring_regex(self.texts, rf"\A(?:{pattern})\z")
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)

    def listed(self) -> list[str]:
        """Give the distinct texts, the commonest first."""
        order = np.argsort(-self.counts, kind="stable")
        return [str(text) for text in self.texts.take(pa.array(order)).to_pylist()]


def profile_of(name: str, cells: pa.ChunkedArray) -> Profile:
    """Sum up a column of texts."""
    whole = cells.combine_chunks()
    whole = pc.fill_null(whole.cast(pa.string()), "")
    trimmed = pc.utf8_trim_whitespace(whole)
    lengths = pc.utf8_length(whole)
    padded = np.asarray(pc.not_equal(whole, trimmed).to_numpy(zero_copy_only=False), dtype=bool)
    empty = np.asarray(pc.equal(trimmed, "").to_numpy(zero_copy_only=False), dtype=bool)
    rows = np.flatnonzero(~empty)
    encoded = trimmed.take(pa.array(rows)).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    texts = encoded.dictionary
    firsts = np.zeros(len(texts), dtype=np.int64)
    firsts[codes[::-1]] = rows[::-1]
    return Profile(
        name=name,
        texts=texts,
        counts=np.bincount(codes, minlength=len(texts)).astype(np.int64),
        firsts=firsts,
        rows=len(whole),
        padded=int((padded & ~empty).sum()),
        hollow=int((padded & empty).sum()),
        longest=int(pc.max(lengths).as_py() or 0),
    )


@dataclass(frozen=True)
class Fit:
    """How a type reads a column's texts.

    ok: per distinct text, whether it does; core: what it makes of it, as in Coerced.
    """

    ok: Flags
    core: pa.Array

    def differs(self, other: Fit) -> Flags:
        """Flag the texts that both read, and read differently."""
        unlike = pc.fill_null(pc.not_equal(self.core, other.core), False)
        return np.asarray(unlike.to_numpy(zero_copy_only=False), dtype=bool) & self.ok & other.ok


def fit(texts: pa.Array, kind: str, **options: Any) -> Fit:
    """Read texts by a type of the mapping and its options, as a run would."""
    attribute = Attribute("", FromColumns(("",)), kind, "", **options)
    found = TYPES[kind].coerce(texts, attribute)
    ok = np.ones(len(texts), dtype=bool)
    for bad in found.bad:
        ok[bad.positions] = False
    return Fit(ok, found.core)
