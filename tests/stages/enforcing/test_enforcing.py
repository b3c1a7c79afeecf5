from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson
import pyarrow as pa
import pytest

from importer.mapping_file import parse_mapping
from importer.moengage.names import BANNED_IDS
from importer.records import Batch
from importer.rules import RULES
from importer.stages.coercing import coerce
from importer.stages.enforcing import Enforced, enforce
from importer.warned import Warned


def enforced(
    cells: Sequence[str], attribute: str = "c", rules: str = "{}", ids: Sequence[str] | None = None
) -> Enforced:
    text = f"mapping: 1\ncustomer_id: id\nattributes:\n  a: {attribute}\nrules: {rules}\n"
    mapping = parse_mapping(text)
    users = [f"user-{n}" for n in range(len(cells))] if ids is None else list(ids)
    table = pa.table({"id": pa.array(users, pa.string()), "c": pa.array(cells, pa.string())})
    batch = Batch(np.arange(len(cells), dtype=np.int64), table)
    return enforce(coerce(batch, mapping), mapping)


def codes(found: Enforced) -> list[tuple[int, str]]:
    return [(rejection.index, rejection.code) for rejection in found.rejections]


@pytest.mark.parametrize(
    ("customer_id", "code"),
    [
        ("", "id-blank"),
        ("x", "id-short"),
        ("é", "id-short"),
        ("7", "id-short"),
        ("null", "id-banned"),
        ("NULL", "id-banned"),
        (" Guest ", "id-banned"),
        ("NaN", "id-banned"),
        ("2", "id-banned"),
        ("-1", "id-banned"),
        ("n/a", "id-banned"),
        ("ab", None),
        ("10", None),
        ("nullable", None),
    ],
)
def test_ids_that_moengage_drops_are_refused(customer_id: str, code: str | None) -> None:
    assert codes(enforced(["v"], ids=[customer_id])) == ([(0, code)] if code else [])


def test_every_banned_id_is_refused_once() -> None:
    ids = sorted(BANNED_IDS)
    found = codes(enforced(["v"] * len(ids), ids=ids))
    assert sorted(index for index, _ in found) == list(range(len(ids)))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("x" * 512, None),
        ("x" * 513, "string-long"),
        ("é" * 512, None),
        ("https://e.x/" + "x" * 500, None),
        ("https://e.x/" + "x" * 501, "url-long"),
        ("HTTP://e.x/" + "x" * 600, "url-long"),
    ],
)
def test_texts_that_moengage_cuts_are_refused(cell: str, code: str | None) -> None:
    assert codes(enforced([cell])) == ([(0, code)] if code else [])


def test_a_switch_makes_a_rule_a_warning_or_nothing() -> None:
    long = ["x" * 513, "ok", "y" * 600]
    warned = enforced(long, rules="{string-long: warn}")
    assert warned == Enforced((), (Warned("string-long", "c", 2, 0, found="513 characters"),))
    silent = enforced(long, rules="{string-long: off}")
    assert silent == Enforced((), ())


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (["a"] * 50, None),
        (["a"] * 51, "list-long"),
        (["a,b"] * 50, None),
        (["x" * 512], None),
        (["x" * 513], "list-item-long"),
        ([1, 2, 3], None),
    ],
)
def test_lists_that_moengage_does_not_keep_are_refused(
    items: list[object], code: str | None
) -> None:
    found = enforced([orjson.dumps(items).decode()], attribute="{column: c, type: list}")
    assert codes(found) == ([(0, code)] if code else [])


def test_texts_that_look_null_are_a_warning_and_are_sent() -> None:
    found = enforced(["NULL", "nan", "#N/A", "none", "Nancy", ""])
    assert found == Enforced((), (Warned("looks-null", "c", 4, 0, found="NULL"),))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('["a", "NULL"]', ["looks-null"]),
        ('["a", "nullable"]', []),
        ("[1, 9007199254740993]", ["number-large"]),
        ("[1, 9007199254740992.0]", []),
        ('{"NULL": "a", "b": {"c": "NaN"}}', ["object-sent", "looks-null"]),
        ('{"NULL": "a"}', ["object-sent"]),
        ('{"a": [-12345678901234567890, 1]}', ["object-sent", "number-large"]),
        ('"#N/A"', ["looks-null"]),
        ("1e300", ["number-large"]),
        ('{"a": "1234567890123456789"}', ["object-sent"]),
        (r'["\",\"NULL\""]', []),
        ("[1.5, 0.1234567890123456789]", ["number-digits"]),
        ("[1234.500000000000000000, 0.30000000000000004]", []),
        ('{"a": [{"b": 12345678.123456789012}]}', ["object-sent", "number-digits"]),
        ('{"a": "0.1234567890123456789"}', ["object-sent"]),
        ('{"home": {"lat": 12.123456789012345678, "lon": 1.5}}', ["object-sent"]),
        ('{"lat": 12.123456789012345678}', ["object-sent", "number-digits"]),
        ("1234567890.12345678", ["number-digits"]),
        ("1e-400", ["number-digits"]),
        ("0e-400", []),
        ("1.5e-300", []),
        (f"1e-{'9' * 30}", ["number-digits"]),
        ("[9007199254740992.5]", ["number-digits"]),
    ],
)
def test_what_a_list_or_json_holds_is_looked_at_too(cell: str, expected: list[str]) -> None:
    kind = "list" if cell.startswith("[") else "json"
    found = enforced([cell, cell], attribute=f"{{column: c, type: {kind}}}")
    assert found.rejections == ()
    assert [(warned.code, warned.rows) for warned in found.warnings] == [
        (code, 2) for code in expected
    ]


