from __future__ import annotations

import pytest

from importer.errors import MappingError
from importer.mapping_file import Attribute, bind, parse_mapping
from importer.mapping_file.transforming import Replace, ReplacePattern, Slice

HEAD = "mapping: 1\ncustomer_id: CRM ID\nattributes:\n  a: "


def attribute(text: str, more: str = "") -> Attribute:
    return parse_mapping(f"{HEAD}{text}\n{more}", "m.yaml").attributes[0]


def problem(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        parse_mapping(f"{HEAD}{text}\n", "m.yaml")
    (one,) = caught.value.problems
    return str(one)


def test_a_cell_can_be_cut() -> None:
    entry = attribute("{column: A, split: ', ', take: -1, extract: 'x(.)', no_match: keep}")
    assert (entry.split, entry.take, entry.extract, entry.no_match) == (", ", -1, "x(.)", "keep")
    entry = attribute("A")
    assert (entry.split, entry.extract, entry.no_match) == (None, None, "invalid")
    text = "mapping: 1\ncustomer_id: {column: A, split: ':', take: 2}\n"
    assert parse_mapping(text).customer_id.take == 2


def test_transforms_may_have_arguments() -> None:
    text = (
        "{column: A, transform: [strip, {replace: {'-': '', a: b}}, {replace_pattern: {'(x)': \\1y}}, "
        "{slice: [0, 10]}, {slice: [-4]}, sha256]}"
    )
    assert attribute(text).transforms == (
        "strip",
        Replace((("-", ""), ("a", "b"))),
        ReplacePattern((("(x)", "\\1y"),)),
        Slice(0, 10),
        Slice(-4, None),
        "sha256",
    )
    assert attribute("{column: A, transform: {slice: [1, 2]}}").transforms == (Slice(1, 2),)
    assert attribute("{column: A, transform: nfc}").transforms == ("nfc",)


@pytest.mark.parametrize(
    ("text", "place", "parts"),
    [
        ("{column: A, take: 2}", "4:18", ["`take:` without `split:`"]),
        ("{column: A, split: x}", "4:18", ["`split:` without `take:`"]),
        ("{column: A, no_match: keep}", "4:18", ["`no_match:` without `extract:`"]),
        ("{column: A, otherwise: keep}", "4:18", ["`otherwise:` without `values:`"]),
        ("{column: A, split: x, take: 0}", "4:34", ["`take: 0`", "count from 1"]),
        ("{column: A, split: x, take: two}", "4:34", ["'two'", "a whole number"]),
        ("{column: A, split: x, take: [1]}", "4:34", ["a whole number"]),
        ("{column: A, split: '', take: 1}", "4:25", ["an empty text"]),
        ("{column: A, extract: '(?=x)'}", "4:27", ["(?=", "no lookahead"]),
        (r"{column: A, extract: '(x)\1'}", "4:27", ["invalid escape sequence", "no backreference"]),
        ("{column: A, extract: '(a'}", "4:27", ["missing )"]),
        ("{column: A, extract: 'a)(b'}", "4:27", ["unexpected )"]),
        ("{column: A, extract: '(a)(b)'}", "4:27", ["several groups", "(?:...)"]),
        ("{column: A, extract: x, no_match: skip}", "4:40", ["`skip`", "invalid, blank, keep"]),
        ("{column: A, transform: [stip]}", "4:30", ["`stip`", "did you mean `strip`?"]),
        ("{column: A, transform: [{replac: {a: b}}]}", "4:30", ["did you mean `replace`?"]),
        ("{column: A, transform: [slice]}", "4:30", ["`slice` without its arguments"]),
        ("{column: A, transform: [{slice: [a, 2]}]}", "4:30", ["slice: [0, 10]"]),
        ("{column: A, transform: [{slice: [1, 2, 3]}]}", "4:30", ["slice: [0, 10]"]),
        ("{column: A, transform: [{replace: {'': x}}]}", "4:30", ["replace: {"]),
        ("{column: A, transform: [{replace: x}]}", "4:30", ["no table", "replace: {"]),
        ("{column: A, transform: [{replace: {a: [b]}}]}", "4:30", ["not two texts"]),
        ("{column: A, transform: [{replace_pattern: {'(': x}}]}", "4:30", ["missing )"]),
        (r"{column: A, transform: [{replace_pattern: {a: \1}}]}", "4:30", ["parenthesized"]),
        ("{column: A, transform: [{slice: [0, 12345678]}]}", "4:30", ["slice: [0, 10]"]),
        ("{column: A, transform: [{slice: [1], replace: {a: b}}]}", "4:30", ["an entry for each"]),
        ("{column: A, split: x, take: 12345678}", "4:34", ["a whole number"]),
        (r"{column: A, extract: '\Qa'}", "4:27", ["missing )"]),
        ("{column: A, extract: ''}", "4:27", ["an empty text"]),
        ("{first_filled: []}", "4:21", ["no column"]),
        ("{first_valid: []}", "4:20", ["no column"]),
        ("{object: {'': B}}", "4:16", ["a part without a name"]),
        ("{column: A, type: boolean, true_words: []}", "4:45", ["no word"]),
        ("{column: A, type: boolean, false_words: [x, '']}", "4:46", ["no word"]),
        ("{column: A, required: true, blank: skip}", "4:18", ["`required: true` beside"]),
        ("{column: A, required: perhaps}", "4:28", ["expected true or false"]),
        (
            "{column: A, type: list, update: add, blank: unset}",
            "4:50",
            ["an empty cell would remove the whole list"],
        ),
        ("{column: A, update: add}", "4:18", ["only with type list"]),
        ("{column: A, type: boolean, true_words: [Ja], false_words: ja}", "4:45", ["`ja`"]),
        ("{column: A, true_words: x}", "4:18", ["only with type boolean"]),
        ("{column: A, first_filled: [B]}", "4:6", ["column and first_filled"]),
        ("{column: A, object: {a: B}}", "4:6", ["column and object"]),
        ("{object: {a: B}, type: string}", "4:7", ["only with type json"]),
        ("{object: {}}", "4:15", ["an object without parts"]),
        ("{object: {x: {colum: B}}}", "4:20", ["unknown key `colum`", "`column`"]),
        ("{object: {x: {}}}", "4:19", ["from nowhere"]),
        ("{object: {x: {column: B, unique: true}}}", "4:31", ["a part of an object"]),
        ("{object: {x: {column: B, check: {min: 1}}}}", "4:31", ["a part of an object"]),
        ("{object: {x: {column: B, protect: true}}}", "4:31", ["a part of an object"]),
        ("{object: {x: {column: B, blank: unset}}}", "4:38", ["a part of an object"]),
        ("{object: {x: {column: B, type: dat}}}", "4:37", ["did you mean `date`?"]),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, place: str, parts: list[str]) -> None:
    found = problem(text)
    assert found.startswith(f"m.yaml:{place}:"), found
    for part in parts:
        assert part in found


def test_required_is_another_way_to_say_that_a_blank_is_invalid() -> None:
    entry = attribute("{column: A, required: true}")
    assert (entry.blank, entry.required) == ("invalid", True)
    assert attribute("{column: A, required: true, blank: invalid}").blank == "invalid"
    assert attribute("{column: A, required: true}", "blank: unset\n").blank == "invalid"
    assert attribute("{column: A, required: false}", "blank: unset\n").blank == "unset"


def test_consent_is_protected_unless_the_mapping_says_otherwise() -> None:
    text = "mapping: 1\ncustomer_id: I\nattributes: {moe_unsubscribe: A, b: B, c: {column: C, protect: true}}"
    assert [entry.protect for entry in parse_mapping(text).attributes] == [True, False, True]
    text = "mapping: 1\ncustomer_id: I\nattributes: {moe_unsubscribe: {column: A, protect: false}}"
    assert parse_mapping(text).attributes[0].protect is False


def test_an_objects_parts_have_types_of_their_own_and_inherit_only_what_suits_them() -> None:
    text = "{object: {email: A, n: {column: B, type: number}, k: {object: {x: C}}}, bad_value: leave_out}"
    entry = attribute(text, "blank: unset\n")
    parts = entry.origin.parts  # type: ignore[union-attr]
    assert [(part.name, part.type, part.blank, part.bad_value) for part in parts] == [
        ("email", "string", "skip", "leave_out"),
        ("n", "number", "skip", "leave_out"),
        ("k", "json", "skip", "leave_out"),
    ]
    assert (entry.type, entry.blank, entry.columns) == ("json", "unset", ("A", "B", "C"))


def test_the_columns_of_an_object_are_asked_for_and_taken() -> None:
    text = (
        "mapping: 1\ncustomer_id: I\nunmapped: pass\n"
        "attributes: {home: {object: {city: City, label: {template: '{Zip}'}}}}\n"
    )
    mapping = parse_mapping(text)
    assert mapping.columns == ("I", "City", "Zip")
    bound = bind(mapping, ("I", "City", "Zip"), "u.csv")
    assert [entry.name for entry in bound.attributes] == ["home", "I", "Zip"]
    with pytest.raises(MappingError, match=r'm\.yaml:4:36: column "City"'):
        bind(parse_mapping(text, "m.yaml"), ("I", "Zip"), "u.csv")
