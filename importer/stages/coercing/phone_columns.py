"""Reads columns of phone numbers of plain spellings, exactly as the phonenumbers library does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.records import Int64s
from importer.stages.coercing.arrays import contents, flags, limits, matching, only
from importer.stages.coercing.numbering_plans import (
    Plan,
    are_given_out,
    country_codes,
    plan_of_region,
    plans_of_code,
)
from importer.typed import Flags

AMBIGUOUS = ""
"""Stands for digits that are a number with their country code, and another without one."""

# The library drops these marks, wherever they stand (but for narrow blanks, see phones.py).
_PLAIN = r"\A\+?[0-9 ()\-./\x{a0}\x{2009}\x{2010}-\x{2015}\x{202f}]+\z"
_FLOAT = r"\A\+?[0-9]+\.0*\z"
_BARE = r"\A[0-9]{8,15}\z"
# Longer texts are none to the library.
_MOST_BYTES = 250

Read = Callable[[pa.Array], pa.Array]


def are_plain(texts: pa.Array) -> Flags:
    """Flag the texts that `read` can read: perhaps a +, and digits and marks."""
    short = np.diff(limits(texts)) <= _MOST_BYTES
    return short & matching(texts, _PLAIN) & ~matching(texts, _FLOAT)


def read(texts: pa.Array, region: str | None) -> pa.Array:
    """Give the country code and number in digits that each plain text means.

    AMBIGUOUS where it means two, null where it means none.
    region: ISO 3166 letters of the country in which numbers without a country code were written.
    """
    cases: list[tuple[Flags, Read]] = [(flags(pc.starts_with(texts, "+")), _international)]
    if region is None:
        cases += [
            (flags(pc.starts_with(texts, "00")), _after_zeros),
            (matching(texts, _BARE), _bare),
        ]
    elif plan := plan_of_region(region):
        cases += [(_all(texts), partial(_of_region, plan))]
    return _by_case(_digits(texts), cases)


def in_groups(
    texts: pa.Array, keys: Int64s, read_group: Callable[[int, pa.Array], pa.Array]
) -> pa.Array:
    """Give what `read_group` makes of the texts of each key (0 or more), in the texts' order."""
    present = np.flatnonzero(np.bincount(keys))
    if len(present) < 2:
        return read_group(int(present[0]) if len(present) else 0, texts)
    order = np.argsort(keys, kind="stable")
    groups = np.split(order, np.searchsorted(keys[order], present[1:]))
    parts = [
        read_group(int(key), texts.take(pa.array(rows)))
        for key, rows in zip(present, groups, strict=True)
    ]
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return pa.concat_arrays(parts).take(pa.array(back))


def _by_case(numbers: pa.Array, cases: list[tuple[Flags, Read]]) -> pa.Array:
    """Read each number in the way of its first case that holds; null where none does."""
    ways: list[Read] = [*(way for _, way in cases), _nothing]
    kinds = np.select([holds for holds, _ in cases], range(len(cases)), len(cases))
    return in_groups(numbers, kinds, lambda kind, part: ways[kind](part))


def _nothing(numbers: pa.Array) -> pa.Array:
    return pa.nulls(len(numbers), pa.string())


def _international(numbers: pa.Array) -> pa.Array:
    """Read digits that begin with a country code."""
    return in_groups(numbers, country_codes(numbers), _of_code)


def _of_code(code: int, numbers: pa.Array) -> pa.Array:
    if code == 0:
        return _nothing(numbers)
    main = plans_of_code(code)[0]
    return main.written(main.national(_after_code(code, numbers)))


def _after_zeros(numbers: pa.Array) -> pa.Array:
    return _international(pc.utf8_slice_codeunits(numbers, 2))


def _bare(numbers: pa.Array) -> pa.Array:
    """Read digits whose + is our guess, so that they must be a number that is given out."""
    found = _international(numbers)
    return only(found, _given_out(found))


def _of_region(plan: Plan, numbers: pa.Array) -> pa.Array:
    """Read numbers as they are dialled in the region of a plan."""
    cases: list[tuple[Flags, Read]] = [
        (_go_abroad(plan, numbers), partial(_abroad, plan)),
        (flags(pc.starts_with(numbers, plan.code)), partial(_with_code, plan)),
        (_all(numbers), partial(_alone, plan)),
    ]
    found = _by_case(numbers, cases)
    # 46812345 is a number of Lund, and one of Stockholm behind Sweden's 46.
    own_code = country_codes(numbers) == country_codes(found)
    doubtful = own_code & flags(pc.not_equal(numbers, found))
    if not doubtful.any():
        return found
    mask = pa.array(doubtful)
    return pc.replace_with_mask(found, mask, _judged(found.filter(mask), numbers.filter(mask)))


def _judged(found: pa.Array, numbers: pa.Array) -> pa.Array:
    """Give what was found in numbers that begin with its country code; AMBIGUOUS where that is."""
    other = _international(numbers)
    differs = flags(pc.not_equal(found, other))
    ambiguous = differs & (_given_out(other) | ~_given_out(found))
    return pc.if_else(pa.array(ambiguous), AMBIGUOUS, found)


def _go_abroad(plan: Plan, numbers: pa.Array) -> Flags:
    """Flag the numbers that begin with what is dialled to go abroad, and no 0 after it."""
    found = matching(numbers, plan.abroad)
    if found.any():
        found &= ~flags(pc.starts_with(_without(numbers, plan.abroad), "0"))
    return found


def _abroad(plan: Plan, numbers: pa.Array) -> pa.Array:
    return _international(_without(numbers, plan.abroad))


def _with_code(plan: Plan, numbers: pa.Array) -> pa.Array:
    """Read numbers that begin with the region's country code, or only look as if they did."""
    rest = plan.stripped(_after_code(int(plan.code), numbers))
    fits = plan.is_general(rest) & ~plan.is_general(numbers)
    cases: list[tuple[Flags, Read]] = [
        (fits | plan.is_too_long(numbers), partial(_behind_code, plan)),
        (_all(numbers), partial(_alone, plan)),
    ]
    return _by_case(numbers, cases)


def _behind_code(plan: Plan, numbers: pa.Array) -> pa.Array:
    rest = plan.stripped(_after_code(int(plan.code), numbers))
    main = plans_of_code(int(plan.code))[0]
    return main.written(main.national(rest))


def _alone(plan: Plan, numbers: pa.Array) -> pa.Array:
    """Read national numbers; which lengths they may have, the first plan of their code says."""
    return plans_of_code(int(plan.code))[0].written(plan.national(numbers))


def _given_out(found: pa.Array) -> Flags:
    return flags(in_groups(found, country_codes(found), _given_out_of_code))


def _given_out_of_code(code: int, numbers: pa.Array) -> pa.Array:
    if code == 0:
        return pa.array(np.zeros(len(numbers), dtype=np.bool_))
    return pa.array(are_given_out(code, _after_code(code, numbers)))


def _after_code(code: int, numbers: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(numbers, len(str(code)))


def _without(numbers: pa.Array, beginning: str) -> pa.Array:
    return pc.replace_substring_regex(numbers, beginning, "")


def _all(numbers: pa.Array) -> Flags:
    return np.ones(len(numbers), dtype=np.bool_)


def _digits(texts: pa.Array) -> pa.Array:
    """Leave all out but the digits."""
    data, places = contents(texts), limits(texts)
    kept = (data >= ord("0")) & (data <= ord("9"))
    before = np.append(np.int32(0), np.cumsum(kept, dtype=np.int32))
    offsets = before[places - places[0]]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data[kept])]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)
