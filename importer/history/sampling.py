"""Draws users of a run at random whose last state that run should have made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from importer.history.past_runs import PastRun
from importer.history.row_history import Log, log_of
from importer.records import Fate, Int64s
from importer.stages.recording import FATES

_DELIVERED, _UNDELIVERED = FATES.index(Fate.DELIVERED), FATES.index(Fate.UNDELIVERED)
_SUPERSEDED = FATES.index(Fate.SUPERSEDED)

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Sample:
    """Some users of a run.

    ordinals: the places of their rows in the run, ascending.
    users: how many they are, by their keys; delivered: how many users the run delivered.
    passed_over: users of these who cannot be drawn, because what they should be is not known from
        this run alone: a later one sent them too, or a request of theirs had no answer.
    """

    ordinals: Int64s
    users: int
    delivered: int
    passed_over: int


def sample_users(
    past: PastRun, later: Sequence[PastRun], users: int, seed: int, *, merged: bool = False
) -> Sample:
    """Draw up to so many users of those whom a run delivered.

    later: the runs into the same workspace that came after it.
    merged: whether the rows that another one absorbed belong to a user, too.
    """
    log = log_of(past)
    is_delivered = (log["fate"] == _DELIVERED) & (log["key"] != 0)
    keys = _distinct(log["key"][is_delivered])
    certain = keys[~_among(keys, _given_up(log))]
    for other in later:
        if not len(certain):
            break
        certain = certain[~_among(certain, _touched(log_of(other)))]
    chosen = np.random.default_rng(seed).permutation(certain)[:users]
    belongs = is_delivered | (log["fate"] == _SUPERSEDED) if merged else is_delivered
    mine = belongs & _among(log["key"], chosen)
    ordinals = np.sort(log["ordinal"][mine].astype(np.int64))
    return Sample(ordinals, len(chosen), len(keys), len(keys) - len(certain))


def _distinct(keys: Keys) -> Keys:
    """Give each key once, ascending; np.unique takes a hundred times as long for random keys."""
    ordered = np.sort(keys)
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def _among(keys: Keys, others: Keys) -> npt.NDArray[np.bool_]:
    """Flag those of the keys that are among the others; np.isin takes many times as long."""
    if not len(others):
        return np.zeros(len(keys), bool)
    ordered = np.sort(others)
    places = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return np.asarray(ordered[places] == keys)


def _given_up(log: Log) -> Keys:
    """Give the users with a request that the API may have applied without saying so."""
    return np.asarray(log["key"][(log["fate"] == _UNDELIVERED) & (log["attempts"] > 0)])


def _touched(log: Log) -> Keys:
    """Give the users whom a run delivered, or may have."""
    sent = np.isin(log["fate"], (_DELIVERED, _UNDELIVERED)) & (log["attempts"] > 0)
    return np.asarray(log["key"][sent])
