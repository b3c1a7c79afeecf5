from __future__ import annotations

import pytest

from importer.errors import MappingError
from importer.mapping_file import Check, parse_mapping

HEAD = "mapping: 1\ncustomer_id: CRM ID\nattributes:\n  a: {column: A, type: integer, check: "


def checks(text: str) -> list[tuple[str, object, str, str]]:
    (entry,) = parse_mapping(f"{HEAD}{text}}}\n", "m.yaml").attributes
    return [(one.name, one.argument, one.message, one.place) for one in entry.check]


def test_checks_keep_their_names_words_and_places() -> None:
    assert checks("{min: 0, le: 9}") == [
        ("min", "0", "", "m.yaml:4:46"),
        ("le", "9", "", "m.yaml:4:53"),
    ]
    assert [one[2] for one in checks("{min: 0, message: not so few, max: 9}")] == ["not so few"] * 2
    groups = checks("[{min: 0, message: too few}, {max: 9, message: too many}, {ne: 5}]")
    assert [(name, message) for name, _, message, _ in groups] == [
        ("min", "too few"),
        ("max", "too many"),
        ("ne", ""),
    ]


def test_an_attribute_without_checks_has_none() -> None:
    assert (
        parse_mapping("mapping: 1\ncustomer_id: I\nattributes: {a: A}\n").attributes[0].check == ()
    )
    assert Check("min", "0").message == ""


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ("{mni: 0}", "4:41", "did you mean `min`?"),
        ("[{min: 0}, {maxx: 1}]", "4:52", "did you mean `max`?"),
        ("{massage: x, min: 0}", "4:41", "did you mean `message`?"),
        ("5", "4:40", "holds no checks"),
        ("[5]", "4:41", "holds no checks"),
        ("", "4:33", "holds no checks"),
        ("{}", "4:40", "holds no checks"),
        ("{message: x}", "4:40", "holds no checks"),
        ("{min: 0, message: [x]}", "4:58", "no text"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, place: str, part: str) -> None:
    with pytest.raises(MappingError) as caught:
        checks(text)
    (one,) = caught.value.problems
    assert str(one).startswith(f"m.yaml:{place}:"), str(one)
    assert part in str(one)
