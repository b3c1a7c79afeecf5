"""Tells the values that a source has newly lost from those that were blank before already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import numpy.typing as npt

from importer.memory.value_hashes import payload_hashes

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_TRIED_ONE_BY_ONE = 4


def newly_blank(blank: Flags, before: Words, payloads: Words) -> Flags:
    """Flag those of the blank values that the last accepted row of their user still had.

    A blank cell that is skipped changes nothing in MoEngage, so the memory keeps the value from
    before it.  But the hash of a payload is the sum of those of its values: by what is missing in
    it one sees which of the remembered values the last row had no longer.
    blank: values that are remembered, and that the rows do not have.  before: the hashes of all that
        is remembered, those of the blank values among them; shape of both (rows, slots).
    payloads: the hash of the last accepted payload; shape (rows,).
    All of a row's count as new where nothing adds up: after a row of a mapping with other attributes
    too, after several values that came back at once, or where more than four are blank, and some
    of them newly.
    """
    new, missing = blank.copy(), payload_hashes(before) - payloads
    undecided = np.arange(len(blank))
    for old in _guesses(blank.shape[1]):
        if not len(undecided):
            break
        lost = blank[undecided]
        guessed = lost & old[np.cumsum(lost, axis=1) - 1]
        fits = _adds_up(missing[undecided], guessed, lost, before[undecided])
        new[undecided[fits]] = (lost & ~guessed)[fits]
        undecided = undecided[~fits]
    return new


def _adds_up(missing: Words, guessed: Flags, lost: Flags, before: Words) -> Flags:
    """Tell in which rows just the guessed values were missing, or one more that is there again."""
    nothing = np.uint64(0)
    rest = missing - payload_hashes(np.where(guessed, before, nothing))
    again = (rest[:, None] == np.where(lost, nothing, before)).any(axis=1)
    return np.asarray((rest == 0) | again)


def _guesses(slots: int) -> Iterator[Flags]:
    """Give which of a row's blank values, counted from its first, may be old; the likeliest first."""
    yield np.zeros(slots, bool)
    yield np.ones(slots, bool)
    tried = min(slots, _TRIED_ONE_BY_ONE)
    for some in product((False, True), repeat=tried):
        yield np.array([*some, *[False] * (slots - tried)], bool)
