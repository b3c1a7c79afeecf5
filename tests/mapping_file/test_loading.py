from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.errors import ImporterError, MappingError
from importer.mapping_file import (
    FromColumns,
    FromConstant,
    FromCoordinates,
    FromTemplate,
    load_mapping,
    parse_mapping,
)

HEAD = "mapping: 1\ncustomer_id: CRM ID\n"


def problems(text: str) -> list[str]:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "m.yaml")
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


def test_a_standard_attribute_brings_its_own_type() -> None:
    text = HEAD + (
        "attributes: {email: E, mobile: M, created_time: C, moe_unsubscribe: U, revenue: R, x: X,\n"
        "  moe_geo_location: {lat: A, lon: B}}\n"
    )
    types = {entry.name: entry.type for entry in parse_mapping(text).attributes}
    assert types == {
        "email": "email",
        "mobile": "phone",
        "created_time": "datetime",
        "moe_unsubscribe": "boolean",
        "revenue": "number",
        "x": "string",
        "moe_geo_location": "geo",
    }


def test_every_way_to_name_a_value_is_understood() -> None:
    text = HEAD + (
        "attributes:\n"
        "  a: Plain\n"
        "  b: {column: Named}\n"
        "  c: {first_valid: [One, Two]}\n"
        "  d: {template: '{First} ({City})'}\n"
        "  e: {constant: crm-2026}\n"
        "  f: {lat: Lat, lon: Lon}\n"
    )
    origins = [entry.origin for entry in parse_mapping(text).attributes]
    assert origins == [
        FromColumns(("Plain",)),
        FromColumns(("Named",)),
        FromColumns(("One", "Two")),
        FromTemplate(("", " (", ")"), ("First", "City")),
        FromConstant("crm-2026"),
        FromCoordinates("Lat", "Lon"),
    ]


@pytest.mark.parametrize(
    ("constant", "kind"),
    [
        ("5", "integer"),
        ("1.50", "number"),
        ("true", "boolean"),
        ("'5'", "string"),
        ("no", "string"),
        ("0", "integer"),
        ("-7", "integer"),
        ("0.50", "number"),
        ("02134", "string"),
        ("007", "string"),
        ("-007", "string"),
        ("+4930901820", "string"),
        ("+5", "integer"),
    ],
)
def test_a_constant_without_a_type_has_the_type_that_was_written(constant: str, kind: str) -> None:
    (entry,) = parse_mapping(HEAD + f"attributes: {{a: {{constant: {constant}}}}}\n").attributes
    assert entry.type == kind
    assert entry.origin == FromConstant(constant.strip("'"))


@pytest.mark.parametrize(
    ("constant", "kind", "text"),
    [
        ("[a, 'b\"c']", "list", r'["a", "b\"c"]'),
        ("[1, 2.50, -3]", "list", "[1, 2.50, -3]"),
        ("[007, 0x10, '5']", "list", '["007", "0x10", "5"]'),
        ("{a: 1, b: [no, true], c: }", "json", '{"a": 1, "b": ["no", true], "c": null}'),
    ],
)
def test_a_constant_list_or_group_of_keys_is_json(constant: str, kind: str, text: str) -> None:
    (entry,) = parse_mapping(HEAD + f"attributes: {{a: {{constant: {constant}}}}}\n").attributes
    assert (entry.type, entry.origin) == (kind, FromConstant(text))


def test_texts_stay_as_typed_whatever_yaml_thinks_of_them() -> None:
    text = HEAD + (
        "source: {nulls: ['', NULL, no, 0]}\n"
        "where: {Status: [007, yes]}\n"
        "attributes: {a: {column: 0042, values: {01: one, 1.0: float, true: t}, otherwise: no}}\n"
    )
    mapping = parse_mapping(text)
    (entry,) = mapping.attributes
    assert mapping.nulls == {"", "NULL", "no", "0"}
    assert mapping.where == {"Status": {"007", "yes"}}
    assert entry.origin == FromColumns(("0042",))
    assert entry.values == {"01": "one", "1.0": "float", "true": "t"}
    assert (entry.otherwise, entry.otherwise_value) == ("value", "no")


