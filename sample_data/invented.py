"""Invents people: names, towns, telephone numbers and addresses that belong to nobody."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

# Numbers that nobody owns: India gives out none that begin with 50; the French, German and British
# ones are kept free by their regulators, for films and books.
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


class Place(NamedTuple):
    """A town, where it lies in degrees, and the ways in which its people write their numbers."""

    town: str
    postcode: str
    lat: float
    lon: float
    phones: tuple[str, ...]


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
_FIRST_NAMES = (
    "Aarav Aditi Anaïs Anjali André Asha Béatrice Chloé Deepa Élodie Farhan François Günther "
    "Hélène Inês Irfan Jürgen João Kavya Lakshmi Mário Meera Nikhil Noël Øyvind Priya Rahul "
    "René Rohan Sanjay Søren Tereza Uma Vikram Yasmin Zoë"
)
_LAST_NAMES = (
    "Almeida Bose Castelo Chaudhary D'Souza Fernandes Fontaine Gonçalves Gupta Iyer Krüger Lefèvre "
    "Menezes Müller Nair Noronha O'Brien Patel Pereira Reddy Rêgo Sequeira Sharma Silva Strauß "
    "Távora Thomas Verma Weiß Zacharias"
)
FIRST_NAMES = tuple(_FIRST_NAMES.split())
LAST_NAMES = tuple(_LAST_NAMES.split())
TAGS = ("beach", "café", "family", "golf", "late checkout", "spa", "vegan", "yoga")
NOTES = (
    "Prefers a quiet room; no calls before noon",
    'Asked for the "sea view" again',
    "Complaint of last summer:\nair conditioning\nsolved with a voucher",
    "Allergic to nuts",
    "Writes in français; answers within a day",
    "Naïve question about the early-bird price – answered",
)
_STREETS = ("Rue Dupleix", "Beach Road", "Hauptstraße", "Rua da Praia")
_NOT_DECOMPOSED = str.maketrans({"Ø": "O", "ø": "o", "ß": "ss", "'": ""})


def moment(chance: Random, first_year: int, last_year: int) -> datetime:
    """Give a minute between the first day of one year and the last day of another."""
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    days = (datetime(last_year + 1, 1, 1, tzinfo=UTC) - start).days
    return start + timedelta(minutes=chance.randrange(days * 24 * 60))


def phone(chance: Random, place: Place) -> str:
    """Give a number in one of the ways in which people of that place write them."""
    return chance.choice(place.phones).format(
        a=chance.randrange(1000),
        b=chance.randrange(100_000),
        c=chance.randrange(100),
        d=chance.randrange(100),
        e=chance.randrange(1000),
    )


def email(chance: Random, first: str, last: str, number: int) -> str:
    """Give an address as a person types it: some in capitals, some with blanks around."""
    name = unicodedata.normalize("NFKD", f"{first}.{last}".translate(_NOT_DECOMPOSED))
    plain = name.encode("ascii", "ignore").decode("ascii")
    address = f"{plain}{number}@example.{chance.choice(('com', 'org', 'net'))}"
    style = chance.random()
    if style < 0.10:
        return address.upper()
    if style < 0.16:
        return f" {address.lower()} "
    return address if style < 0.30 else address.lower()


def street(chance: Random) -> str:
    """Give a street with its number; some hold the delimiter."""
    plain = f"{chance.randrange(1, 200)} {chance.choice(_STREETS)}"
    return f"Flat {chance.randrange(1, 30)}; {plain}" if chance.random() < 0.08 else plain
