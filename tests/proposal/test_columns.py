from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping_file.naming import broken_rules
from importer.proposal.headers import meaning_of, words_of
from importer.proposal.names import FreeNames
from tests.proposal.tables import evidence_of, proposed, sendable, table, value_of


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("First Name", "first name"),
        ("FirstName", "first name"),
        ("FIRSTNAME__c", "first name"),
        ("contact_first_name", "first name"),
        ("properties.firstname", "first name"),
        ("Prénom", "first name"),
        ("Vorname", "first name"),
        ("Nombre", "first name"),
        ("Nachname", "last name"),
        ("Sobrenome", "last name"),
        ("Cognome", "last name"),
        ("Nama Belakang", "last name"),
        ("Upnaam", "last name"),
        ("E-Mail-Adresse", "email"),
        ("Correo electrónico", "email"),
        ("Adresse e-mail", "email"),
        ("Alamat Email", "email"),
        ("EMAIL", "email"),
        ("Who:Contact-email", ""),
        ("E-mail 1 - Value", "email"),
        ("E-mail 2 Address", "other email"),
        ("HasOptedOutOfEmail", "email opt out"),
        ("Accepts Email Marketing", "email opt in"),
        ("Unsubscribed from all email", "email opt out"),
        ("Mobile Phone", "mobile"),
        ("Teléfono móvil", "mobile"),
        ("No HP", "mobile"),
        ("Phone 1 - Value", "phone"),
        ("Home Phone", "other phone"),
        ("Fecha de nacimiento", "birthday"),
        ("Data de nascimento", "birthday"),
        ("Tanggal Lahir", "birthday"),
        ("Geburtsdatum", "birthday"),
        ("CreatedDate", "created"),
        ("Date d'inscription", "created"),
        ("OPTIN_TIME", "created"),
        ("Last Login", "last seen"),
        ("Kundennummer", "customer id"),
        ("customerID", "customer id"),
        ("Record ID", "record id"),
        ("Account Name", "company"),
        ("Company name", "company"),
        ("Lead Source", ""),
        ("Total Spent", "revenue"),
        ("Código postal", "postcode"),
        ("password_hash", "secret"),
        ("नाम", ""),
        ("", ""),
        ("???", ""),
    ],
)
def test_names_are_known_in_many_spellings(header: str, key: str) -> None:
    meaning = meaning_of(header)
    assert (meaning.key if meaning else "") == key


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("MonthlyCharges", ("monthly", "charges")),
        ("XMLFile", ("xml", "file")),
        ("Straße", ("strasse",)),
        ("Weight(lbs,Sep)", ("weight", "lbs", "sep")),
    ],
)
def test_names_are_cut_into_words(header: str, words: tuple[str, ...]) -> None:
    assert words_of(header) == words


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Loyalty Tier", "loyalty_tier"),
        ("status", "customer_status"),
        ("id", "crm_id"),
        ("user_id", "customer_user_id"),
        ("moe_score", "score"),
        ("E-Mail", "customer_e_mail"),
        ("%%%", "column_3"),
        ("2nd choice", "n_2nd_choice"),
        ("source", "customer_source"),
        ("geo", "customer_geo"),
        ("x" * 300, "x" * 180),
    ],
)
def test_own_attributes_get_names_that_break_no_rule(header: str, name: str) -> None:
    found = FreeNames({"email"}).name_for(header, 3)
    assert found == name
    assert broken_rules(found) == ()


def test_two_columns_never_get_one_name() -> None:
    names = FreeNames({"email"})
    found = [names.name_for(header, 2) for header in ("Tier", "tier", "TIER", "tier ", "email")]
    assert len({name.casefold() for name in found} | {"email"}) == 6


def test_the_first_address_is_the_users_and_others_stay_his_own(tmp_path: Path) -> None:
    columns = {
        "Owner mail address": ["boss@example.com"] * 2,
        "contact": ["a@example.com", "b@example.com"],
        "other": ["c@example.com", "d@example.com"],
    }
    found = proposed(tmp_path, columns)
    assert value_of(found, "email") == "contact"
    assert value_of(found, "other") == "{column: other, type: email}"
    assert value_of(found, "owner_mail_address") == "{column: Owner mail address, type: email}"


def test_mobile_comes_before_other_phones(tmp_path: Path) -> None:
    numbers = ["+91 88884 44411", "+49 30 901820"]
    found = proposed(tmp_path, {"Phone": numbers, "Mobile": numbers})
    assert value_of(found, "mobile") == "Mobile"
    assert value_of(found, "phone") == "{column: Phone, type: phone}"


def test_a_column_of_countries_tells_whose_numbers_they_are(tmp_path: Path) -> None:
    columns = {"Phone": ["030 901820", "(650) 253-0000"], "Country": ["Germany", "US"]}
    found = proposed(tmp_path, columns)
    assert value_of(found, "mobile") == "{column: Phone, region: {column: Country}}"
    assert sendable(found, table(tmp_path, columns)) == 2