def test_defaults_of_the_file_reach_every_attribute_that_is_silent() -> None:
    text = HEAD + (
        "source: {nulls: [NULL]}\nblank: unset\nbad_value: leave_out\n"
        "attributes: {a: A, b: {column: B, blank: skip, bad_value: invalid, nulls: [x]}}\n"
    )
    silent, loud = parse_mapping(text).attributes
    assert (silent.blank, silent.bad_value) == ("unset", "leave_out")
    assert (loud.blank, loud.bad_value) == ("skip", "invalid")
    assert (silent.nulls, loud.nulls) == (frozenset({"NULL"}), frozenset({"x"}))


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("DD/MM/YYYY", "%d/%m/%Y"),
        ("D.M.YY", "%d.%m.%y"),
        ("'%m/%d/%Y'", "%m/%d/%Y"),
        ("YYYYMMDD", "%Y%m%d"),
        ("DD MMM YYYY", "%d %b %Y"),
    ],
)
def test_a_date_format_may_be_tokens_or_directives(written: str, pattern: str) -> None:
    text = (
        HEAD
        + f"attributes: {{a: {{column: A, format: {written}, type: date, years_from: 1930}}}}\n"
    )
    (entry,) = parse_mapping(text).attributes
    assert entry.formats == (pattern,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["m.yaml: an empty file"]),
        ("- a\n", ["m.yaml: a file without keys"]),
        ("a: [", ["m.yaml:1:4: a `[` that is not closed"]),
        ("mapping: 1\n", ["m.yaml:1:1: no `customer_id:`"]),
        ("mapping: 2\ncustomer_id: A\n", ["m.yaml:1:10: unknown grammar version `2`"]),
        (HEAD + "atributes: {}\n", ["m.yaml:3:1: unknown key `atributes`"]),
        (HEAD + "attributes: {a: {column: A, typ: x}}\n", ["m.yaml:3:29: unknown key `typ`"]),
        (HEAD + "attributes: {a: {column: A, type: integr}}\n", ["unknown type `integr`"]),
        (HEAD + "attributes: {a: A, a: B}\n", ["m.yaml:3:20: 'a' for the second time"]),
        (HEAD + "attributes: {id: A}\n", ["m.yaml:3:14: the attribute name `id`"]),
        (HEAD + "attributes: {_id: A}\n", ["the attribute name `_id`"]),
        (HEAD + "attributes: {'': A}\n", ["the attribute name ``"]),
        (HEAD + "attributes: {status: A}\n", ["the attribute name `status`"]),
        (HEAD + "attributes: {moe_mine: A}\n", ["the attribute name `moe_mine`"]),
        (HEAD + "attributes: {a: {blank: skip}}\n", ["takes its value from nowhere"]),
        (
            HEAD + "attributes: {a: {constant: }}\n",
            ["m.yaml:3:18: `constant:` with nothing behind it; expected a text, a number"],
        ),
        (
            HEAD + "attributes: {a: {column: , type: date}, b: {first_valid: }}\n",
            ["`column:` with nothing behind it; expected the name of a column", "`first_valid:`"],
        ),
        (
            HEAD + "attributes:\n  a:\n  b: B\n",
            ["m.yaml:4:3: `a:` with nothing behind it; expected the name of a column"],
        ),
        (HEAD + "attributes: {a: {object: {x: }}}\n", ["`x:` with nothing behind it"]),
        (
            "mapping: 1\ncustomer_id:\nattributes: {}\n",
            ["m.yaml:2:1: `customer_id:` with nothing behind it"],
        ),
        (HEAD + "attributes:\n", ["m.yaml:3:1: `attributes:` holds nothing; expected a group"]),
        (HEAD + "unset:\nwhere: {A: }\n", ["`unset:` holds nothing", "`A:` holds nothing"]),
        (HEAD + "attributes: {a: {column: A, constant: 1}}\n", ["column and constant"]),
        (
            HEAD + "attributes: {a: {constant: [1], type: string}}\n",
            ["m.yaml:3:28: a list for a constant of type string"],
        ),
        (
            HEAD + "attributes: {a: {constant: [1], type: list, separator: ;}}\n",
            ["a list for a constant of type list with `separator:`"],
        ),
        (
            HEAD + "attributes: {a: {constant: {b: 1}, type: list}}\n",
            ["a group of keys for a constant of type list"],
        ),
        (
            "mapping: 1\ncustomer_id: {constant: [a]}\n",
            ["id-constant", "a list for a constant of type string"],
        ),
        (
            HEAD + "attributes: {a: {constant: ''}}\n",
            ["m.yaml:3:28: a constant of nothing, which no row would be sent with"],
        ),
        (
            HEAD + "attributes: {a: {constant: null}}\n",
            ["m.yaml:3:28: `null` for a constant"],
        ),
        (HEAD + "attributes: {a: {constant: ~, type: string}}\n", ["`~` for a constant"]),
        (
            HEAD + "attributes: {a: {object: {b: B, c: {constant: ' '}}}}\n",
            ["m.yaml:3:47: a constant of nothing"],
        ),
        (HEAD + "attributes: {a: {lat: A}}\n", ["only one of `lat:` and `lon:`"]),
        (
            HEAD + "attributes: {a: {column: A, region: IN}}\n",
            ["`region:` on an attribute of type"],
        ),
        (
            HEAD + "attributes: {email: {column: A, type: integer}}\n",
            ["standard attribute `email`"],
        ),
        (HEAD + "attributes: {a: {column: A, type: date, format: xx}}\n", ["the format 'xx'"]),
        (
            HEAD + "attributes: {a: {column: A, type: date, format: DD/MM}}\n",
            ["the format 'DD/MM'"],
        ),
        (
            HEAD + "attributes: {a: {column: A, type: datetime, timezone: Mars}}\n",
            ["unknown time zone `Mars`"],
        ),
        (
            HEAD + "attributes: {a: {column: A, type: datetime, timezone: asia/kolkata}}\n",
            ["did you mean `Asia/Kolkata`?"],
        ),
        (
            HEAD + "source: {encoding: latin-99}\n",
            ["m.yaml:3:20: 'latin-99'; expected an encoding that Python knows"],
        ),
        (HEAD + "attributes: {a: {template: no braces}}\n", ["the template 'no braces'"]),
        (HEAD + "attributes: {a: {column: A, otherwise: x}}\n", ["`otherwise:` without `values:`"]),
        (HEAD + "attributes: {a: {column: A, check: {gee: 1}}}\n", ["word for `check:` `gee`"]),
        (HEAD + "source: {quote: ';;'}\n", ["';;'; expected one character"]),
        (HEAD + "source: {header: yes}\n", ["'yes'; expected none, or how many"]),
        (HEAD + "source: {skip_lines: -1}\n", ["'-1'; expected a number of lines"]),
        (HEAD + "platforms: [{platform: symbian, active: A}]\n", ["unknown platform `symbian`"]),
        (HEAD + "rules: {id-banned: off}\n", ["no rule that can be switched"]),
        (
            HEAD + "attributes: {abcde: A}\nunset: [{attr: abcd, match: prefix}]\n",
            ["also unsets the mapped attribute `abcde`"],
        ),
        (
            HEAD + "attributes: {a: {column: A, type: integr}, b: {blnk: 1}}\n",
            ["unknown type", "unknown key `blnk`"],
        ),
    ],
)
def test_a_bad_mapping_gets_one_clear_message_per_problem(text: str, expected: list[str]) -> None:
    found = problems(text)
    assert len(found) == len(expected)
    for message, part in zip(found, expected, strict=True):
        assert part in message
        assert "\n  -> " in message


