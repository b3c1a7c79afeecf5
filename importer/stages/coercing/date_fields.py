"""Takes the numbers of a date's directives out of texts, a whole column at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.records import Int64s
from importer.stages.coercing.arrays import contents, flags, limits, matching
from importer.stages.coercing.date_shapes import DAYS, MONTHS, FixedForm, Shape
from importer.typed import Flags

Fields = dict[str, Int64s]
"""Numbers by strptime's letters, one per text: years in Y, months in m (also from names), p is 1
for PM, z the seconds east of UTC, `weekday` 1 for Monday, `zoned` 1 where the text has a zone, `matched` 1 where it has
the shape.  What a shape lacks is absent; what a text lacks is 0."""


def read_fields(texts: pa.Array, shape: Shape) -> Fields:
    """Read the fields of texts (none of them null) of one shape."""
    return _with_full_year(_fields(texts, shape), shape.years_from)


def _fields(texts: pa.Array, shape: Shape) -> Fields:
    if shape.fixed is None:
        return _by_groups(texts, shape.pattern)
    fixed = matching(texts, shape.fixed.pattern)
    if fixed.all():
        return _by_place(texts, fixed, shape.fixed)
    fields = _by_groups(texts.filter(pa.array(~fixed)), shape.pattern)
    return _put_together(fixed, _by_place(texts, fixed, shape.fixed), fields)


def _put_together(first: Flags, one: Fields, other: Fields) -> Fields:
    """Give the fields of all texts: those of `one` where `first`, those of `other` elsewhere."""
    result = {}
    for letter in one.keys() | other.keys():
        result[letter] = np.zeros(len(first), dtype=np.int64)
        result[letter][first] = one.get(letter, 0)
        result[letter][~first] = other.get(letter, 0)
    return result


def _by_place(texts: pa.Array, rows: Flags, form: FixedForm) -> Fields:
    """Read digits from where they stand in the flagged texts, which have this form."""
    count = int(rows.sum())
    places = limits(texts)
    characters, places = contents(texts), places - places[0]
    starts, ends = places[:-1][rows], places[1:][rows]
    fields: Fields = {"matched": np.ones(count, dtype=np.int64)}
    for letter, (place, width) in form.places.items():
        number = np.zeros(count, dtype=np.int64)
        for digit in range(place, place + width):
            number = number * 10 + (characters[starts + digit] - ord("0"))
        fields[letter] = number
    if form.may_end_in_z:
        fields["zoned"] = (characters[ends - 1] == ord("Z")).astype(np.int64)
    return fields


def _by_groups(texts: pa.Array, pattern: str) -> Fields:
    found = pc.extract_regex(texts, pattern=pattern)
    groups = {field.name: found.field(place) for place, field in enumerate(found.type)}
    fields: Fields = {"matched": flags(pc.is_valid(found)).astype(np.int64)}
    for letter, group in groups.items():
        if letter in "Bb":
            fields["m"] = _place(group, MONTHS)
        elif letter in "Aa":
            fields["weekday"] = _place(group, DAYS)
        elif letter == "o":
            fields["d"] = _numbers(pc.utf8_rtrim(group, "stndrhSTNDRH"))
        elif letter == "p":
            fields["p"] = flags(pc.starts_with(group, "p", ignore_case=True)).astype(np.int64)
        elif letter == "z":
            fields["z"] = _offsets(group)
            fields["zoned"] = flags(pc.not_equal(group, "")).astype(np.int64)
        else:
            fields[letter] = _numbers(pc.utf8_rpad(group, 6, "0") if letter == "f" else group)
    return fields


def _with_full_year(fields: Fields, years_from: int) -> Fields:
    if "y" in fields:
        fields["Y"] = years_from + (fields.pop("y") - years_from) % 100
    return fields


def _numbers(texts: pa.Array) -> Int64s:
    filled = pc.if_else(pc.equal(texts, ""), "0", texts)
    return np.asarray(pc.cast(filled, pa.int64()).to_numpy(), dtype=np.int64)


def _place(names: pa.Array, among: Sequence[str]) -> Int64s:
    """Give which of `among` each name is, from 1; the first three letters tell them apart."""
    short = pc.utf8_slice_codeunits(pc.ascii_lower(names), 0, 3)
    places = pc.index_in(short, value_set=pa.array([name[:3] for name in among]))
    return np.asarray(pc.fill_null(places, -1).to_numpy(), dtype=np.int64) + 1


def _offsets(zones: pa.Array) -> Int64s:
    digits = pc.replace_substring(pc.ascii_ltrim(zones, "UTCGMTutcgmt"), ":", "")
    hours, minutes = (
        _numbers(pc.utf8_slice_codeunits(digits, start, start + 2)) for start in (1, 3)
    )
    sign = np.where(flags(pc.starts_with(digits, "-")), -1, 1)
    return np.asarray(sign * (hours * 3600 + minutes * 60), dtype=np.int64)
