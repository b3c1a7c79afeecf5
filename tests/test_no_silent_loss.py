"""Holds promise P4 against the sandbox: what passes the rules without a warning arrives unchanged."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from importer.errors import MappingError
from importer.mapping_file import parse_mapping
from importer.moengage import names as facts
from importer.moengage.attributes import BY_KEY
from importer.pipeline import Preparer
from importer.records import ArrowBlock
from importer.sandbox.mangling import Attributes, settle

Column = tuple[dict[str, Any], list[str]]
"""How one attribute is mapped, and its cells."""

ODD_NAMES = [
    *("id", "_id", "ID", "", " id", "status", "uid", "u_n", "platforms", "customer_id"),
    *("moe_x", "MOE_x", "n" * 200, "n" * 201, "n" * 200 + "m", "addValueToArrayField"),
    *facts.STORAGE_KEYS,
    *facts.READ_ONLY_NAMES,
    *BY_KEY,
]
plain_names = st.sampled_from(["city", "plan", "Plan", "tags", "email", "nested", "n" * 200])
names = plain_names | plain_names | st.sampled_from(ODD_NAMES) | st.text(max_size=6)
long_texts = st.builds(
    lambda start, size: start + "x" * (size - len(start)),
    st.sampled_from(["", "é", "https://e.x/", "HTTP://e.x/", "ftp://e.x/"]),
    st.integers(500, 530),
)
texts = st.sampled_from(["", "Pune", "NULL", "2024-01-31", "2024-15-12", "nan"]) | st.text()
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | long_texts
keys = st.sampled_from(["a", "b", "a.b", "$a"])
items = scalars | st.dictionaries(keys, scalars, max_size=2)
nested = st.recursive(
    items, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=2)
)
json_values = nested | st.lists(st.integers(0, 9), max_size=60)

CELLS: dict[str, st.SearchStrategy[str]] = {
    "string": texts | texts | long_texts,
    "integer": st.integers().map(str),
    "number": st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str)
    | st.from_regex(r"[1-9][0-9]{0,9}\.[0-9]{1,20}", fullmatch=True),
    "boolean": st.sampled_from(["yes", "0", "x"]),
    "date": st.dates().map(str) | st.just("2024-15-12"),
    "datetime": st.datetimes().map(lambda moment: moment.isoformat() + "+05:30"),
    "list": json_values.map(json.dumps),
    "json": json_values.map(json.dumps),
}


@st.composite
def columns(draw: st.DrawFn) -> Column:
    kind = draw(st.sampled_from(sorted(CELLS)))
    options: dict[str, Any] = {"type": kind, "bad_value": "leave_out"}
    if draw(st.booleans()):
        options["blank"] = "unset"
    return options, draw(st.lists(CELLS[kind] | st.just(""), min_size=3, max_size=3))


plain_ids = st.sampled_from(["user-1", "user-2", "USER-1"])
ids = plain_ids | plain_ids | st.sampled_from(["NULL", " na ", "7", "x"]) | st.text()
rules = st.fixed_dictionaries(
    {
        "attr": st.sampled_from(["city", "CITY", "legacy", "x"]) | names,
        "match": st.sampled_from(facts.UNSET_OPERATORS),
        "case_sensitive": st.booleans(),
    }
)
MET: Counter[str] = Counter()
"""How many rows went which way: a law about rows that are never met would prove nothing."""


def exact(kept: Attributes) -> Attributes:
    """Give what the server has, with each double as the decimal that it is shown as."""
    found: Attributes = json.loads(json.dumps(kept), parse_float=Decimal)
    return found


def outcome(user: dict[str, Any], before: Attributes | None) -> Attributes:
    """Give what the server has of an accepted user; it must have dropped nothing."""
    settled = settle(user, before, frozenset())
    assert settled.dropped == ()
    assert settled.attributes is not None
    return settled.attributes


@given(
    attributes=st.dictionaries(names, columns(), min_size=1, max_size=2),
    ids=st.lists(ids, min_size=3, max_size=3),
    unset=st.lists(rules, max_size=1),
)
@example({"a": ({"type": "string"}, ["x" * 513, "x" * 512, ""])}, ["u1", "u2", "u3"], [])
@example({"a": ({"type": "json"}, ['[1, "a"]', "{}", json.dumps([1] * 51)])}, ["u1"] * 3, [])
@example({"a": ({"type": "number"}, ["0.1234567890123456789", "1.50", ""])}, ["u1"] * 3, [])
@example({"a": ({"type": "json"}, ["[12345678.123456789012]", "1e-400", "1e-9"])}, ["u1"] * 3, [])
@example({"installed": ({}, ["1"] * 3)}, ["u1"] * 3, [])
@example({"\xdf\xdf": ({}, ["1"] * 3)}, ["u1"] * 3, [{"attr": "SSSS", "case_sensitive": False}])
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_passes_the_rules_without_a_warning_arrives_unchanged(
    attributes: dict[str, Column], ids: list[str], unset: list[dict[str, Any]]
) -> None:
    places = {name: f"c{number}" for number, name in enumerate(attributes)}
    entries = {
        name: {"column": places[name], **options} for name, (options, _) in attributes.items()
    }
    document = {"mapping": "1", "customer_id": "id", "attributes": entries, "unset": unset}
    # As in a workspace that takes objects.
    document["rules"] = {"object-sent": "off"}
    try:
        mapping = parse_mapping(json.dumps(document))
    except MappingError:
        MET["mapping refused"] += 1
        return
    cells = {places[name]: pa.array(column) for name, (_, column) in attributes.items()}
    table = pa.table({"id": pa.array(ids), **cells})
    block = ArrowBlock(0, "u.parquet", 1, tuple(table.column_names), table)
    prepared = Preparer(mapping).prepare(block)
    MET["rows refused"] += block.rows - len(prepared.index)
    # What a type refuses is left out here, so that the others of its row come to the rules.
    if mapping.warnings or {one.code for one in prepared.warnings} - {"no-attributes", "left-out"}:
        MET["warned"] += 1
        return
    for body in prepared.bodies.to_pylist():
        MET["rows passed"] += 1
        # As the server reads it: with doubles.
        user = json.loads(body)
        written = json.loads(body, parse_float=Decimal)
        # [] empties an attribute, as the documentation says: it is not there afterwards.
        sent = {name: value for name, value in written["attributes"].items() if value != []}
        assert exact(outcome(user, None)) == sent
        assert exact(outcome(user, {})) == sent


def test_the_law_met_enough_of_each_kind() -> None:
    if not MET:
        test_what_passes_the_rules_without_a_warning_arrives_unchanged()
    assert min(MET[way] for way in ("mapping refused", "rows refused", "rows passed")) > 20
    assert MET["warned"]


@given(
    cells=st.lists(st.text('ab;"é ', max_size=8), min_size=1, max_size=4),
    had=st.lists(st.text("abé", min_size=1, max_size=1), min_size=1, max_size=4, unique=True),
    update=st.sampled_from(["add", "remove"]),
)
def test_what_is_added_to_a_list_or_removed_arrives(
    cells: list[str], had: list[str], update: str
) -> None:
    mapping = parse_mapping(
        "mapping: 1\ncustomer_id: id\nattributes:\n"
        f"  tags: {{column: c, type: list, separator: ';', update: {update}, bad_value: leave_out}}\n"
    )
    table = pa.table({"id": pa.array([f"user-{n}" for n in range(len(cells))]), "c": cells})
    block = ArrowBlock(0, "u.parquet", 1, ("id", "c"), table)
    for body, cell in zip(Preparer(mapping).prepare(block).bodies.to_pylist(), cells, strict=True):
        items = [item.strip() for item in cell.split(";")]
        kept = outcome(json.loads(body), {"tags": list(had)}).get("tags", [])
        if not all(items):
            assert kept == had
        elif update == "add":
            assert set(kept) == {*had, *items}
        else:
            assert set(kept) == set(had) - set(items)