def test_numbers_of_an_unknown_country_ask_for_it_unless_it_is_said(tmp_path: Path) -> None:
    columns = {"Phone": ["088884 44411", "088884 44412"]}
    assert "region: {decide: [IN, " in value_of(proposed(tmp_path, columns), "mobile")
    said = proposed(tmp_path, columns, region="India")
    assert value_of(said, "mobile") == "{column: Phone, region: IN}"
    american = proposed(tmp_path, {"Phone": ["415-555-0000", "415-555-0001"]})
    assert "region: {decide: [US, " in value_of(american, "mobile")


def test_phones_that_are_none_stay_text(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"Phone": ["see file", "Yes"], "PhoneService": ["Yes", "No"]})
    assert value_of(found, "phone") == "Phone"
    assert value_of(found, "phone_service") == "{column: PhoneService, type: boolean}"


def test_a_latitude_and_a_longitude_are_a_place(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"Lat": ["12.11", ""], "lng": ["123.12", ""]})
    assert value_of(found, "moe_geo_location") == "{lat: Lat, lon: lng}"
    swapped = proposed(tmp_path, {"Lat": ["123.12"], "Lon": ["12.11"]})
    assert "moe_geo_location:" not in swapped.text


def test_lists_are_found_by_their_separator(tmp_path: Path) -> None:
    tags = ["red|green", "red", "blue|red", "green"] * 5
    found = proposed(
        tmp_path, {"x": tags, "Tags": ["a, b", "c", "a", "b"] * 5, "text": ["a, b"] * 20}
    )
    assert value_of(found, "x") == '{column: x, type: list, separator: "|"}'
    assert value_of(found, "tags") == '{column: Tags, type: list, separator: ","}'
    assert value_of(found, "text") == "text"


def test_json_lists_are_sent_and_objects_are_not(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"x": ['["a"]', "[]"], "o": ['{"a": 1}', '{"b": 2}']})
    assert value_of(found, "x") == "{column: x, type: list}"
    assert "only where its support has enabled them" in evidence_of(found, "o")
    assert "  # o: o" in found.text


@pytest.mark.parametrize(
    ("name", "cells", "reason"),
    [
        ("cc", ["4111111111111111", "5500005555555559"] * 6, "payment cards"),
        ("thing", ["4111111111111111", "5500005555555559"] * 6, "payment cards"),
        ("Password", ["hunter2", "swordfish"], "passwords"),
        ("SSN", ["123-45-6789", "987-65-4321"], "official numbers"),
        ("IBAN", ["DE02120300000000202051", "x"], "bank accounts"),
        ("note", ["x" * 600, "y"], "600 characters"),
        ("empty", ["", ""], "No row that was looked at has a value."),
    ],
)
def test_what_should_not_be_sent_is_a_comment_with_its_reason(
    tmp_path: Path, name: str, cells: list[str], reason: str
) -> None:
    columns = {name: cells, "city": ["Pune"] * len(cells)}
    found = proposed(tmp_path, columns)
    (line,) = [line for line in found.lines if line.columns == (name,)]
    assert reason in line.left_out
    assert f"  # {line.target}: {name}" in found.text
    assert sendable(found, table(tmp_path, columns)) == len(cells)


@pytest.mark.parametrize(
    ("name", "cells"),
    [("cc", ["IN", "DE"]), ("cc", ["a@example.com", "b@example.com"]), ("pass", ["yes", "no"])],
)
def test_a_name_alone_makes_no_secret(tmp_path: Path, name: str, cells: list[str]) -> None:
    found = proposed(tmp_path, {name: cells})
    assert found.lines[0].left_out == ""
    assert "card" not in found.text


def test_blanks_around_typed_cells_are_taken_away_and_those_of_texts_stay(tmp_path: Path) -> None:
    columns = {
        "points": [" 5", "7 "],
        "email": [" a@example.com", "b@example.com"],
        "z": [" a", "b"],
    }
    found = proposed(tmp_path, columns)
    assert value_of(found, "points") == "{column: points, type: integer, transform: [strip]}"
    assert value_of(found, "email") == "{column: email, transform: [strip]}"
    assert value_of(found, "z") == "z"
    assert sendable(found, table(tmp_path, columns)) == 2


def test_many_bad_values_are_left_out_so_that_their_rows_are_sent(tmp_path: Path) -> None:
    columns = {"email": ["a@example.com"] * 30 + ["a@example"] * 3}
    found = proposed(tmp_path, columns)
    assert value_of(found, "email") == "{column: email, bad_value: leave_out}"
    assert sendable(found, table(tmp_path, columns)) == 33


def test_apps_become_platforms(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"Android app": ["yes", "no"], "ios_app": ["no", "no"]})
    assert "  - {platform: ANDROID, active: Android app}" in found.text
    assert "  - {platform: iOS, active: ios_app}" in found.text
