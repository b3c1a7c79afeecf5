"""Holds the world's numbering plans, ready to be asked of whole columns of digits.

The patterns are the phonenumbers library's own; Google matches them with RE2 too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

from importer.records import Int64s
from importer.stages.coercing.arrays import contents, limits, matching, mended, only
from importer.typed import Flags

# No plan has numbers of so many digits, so all longer ones are alike.
_LONGEST = 20

_NO_NUMBER = "none"

# A number of any of these kinds is given out.
_KINDS = "premium_rate toll_free shared_cost voip personal_number pager uan voicemail fixed_line"


@dataclass(frozen=True)
class Plan:
    """What the library knows of the numbers of a region, or of a code that is no country's.

    code: the country code.
    abroad, prefix: what is dialled to go abroad, and before a national number (None: nothing).
    rule: what replaces the prefix, if the last of its groups is in it (None: nothing does).
    group: the name of that group.
    general: what all national numbers are like.
    given_out: what those of each kind are like, at some lengths.
    leading: what the region's numbers begin with, if it shares its code; None if nothing tells.
    possible, too_long: by how many digits a number has, up to _LONGEST.
    """

    code: str
    abroad: str
    prefix: str | None
    rule: str | None
    group: str
    general: str
    given_out: tuple[tuple[Flags, str], ...]
    leading: str | None
    possible: Flags
    too_long: Flags

    def national(self, numbers: pa.Array) -> pa.Array:
        """Take the prefix off, unless what is left is too short or of a length that none has."""
        rest = self.stripped(numbers)
        if rest is numbers:
            return numbers
        fits = (self.possible | self.too_long)[_counts(rest)]
        return pc.if_else(pa.array(fits), rest, numbers)

    def stripped(self, numbers: pa.Array) -> pa.Array:
        """Take the prefix off, unless what is left would be no number where the whole was one."""
        if self.prefix is None:
            return numbers
        return mended(numbers, matching(numbers, self.prefix), self._without_prefix)

    def _without_prefix(self, numbers: pa.Array) -> pa.Array:
        rest = pc.replace_substring_regex(numbers, self.prefix, "")
        if self.rule is not None:
            # Only where the group took part do these two differ.
            with_group = pc.replace_substring_regex(numbers, self.prefix, self.group)
            replaced = pc.replace_substring_regex(numbers, self.prefix, self.rule)
            rest = pc.if_else(pc.not_equal(with_group, rest), replaced, rest)
        lost = self.is_general(numbers) & ~self.is_general(rest)
        return pc.if_else(pa.array(lost), numbers, rest)

    def is_general(self, numbers: pa.Array) -> Flags:
        return matching(numbers, self.general)

    def is_too_long(self, numbers: pa.Array) -> Flags:
        return self.too_long[_counts(numbers)]

    def is_given_out(self, numbers: pa.Array) -> Flags:
        """Flag the national numbers that the library calls valid in this region."""
        found = np.zeros(len(numbers), dtype=np.bool_)
        counts = _counts(numbers)
        for lengths, pattern in self.given_out:
            fits = lengths[counts]
            if fits.any():
                found |= fits & matching(numbers, pattern)
        return found & self.possible[counts] & self.is_general(numbers)

    def written(self, numbers: pa.Array) -> pa.Array:
        """Put the code before national numbers; null where the length is none of the plan's."""
        whole = pc.binary_join_element_wise(self.code, numbers, "")
        return only(whole, self.possible[_counts(numbers)])


def country_codes(numbers: pa.Array) -> Int64s:
    """Give the country code that each row's digits begin with; 0 for none."""
    places = limits(numbers)
    data = np.append(contents(numbers), np.frombuffer(b"000", dtype=np.uint8))
    first = places[:-1] - places[0]
    one, two, three = (data[first + at].astype(np.int64) - ord("0") for at in range(3))
    return np.where(np.diff(places) < 3, 0, _code_table()[100 * one + 10 * two + three])


@cache
def plan_of_region(region: str) -> Plan | None:
    """Give a region's plan; None for what is no region with phones."""
    return _plan(PhoneMetadata.metadata_for_region(region))


@cache
def plans_of_code(code: int) -> tuple[Plan, ...]:
    """Give the plans of a country code's regions; the first one's lengths hold for all of them."""
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    plans = [plan_of_region(region) for region in regions]
    if regions == ("001",):
        plans = [_plan(PhoneMetadata.metadata_for_nongeo_region(code))]
    return tuple(plan for plan in plans if plan)


def are_given_out(code: int, numbers: pa.Array) -> Flags:
    """Flag the national numbers of a country code that are valid in the region that they are of."""
    plans = plans_of_code(code)
    if len(plans) == 1:
        return plans[0].is_given_out(numbers)
    found = np.zeros(len(numbers), dtype=np.bool_)
    rows = np.arange(len(numbers))
    for plan in plans:
        if len(rows) == 0:
            break
        here = matching(numbers, plan.leading) if plan.leading else plan.is_given_out(numbers)
        its = numbers.filter(pa.array(here))
        found[rows[here]] = plan.is_given_out(its) if plan.leading else True
        rows, numbers = rows[~here], numbers.filter(pa.array(~here))
    return found


@cache
def _code_table() -> Int64s:
    """Give the country code that each three digits begin with; 0 for none."""
    table = np.zeros(1000, dtype=np.int64)
    for three in range(100, 1000):
        codes = (three // 100, three // 10, three)
        table[three] = next((code for code in codes if code in COUNTRY_CODE_TO_REGION_CODE), 0)
    return table


def _counts(numbers: pa.Array) -> Int64s:
    return np.minimum(np.diff(limits(numbers)), _LONGEST)


def _plan(found: PhoneMetadata | None) -> Plan | None:
    if found is None or found.general_desc is None:
        return None
    general, prefix = found.general_desc, found.national_prefix_for_parsing
    # Where both are said to be alike, the library does not look at the mobile ones.
    kinds = _KINDS if found.same_mobile_and_fixed_line_pattern else f"{_KINDS} mobile"
    return Plan(
        code=str(found.country_code),
        abroad=_beginning(found.international_prefix or _NO_NUMBER),
        prefix=_beginning(prefix) if prefix else None,
        rule=found.national_prefix_transform_rule or None,
        group=rf"\{re.compile(prefix or '').groups}",
        general=_whole([general.national_number_pattern or _NO_NUMBER]),
        given_out=tuple(_ranges(getattr(found, kind) for kind in kinds.split())),
        leading=_beginning(found.leading_digits) if found.leading_digits else None,
        # Numbers without their area code never have one of these lengths.
        possible=_lengths(general.possible_length),
        too_long=_lengths(range(general.possible_length[-1] + 1, _LONGEST + 1)),
    )


def _ranges(descriptions: Iterable[PhoneNumberDesc | None]) -> Iterator[tuple[Flags, str]]:
    """Join the patterns that hold for the same lengths to one."""
    by_lengths: dict[Iterable[int], list[str]] = {}
    for one in descriptions:
        if one and one.national_number_pattern:
            patterns = by_lengths.setdefault(tuple(one.possible_length), [])
            patterns.append(one.national_number_pattern)
    for lengths, patterns in by_lengths.items():
        yield _lengths(lengths or range(_LONGEST + 1)), _whole(patterns)


def _lengths(counts: Iterable[int]) -> Flags:
    return np.isin(np.arange(_LONGEST + 1), list(counts))


def _beginning(pattern: str) -> str:
    return rf"\A(?:{pattern})"


def _whole(patterns: Iterable[str]) -> str:
    return rf"\A(?:{'|'.join(patterns)})\z"
