from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from importer.config import RunConfig
from importer.job import open_job
from importer.mapping_file import parse_mapping
from importer.memory.bodies import without
from importer.memory.value_hashes import body_hashes, contradicting, payload_hashes, slots_of
from importer.pipeline import Preparer
from importer.prepared import Prepared

SECRET = b"s" * 32
MAPPING = """mapping: 1
customer_id: id
attributes:
  name: name
  plain: {column: text, blank: unset}
  amount: {column: amount, type: number}
  when: {column: when, type: date}
  tags: {column: tags, type: list, separator: "|"}
  more: {column: tags, type: list, separator: "|", update: add}
  raw: {column: raw, type: json}
  big: {column: big, type: integer}
platforms:
  - {platform: ANDROID, active: app}
unset:
  - {attr: old_, match: prefix}
"""
TABLE = (
    """id;name;text;amount;when;tags;raw;big;app
u1;Ana "quoted" \\ é;x;1234.50;2024-01-02;a|b;"{""a"": [1, ""}""]}";1234567890123456789;true
u2;;;7;;;"""
    '"""word"""'
    """;;
u3;Bo;,}{;-0.10;2024-01-03;c;[2];5;false
"""
)


def prepared(text: str = TABLE, mapping: str = MAPPING, tmp: Path = Path()) -> Prepared:
    (tmp / "t.csv").write_text(text, encoding="utf-8")
    job = open_job(tmp / "t.csv", parse_mapping(mapping, "m.yaml"), RunConfig())
    (block,) = job.source.blocks()
    found = Preparer(job.mapping, None, SECRET).prepare(block)
    assert not found.rejections
    return found


def test_a_body_says_what_its_row_says(tmp_path: Path) -> None:
    rows = prepared(tmp=tmp_path)
    assert rows.values is not None
    mapping = parse_mapping(MAPPING, "m.yaml")
    assert len(rows.index) == 3
    for body, values in zip(rows.bodies.to_pylist(), rows.values, strict=True):
        assert body_hashes(body, mapping, SECRET).tolist() == values.tolist()


def test_all_that_a_row_says_is_in_its_hash(tmp_path: Path) -> None:
    before = prepared(tmp=tmp_path)
    assert before.values is not None
    for old, new in [
        ("Ana", "Ane"),
        ("1234.50", "1234.51"),
        ("2024-01-02", "2024-01-04"),
        ("a|b", "b|a"),
        ("[1,", "[2,"),
        ("6789;true", "6789;false"),
        ("Bo;,}{;", "Bo;;"),
    ]:
        after = prepared(TABLE.replace(old, new), tmp=tmp_path)
        assert after.values is not None
        changed = payload_hashes(before.values) != payload_hashes(after.values)
        assert changed.sum() == 1, (old, new)
    ruled = prepared(mapping=MAPPING.replace("old_", "older_"), tmp=tmp_path)
    assert ruled.values is not None
    assert (payload_hashes(before.values) != payload_hashes(ruled.values)).all()


def test_hashes_need_the_secret_and_are_even(tmp_path: Path) -> None:
    rows = prepared(tmp=tmp_path)
    assert rows.values is not None
    assert not (rows.values & np.uint64(1)).any()
    mapping = parse_mapping(MAPPING, "m.yaml")
    other = body_hashes(rows.bodies[0].as_py(), mapping, b"t" * 32)
    assert not (other == rows.values[0]).any()


def slot(name: str) -> str:
    return next(s for s in slots_of(parse_mapping(MAPPING, "m.yaml")) if s.endswith(name))


@pytest.mark.parametrize(
    ("dropped", "gone"),
    [
        ({"replace name"}, '"name":"Ana \\"quoted\\" \\\\ é",'),
        ({"replace amount"}, '"amount":1234.50,'),
        ({"replace big"}, '"big":1234567890123456789,'),
        ({"platforms"}, '"platforms":[{"platform":"ANDROID","active":"true"}]'),
        ({"add more"}, '"addValueToArrayField":{"more":["a","b"]}'),
        (
            {"unset rules"},
            ',"unset_attributes":[{"type":"prefix","attr":"old_","case_sensitive":true}]',
        ),
    ],
)
def test_a_part_is_taken_out_and_the_rest_stays_byte_for_byte(
    dropped: set[str], gone: str, tmp_path: Path
) -> None:
    body = prepared(tmp=tmp_path).bodies[0].as_py().decode()
    assert gone in body
    left = without(body.encode(), frozenset(dropped), 1)
    assert left is not None
    cut = body.replace(gone, "", 1).replace(",}", "}").replace(",,", ",")
    assert left.decode() == cut


def test_a_body_of_which_nothing_is_left_is_none(tmp_path: Path) -> None:
    rows = prepared(tmp=tmp_path)
    mapping = parse_mapping(MAPPING, "m.yaml")
    everything = frozenset({*slots_of(mapping), "platforms"})
    assert [without(body, everything, 1) for body in rows.bodies.to_pylist()] == [None] * 3
    assert isinstance(rows.bodies, pa.Array)


WITH = "name: m\ncustomer_id: id\nattributes: "


@pytest.mark.parametrize(
    ("mapping", "carried", "slots"),
    [
        ("{a: a, b: b}", "replace a", ["add a", "remove a", "unset rules"]),
        ("{a: {column: a, type: list, update: add}}", "add a", ["replace a", "remove a"]),
        ("{a: a}\nunset: [{attr: old_}]", "replace a", ["add a", "remove a"]),
        ("{a: a}\nunset: [{attr: old_}]", "unset rules", ["add a", "remove a", "replace b"]),
        ("{b: b}\nplatforms: [{platform: iOS, active: i}]", "platform iOS", ["platform web"]),
    ],
)
def test_what_a_body_carries_makes_other_values_untrue(
    mapping: str, carried: str, slots: list[str]
) -> None:
    """Values of the same attribute in another verb; with rules that unset, all of other mappings."""
    found = parse_mapping(f"mapping: 1\n{WITH}{mapping}\n", "m.yaml")
    own = slots_of(found)
    every = (
        "replace a",
        "add a",
        "remove a",
        "replace b",
        "platform iOS",
        "platform web",
        "unset rules",
    )
    untrue = contradicting(every, found)[own.index(carried)]
    known = {slot for slot, flag in zip(every, untrue, strict=True) if flag}
    assert known >= set(slots)
    assert not known & set(own)
    if "unset rules" not in own:
        assert known == {*slots, "unset rules"}
