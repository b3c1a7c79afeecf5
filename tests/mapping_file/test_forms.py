"""What is written in another form than the grammar's is told with the form, filled in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping_file import parse_mapping
from importer.mapping_file.forms import written
from importer.mapping_file.yaml_tree import read_yaml

HEAD = "mapping: 1\ncustomer_id: ID\n"


def only_problem(text: str) -> tuple[str, str]:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "m.yaml")
    (problem,) = caught.value.problems
    assert problem.expected
    return problem.found, problem.remedy


@pytest.mark.parametrize(
    ("text", "found", "remedy"),
    [
        # a list where one column's name stands
        (
            HEAD + "attributes: {tags: [Tags]}\n",
            "`tags:` holds a list",
            "write `tags: Tags`; or, for the first of several that is filled and fits, "
            "`tags: {first_valid: [Tags, ...]}`",
        ),
        (
            HEAD + "attributes: {tags: ['A, B', C]}\n",
            "`tags:` holds a list",
            'write one column: `tags: "A, B"`; or, for the first that is filled and fits, '
            '`tags: {first_valid: ["A, B", C]}`',
        ),
        ("mapping: 1\ncustomer_id: [ID]\n", "`customer_id:` holds", "write `customer_id: ID`; or"),
        (
            HEAD + "attributes: {a: {object: {b: [B]}}}\n",
            "`b:` holds a list",
            "write `b: B`; or, for the first",
        ),
        (HEAD + "attributes: {a: {column: [A]}}\n", "`column:` holds", "write `column: A`"),
        (
            HEAD + "attributes: {a: {column: [A, B], type: date}}\n",
            "`column:` holds a list",
            "write `column: A`; or, for the first that is filled and fits, `first_valid: [A, B]`",
        ),
        (HEAD + "duplicates: {keep: last, by: [A, B]}\n", "`by:` holds", "one column: `by: A`"),
        # attributes
        (HEAD + "attributes: [email, B]\n", "holds a list", "such as `email: <column>`"),
        (HEAD + "attributes: [email: E, b: B]\n", "holds a list", "such as `email: E`"),
        (HEAD + "attributes: A\n", "holds a text", "`attributes: {<attribute>: A}`"),
        (HEAD + "attributes: email E\n", "holds a text", "write `email: E`"),
        # unset
        (HEAD + "unset: [legacy]\n", "the bare text legacy", "write {attr: legacy} in place of"),
        (HEAD + "unset: legacy plan\n", "holds a text", "write `unset: [{attr: legacy plan}]`"),
        (
            HEAD + "unset: {a: , b: }\n",
            "`unset:` holds a group",
            "write `unset: [{attr: a}, {attr: b}]`",
        ),
        (HEAD + "unset: {attr: a}\n", "holds a group", "write [ ] around the group"),
        (HEAD + "unset: [attr a]\n", "holds a text", "write `attr: a`"),
        # platforms
        (
            HEAD + "platforms: [ANDROID]\n",
            "the bare text ANDROID",
            "write {platform: ANDROID, active: <column>} in place of ANDROID",
        ),
        (
            HEAD + "platforms: ANDROID\n",
            "`platforms:` holds a text",
            "write `platforms: [{platform: ANDROID, active: <column>}]`",
        ),
        (
            HEAD + "platforms: {ANDROID: A, web: W}\n",
            "`platforms:` holds a group",
            "`platforms: [{platform: ANDROID, active: A}, {platform: web, active: W}]`",
        ),
        (HEAD + "platforms: {platform: web, active: A}\n", "a group", "write [ ] around"),
        # where
        (HEAD + "where: Points > 3\n", "the text Points > 3", "`where:` knows no `>`"),
        (HEAD + "where: Points > 3\n", "the text Points > 3", "`where: {Points: [..., ...]}`"),
        (HEAD + "where: My city=Pune\n", "My city=Pune", "write `where: {My city: [Pune]}`"),
        (HEAD + "where: City == 'Pune'\n", "City == ", "write `where: {City: [Pune]}`"),
        (HEAD + "where: City in Pune\n", "holds a text", "`where: {City: [..., ...]}`"),
        (HEAD + "where: [City]\n", "holds a list", "`where: {City: [..., ...]}`"),
        (HEAD + "where: {Points: {gt: 3}}\n", "a group of keys under", "knows no operators"),
        # target
        (HEAD + "target: ABC\n", "holds a text", "write `target: {app_id: ABC}`"),
        (HEAD + "target: app_id ABC\n", "holds a text", "write `app_id: ABC`"),
    ],
)
def test_another_form_is_told_with_the_right_one_in_the_users_own_words(
    text: str, found: str, remedy: str
) -> None:
    is_found, is_remedy = only_problem(text)
    assert found in is_found
    assert remedy in is_remedy


@pytest.mark.parametrize(
    "wrong",
    [
        "unset: legacy",
        "unset: {old plan: , 'a, b': }",
        "platforms: {ANDROID: A, web: 'W: 1'}",
        "where: My city = Pune",
        "where: City == 'Pune #1'",
        "target: ABC",
    ],
)
def test_what_is_to_be_written_is_right(wrong: str) -> None:
    _, remedy = only_problem(f"{HEAD}{wrong}\n")
    (line,) = re.findall(r"`([^`]*)`", remedy)
    parse_mapping(f"{HEAD}{line}\n")


def test_a_platform_may_be_active_for_all() -> None:
    _, remedy = only_problem(HEAD + "platforms: [web]\n")
    assert "`active: {constant: true}`" in remedy
    parse_mapping(HEAD + "platforms: [{platform: web, active: {constant: true}}]\n")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20))
def test_a_text_is_written_so_that_it_reads_back(text: str) -> None:
    document = read_yaml(f"a: [{written(text)}]\nb: {written(text)}\n", "m.yaml")
    assert document.root == {"a": [text], "b": text}