def test_an_object_of_columns_is_looked_at_for_texts_that_look_null() -> None:
    found = enforced(["x", "NULL"], attribute="{object: {city: c}}")
    assert [(warned.code, warned.rows, warned.index) for warned in found.warnings] == [
        ("object-sent", 2, 0),
        ("looks-null", 1, 1),
    ]


def test_an_id_that_looks_null_and_is_not_banned_is_a_warning() -> None:
    found = enforced(["x", "x", "x"], ids=["#N/A", "null", "NaT"])
    assert codes(found) == [(1, "id-banned")]
    assert [(warned.code, warned.rows) for warned in found.warnings] == [("looks-null", 2)]


def test_rows_that_are_filtered_are_not_held_to_the_rules() -> None:
    mapping = parse_mapping("mapping: 1\ncustomer_id: id\nattributes: {a: c}\nwhere: {c: [yes]}\n")
    table = pa.table({"id": ["", "x"], "c": ["no", "yes"]})
    typed = coerce(Batch(np.arange(2, dtype=np.int64), table), mapping)
    assert codes(enforce(typed, mapping)) == [(1, "id-short")]


def test_an_id_that_its_value_table_refuses_gets_no_second_reason() -> None:
    mapping = parse_mapping(
        "mapping: 1\ncustomer_id: {column: id, values: {a1: user-a}, otherwise: invalid}\n"
    )
    batch = Batch(np.arange(3, dtype=np.int64), pa.table({"id": ["a1", "b2", ""]}))
    assert codes(enforce(coerce(batch, mapping), mapping)) == [(2, "id-blank")]


def test_a_warning_can_be_made_an_error() -> None:
    assert codes(enforced(["x", "NULL"], rules="{looks-null: error}")) == [(1, "looks-null")]


def test_no_warning_counts_a_row_that_is_refused() -> None:
    found = enforced(["NULL", "NULL"], ids=["x", "user-1"])
    assert codes(found) == [(0, "id-short")]
    assert found.warnings == (Warned("looks-null", "c", 1, 1, found="NULL"),)
    mapping = parse_mapping("mapping: 1\ncustomer_id: id\nattributes: {a: c}\n")
    cells = pa.table({"id": ["u1", "u2"], "c": ["NULL", "NULL"]})
    typed = coerce(Batch(np.arange(2, dtype=np.int64), cells), mapping)
    assert enforce(typed, mapping, np.array([True, True])).warnings == ()


@pytest.mark.parametrize(
    ("ids", "twins"),
    [
        (["Ann", "Bob", "ANN", "ann", "Bob"], [("id-case", 2, 2, 0)]),
        (["bob-1", "Ann-1", "bob-1", "ann-1"], [("id-case", 1, 3, 1)]),
        (["ann-1", "bob-1", "ann-1"], []),
        (["ANN-1", "BOB-1", "ANN-1"], []),
        (["Ann-1", "Bob-1", "Ann-1"], []),
        (["", "Ann-1", ""], []),
    ],
)
def test_ids_that_differ_only_by_case_are_told_with_two_rows(
    ids: list[str], twins: list[tuple[str, int, int, int]]
) -> None:
    found = enforced(["v"] * len(ids), ids=ids)
    assert [(one.code, one.rows, one.index, one.other) for one in found.warnings] == twins
    # An id is a person's data: no warning quotes one.
    assert all(one.found == "" for one in found.warnings)


