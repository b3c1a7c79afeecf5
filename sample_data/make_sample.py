"""Writes the sample tables, always the same: invented users with the dirt of a CRM export.

Run it from anywhere: `python sample_data/make_sample.py [FOLDER]`.  It needs nothing but Python;
the Parquet file is written only where pyarrow is installed.  The README beside it says what each
kind of bad row teaches.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import invented
import warehouse

ROWS = 3000
OLD_IDS_BELOW = 2500
"""Users of the CRM's first years have bare numbers as ids (00042), later ones C-004711."""

SEED = 20260301

Row = dict[str, str]
Positions = list[int]

HEADER = (
    "CRM ID;First name;Last name;E-mail;Mobile;Phone;Sex;Birthday;Signed up;Record type;Status;"
    "Newsletter;Points;Balance;Tags;Street;City;Postcode;Latitude;Longitude;Android app;iOS app;"
    "Note;Modified"
)
COLUMNS = tuple(HEADER.split(";"))
# Column -> the share of its cells that are empty.
OPTIONAL = {
    "Mobile": 0.15,
    "Phone": 0.20,
    "Sex": 0.12,
    "Birthday": 0.18,
    "Newsletter": 0.10,
    "Points": 0.10,
    "Balance": 0.12,
    "Tags": 0.20,
    "Street": 0.15,
    "Android app": 0.10,
    "iOS app": 0.10,
}
EMPTY_WORDS = ("", "", "", "", "NULL", "N/A")
REPEATED, FILTERED, LEFT_OUT, LOOKS_NULL = 12, 45, 24, 4


