from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import MappingError
from importer.mapping_check.check import check_mapping
from tests.journeys import write_csv

COLUMNS = ["id", "First Name", "Phone", "Status", "Extra"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    write_csv(tmp_path / "u.csv", COLUMNS, [("u1", "Ann", "", "active", "")])
    return tmp_path / "u.csv"


def problems(folder: Path, text: str, *sources: Path) -> list[tuple[str, str, str]]:
    (folder / "m.yaml").write_text(text, encoding="utf-8")
    found = check_mapping(folder / "m.yaml", sources).problems
    places = [problem.place.replace(f"{folder}/m.yaml:", "") for problem in found]
    return [
        (place, problem.found, problem.remedy) for place, problem in zip(places, found, strict=True)
    ]


BAD = """\
mapping: 1
nmae: x
customer_id: {column: idd}
blank: ignore
attributes:
  first_name: First Nam
  email: {colum: E-mail, type: phon}
  points: {column: Extra, type: integer, check: {min: abc}}
  phone: {column: Phone, type: phone, region: Narnia}
  k: {constant: abc, type: integer}
  moe_x: Extra
where: {Statu: [active]}
rules: {strng-long: 'off'}
where: {}
"""


def test_the_mistakes_of_every_stage_are_told_at_once_in_the_files_order(
    tmp_path: Path, table: Path
) -> None:
    found = problems(tmp_path, BAD, table)
    assert [(place, what.split(",")[0]) for place, what, _ in found] == [
        ("2:1", "unknown key `nmae`"),
        ("3:23", 'column "idd"'),
        ("4:8", "unknown word for `blank:` `ignore`"),
        ("6:15", 'column "First Nam"'),
        ("7:11", "unknown key `colum` in `attributes.email`"),
        ("7:32", "unknown type `phon`"),
        ("8:55", "`min: abc` for `points` (not a number)"),
        ("9:47", "`Narnia`"),
        ("10:3", '`k` with the fixed value "abc"'),
        ("11:3", "the attribute name `moe_x`: MoEngage blocks such names without notice"),
        ("12:9", 'column "Statu"'),
        ("13:9", "`strng-long`"),
        ("14:1", "'where' for the second time (the first is on line 12)"),
    ]
    remedies = {place: remedy for place, _, remedy in found}
    assert remedies["2:1"] == "did you mean `name`?"
    assert remedies["6:15"] == 'did you mean "First Name"?'
    assert remedies["13:9"] == "did you mean `string-long`?"


def test_each_mistake_alone_is_told_alone(tmp_path: Path, table: Path) -> None:
    """What follows from a mistake is not told besides it."""
    right = "mapping: 1\ncustomer_id: id\nattributes: {a: First Name}\n"
    for old, new, found in [
        ("mapping: 1\n", "", "no `mapping:`"),
        ("customer_id: id\n", "", "no `customer_id:`"),
        ("customer_id: id\n", "customer_id: {colum: id}\n", "unknown key `colum`"),
        ("customer_id: id\n", "customer_id: {column: id, extract: '('}\n", "the pattern '('"),
        ("First Name", "{column: Phone, type: phon, region: IN}", "unknown type `phon`"),
        ("First Name", "{object: {b: {colum: Phone}}}", "unknown key `colum`"),
        ("First Name", "[x]", "`a:` holds a list"),
        ("attributes: {a: First Name}\n", "attributes: [x]\n", "`attributes:` holds a list"),
        ("{a: First Name}\n", "{a: Phone}\nplatforms: [{platform: X}]\n", "no `active:`"),
        ("{a: First Name}\n", "{a: Phone}\nunmapped: error\nwhere: {Statu: [x]}\n", "column"),
    ]:
        text = right.replace(old, new)
        assert text != right
        told = [what for _, what, _ in problems(tmp_path, text, table)]
        assert len(told) <= 2, told
        assert told[0].startswith(found), told


def test_a_name_that_yaml_broke_is_not_unknown_besides(tmp_path: Path, table: Path) -> None:
    text = "mapping: 1\ncustomer_id: id\nattributes:\n  a: !Phone\n"
    ((place, found, _),) = problems(tmp_path, text, table)
    assert place == "4:6"
    assert "means something else in YAML" in found


def test_one_coordinate_alone_is_told_once(tmp_path: Path, table: Path) -> None:
    text = "mapping: 1\ncustomer_id: id\nattributes: {a: {lat: Extra}, b: {lon: Extra}}\n"
    assert [place for place, _, _ in problems(tmp_path, text, table)] == ["3:17", "3:34"]


def test_columns_left_over_do_not_hide_misspelt_ones(tmp_path: Path, table: Path) -> None:
    text = "mapping: 1\ncustomer_id: id\nunmapped: error\nattributes: {a: First Nam, b: Phone}\n"
    found = [what for _, what, _ in problems(tmp_path, text, table)]
    assert found == [
        'column "First Nam", which u.csv does not have',
        "columns that the mapping does not use: Status, Extra",
    ]


def test_a_right_mapping_tells_what_it_uses_and_what_it_leaves(tmp_path: Path, table: Path) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "mapping: 1\ncustomer_id: id\nattributes: {first_name: First Name, Email: Phone}\n"
    )
    found = check_mapping(mapping, table)
    found.require()
    assert found.columns == ("id", "First Name", "Phone")
    assert found.unused == ("Status", "Extra")
    assert (found.attributes, found.tests) == (2, 0)
    (warning,) = found.warnings
    assert warning.startswith(f"{mapping}:3:38: the attribute name `Email`")
    assert warning.endswith("[name-near]")


def test_a_mapping_alone_is_not_held_against_columns(tmp_path: Path) -> None:
    assert problems(tmp_path, "mapping: 1\ncustomer_id: whatever\n") == []


def test_a_test_of_an_unknown_column_is_wrong(tmp_path: Path) -> None:
    text = "mapping: 1\ncustomer_id: id\ntests: [{given: {Id: x}, expect: {customer_id: x}}]\n"
    ((place, found, remedy),) = problems(tmp_path, text)
    assert (place, remedy) == ("3:18", 'did you mean "id"?')
    assert found == 'column "Id", which this mapping does not use'


def test_a_source_that_is_not_there_is_told_with_the_mappings_mistakes(tmp_path: Path) -> None:
    found = problems(tmp_path, "mapping: 1\nnmae: x\ncustomer_id: id\n", tmp_path / "gone.csv")
    assert [what.split(" ")[0] for _, what, _ in found] == ["unknown", "no"]


def test_what_is_no_mapping_at_all_is_told_alone(tmp_path: Path) -> None:
    for text in ("", "a: [", "- x\n"):
        (tmp_path / "m.yaml").write_text(text)
        with pytest.raises(MappingError):
            check_mapping(tmp_path / "m.yaml")