def test_the_nearest_name_is_offered() -> None:
    assert "did you mean `integer`?" in problems(HEAD + "attributes: {a: {type: integr}}\n")[0]
    assert "did you mean `attributes`?" in problems(HEAD + "atributes: {}\n")[0]


def test_a_switch_turns_a_name_rule_into_a_warning() -> None:
    text = HEAD + "attributes: {status: A}\nrules: {name-reserved: warn}\n"
    assert "[name-reserved]" in parse_mapping(text).warnings[0]
    silent = text.replace("warn", "off")
    assert parse_mapping(silent).warnings == ()


def test_disputed_standard_attributes_are_accepted_with_a_warning() -> None:
    mapping = parse_mapping(HEAD + "attributes: {source: A, revenue: B}\n")
    assert [entry.name for entry in mapping.attributes] == ["source", "revenue"]
    assert len(mapping.warnings) == 2


def test_aliases_cannot_make_a_short_file_huge() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]" for n in range(6)
    ]
    assert "far too large" in problems("\n".join(lines))[0]


def test_two_escapes_of_one_character_are_one_and_half_of_it_is_refused() -> None:
    text = HEAD + 'attributes: {"\\ud83d\\ude00": A, a: "\\ud83d\\ude00"}\n'
    smile, plain = parse_mapping(text).attributes
    assert (smile.name, plain.origin) == ("\U0001f600", FromColumns(("\U0001f600",)))
    assert (
        "m.yaml:3:14: text that is not YAML" in problems(HEAD + 'attributes: {"\\ud83d": A}\n')[0]
    )
    assert "half of a character" in problems(HEAD + 'attributes: {a: "\\ude00"}\n')[0]