def quoted(cell: str) -> str:
    """Write a cell with quotes where RFC 4180 asks for them."""
    if any(sign in cell for sign in ';"\r\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def record(row: Row) -> bytes:
    return ";".join(quoted(row[name]) for name in COLUMNS).encode("cp1252")


def with_decimal_comma(amount: Decimal) -> str:
    """Write 1234.50 as 1.234,50."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def clean_row(chance: Random, number: int) -> Row:
    """Invent one user whose every cell can be imported; `number` is the user's in the CRM."""
    first, last = chance.choice(invented.FIRST_NAMES), chance.choice(invented.LAST_NAMES)
    place = chance.choice(invented.PLACES)
    signed_up = invented.moment(chance, 2014, 2024)
    modified = signed_up + timedelta(minutes=chance.randrange(500_000))
    located = chance.random() < 0.85
    row = {
        "CRM ID": f"{number:05}" if number < OLD_IDS_BELOW else f"C-{number:06}",
        "First name": first,
        "Last name": last,
        "E-mail": invented.email(chance, first, last, number),
        "Mobile": invented.phone(chance, place),
        "Phone": invented.phone(chance, place),
        "Sex": chance.choice("MFMFMFX"),
        "Birthday": f"{invented.moment(chance, 1945, 2005):%d/%m/%Y}",
        "Signed up": f"{signed_up:%d/%m/%Y %H:%M}",
        "Record type": chance.choice(("Customer", "Customer", "Customer", "Lead")),
        "Status": chance.choice(("Active", "Active", "Trial", "Dormant")),
        "Newsletter": chance.choice(("Yes", "Yes", "No", "yes", "no")),
        "Points": str(chance.randrange(12_000)),
        "Balance": with_decimal_comma(Decimal(chance.randrange(-20_000, 900_000)) / 100),
        "Tags": "|".join(chance.sample(invented.TAGS, chance.randrange(1, 4))),
        "Street": invented.street(chance),
        "City": place.town,
        "Postcode": place.postcode,
        "Latitude": f"{place.lat + chance.uniform(-0.05, 0.05):.5f}" if located else "",
        "Longitude": f"{place.lon + chance.uniform(-0.05, 0.05):.5f}" if located else "",
        "Android app": chance.choice(("Yes", "No")),
        "iOS app": chance.choice(("Yes", "No")),
        "Note": chance.choice(invented.NOTES) if chance.random() < 0.12 else "",
        "Modified": f"{modified:%d/%m/%Y %H:%M}",
    }
    for column, share in OPTIONAL.items():
        if chance.random() < share:
            row[column] = chance.choice(EMPTY_WORDS)
    return row


def setting(**cells: str) -> Callable[[Row], bytes]:
    """Give a spoiler that overwrites cells; `_` stands for the blank in a column's name."""
    return lambda row: record(row | {name.replace("_", " "): cell for name, cell in cells.items()})


def replacing(column: str, written: bytes) -> Callable[[Row], bytes]:
    """Give a spoiler that writes raw bytes as a cell, in a row without any other quote."""
    plain = {"Street": "12 Beach Road", "Note": "", column: "\x7f"}
    return lambda row: record(row | plain).replace(b"\x7f", written)


class BadKind(NamedTuple):
    """One kind of bad row: how many there are, the rule's code, and what spoils a clean row."""

    name: str
    rows: int
    code: str
    spoil: Callable[[Row], bytes]


_LONG_NOTE = "Called again. " * 42 + "Nothing new."

BAD_KINDS = (
    BadKind("impossible date", 8, "not-datetime", setting(Signed_up="31/02/2021 10:15")),
    BadKind("letters in points", 7, "not-integer", setting(Points="12OO")),
    BadKind("negative points", 5, "check-failed", setting(Points="-50")),
    BadKind("amount as another country writes it", 5, "not-number", setting(Balance="1,234.50")),
    BadKind("e-mail without @", 9, "not-email", setting(**{"E-mail": "asha.nair.example.com"})),
    BadKind("phone too short", 7, "not-phone", setting(Mobile="50123", Phone="")),
    BadKind("latitude beyond 90", 5, "geo-range", setting(Latitude="123.5", Longitude="73.8")),
    BadKind("half a coordinate", 4, "geo-half", setting(Latitude="15.49", Longitude="")),
    BadKind("neither yes nor no", 5, "not-boolean", setting(Newsletter="maybe")),
    BadKind("status not listed", 6, "not-listed", setting(Status="Zombie")),
    BadKind("no id", 6, "id-blank", setting(CRM_ID="")),
    BadKind("banned id", 4, "id-banned", setting(CRM_ID="unknown")),
    BadKind("id of one character", 2, "id-short", setting(CRM_ID="7")),
    BadKind("note of 600 characters", 3, "string-long", setting(Note=_LONG_NOTE)),
    BadKind("unquoted delimiter", 6, "ragged-row", replacing("Street", b"Flat 3; 12 Beach Road")),
    BadKind("text after a closing quote", 4, "quote-stray", replacing("First name", b'"Asha" ji')),
    BadKind("quote never closed", 1, "quote-open", replacing("First name", b'"Asha')),
    BadKind("undecodable byte", 3, "undecodable", replacing("City", b"Pondich\x81ry")),
)


def repeat(chance: Random, earlier: Row, later: Row) -> None:
    """Make the later row the earlier one's user again, modified since."""
    same = ("CRM ID", "First name", "Last name", "E-mail", "Signed up")
    later.update({column: earlier[column] for column in same})
    later["Modified"] = f"{invented.moment(chance, 2026, 2026):%d/%m/%Y %H:%M}"


def spoiled(rows: list[Row], kinds: dict[str, Positions]) -> list[bytes]:
    """Give every row as bytes, the bad ones each in its own way."""
    spoilers = {at: kind.spoil for kind in BAD_KINDS for at in kinds[kind.name]}
    return [spoilers.get(at, record)(row) for at, row in enumerate(rows)]


def numbered(positions: Positions) -> list[int]:
    """Turn positions from 0 into row numbers from 1."""
    return [position + 1 for position in positions]


def crm_users() -> tuple[bytes, dict[str, Any]]:
    """Give the CRM's export, and what is to become of its rows."""
    chance = Random(SEED)
    numbers = sorted(chance.sample(range(10, 9000), ROWS))
    rows = [clean_row(chance, number) for number in numbers]
    # Every peculiarity takes rows of its own, so that no row teaches two things at once.
    free = iter(chance.sample(range(ROWS), 400))

    def take(count: int) -> Positions:
        return sorted(next(free) for _ in range(count))

    pairs = sorted(take(2) for _ in range(REPEATED))
    for earlier, later in pairs:
        repeat(chance, rows[earlier], rows[later])
    kinds = {kind.name: take(kind.rows) for kind in BAD_KINDS}
    filtered, left_out, looks_null = take(FILTERED), take(LEFT_OUT), take(LOOKS_NULL)
    for position in filtered:
        rows[position] |= {"Record type": "Test", "First name": "Test"}
    for position in left_out:
        rows[position]["Birthday"] = "00/00/0000"
    for position in looks_null:
        rows[position]["Street"] = "#N/A"
    lines = [HEADER.encode("cp1252"), *spoiled(rows, kinds)]
    expected = {
        "rows": ROWS,
        "invalid": {
            kind.name: {"code": kind.code, "rows": numbered(kinds[kind.name])} for kind in BAD_KINDS
        },
        "filtered": numbered(filtered),
        "left_out": {"not-date": numbered(left_out)},
        "looks_null": numbered(looks_null),
        "repeated": [numbered(pair) for pair in pairs],
    }
    return b"\r\n".join(lines) + b"\r\n", expected


def as_json(expected: dict[str, Any]) -> str:
    """Lay one entry out per line, so that a change can be read."""
    parts = []
    for file, facts in expected.items():
        lines = [f"    {json.dumps(key)}: {json.dumps(fact)}" for key, fact in facts.items()]
        parts.append(f"  {json.dumps(file)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    content, facts = crm_users()
    (folder / "crm_users.csv").write_bytes(content)
    expected = {"crm_users.csv": facts, "warehouse_users.parquet": warehouse.expected()}
    (folder / "expected.json").write_text(as_json(expected), encoding="utf-8", newline="\n")
    if not warehouse.write(folder / "warehouse_users.parquet"):
        print("pyarrow is not installed: warehouse_users.parquet is left as it is")


if __name__ == "__main__":
    main()
