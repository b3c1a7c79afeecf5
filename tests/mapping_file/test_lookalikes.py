"""Names that look alike are told apart, and what YAML cut off one is found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping_file import bind, parse_mapping
from importer.mapping_file.lookalikes import cut_by_comment, lookalike, visible
from importer.mapping_file.yaml_tree import read_yaml

HEAD = "mapping: 1\ncustomer_id: ID\nattributes:\n"


def refusal(line: str, *columns: str) -> tuple[str, str, str]:
    with pytest.raises(MappingError) as caught:
        bind(parse_mapping(f"{HEAD}  {line}\n", "m.yaml"), ["ID", *columns], "s.csv")
    (problem,) = caught.value.problems
    return problem.place, problem.found, problem.remedy


@pytest.mark.parametrize(
    ("name", "column", "difference", "to_write"),
    [
        (
            "First Name",
            "First\u00a0Name",
            'behind "First": the source has a no-break space (U+00A0) there, the mapping a blank',
            '"First\\u00A0Name"',
        ),
        (
            "First\u00a0Name",
            "First Name",
            "the source has a blank there, the mapping a no-break space (U+00A0)",
            '"First Name"',
        ),
        (
            "Email",
            "E\u200bmail",
            'the source has a zero width space (U+200B) there, the mapping "m"',
            '"E\\u200Bmail"',
        ),
        ("Email", "\ufeffEmail", "at its beginning: the source has a zero", '"\\uFEFFEmail"'),
        ("Email", "Email\u200e", 'behind "Email": the source has a left-to', '"Email\\u200E"'),
        ("Email", "Email\u200e", "the mapping no more", '"Email\\u200E"'),
        (
            "Café",
            "Cafe\u0301",
            'has "e" and a combining acute accent (U+0301) there, the mapping "é"',
            '"Cafe\\u0301"',
        ),
        ("Two blanks", "Two  blanks", 'behind "Two ": the source has a blank', '"Two  blanks"'),
        ("Lead", " Lead", "at its beginning: the source has a blank", '" Lead"'),
        ("Tab x", "Tab\tx", "the source has a tab there, the mapping a blank", '"Tab\\u0009x"'),
        ("a b", "A\x00 B", "an invisible character (U+0000)", '"A\\u0000 B"'),
        ("first name", "First\u00a0Name", "a no-break space", '"First\\u00A0Name"'),
    ],
)
def test_a_column_that_looks_like_the_name_is_told_with_what_differs(
    name: str, column: str, difference: str, to_write: str
) -> None:
    place, found, remedy = refusal(f"a: {visible(name)}", "Other", column)
    assert place == "m.yaml:4:6"
    assert f'column "{name}", which s.csv does not have' in found
    assert difference in remedy
    assert f"write {to_write}, with the quotes" in remedy
    bind(parse_mapping(f"{HEAD}  a: {to_write}\n"), ["ID", column], "s.csv")


def test_a_name_that_differs_by_case_only_is_offered_as_it_is() -> None:
    assert refusal("a: e-mail", "E-Mail")[2] == 'did you mean "E-Mail"?'


@pytest.mark.parametrize("line", ["note: Col #1", "note:   Col #1", "note: Col   #1"])
def test_a_name_of_which_yaml_made_a_comment_is_to_be_quoted(line: str) -> None:
    column = line.partition(":")[2].strip()
    _, found, remedy = refusal(line, "Cola", column)
    assert 'column "Col", which s.csv does not have' in found
    assert remedy == f'` #` begins a comment in YAML: write "{column}", with the quotes'


@pytest.mark.parametrize("line", ["note: Col #1", "c: {column: 'Col'}\n  note: Col #1"])
def test_a_comment_that_makes_another_column_of_a_name_is_refused(line: str) -> None:
    place, found, remedy = refusal(line, "Col", "Col #1")
    assert place == f"m.yaml:{4 + line.count(chr(10))}:9"
    assert '"Col #1", too' in found
    assert remedy == 'write "Col #1" or "Col", with the quotes'


@pytest.mark.parametrize(
    "line",
    [
        'note: "Col"  # 1',
        'note: "Col #1"\n  b: Col',
        "note: Col # of the list",
        "note: Col #12",
        "# b: Col #1\n  note: Col",
    ],
)
def test_a_comment_that_is_one_is_let_be(line: str) -> None:
    bind(parse_mapping(f"{HEAD}  {line}\n"), ["ID", "Col", "Col #1"], "s.csv")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_a_text_that_is_made_visible_reads_back(text: str) -> None:
    assert read_yaml(f"a: {visible(text)}\n", "m.yaml").root == {"a": text}


@given(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=4))
def test_what_is_found_is_one_of_the_columns_and_not_the_name(
    name: str, columns: list[str]
) -> None:
    for found in (lookalike(name, columns), cut_by_comment(name, columns)):
        assert found is None or (found in columns and found != name)
