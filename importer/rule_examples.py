"""Gives each rule an example: a table and a mapping at which it strikes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from importer.records import DEAD_LETTER_COLUMNS
from importer.rules import RULES

_SHOWN_CHARACTERS = 110


@dataclass(frozen=True)
class Example:
    """A small import at which a rule strikes.

    mapping: lines of a mapping file, without those that every one has (see `whole_mapping`).
    table: the source's text; a lone surrogate stands for a byte that is no UTF-8.
    """

    mapping: str
    table: str = "ID,City\nuser-1,Pune\n"
    file: str = "users.csv"

    @property
    def whole_mapping(self) -> str:
        """Give a mapping file that can be used."""
        head = "mapping: 1\n"
        if "customer_id:" not in self.mapping:
            head += "customer_id: ID\n"
        return head + self.mapping

    def shown(self, text: str) -> tuple[str, ...]:
        """Give the lines of mapping or table as a person can read them, the long ones cut."""
        # The surrogate stands for a byte, and is written as one.
        plain = re.sub("[\udc80-\udcff]", lambda one: f"\\x{ord(one[0]) - 0xDC00:02X}", text)
        return tuple(map(_cut, plain.rstrip("\n").split("\n")))

    @property
    def data(self) -> bytes:
        """Give the table's bytes."""
        return self.table.encode("utf-8", "surrogateescape")


def _cut(line: str) -> str:
    if len(line) <= _SHOWN_CHARACTERS:
        return line
    return f"{line[: _SHOWN_CHARACTERS - 30]}... ({len(line):,} characters)"


def consequence(code: str) -> str:
    """Say what becomes of a rule's example."""
    rule = RULES[code]
    if code in _CONSEQUENCES:
        return _CONSEQUENCES[code]
    if rule.severity == "warning":
        return "it is sent, and a warning says so" if rule.stage != "mapping" else "a note says so"
    if rule.stage in ("mapping", "run"):
        return "the command stops with exit 2, and nothing is sent"
    return "the row is invalid: it is not sent, and goes to the dead letter"


_CONSEQUENCES = {
    "id-constant": "the command stops with exit 2, and nothing is sent",
    "left-out": "the row is sent without the value, which warnings.csv lists",
    "blank-lines": "it is passed over, and a warning counts it",
    "where-nothing": "every row is filtered, and nothing is sent",
    "header-repeated": "the row is invalid: it is not sent, and goes to the dead letter",
}

_CITY = "attributes: {city: City}"


def _cell(options: str, cell: str) -> Example:
    """Give one cell of a column that is mapped with these options."""
    escaped = cell.replace('"', '""')
    table = f'ID,Cell\nuser-1,"{escaped}"\n'
    return Example(f"attributes: {{value: {{column: Cell, {options}}}}}", table)


def _rows(*rows: str, mapping: str = _CITY, header: str = "ID,City") -> Example:
    return Example(mapping, "\n".join((header, *rows, "")))


def _lists(count: int) -> Example:
    """Give a user with lists of 50 items of 512 characters, 25 KB each."""
    names = [f"L{number}" for number in range(1, count + 1)]
    entries = ", ".join(f'{name}: {{column: {name}, type: list, separator: ";"}}' for name in names)
    cell = ";".join(["x" * 512] * 50)
    return Example(
        f"attributes: {{{entries}}}",
        f"{','.join(['ID', *names])}\n{','.join(['user-1', *[cell] * count])}\n",
    )


def _dead_letter() -> Example:
    facts = {"_run": "r1", "_file": "u.csv", "_row": "1", "_line": "2", "_raw": "user-1 Pune"}
    cells = (facts.get(name, "") for name in DEAD_LETTER_COLUMNS)
    return Example(
        _CITY, f"ID,City,{','.join(DEAD_LETTER_COLUMNS)}\n,,{','.join(cells)}\n", "dead_letter.csv"
    )


