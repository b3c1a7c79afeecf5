"""Finds columns that hold several things in one cell: lists and JSON."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.moengage import limits
from importer.proposal.profile import Flags, Profile, fit
from importer.proposal.verdict import Verdict, share

_MARKS = ("|", ";", ",")
_LONGEST_ITEM = 40
_FEWEST_LISTS = 0.05


def json_cells(profile: Profile) -> Verdict | None:
    """Give how a column of JSON lists is to be read; a type `json` stands for objects."""
    if not profile.filled or not profile.matching(r"(?s)[\[{].*[\]}]").all():
        return None
    text = share(profile.filled, profile.filled)
    if fit(profile.texts, "list").ok.all() and not _too_long(fit(profile.texts, "list").core):
        return Verdict("list", {}, (f"{text} are JSON lists.",))
    if fit(profile.texts, "json").ok.all():
        return Verdict("json", {}, (f"{text} are JSON.",))
    return None


def _too_long(lists: pa.Array) -> bool:
    """Tell whether a list may have more items than MoEngage keeps, or a longer one."""
    commas = pc.max(pc.count_substring(lists, ",")).as_py() or 0
    longest = pc.max(pc.utf8_length(lists)).as_py() or 0
    return commas >= limits.LIST_ITEMS or longest > limits.STRING_CHARACTERS


def lists(profile: Profile) -> Verdict | None:
    """Give the mark between a column's items; None where the cells are no lists.

    The name must speak of several things, or the same items must stand in many cells.
    """
    for mark in _MARKS:
        has_mark = _holding(profile, mark)
        several = profile.weight(has_mark)
        if several < max(2, _FEWEST_LISTS * profile.filled):
            continue
        found = fit(profile.texts, "list", separator=mark)
        if not found.ok.all() or _too_long(found.core):
            continue
        items = pc.utf8_trim_whitespace(pc.split_pattern(profile.texts, mark).flatten())
        if not (profile.key == "tags" or (mark != "," and _repeat(items, profile))):
            continue
        if (pc.max(pc.utf8_length(items)).as_py() or 0) > _LONGEST_ITEM:
            continue
        text = f"{share(several, profile.filled)} have several items, with `{mark}` between them."
        return Verdict("list", {"separator": mark}, (text,))
    return None


def _holding(profile: Profile, mark: str) -> Flags:
    found = pc.match_substring(profile.texts, mark)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _repeat(items: pa.Array, profile: Profile) -> bool:
    """Tell whether the items are far fewer than the cells: a vocabulary, and no running text."""
    return bool(pc.count_distinct(items).as_py() <= max(3, profile.filled // 4))
