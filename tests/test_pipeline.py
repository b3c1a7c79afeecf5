from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from importer.mapping_file import bind, parse_mapping
from importer.pipeline import Preparer
from importer.prepared import Prepared
from importer.records import Block, SourceOptions
from importer.stages.reading import open_source
from importer.warned import Warned

MAPPING = bind(
    parse_mapping(
        "mapping: 1\ncustomer_id: id\n"
        "attributes:\n"
        "  seq: {column: seq, type: integer, check: {ge: 0}}\n"
        "  born: {column: born, type: date, bad_value: leave_out}\n"
        "where: {kind: [user]}\n"
    ),
    ["id", "seq", "born", "kind"],
    "u.csv",
)

# sent; bad cell; failed check; banned id and bad cell; filtered and bad; unreadable; left out
ROWS = (
    b"id,seq,born,kind\n"
    b"u1,1,2000-01-31,user\n"
    b"u2,x,,user\n"
    b"u3,-1,,user\n"
    b"null,x,,user\n"
    b"u5,x,,test\n"
    b"u6,6\n"
    b"u7,7,31.01.2000,user\n"
)


@pytest.fixture
def block(tmp_path: Path) -> Block:
    source = tmp_path / "u.csv"
    source.write_bytes(ROWS)
    (found,) = open_source([source], SourceOptions()).blocks()
    return found


def codes(prepared: Prepared) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for reason in prepared.rejections:
        found.setdefault(reason.index, []).append(reason.code)
    return found


def same(one: Prepared, other: Prepared) -> bool:
    return pickle.dumps(one) == pickle.dumps(other) and one.bodies.equals(other.bodies)


def test_every_row_goes_one_way_with_all_its_reasons(block: Block) -> None:
    prepared = Preparer(MAPPING).prepare(block)
    assert prepared.index.tolist() == [0, 6]
    assert prepared.customer_ids.to_pylist() == ["u1", "u7"]
    assert prepared.filtered.tolist() == [4]
    assert codes(prepared) == {
        1: ["not-integer"],
        2: ["check-failed"],
        3: ["not-integer", "id-banned"],
        5: ["ragged-row"],
    }
    assert [(reason.index, reason.code) for reason in prepared.left_out] == [(6, "not-date")]
    assert prepared.warnings == (Warned("left-out", "born", 1, 6),)


def test_preparing_a_block_twice_gives_the_same(block: Block) -> None:
    preparer = Preparer(MAPPING)
    assert same(preparer.prepare(block), preparer.prepare(block))


def test_a_preparer_that_was_sent_to_another_process_does_the_same(block: Block) -> None:
    preparer = Preparer(MAPPING, frozenset({"u1"}))
    again = pickle.loads(pickle.dumps(preparer))
    assert (again.mapping, again.only) == (preparer.mapping, preparer.only)
    there = pickle.loads(pickle.dumps(again.prepare(pickle.loads(pickle.dumps(block)))))
    assert same(there, preparer.prepare(block))


def test_only_the_asked_users_are_looked_at(block: Block) -> None:
    prepared = Preparer(MAPPING, frozenset({"u2", "u7", "nobody"})).prepare(block)
    assert prepared.customer_ids.to_pylist() == ["u7"]
    assert codes(prepared) == {1: ["not-integer"]}
    # An unreadable row has no id: it is not one of those that were asked for.
    assert sorted(prepared.filtered.tolist()) == [0, 2, 3, 4, 5]


def test_an_empty_list_of_users_asks_for_nobody(block: Block) -> None:
    prepared = Preparer(MAPPING, frozenset()).prepare(block)
    assert len(prepared.filtered) == prepared.rows == 7
    assert prepared.rejections == prepared.left_out == ()


def test_coercing_alone_gives_each_cells_json(block: Block) -> None:
    typed = Preparer(MAPPING).coerced(block)
    # The unreadable row has no cells and so no place among them.
    assert typed.batch.index.tolist() == [0, 1, 2, 3, 4, 6]
    seq, born = typed.attributes
    assert seq.json.to_pylist() == ["1", None, "-1", None, None, "7"]
    assert born.json.to_pylist() == ['"2000-01-31"', None, None, None, None, None]
