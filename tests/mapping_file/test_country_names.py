from __future__ import annotations

import phonenumbers
import pytest

from importer.mapping_file.country_names import region_of
from importer.mapping_file.country_names_abroad import NAMES


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("IN", "IN"),
        ("in", "IN"),
        ("IND", "IN"),
        (" India ", "IN"),
        ("भारत", "IN"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("Deutschland", "DE"),
        ("ESPAÑA", "ES"),
        ("Espana", "ES"),
        ("Côte d’Ivoire", "CI"),
        ("Bosnia & Herzegovina", "BA"),
        ("日本", "JP"),
        ("Áo", None),
        ("Mỹ", None),
        ("Perú", "PE"),
        ("Indien", "IN"),
        ("Allemagne", "DE"),
        ("ESTADOS UNIDOS", "US"),
        ("Etats-Unis", "US"),
        ("Zuid-Korea", "KR"),
        ("Kongo", None),
        ("Guiana", None),
        ("Congo", None),
        ("Korea", None),
        ("Atlantis", None),
        ("", None),
        ("-", None),
        ("91", None),
    ],
)
def test_a_country_is_known_by_its_codes_and_names(text: str, region: str | None) -> None:
    assert region_of(text) == region


def test_every_country_that_has_phone_numbers_is_known() -> None:
    assert {region_of(code) for code in phonenumbers.SUPPORTED_REGIONS} == (
        phonenumbers.SUPPORTED_REGIONS
    )


def test_no_name_abroad_is_another_countrys_name_or_stands_twice() -> None:
    entries = [line.split(" ", 1) for line in NAMES.replace("\n  ", " ").strip().splitlines()]
    named = [(region, name.strip()) for region, names in entries for name in names.split(";")]
    assert [(region_of(name), name) for _, name in named] == named
    assert len({name for _, name in named}) == len(named)
    assert {region_of(region) for region, _ in named} == {region for region, _ in named}
