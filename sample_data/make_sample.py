"""Writes the sample tables again, always the same: invented users with the dirt of a CRM export.

Run it from anywhere: `python sample_data/make_sample.py [FOLDER]`.  It needs nothing but Python;
the Parquet file is written where pyarrow is installed.  The README beside it says what each kind
of bad row teaches.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    pa = None

ROWS = 3000
WAREHOUSE_ROWS = 200
SEED = 20260301

Row = dict[str, str]


class Place(NamedTuple):
    """A town, and how its people are called up: `phone` makes a number that nobody owns."""

    town: str
    postcode: str
    lat: float
    lon: float
    phones: tuple[str, ...]


# Numbers that nobody owns: India gives out none that begin with 50; the French, German and British
# ones are kept by their regulators for films.
_INDIA = (
    "050{a:03} {b:05}",
    "+91-50{a:03}-{b:05}",
    "50{a:03} {b:05}",
    "0091 50{a:03} {b:05}",
    "+91 (50{a:03}) {b:05}",
    "9150{a:03}{b:05}",
)
_FRANCE = ("+33 6 39 98 {c:02} {d:02}", "+33.6.39.98.{c:02}.{d:02}", "0033 639 98{c:02}{d:02}")
_GERMANY = ("+49 171 39200{c:02}", "+49 (0)171 / 39200{c:02}", "0049-171-39200{c:02}")
_BRITAIN = ("+44 7700 900{e:03}", "+44 (0)7700 900 {e:03}", "0044 7700-900{e:03}")

PLACES = (
    Place("Panaji", "403001", 15.4909, 73.8278, _INDIA),
    Place("São Matias", "403110", 15.5360, 73.9090, _INDIA),
    Place("Pondichéry", "605001", 11.9340, 79.8306, _INDIA),
    Place("Mumbai", "400001", 18.9388, 72.8354, _INDIA),
    Place("Bengaluru", "560001", 12.9716, 77.5946, _INDIA),
    Place("Nice", "06000", 43.7102, 7.2620, _FRANCE),
    Place("Besançon", "25000", 47.2378, 6.0241, _FRANCE),
    Place("Dresden", "01067", 51.0504, 13.7373, _GERMANY),
    Place("Köln", "50667", 50.9375, 6.9603, _GERMANY),
    Place("Saint Hélier", "JE2 3AB", 49.1858, -2.1100, _BRITAIN),
)

FIRST_NAMES = tuple(
    "Aarav Aditi Anaïs Anjali André Asha Béatrice Chloé Deepa Élodie Farhan François Günther "
    "Hélène Inês Irfan Jürgen João Kavya Lakshmi Mário Meera Nikhil Noël Øyvind Priya Rahul "
    "René Rohan Sanjay Søren Tereza Uma Vikram Yasmin Zoë".split()
)
LAST_NAMES = tuple(
    "Almeida Bose Castelo Chaudhary D'Souza Fernandes Fontaine Gonçalves Gupta Iyer Krüger Lefèvre "
    "Menezes Müller Nair Noronha O'Brien Patel Pereira Reddy Rêgo Sequeira Sharma Silva Strauß "
    "Távora Thomas Verma Weiß Zacharias".split()
)
TAGS = ("beach", "café", "family", "golf", "late checkout", "spa", "vegan", "yoga")
NOTES = (
    "Prefers a quiet room; no calls before noon",
    'Asked for the "sea view" again',
    "Complaint of last summer:\nair conditioning\nsolved with a voucher",
    "Allergic to nuts",
    "Writes in français; answers within a day",
    "Naïve question about the early-bird price – answered",
)

COLUMNS = tuple(
    "CRM ID;First name;Last name;E-mail;Mobile;Phone;Sex;Birthday;Signed up;Record type;Status;"
    "Newsletter;Points;Balance;Tags;Street;City;Postcode;Latitude;Longitude;Android app;iOS app;"
    "Note;Modified".split(";")
)
# Column -> how often it is empty, and the words an export writes instead of leaving it empty.
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


def quoted(cell: str) -> str:
    """Write a cell with quotes where RFC 4180 asks for them."""
    if any(sign in cell for sign in ';"\r\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def line_of(row: Row) -> bytes:
    return ";".join(quoted(row[name]) for name in COLUMNS).encode("cp1252")


def german(amount: Decimal) -> str:
    """Write 1234.50 as 1.234,50."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def any_day(chance: Random, first_year: int, last_year: int) -> datetime:
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    minutes = (datetime(last_year + 1, 1, 1, tzinfo=UTC) - start).days * 24 * 60
    return start + timedelta(minutes=chance.randrange(minutes))


def any_phone(chance: Random, place: Place) -> str:
    return chance.choice(place.phones).format(
        a=chance.randrange(1000),
        b=chance.randrange(100_000),
        c=chance.randrange(100),
        d=chance.randrange(100),
        e=chance.randrange(1000),
    )


def any_email(chance: Random, first: str, last: str, number: int) -> str:
    plain = str.maketrans("éïèêëçãáåíóõöøüúñßôÉØ", "eieeecaaaiooooouusoEO"[:20] + "O", "'")
    address = f"{first}.{last}{number}@example.{chance.choice(('com', 'org', 'net'))}"
    address = address.translate(plain)
    style = chance.random()
    if style < 0.10:
        return address.upper()
    if style < 0.16:
        return f" {address.lower()} "
    return address.lower() if style < 0.80 else address
