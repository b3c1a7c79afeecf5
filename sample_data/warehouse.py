"""Writes a table as a warehouse unloads it: every column has a type of its own."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import invented

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    pa = None

ROWS = 200
SEED = 20260302
FIRST_ID = 1_234_567_890_123_456_000
"""Nineteen digits: a float would lose the last three."""


def expected() -> dict[str, Any]:
    """Give what is to become of the rows: all of them are good."""
    return {"rows": ROWS, "invalid": {}, "filtered": []}


def user(chance: Random, number: int) -> dict[str, Any]:
    """Invent one user, as Python values of the columns' types; None is a null."""
    first, last = chance.choice(invented.FIRST_NAMES), chance.choice(invented.LAST_NAMES)
    place = chance.choice(invented.PLACES)
    signed_up = invented.moment(chance, 2016, 2024)
    last_login = signed_up + timedelta(minutes=chance.randrange(500_000))

    def or_null(value: Any, share: float = 0.15) -> Any:
        return None if chance.random() < share else value

    return {
        "user_id": FIRST_ID + number,
        "full_name": f"{first} {last}",
        "email": invented.email(chance, first, last, number).strip().lower(),
        "signed_up_at": signed_up.astimezone(UTC),
        "last_login": or_null(last_login.replace(tzinfo=None)),
        "birthday": or_null(invented.moment(chance, 1945, 2005).date()),
        "tier": or_null(chance.choice(("silver", "gold", "platinum"))),
        "email_opt_out": or_null(chance.random() < 0.2),
        "orders": chance.randrange(60),
        "lifetime_value": or_null(Decimal(chance.randrange(5_000_000)) / 100),
        "satisfaction": or_null(chance.randrange(41) / 8),
        "interests": or_null(chance.sample(invented.TAGS, chance.randrange(1, 4))),
        "latitude": round(place.lat + chance.uniform(-0.05, 0.05), 5),
        "longitude": round(place.lon + chance.uniform(-0.05, 0.05), 5),
    }


def write(path: Path) -> bool:
    """Write the table and say so; without pyarrow write nothing and say that."""
    if pa is None:
        return False
    chance = Random(SEED)
    schema = pa.schema(
        {
            "user_id": pa.int64(),
            "full_name": pa.string(),
            "email": pa.string(),
            "signed_up_at": pa.timestamp("us", tz="UTC"),
            "last_login": pa.timestamp("ms"),
            "birthday": pa.date32(),
            "tier": pa.dictionary(pa.int8(), pa.string()),
            "email_opt_out": pa.bool_(),
            "orders": pa.int32(),
            "lifetime_value": pa.decimal128(12, 2),
            "satisfaction": pa.float64(),
            "interests": pa.list_(pa.string()),
            "latitude": pa.float64(),
            "longitude": pa.float64(),
        }
    )
    rows = [user(chance, number) for number in range(ROWS)]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=80)
    return True
