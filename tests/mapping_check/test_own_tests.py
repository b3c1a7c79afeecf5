from __future__ import annotations

import pytest

from importer.errors import MappingError
from importer.mapping_check.own_tests import run_mapping_tests
from importer.mapping_file import parse_mapping

HEAD = (
    "mapping: 1\n"
    "customer_id: id\n"
    "attributes:\n"
    "  phone: {column: Phone, type: phone, region: IN}\n"
    "  born: {column: Born, type: date, bad_value: leave_out}\n"
    "  note: Note\n"
    "where: {Status: [active, trial]}\n"
)


def outcome(given: str, expect: str, head: str = HEAD) -> list[tuple[str, str, str, str]]:
    text = head + f"tests:\n  - given: {{{given}}}\n    expect: {{{expect}}}\n"
    (result,) = run_mapping_tests(parse_mapping(text, "m.yaml"))
    assert result.passed is (result.differences == ())
    assert (result.name, result.place) == ("test 1", "m.yaml:9:5")
    return [(one.place, one.key, one.expected, one.got) for one in result.differences]


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ("id: u1, Note: x", "customer_id: u1, attributes: {note: x}"),
        ("id: u1", "customer_id: u1, absent: [note, phone]"),
        ("id: u1, Born: never", "absent: [born], warnings: [left-out]"),
        ("id: u1, Born: never", "warnings: [not-date]"),
        ("id: u1, Note: NULL", "attributes: {note: 'NULL'}, warnings: [looks-null]"),
        ("id: u1, Phone: '12'", "invalid: [not-phone]"),
        ("id: '', Phone: '12'", "invalid: [not-phone, id-blank]"),
        ("id: u1, Status: gone", "filtered: true"),
        ("id: u1, Status: trial, Note: x", "attributes: {note: x}"),
    ],
)
def test_a_test_that_is_true_passes(given: str, expect: str) -> None:
    assert outcome(given, expect) == []


@pytest.mark.parametrize(
    ("given", "expect", "place", "key", "expected", "got"),
    [
        ("id: u1, Note: x", "attributes: {note: y}", "10:27", "attributes.note", '"y"', '"x"'),
        ("id: u1", "attributes: {note: y}", "10:27", "attributes.note", '"y"', "nothing"),
        ("id: u1, Note: x", "absent: [note]", "10:23", "attributes.note", "nothing", '"x"'),
        ("id: u1", "warnings: [left-out]", "10:25", "warnings", "left-out", "no-attributes"),
        (
            "id: u1",
            "invalid: [not-phone]",
            "10:24",
            "row",
            "an invalid row [not-phone]",
            "a row that is sent",
        ),
        ("id: u1", "filtered: true", "10:14", "row", "a filtered row", "a row that is sent"),
        (
            "id: u1, Status: gone",
            "attributes: {note: y}",
            "10:5",
            "row",
            "a row that is sent",
            "a filtered row (`where:`)",
        ),
    ],
)
def test_a_test_that_is_not_true_says_what_it_expected_and_got(
    given: str, expect: str, place: str, key: str, expected: str, got: str
) -> None:
    assert outcome(given, expect) == [(f"m.yaml:{place}", key, expected, got)]


def test_a_row_that_is_invalid_says_why() -> None:
    ((place, key, expected, got),) = outcome("id: u1, Phone: '12'", "customer_id: u1")
    assert (place, key, expected) == ("m.yaml:10:5", "row", "a row that is sent")
    assert got.startswith('an invalid row: Phone: found "12", expected a phone number')


def test_a_column_that_the_mapping_does_not_use_is_an_error_with_its_place() -> None:
    with pytest.raises(MappingError) as caught:
        outcome("id: u1, Nota: x", "customer_id: u1")
    assert caught.value.problem.place == "m.yaml:9:21"
    assert caught.value.problem.remedy == 'did you mean "Note"?'


def test_a_passed_column_may_be_given() -> None:
    head = "mapping: 1\nunmapped: pass\ncustomer_id:\n  column: CRM\nwhere:\n  Status: [a]\n\n"
    assert outcome("CRM: u1, City: Nice", "attributes: {City: Nice}", head) == []


def test_tests_run_where_every_column_must_be_mapped() -> None:
    head = HEAD.replace("where: ", "unmapped: error\nwhere: ").replace("  note: Note\n", "")
    assert outcome("id: u1", "customer_id: u1", head) == []


def test_no_test_sees_another_ones_row() -> None:
    text = HEAD + (
        "tests:\n"
        "  - {given: {id: ann, Born: x}, expect: {warnings: [not-date]}}\n"
        "  - {name: second, given: {id: ANN, Note: n}, expect: {warnings: [id-case]}}\n"
    )
    first, second = run_mapping_tests(parse_mapping(text))
    assert first.passed
    assert second.name == "second"
    assert [one.got for one in second.differences] == ["no warning"]


def test_a_mapping_without_tests_has_no_results() -> None:
    assert run_mapping_tests(parse_mapping(HEAD)) == ()


@pytest.mark.parametrize(
    ("expect", "found"),
    [
        ("{}", "nothing that is expected"),
        ("{filtered: true, invalid: [not-phone]}", "`invalid`, `filtered` together"),
        ("{filtered: true, absent: [note]}", "`filtered`, `absent` together"),
        ("{invalid: [not-phon]}", "unknown code `not-phon`"),
        ("{warnings: [left-oout]}", "unknown code `left-oout`"),
    ],
)
def test_what_no_row_can_come_to_is_no_test(expect: str, found: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(HEAD + f"tests: [{{given: {{id: u}}, expect: {expect}}}]\n")
    assert caught.value.problem.found == found