def _doubtful_number() -> Example:
    facts = {"_run": "r1", "_file": "u.xlsx", "_row": "1"}
    cells = (facts.get(name, "") for name in DEAD_LETTER_COLUMNS)
    table = f"ID,Spent,{','.join(DEAD_LETTER_COLUMNS)}\nuser-1,12.345,{','.join(cells)}\n"
    mapping = 'attributes: {spent: {column: Spent, type: number, decimal: ",", thousands: "."}}'
    return Example(mapping, table, "dead_letter.csv")


EXAMPLES: dict[str, Example] = {
    # --- reading -----------------------------------------------------------------------------
    "ragged-row": _rows("user-1,Pune", "user-2,Goa,India", "user-3,Agra"),
    "header-repeated": _rows(
        "user-1,Pune", "ID,City", "user-2,Goa", mapping=f"source: {{header: 1}}\n{_CITY}"
    ),
    "not-mended": _dead_letter(),
    "quote-open": _rows("user-1,Pune", 'user-2,"Goa', "user-3,Agra"),
    "quote-stray": _rows("user-1,Pune", 'user-2,"Goa" (old)', "user-3,Agra"),
    "undecodable": _rows("user-1,M\udcfcnchen", mapping=f"source: {{encoding: utf-8}}\n{_CITY}"),
    "cell-too-long": _rows("user-1,Pune", f"user-2,{'x' * 1_100_000}", "user-3,Agra"),
    "json-line": Example(_CITY, '{"ID": "user-1", "City": "Pune"}\n{"ID": \n', "users.jsonl"),
    "blank-lines": _rows("user-1,Pune", "", "user-2,Goa"),
    "where-nothing": _rows(
        "user-1,Pune", "user-2,Goa", mapping=f"{_CITY}\nwhere: {{City: [pune]}}"
    ),
    # --- coercing ----------------------------------------------------------------------------
    "blank": _cell("blank: invalid", ""),
    "not-listed": _cell("values: {M: male, F: female}, otherwise: invalid", "X"),
    "no-match": _cell("extract: '[0-9]+'", "Pune"),
    "not-integer": _cell("type: integer", "5.5"),
    "not-number": _cell("type: number", "12 %"),
    "not-whole": _cell("type: string, whole: true", "17850.5"),
    "not-money": _cell("type: money, currency: EUR", "1.23.4 €"),
    "money-ambiguous": _cell("type: money, currency: EUR", "1.234 €"),
    "number-ambiguous": _doubtful_number(),
    "currency-other": _cell("type: money, currency: EUR", "12 USD"),
    "undecided": Example(
        "attributes: {due: {column: Due, type: money, currency: {column: Currency}}}",
        "ID,Due,Currency\nuser-1,12.50,\n",
    ),
    "not-boolean": _cell("type: boolean", "maybe"),
    "not-date": _cell("type: date", "2024-02-30"),
    "not-datetime": _cell("type: datetime", "2024-02-30T12:00:00Z"),
    "date-ambiguous": _cell("type: date, format: [DD/MM/YYYY, MM/DD/YYYY]", "03/04/2021"),
    "zone-missing": _cell("type: datetime", "2024-02-01T12:00:00"),
    "time-not-in-zone": _cell("type: datetime, timezone: Europe/Berlin", "2024-03-31T02:30:00"),
    "not-geo": _cell("type: geo", "Pune"),
    "geo-range": _cell("type: geo", "123.122,12.11"),
    "geo-half": Example(
        "attributes: {moe_geo_location: {lat: Lat, lon: Lon}}", "ID,Lat,Lon\nuser-1,12.11,\n"
    ),
    "not-phone": _cell("type: phone, region: IN", "12345"),
    "phone-ambiguous": _cell("type: phone, region: SE", "468123456"),
    "not-email": _cell("type: email", "ann@example"),
    "not-list": _cell("type: list", "red"),
    "list-mixed": _cell("type: list", '[1, "two"]'),
    "not-json": _cell("type: json", "{'city': 'Pune'}"),
    "left-out": _cell("type: date, bad_value: leave_out", "soon"),
    # --- validating --------------------------------------------------------------------------
    "check-failed": _cell("type: integer, check: {min: 0}", "-1"),
    # --- enforcing ---------------------------------------------------------------------------
    "id-blank": _rows(",Pune"),
    "id-short": _rows("7,Pune"),
    "id-banned": _rows("NULL,Pune"),
    "id-constant": _rows(*["India,Pune"] * 10, header="ID,City"),
    "id-case": _rows("Ann-1,Pune", "ANN-1,Pune"),
    "string-long": _rows(f"user-1,{'x' * 513}"),
    "url-long": _rows(f"user-1,https://example.com/{'x' * 500}"),
    "number-large": _cell("type: integer", "9007199254740993"),
    "number-digits": _cell("type: number", "0.1234567890123456789"),
    "looks-null": _rows("user-1,NULL"),
    "date-as-text": _rows("user-1,31/12/1999"),
    "list-as-text": _rows("user-1,[red|blue]"),
    "list-long": _cell('type: list, separator: ";"', ";".join(["red"] * 51)),
    "list-item-long": _cell('type: list, separator: ";"', f"red;{'x' * 513}"),
    "object-sent": _cell("type: json", '{"city": "Pune"}'),
    "object-empty": _cell("type: json", "{}"),
    "object-large": _cell("type: json", f'{{"note": "{"x" * 25_000}"}}'),
    "object-deep": _cell("type: json", '{"home": {"city": {"name": "Pune"}}}'),
    "object-key": _cell("type: json", '{"home.city": "Pune"}'),
    "payload-big": _lists(4),
    "payload-large": _lists(6),
    "no-attributes": _rows("user-1,"),
    # --- surveying ---------------------------------------------------------------------------
    "user-repeated": _rows(
        "user-1,Pune", "user-2,Goa", "user-1,Agra", mapping=f"{_CITY}\nduplicates: invalid"
    ),
    "value-repeated": Example(
        "attributes: {email: {column: E-mail, unique: true}}",
        "ID,E-mail\nuser-1,ann@example.com\nuser-2,ann@example.com\n",
    ),
    # --- mapping -----------------------------------------------------------------------------
    "name-blocked": Example("attributes: {_id: City}"),
    "name-reserved": Example("attributes: {status: City}"),
    "name-prefix": Example("attributes: {moe_city: City}"),
    "name-long": Example(f"attributes: {{{'n' * 201}: City}}"),
    "name-twice": Example("attributes: {source: City, publisher_name: City}"),
    "name-disputed": Example("attributes: {source: City}"),
    "name-near": Example("attributes: {First Name: City}"),
    "name-create-only": Example("attributes: {campaign_name: City}"),
    "platform-unknown": Example("platforms: [{platform: symbian, active: City}]"),
    "update-standard": Example(
        "attributes: {moe_em_unsub_categories: {column: City, separator: '|', update: add}}"
    ),
    "platform-twice": Example(
        "platforms: [{platform: web, active: City}, {platform: WEB, active: City}]"
    ),
    "unset-mapped": Example("attributes: {city: City}\nunset: [{attr: city}]"),
    "unset-short": Example("unset: [{attr: old, match: prefix}]"),
    "empty-sent": Example("source: {nulls: [NULL]}\n" + _CITY),
    "unset-ignored": Example("unset: [{attr: moe_unsubscribe}]"),
    "consent-turned": Example(
        "attributes: {moe_unsubscribe: Newsletter}", "ID,Newsletter\nuser-1,yes\n"
    ),
    "consent-unclear": Example("attributes: {moe_unsubscribe: News}", "ID,News\nuser-1,yes\n"),
    "attributes-many": Example(
        f"attributes: {{{', '.join(f'city_{number}: City' for number in range(1, 258))}}}"
    ),
}
