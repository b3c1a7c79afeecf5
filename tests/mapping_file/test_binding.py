from __future__ import annotations

import pytest

from importer.errors import MappingError
from importer.mapping_file import bind, parse_mapping

HEAD = "mapping: 1\ncustomer_id: CRM ID\n"


def test_a_missing_column_is_named_with_its_place_and_the_nearest_name() -> None:
    mapping = parse_mapping(HEAD + "attributes:\n  email: E-mial\n", "m.yaml")
    with pytest.raises(MappingError) as caught:
        bind(mapping, ["CRM ID", "E-mail"], "users.csv")
    (problem,) = caught.value.problems
    assert problem.place == "m.yaml:4:10"
    assert 'column "E-mial", which users.csv does not have' in problem.found
    assert problem.remedy == 'did you mean "E-mail"?'


def test_a_mapping_in_place_of_the_source_is_told() -> None:
    with pytest.raises(MappingError, match="looks like a mapping") as caught:
        bind(parse_mapping(HEAD), ["mapping: 1"], "m.yaml")
    assert "swapped" in caught.value.problem.remedy


def test_a_missing_column_of_a_template_is_told_where_the_template_stands() -> None:
    text = HEAD + "attributes:\n  a: {template: '{Frist Name} (x)'}\n"
    with pytest.raises(MappingError) as caught:
        bind(parse_mapping(text, "m.yaml"), ["CRM ID", "First Name"], "users.csv")
    (problem,) = caught.value.problems
    assert problem.place == "m.yaml:4:17"
    assert problem.remedy == 'did you mean "First Name"?'


def test_all_missing_columns_are_told_at_once() -> None:
    text = HEAD + "attributes: {a: A, b: {template: '{B}'}, c: {lat: C, lon: D}}\nwhere: {E: x}\n"
    with pytest.raises(MappingError) as caught:
        bind(parse_mapping(text), ["other"], "users.csv")
    named = [problem.found.split('"')[1] for problem in caught.value.problems]
    assert named == ["CRM ID", "A", "B", "C", "D", "E"]


def test_unmapped_pass_sends_what_no_attribute_takes() -> None:
    text = HEAD + (
        "unmapped: pass\nattributes: {a: A, t: {template: '{T}'}, g: {lat: X, lon: Y}}\n"
        "where: {W: w}\nplatforms: [{platform: web, active: P}]\n"
    )
    columns = ["CRM ID", "A", "T", "X", "Y", "W", "P", "email", "free"]
    bound = bind(parse_mapping(text), columns, "users.csv")
    passed = [(entry.name, entry.type) for entry in bound.attributes[3:]]
    assert passed == [
        ("CRM ID", "string"),
        ("T", "string"),
        ("W", "string"),
        ("email", "email"),
        ("free", "string"),
    ]


@pytest.mark.parametrize("header", ["id", "_id", "status", "moe_x"])
def test_a_header_that_moengage_blocks_is_not_passed(header: str) -> None:
    with pytest.raises(MappingError, match=rf"cannot be passed .* `{header}`: MoEngage"):
        bind(parse_mapping(HEAD + "unmapped: pass\n"), ["CRM ID", header], "users.csv")


@pytest.mark.parametrize("header", ["id", "_id", "customer_id"])
def test_the_ids_own_column_is_left_out_and_told_where_moengage_blocks_its_name(
    header: str,
) -> None:
    mapping = parse_mapping(f"mapping: 1\ncustomer_id: {header}\nunmapped: pass\n")
    bound = bind(mapping, [header, "city"], "users.csv")
    assert [entry.name for entry in bound.attributes] == ["city"]
    (note,) = bound.warnings
    assert f'column "{header}" is sent as the customer id only' in note


def test_an_id_made_of_a_blocked_column_does_not_hide_it() -> None:
    mapping = parse_mapping("mapping: 1\ncustomer_id: {template: 'u-{id}'}\nunmapped: pass\n")
    with pytest.raises(MappingError, match="cannot be passed"):
        bind(mapping, ["id", "city"], "users.csv")


def test_passed_columns_are_held_to_the_rules_like_mapped_ones() -> None:
    text = "mapping: 1\ncustomer_id: crm\nunmapped: pass\n"
    many = ["crm", *(f"c{n}" for n in range(256))]
    with pytest.raises(MappingError, match="257 attributes") as caught:
        bind(parse_mapping(text), many, "users.csv")
    assert "[attributes-many]" in str(caught.value)
    with pytest.raises(MappingError, match="unset-mapped"):
        bind(parse_mapping(text + "unset: [{attr: city}]\n"), ["crm", "city"], "users.csv")
    bound = bind(
        parse_mapping(text + "attributes: {age: a}\n"), ["crm", "a", "source"], "users.csv"
    )
    assert [str(note).split("`")[1] for note in bound.warnings] == ["age", "source"]


def test_unmapped_error_names_the_columns_that_are_used_nowhere() -> None:
    mapping = parse_mapping(
        HEAD + "unmapped: error\nattributes: {a: A, t: {template: '{T}'}}\nwhere: {W: [x]}\n"
    )
    used = ["CRM ID", "A", "T", "W"]
    with pytest.raises(MappingError, match="does not use: B, C"):
        bind(mapping, [*used, "B", "C"], "users.csv")
    bind(mapping, used, "users.csv")
