"""What is broken in a mapping's YAML is told in words that a person who writes mappings knows."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping_file import parse_mapping
from importer.mapping_file.yaml_marks import in_quotes
from importer.mapping_file.yaml_tree import read_yaml

HEAD = "mapping: 1\ncustomer_id: id\nattributes:\n"


def problem(text: str) -> tuple[str, str, str, str]:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "m.yaml")
    found = caught.value.problem
    return found.place.removeprefix("m.yaml:"), found.found, found.expected, found.remedy


@pytest.mark.parametrize(
    ("text", "place", "found", "remedy"),
    [
        (HEAD + "\temail: A\n", "4:1", "a tab at the beginning of a line", "two blanks for each"),
        (HEAD + "  a: A\n\tb: B\n", "5:1", "a tab at the beginning of a line", "two blanks"),
        (HEAD + "  a:\tB\n", "4:5", "a tab", "write a blank instead"),
        # quotes
        (HEAD + '  a: "A\n  b: B\n', "4:6", 'begins with the quote "', 'the second "'),
        (HEAD + "  a: 'A\n  b: B\n", "4:6", "begins with the quote '", "the second '"),
        (HEAD + '  a: "A\n  b: "B"\n', "4:6", 'begins with the quote "', 'the second "'),
        (HEAD + '  a: "A\n  b: B\n  c: "C"\n', "4:6", 'begins with the quote "', "'\"A'"),
        (HEAD + '  a: "Size" in cm\n', "4:6", 'quote: "Size" in cm', "write '\"Size\" in cm'"),
        (HEAD + '  a: "Size" in: cm\n', "4:6", 'quote: "Size" in: cm', "'\"Size\" in: cm'"),
        (HEAD + "  a: 'Size' in cm\n", "4:6", "quote: 'Size' in cm", "write \"'Size' in cm\""),
        (HEAD + '  a: {column: "Size" x}\n', "4:15", 'quote: "Size" x', "write '\"Size\" x'"),
        (HEAD + "  a: 'Ana's'\n", "4:6", "quote: 'Ana's'", 'write "Ana\'s"'),
        (HEAD + '  a: "C:\\data"\n', "4:6", "`\\d` between double quotes", "write 'C:\\data'"),
        # colons
        (HEAD + "  a: A\n  email E-mail\n  b: B\n", "5:3", "without a colon", "email: E-mail"),
        (HEAD + "  a: A\n  email E-mail\n", "5:3", "without a colon", "email: E-mail"),
        (HEAD + "  email E-mail\n", "4:3", "holds a text", "`email: E-mail`"),
        ("mapping 1\ncustomer_id: id\n", "1:1", "without a colon", "write mapping: 1"),
        (HEAD[:-2] + "\n  a: A\n", "3:1", "without a colon: attributes", "write attributes:;"),
        (HEAD + "  a: A\n  email:E-mail\n  b: B\n", "5:8", "without a blank", "email: E-mail"),
        (HEAD + "  email:E-mail\n", "4:3", "holds a text", "`email: E-mail`"),
        ("mapping:1\ncustomer_id: id\n", "1:8", "without a blank", "write mapping: 1"),
        (HEAD + "  a: {column:A, type: date}\n", "4:7", "without a blank", "`column: A`"),
        (HEAD + "  a: Name: full\n", "4:6", "inside a text: Name: full", 'a: "Name: full"'),
        (HEAD + "  a: Name:\n", "4:6", "a colon inside a text: Name:", 'write a: "Name:"'),
        (HEAD + "  a: {column: Name: full}\n", "4:7", "second colon", 'column: "Name: full"'),
        (HEAD + "  a: {first_valid: [a: b: c]}\n", "4:21", "second colon", 'write "a: b: c"'),
        (HEAD + "  a: {column: A type: date}\n", "4:7", "second colon", "column: A, type: ..."),
        (HEAD + "  a: {column: A\n    type: date}\n", "4:7", "second colon", "column: A, type:"),
        # indentation
        (HEAD + "  a: A\n    b: B\n", "5:5", "`b` with 4 blanks", "`b` right under `a`"),
        (HEAD + "    a: A\n  b: B\n", "5:3", "`b` with 2 blanks", "4 as before `a`, or 0 as"),
        (
            HEAD + "  a:\n      column: A\n    type: date\n",
            "6:5",
            "`type` with 4 bl",
            "6 as before",
        ),
        ("mapping: 1\n customer_id: id\n", "2:2", "with 1 blank before it", "under `mapping`"),
        (HEAD + "  a: A\n  - b\n", "5:3", "a `-` beside names", "more blanks before the `-`"),
        (HEAD + "  a:\n    first_valid:\n    - A\n    -B\n    - C\n", "7:5", "a `-` with", "- B"),
        # what begins a text
        *(
            (HEAD + f"  a: {text}\n", "4:6", f'begins with "{text[0]}"', f"write {in_quotes(text)}")
            for text in (
                *("@Email", "%share", "`x`", "*Email", "* Email", "& Co", "|x", ">50", "]x"),
                *("{First} {Last}", "[Name] x", "&Email", "&Email x", "!Email", "!Email x"),
            )
        ),
        (HEAD + "  &Email x: A\n", "4:3", 'begins with "&"', 'write "&Email x"'),
        (HEAD + "  *Email: x\n", "4:3", 'begins with "*"', 'write "*Email"'),
        (HEAD + "  a: {first_valid: [@x, y]}\n", "4:21", 'begins with "@"', 'write "@x"'),
        ("mapping: 1\n%share: x\n", "2:1", 'begins with "%"', 'write "%share"'),
        # brackets
        (HEAD + "  a: {column: A\n  b: B\n", "4:6", "a `{` that is not closed", "write the `}`"),
        ("a: [", "1:4", "a `[` that is not closed", "write the `]`"),
        (HEAD + "  a: {first_valid: [A,\n", "4:20", "a `[` that is not closed", "write the `]`"),
        (HEAD + "  a: {column: A\n", "4:6", "a `{` that is not closed", "write the `}`"),
        (HEAD + "  a: [A, B\n  b: {column: B}\n", "4:6", "a `[` that is not", "write the `]`"),
        (
            HEAD + "  a: {first_valid: [A, B}\n",
            "4:25",
            "a `}` where the `[`",
            "write `]` before it",
        ),
        (
            HEAD + "  a: {column: Col #1}\n",
            "4:6",
            "`}` stands in a comment, which ` #` begins: #1}",
            "write the text that has the # in quotes",
        ),
        (HEAD + "  a: {first_valid: [A #1, B]}\n", "4:20", "comment", "the # in quotes"),
        (HEAD + "  a: {column: A # is it?\n", "4:6", "a `{` that is not closed", "write the `}`"),
        (HEAD + "  a: {column: A}}\n", "4:17", "a `}` too many", "remove it"),
    ],
)
def test_a_usual_mistake_is_told_with_its_place_and_its_remedy(
    text: str, place: str, found: str, remedy: str
) -> None:
    is_place, is_found, is_expected, is_remedy = problem(text)
    assert is_place == place
    assert found in is_found
    assert remedy in is_remedy
    assert is_expected
    assert "YAML (" not in is_found


def test_a_line_is_counted_as_an_editor_counts_it() -> None:
    assert problem(HEAD.replace("\n", "\r\n") + "  a: A\r\n  b: @B\r\n")[0] == "5:6"


def test_what_is_not_a_usual_mistake_is_told_in_the_parsers_words() -> None:
    place, found, _, remedy = problem("mapping: 1\n---\nmapping: 1\n")
    assert (place, found) == ("2:1", "text that is not YAML (but found another document)")
    assert remedy


def test_an_anchor_that_is_used_is_no_text() -> None:
    mapping = parse_mapping(HEAD + "  a: {column: &name A}\n  b: {column: *name}\n")
    assert [entry.columns for entry in mapping.attributes] == [("A",), ("A",)]


@pytest.mark.parametrize(
    "line",
    [
        "attributes: {a: &Email}",
        "attributes: {a: &Email x}",
        "attributes: {a: {column: A, type: &date}}",
        "attributes: {a: !date}",
        "attributes: {&Email : A}",
        "attributes: &Email",
        "unmapped: &error",
        "where: {City: &Pune}",
        "unset: &plan",
    ],
)
def test_what_follows_from_such_a_mark_is_not_told_besides_it(line: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(f"mapping: 1\ncustomer_id: id\n{line}\n", "m.yaml")
    (only,) = caught.value.problems
    assert "which means something else in YAML" in only.found


@given(st.text("ab :-\n\t'\"{}[],#&*!|>%@`\\\r1", max_size=40))
@example("\n\t")
@example("'")
@example("a: 'b' c")
@example("&a\n*a")
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        read_yaml(text, "m.yaml")
    except MappingError as error:
        assert error.problem.place.startswith("m.yaml")
        assert error.problem.found


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20))
def test_a_text_in_quotes_means_itself(text: str) -> None:
    assert read_yaml(f"a: {in_quotes(text)}\n", "m.yaml").root == {"a": text}
