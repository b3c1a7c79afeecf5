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
    assert (warned.rejections, warned.warnings) == ((), {"string-long": 2})
    silent = enforced(long, rules="{string-long: off}")
    assert (silent.rejections, silent.warnings) == ((), {})


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
    assert (found.rejections, found.warnings) == ((), {"looks-null": 4})


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


def test_every_code_is_explained() -> None:
    for code, rule in RULES.items():
        assert rule.code == code
        assert all((rule.what, rule.why, rule.source, rule.fix))