@pytest.mark.parametrize(
    ("cell", "is_date"),
    [
        ("2024-01-31", True),
        ("2024-15-12", True),
        ("31/01/2024", True),
        ("1/2/2024", True),
        ("31.1.2024", True),
        ("2024/1/31", True),
        ("2024-01-31T12:00:00Z", True),
        ("2024-01-31 12:00:00.123456+05:30", True),
        ("20240131", False),
        ("1.2.3.4.5", False),
        ("2024-01-31 or so", False),
        ("12.345.678", False),
        ("555-1234-99", False),
        ("12-34-5678-9012", False),
        ("Zoë 1/2/24", False),
        ("", False),
        ("1", False),
    ],
)
def test_texts_that_are_written_like_dates_are_a_warning(cell: str, is_date: bool) -> None:
    found = enforced(["x", cell, "Pune, or so"])
    dates = [Warned("date-as-text", "c", 1, 1)]
    assert list(found.warnings) == (dates if is_date else [])
    assert not found.rejections


@pytest.mark.parametrize(
    ("cell", "is_list"),
    [
        ("[a|b]", True),
        ("[1|2|3]", True),
        ("[a\n|b]", True),
        ('["a", "b"]', True),
        ('[ "Zoë" ]', True),
        ("[a]", False),
        ("[a, b]", False),
        ("[]", False),
        ("a|b", False),
        ("[a|b] and more", False),
        ("", False),
    ],
)
def test_texts_that_are_written_like_lists_are_a_warning(cell: str, is_list: bool) -> None:
    found = enforced(["x", cell, "[Pune"])
    lists = [Warned("list-as-text", "c", 1, 1)]
    assert list(found.warnings) == (lists if is_list else [])
    assert not found.rejections


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('{"a": 1}', []),
        ("[1, 2]", []),
        ("12", []),
        ('"text"', []),
        ("{}", ["object-empty"]),
        ("[{}]", ["object-empty"]),
        ('[1, "a"]', ["list-mixed"]),
        ("[true]", ["list-mixed"]),
        ("[[1]]", ["list-mixed"]),
        ('[1, {"a": 1}]', ["list-mixed"]),
        (f"[{','.join(['1'] * 51)}]", ["list-long"]),
        (f'["{"x" * 513}"]', ["list-item-long"]),
        (f'"{"x" * 513}"', ["string-long"]),
        (f'"https://e.x/{"x" * 513}"', ["url-long"]),
        ('{"a": {"b": {"c": 1}}}', ["object-deep"]),
        ('{"a": [{"b": {"c": 1}}]}', ["object-deep"]),
        ('{"a": {"b": 1}}', []),
        ('{"a.b": 1}', ["object-key"]),
        ('{"a": {"$b": 1}}', ["object-key"]),
        (orjson.dumps({f"k{n}": n for n in range(101)}).decode(), ["object-large"]),
        (orjson.dumps({"k": "x" * 25_000}).decode(), ["object-large"]),
    ],
)
def test_json_that_moengage_drops_or_cuts_is_refused(cell: str, expected: list[str]) -> None:
    found = enforced(["1", cell], attribute="{column: c, type: json}")
    assert codes(found) == [(1, code) for code in expected]
    sends_objects = "{" in cell and not expected
    assert [one.code for one in found.warnings] == (["object-sent"] if sends_objects else [])


@pytest.mark.parametrize("depth", [100, 101, 900])
def test_a_deeply_nested_value_is_refused_and_ends_no_run(depth: int) -> None:
    cells = ['{"a":' * depth + "1" + "}" * depth, "[" * depth + "]" * depth]
    found = codes(enforced(cells, attribute="{column: c, type: json}"))
    assert {code for _, code in found} == ({"object-deep", "list-mixed"} if depth == 100 else set())


def test_every_code_is_explained() -> None:
    for code, rule in RULES.items():
        assert rule.code == code
        assert all((rule.what, rule.why, rule.source, rule.fix))


def test_an_object_of_columns_is_warned_of_and_held_to_its_size() -> None:
    cells = ["x", "", "y" * 30_000]
    found = enforced(cells, "{object: {b: c, d: {constant: e}}}")
    assert codes(found) == [(2, "object-large")]
    assert [(warned.code, warned.rows) for warned in found.warnings] == [("object-sent", 1)]
    strict = enforced(cells, "{object: {b: c}}", "{object-sent: error}")
    assert codes(strict) == [(0, "object-sent"), (2, "object-sent"), (2, "object-large")]


def test_json_inside_an_object_of_columns_is_looked_into() -> None:
    found = enforced(['{"x": {"y": 1}}', '{"a.b": 1}'], "{object: {b: {column: c, type: json}}}")
    assert sorted(codes(found)) == [(0, "object-deep"), (1, "object-key")]