def test_a_mapping_crosses_process_borders() -> None:
    text = HEAD + "attributes: {a: {column: A, check: {isin: [x]}}, b: {lat: A, lon: B}}\n"
    mapping = parse_mapping(text)
    assert pickle.loads(pickle.dumps(mapping)) == mapping


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 2_000_000])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(content)
    with pytest.raises(MappingError):
        load_mapping(path)


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="no such file"):
        load_mapping(tmp_path / "nothing.yaml")


@given(st.text())
def test_any_text_is_a_mapping_or_one_clear_error(text: str) -> None:
    try:
        parse_mapping(text)
    except ImporterError as error:
        assert all(problem.found and problem.remedy for problem in error.problems)


_words = st.sampled_from(
    ["a", "column", "type", "integer", "date", "lat", "lon", "1", "true", "", "{x}", "skip", "id"]
)
_trees = st.recursive(
    _words | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["attributes", "source", "platforms", "unset", "where", "tests", "rules", "target"]
        ),
        _trees,
    )
)
def test_any_tree_is_a_mapping_or_one_clear_error(tree: dict[str, object]) -> None:
    lines = [f"{key}: {json.dumps(value)}" for key, value in tree.items()]
    try:
        parse_mapping(HEAD + "\n".join(lines))
    except ImporterError as error:
        assert all(problem.found and problem.remedy for problem in error.problems)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("customer_id: A\n", "write `mapping: 1`"),
        ("mapping: 2\ncustomer_id: A\n", "write `mapping: 1`"),
        ("mapping: 1\n", "add a line `customer_id: ...`"),
        (HEAD + "first_name: First Name\n", "put it under `attributes:`"),
        (HEAD + "E-mail: Mail\n", "put it under `attributes:`"),
        (HEAD + "loyalty: Tier\n", "put it under `attributes:` if it is an attribute, or else"),
        (HEAD + "delimiter: ';'\n", "put it under `source:`"),
        (HEAD + "timezone: UTC\n", "as in {column: ..., timezone: ...}"),
        (HEAD + "Target: {app_id: A}\n", "did you mean `target`?"),
        (HEAD + "atributes: {}\n", "did you mean `attributes`?"),
        (HEAD + "attributes: {a: {column: A, xyz: b}}\n", "remove it"),
    ],
)
def test_a_mistake_of_keys_is_told_with_what_to_write(text: str, remedy: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "m.yaml")
    assert remedy in caught.value.problem.remedy


@pytest.mark.parametrize("name", ["a.csv", "a.TSV", "a.xlsx", "a.parquet", "a.jsonl", "a.csv.gz"])
def test_a_table_in_place_of_a_mapping_is_told_without_its_cells(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text('id,name\n"u1": asha,[\n')
    with pytest.raises(MappingError, match="looks like a table") as caught:
        load_mapping(path)
    assert "swapped" in str(caught.value)
    assert "asha" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "id,name\nu1,asha\nu2,b\n",
        'id;name\nu1: asha;[x\n"u2"x;b\n',
        'id\tname\n"u1"x\tasha\nu2\tb\n',
        "customer_id,name,mapping\n@1,asha,mapping: 1\n",
        '{"id": "u1", "name": "asha"}\n{"id": "u2", "name": "b"}\n',
        'id,note\nu1,"asha\nis\n here"\nu2,b\nu3,c\nu4,d\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_told_by_what_is_in_it_whatever_its_name(
    tmp_path: Path, content: str, encoding: str
) -> None:
    path = tmp_path / "export"
    path.write_bytes(content.encode(encoding))
    with pytest.raises(MappingError, match="looks like a table") as caught:
        load_mapping(path)
    assert "swapped" in str(caught.value)
    assert "asha" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "a: [1, 2]\nb: [3, 4]\n",
        "mapping: 1\nid, name\nu1, asha\n",
        "customer_id: [a, b]\nattributes: [a, b]\nx, y\n",
    ],
)
def test_a_broken_mapping_is_no_table(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(MappingError) as caught:
        load_mapping(path)
    assert "looks like a table" not in str(caught.value)


def test_every_mapping_that_is_shipped_is_no_table() -> None:
    for path in Path("mappings").glob("*.yaml"):
        assert load_mapping(path).customer_id
