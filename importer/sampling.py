"""Draws users of a run at random whose last state that run should have made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from importer.past_runs import PastRun
from importer.records import Fate, Int64s
from importer.row_history import Log, log_of
from importer.stages.recording import FATES

_DELIVERED, _UNDELIVERED = FATES.index(Fate.DELIVERED), FATES.index(Fate.UNDELIVERED)
_SUPERSEDED = FATES.index(Fate.SUPERSEDED)
_CHUNK = 1_000

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Sample:
    """Some users of a run.

    ordinals: the places of their rows in the run, ascending.
    users: how many they are, by their keys; delivered: how many users the run delivered.
    passed_over: users drawn and left out, because what they should be is not known from this run
        alone: a later one sent them too, or one of their requests was given up without an answer.
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
    keys: Keys = np.unique(log["key"][is_delivered])
    order = np.random.default_rng(seed).permutation(len(keys))
    chosen: list[int] = []
    looked_at = 0
    doubtful = [_given_up(log), *(_touched(log_of(other)) for other in later)]
    while looked_at < len(keys) and len(chosen) < users:
        some = keys[order[looked_at : looked_at + max(_CHUNK, users)]]
        fit = ~np.any([np.isin(some, other) for other in doubtful], axis=0)
        # Only as far as is needed, so that what was passed over is counted rightly.
        ends = np.flatnonzero(np.cumsum(fit) == users - len(chosen))
        end = int(ends[0]) + 1 if len(ends) else len(some)
        chosen += some[:end][fit[:end]].tolist()
        looked_at += end
    belongs = is_delivered | (log["fate"] == _SUPERSEDED) if merged else is_delivered
    mine = belongs & np.isin(log["key"], np.array(chosen, np.uint64))
    ordinals = np.sort(log["ordinal"][mine].astype(np.int64))
    return Sample(ordinals, len(chosen), len(keys), looked_at - len(chosen))


def _given_up(log: Log) -> Keys:
    """Give the users with a request that the API may have applied without saying so."""
    return np.asarray(log["key"][(log["fate"] == _UNDELIVERED) & (log["attempts"] > 0)])


def _touched(log: Log) -> Keys:
    """Give the users whom a run delivered, or may have."""
    sent = np.isin(log["fate"], (_DELIVERED, _UNDELIVERED)) & (log["attempts"] > 0)
    return np.asarray(log["key"][sent])
