from __future__ import annotations

import re
from zoneinfo import available_timezones

import pytest

from importer.errors import MappingError
from importer.mapping_file import parse_mapping, zone_names
from importer.mapping_file.zone_names import zone_remedy


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("IST", "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin"),
        ("ist", "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin"),
        ("PST", "America/Los_Angeles or Asia/Manila"),
        ("PDT", "America/Los_Angeles"),
        ("CST", "Asia/Shanghai"),
        ("BST", "Europe/London or Asia/Dhaka"),
        ("CEST", "Europe/Berlin"),
        ("AEST", "may mean several zones"),
        ("jst", "may mean several zones"),
        ("Pacific Standard Time", "may mean several zones"),
        ("GMT+1", "an offset is no zone"),
        ("UTC+05:30", "an offset is no zone"),
        ("+05:30", "an offset is no zone"),
        ("utc", "did you mean `UTC`?"),
        ("gmt", "did you mean `GMT`?"),
        ("asia/kolkata", "did you mean `Asia/Kolkata`?"),
        ("Kolkata", "did you mean `Asia/Kolkata`?"),
        ("Europe/Berln", "did you mean `Europe/Berlin`?"),
        ("Middle-earth", "correct the name"),
    ],
)
def test_a_name_of_other_hours_is_never_offered(name: str, said: str) -> None:
    remedy = zone_remedy(name)
    assert said in remedy
    assert ("did you mean" in remedy) == ("did you mean" in said)


def test_abbreviations_have_zones_that_there_are_and_are_none_themselves() -> None:
    zones = available_timezones()
    for name, meant in zone_names._MEANINGS.items():
        assert name not in zones
        assert zones.issuperset(re.split(", | or ", meant))


@pytest.mark.parametrize("zone", ["GMT", "CET", "EET", "EST", "MST", "UTC"])
def test_abbreviations_of_the_table_are_taken(zone: str) -> None:
    text = "mapping: 1\ncustomer_id: id\nattributes:\n  a: {column: A, type: datetime, timezone: "
    assert parse_mapping(f"{text}{zone}}}\n").attributes[0].timezone == zone
    with pytest.raises(MappingError, match="IST is the time of several zones"):
        parse_mapping(f"{text}IST}}\n")
