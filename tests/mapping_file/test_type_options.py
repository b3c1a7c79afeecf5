from __future__ import annotations

import re

import pytest

from importer.errors import MappingError
from importer.mapping_file import bind, parse_mapping
from importer.mapping_file.mapping import Attribute

HEAD = "mapping: 1\ncustomer_id: CRM\n"


def one(options: str) -> Attribute:
    (entry,) = parse_mapping(f"{HEAD}attributes: {{a: {{column: A, {options}}}}}\n").attributes
    return entry


@pytest.mark.parametrize(
    ("options", "cell", "value"),
    [
        ("type: phone, region: {column: Country}", "Deutschland", "DE"),
        ("type: phone, region: {column: Country}", "Atlantis", None),
        ("type: phone, region: {column: Country, otherwise: IN}", "Atlantis", "IN"),
        ("type: phone, region: {by: Shop, Pune: IN, Bonn: DE}", " PUNE ", "IN"),
        ("type: phone, region: {by: Shop, Pune: IN, Bonn: Germany}", "Bonn", "DE"),
        ("type: money, currency: {column: Currency}", "eur", "EUR"),
        ("type: money, currency: {column: Currency}", "$", None),
        ("type: datetime, timezone: {column: Zone}", "Asia/Kolkata", "Asia/Kolkata"),
        ("type: datetime, timezone: {column: Zone}", "Kolkata", None),
        ("type: date, format: {by: C, US: MM/DD/YYYY, otherwise: [iso, DD/MM/YYYY]}", "USA", None),
        ("type: date, format: {by: C, USA: MM/DD/YYYY}", "united states", ("%m/%d/%Y",)),
        ("type: date, format: {by: C, US: MM/DD/YYYY}", "IN", None),
        ("type: date, format: {by: System, old: excel, new: iso}", "Old", ("excel",)),
    ],
)
def test_another_columns_cell_decides_an_option(options: str, cell: str, value: object) -> None:
    (decided,) = one(options).decided
    if "otherwise: [iso" in options:
        value = ("%m/%d/%Y",)
        assert decided.value("IN") == decided.value("") == ("iso", "%d/%m/%Y")
    assert decided.value(cell) == value


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("type: phone, region: {column: C, US: IN}", "the keys column, US"),
        ("type: phone, region: {by: C}", "the keys by"),
        ("type: phone, region: {}", "the keys \\(none\\)"),
        ("type: phone, region: Atlantis", "`Atlantis`"),
        ("type: phone, region: {by: C, x: Atlantis}", "m.yaml:3:61: `Atlantis`"),
        ("type: phone, region: {by: C, US: IN, usa: DE}", "`usa` a second time"),
        ("type: date, format: {column: C}", "a column that holds the format itself"),
        ("type: date, format: {by: C, US: MM/DD}", "the format 'MM/DD'"),
        ("type: date, format: epoch_seconds", "the format 'epoch_seconds'"),
        ("type: date, format: dd/mm/yyyy", "did you mean `DD/MM/YYYY`?"),
        ("type: datetime, format: dd/mm/yyyy HH:MM", "did you mean `DD/MM/YYYY hh:mm`?"),
        ("type: date, format: DD/MM/YYYY YY", "use YYYY YY MM MMM DD"),
        ("type: date, format: ddd dddd DD/MM/YYYY", "use YYYY YY MM MMM DD"),
        ("type: date, format: DD/MM/YY", "whose years have two digits"),
        ("type: date, format: DD/MM/YY, years_from: 30x", "`years_from: 30x`"),
        ("type: date, format: DD/MM/YYYY, years_from: '0'", "years_from: 0"),
        ("type: datetime, timezone: {by: C, x: Mars}", "unknown time zone `Mars`"),
        ("type: money", "`type: money` without `currency:`"),
        ("type: money, currency: dollars", "`dollars`"),
        ("type: money, currency: EUR, decimal: '.', thousands: '.'", "the same character"),
        ("type: integer, whole: true, thousands: '.'", "the same character"),
        ("type: number, thousands: '1'", "'1'; expected one character"),
        ("type: number, whole: true", "`whole:` on an attribute of type number"),
        ("type: number, percent: true", "unknown word for `percent:` `true`"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(options: str, message: str) -> None:
    with pytest.raises(MappingError, match=message):
        parse_mapping(f"{HEAD}attributes: {{a: {{column: A, {options}}}}}\n", "m.yaml")


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("attributes: {a: {column: A, decimal: ','}}", "add `type: integer`, or remove `decimal:`"),
        (
            "attributes: {a: {column: A, type: date, decimal: ','}}",
            "write `type: integer`, or remove `decimal:`",
        ),
        # MoEngage says what type these are
        ("attributes: {email: {column: A, decimal: ','}}", "remove `decimal:`"),
        (
            "attributes: {email: {column: A, region: IN}}",
            "add `type: phone`, or remove `region:`",
        ),
        (
            "platforms: [{platform: web, active: {column: A, region: IN}}]",
            "remove `region:`",
        ),
    ],
)
def test_an_option_of_another_type_is_told_with_what_may_be_done(line: str, remedy: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(f"{HEAD}{line}\n")
    (problem,) = caught.value.problems
    assert problem.remedy == remedy
    if "decimal" in line:
        assert problem.expected == "`decimal:` only with type integer, number, money or geo"


def test_a_deciding_column_must_exist_and_is_no_column_left_over() -> None:
    text = f"{HEAD}unmapped: error\nattributes: {{a: {{column: A, type: phone, region: {{column: C}}}}}}"
    mapping = parse_mapping(text)
    assert mapping.columns == ("CRM", "A", "C")
    with pytest.raises(MappingError, match=re.escape('column "C", which f.csv does not have')):
        bind(mapping, ["CRM", "A"], "f.csv")
    with pytest.raises(MappingError, match="does not use: D;"):
        bind(mapping, ["CRM", "A", "C", "D"], "f.csv")
    bind(mapping, ["CRM", "A", "C"], "f.csv")


def test_a_deciding_column_is_passed_as_any_other() -> None:
    text = f"{HEAD}unmapped: pass\nattributes: {{a: {{column: A, type: phone, region: {{column: C}}}}}}"
    bound = bind(parse_mapping(text), ["CRM", "A", "C"], "f.csv")
    assert [entry.name for entry in bound.attributes][:1] == ["a"]
    assert "C" in [entry.name for entry in bound.attributes]


def test_a_deciding_column_inside_an_object_is_needed_and_passed_all_the_same() -> None:
    part = "{column: A, type: phone, region: {column: C}}"
    text = f"{HEAD}unmapped: pass\nattributes: {{a: {{object: {{tel: {part}}}}}}}"
    mapping = parse_mapping(text)
    assert mapping.columns == ("CRM", "A", "C")
    assert mapping.attributes[0].label == "A"
    bound = bind(mapping, ["CRM", "A", "C"], "f.csv")
    assert [entry.name for entry in bound.attributes] == ["a", "CRM", "C"]


def test_a_customer_id_may_be_a_whole_number_in_text() -> None:
    assert parse_mapping("mapping: 1\ncustomer_id: {column: ID, whole: true}\n").customer_id.whole
