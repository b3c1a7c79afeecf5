"""Reads dates with times, and writes the instants in UTC."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from importer.mapping_file.mapping import UNKNOWN_ZONE, Attribute
from importer.records import Int64s
from importer.stages.coercing import zones
from importer.stages.coercing.arrays import only
from importer.stages.coercing.civil import Civil
from importer.stages.coercing.contract import Bad, Coerced, Example, ValueType, bad_where
from importer.stages.coercing.date_shapes import ISO_DATETIME
from importer.stages.coercing.date_texts import instant_texts
from importer.stages.coercing.readings import read_any
from importer.typed import Flags

_DAY_SECONDS = 86_400
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799  # years 1 and 9999


_NO_ZONE = (
    "since the column that `timezone:` names has no zone of the IANA table, such as Asia/Kolkata"
)


def _coerce(texts: pa.Array, attribute: Attribute) -> Coerced:
    reading = read_any(texts, attribute, ISO_DATETIME, "not-datetime", "date and time")
    civil = reading.civil
    offsets, known, bad = _offsets(civil, attribute)
    seconds = civil.days * _DAY_SECONDS + civil.seconds - offsets
    in_range = (seconds >= _FIRST_SECOND) & (seconds <= _LAST_SECOND)
    beyond = bad_where(known & ~in_range, "not-datetime", "an instant of the years 1 to 9999")
    ok = known & in_range
    values, core = _written(np.where(ok, seconds, 0), np.where(ok, civil.micros, 0))
    reasons = (*reading.bad, *bad, *beyond)
    return Coerced(only(values, ok), only(core, ok), reasons, in_quotes=True)


def _offsets(civil: Civil, attribute: Attribute) -> tuple[Int64s, Flags, tuple[Bad, ...]]:
    """Give each time's offset in seconds, which of them are known, and why the others are not."""
    zone = attribute.timezone
    local = civil.valid & ~civil.zoned
    if not local.any():
        return civil.offsets, civil.valid, ()
    if zone is None or zone == UNKNOWN_ZONE:
        why = " (or say `timezone:`)" if zone is None else f", {_NO_ZONE}"
        expected = f"a time with its zone, such as ...Z or ...+05:30{why}"
        return civil.offsets, civil.valid & ~local, bad_where(local, "zone-missing", expected)
    offsets, single = civil.offsets.copy(), civil.valid.copy()
    policy = zones.Policy(attribute.repeated_hour, attribute.skipped_hour)
    offsets[local], single[local] = zones.offsets(
        civil.days[local], civil.seconds[local], zone, policy
    )
    expected = (
        f"a local time that {zone} had once; its clocks were changed then (or say "
        "`repeated_hour:` or `skipped_hour:`)"
    )
    return offsets, single, bad_where(civil.valid & ~single, "time-not-in-zone", expected)


def _written(
    seconds: Int64s,
    micros: Int64s,
) -> tuple[pa.Array, pa.Array]:
    """Give instants as timestamps and as texts; a fraction is written only where there is one."""
    exact = pa.array(seconds * 1_000_000 + micros)
    core = instant_texts(seconds)
    if micros.any():
        finer = pc.cast(exact.cast(pa.timestamp("us")), pa.string())
        finer = pc.replace_substring(finer, " ", "T", max_replacements=1)
        finer = pc.binary_join_element_wise(finer, "Z", "")
        core = pc.if_else(pa.array(micros > 0), finer, core)
    return exact.cast(pa.timestamp("us", "UTC")), core


DATETIME = ValueType(
    name="datetime",
    rule="An instant in ISO 8601, or in one of the formats that `format:` lists, sent in UTC as "
    "YYYY-MM-DDTHH:MM:SSZ (with six more digits where there is a fraction; finer ones must be 0). "
    "Without an offset in the cell it needs `timezone:`; a format without a time means midnight.",
    options=("format", "years_from", "timezone", "repeated_hour", "skipped_hour"),
    hint="Say `format:` as the file has it (DD/MM/YYYY hh:mm, hh:mm AM, `iso`, `epoch_seconds`, "
    "`epoch_milliseconds`, `epoch_microseconds`, `excel`, `excel_1904`) and `timezone:` "
    "(Asia/Kolkata). A local time that was twice or never, when clocks were changed, is refused "
    "unless `repeated_hour:` or `skipped_hour:` says `earlier` or `later`, the instant of the two "
    "that is meant.",
    examples=(
        Example("2019-05-21T03:47:35Z", '"2019-05-21T03:47:35Z"'),
        Example("2019-05-21 09:17+05:30", '"2019-05-21T03:47:00Z"'),
        Example("2019-05-21T03:47:35.25Z", '"2019-05-21T03:47:35.250000Z"'),
        Example("2019-05-21T03:47:35.000Z", '"2019-05-21T03:47:35Z"'),
        Example("2019-05-21T09:17:35", '"2019-05-21T03:47:35Z"', {"timezone": "Asia/Kolkata"}),
        Example(
            "21/5/2019",
            '"2019-05-20T18:30:00Z"',
            {"format": ["%d/%m/%Y"], "timezone": "Asia/Kolkata"},
        ),
        Example(
            "Tue May 21 03:47:35 UTC 2019",
            '"2019-05-21T03:47:35Z"',
            {"format": ["%a %b %d %H:%M:%S %z %Y"]},
        ),
        Example(
            "Mon May 21 03:47:35 UTC 2019",
            "not-datetime",
            {"format": ["%a %b %d %H:%M:%S %z %Y"]},
        ),
        Example("2019-05-21T09:17:35", "zone-missing"),
        Example("2024-03-31T02:30:00", "time-not-in-zone", {"timezone": "Europe/Berlin"}),
        Example("2024-10-27T02:30:00", "time-not-in-zone", {"timezone": "Europe/Berlin"}),
        Example(
            "2024-10-27T02:30:00",
            '"2024-10-27T00:30:00Z"',
            {"timezone": "Europe/Berlin", "repeated_hour": "earlier"},
        ),
        Example(
            "2024-03-31T02:30:00",
            '"2024-03-31T01:30:00Z"',
            {"timezone": "Europe/Berlin", "skipped_hour": "later"},
        ),
        Example("1558410455", '"2019-05-21T03:47:35Z"', {"format": ["epoch_seconds"]}),
        Example(
            "1558410455123", '"2019-05-21T03:47:35.123000Z"', {"format": ["epoch_milliseconds"]}
        ),
        Example("43606.5", '"2019-05-21T12:00:00Z"', {"format": ["excel"], "timezone": "UTC"}),
        Example("2019-05-21", "not-datetime"),
        Example("2019-05-21T24:00:00Z", "not-datetime"),
        Example("2016-12-31T23:59:60Z", "not-datetime"),
        Example("2019-05-21T03:47:35.1234567Z", "not-datetime"),
        Example("1558410455", "not-datetime"),
    ),
    coerce=_coerce,
)
