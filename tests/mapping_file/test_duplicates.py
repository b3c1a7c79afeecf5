from __future__ import annotations

import pytest

from importer.errors import MappingError
from importer.mapping_file import parse_mapping

HEAD = "mapping: 1\ncustomer_id: A\n"


@pytest.mark.parametrize(
    ("written", "keep", "kind"),
    [
        ("last", "last", None),
        ("{last, by: M}", "last", "datetime"),
        ("{last: , by: M}", "last", "datetime"),
        ("{keep: first, by: {column: M, type: number}}", "first", "number"),
        ("{first, by: P}", "first", "integer"),
        ("{last, by: S}", "last", "datetime"),
        ("{merge}", "merge", None),
    ],
)
def test_duplicates_may_be_written_in_a_word_or_in_a_group(
    written: str, keep: str, kind: str | None
) -> None:
    attributes = "attributes: {p: {column: P, type: integer}, s: S}\n"
    found = parse_mapping(f"{HEAD}{attributes}duplicates: {written}\n", "m.yaml").duplicates
    assert (found.keep, found.by and found.by.type) == (keep, kind)


@pytest.mark.parametrize(
    ("written", "place", "parts"),
    [
        ("latest", "3:13", ["`latest`", "each, last, first, merge, invalid", "`last`"]),
        ("{lst, by: M}", "3:13", ["`lst`", "did you mean `last`?"]),
        ("{last, first}", "3:13", ["last, first", "one word"]),
        ("{last, bye: M}", "3:20", ["unknown key `bye`", "`by`"]),
        ("{merge, by: M}", "3:21", ["`by:` with `duplicates: merge`"]),
        ("{by: M}", "3:14", ["`by:` with `duplicates: each`"]),
        ("{last, by: {column: M, type: string}}", "3:42", ["`type: string`", "date, datetime"]),
        ("{last, by: {column: M, unique: true}}", "3:36", ["`unique:` in `by:`"]),
        ("{last, by: {template: '{M}'}}", "3:25", ["`template:` in `by:`"]),
        ("[last]", "3:13", ["one of each, last"]),
    ],
)
def test_a_mistake_in_duplicates_is_told_with_its_place(
    written: str, place: str, parts: list[str]
) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(f"{HEAD}duplicates: {written}\n", "m.yaml")
    text = str(caught.value)
    assert f"m.yaml:{place}:" in text
    for part in parts:
        assert part in text


def test_a_unique_id_and_a_choice_among_a_users_rows_exclude_each_other() -> None:
    text = "mapping: 1\ncustomer_id: {column: A, unique: true}\nduplicates: last\n"
    with pytest.raises(MappingError, match="`unique: true` beside `duplicates: last`"):
        parse_mapping(text, "m.yaml")
