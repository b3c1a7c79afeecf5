"""Promises of `duplicates: merge`."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer import RunConfig
from importer.check import check_source
from importer.mapping_file import parse_mapping
from importer.stages.recording import spill
from importer.survey import part_files
from tests.journeys import write_csv

HEADER = ("id", "name", "points", "tags", "old", "info", "app", "keep")
MAPPING = """
mapping: 1
customer_id: id
attributes:
  name: name
  points: {column: points, type: number}
  first: {column: name, blank: unset}
  tags: {column: tags, type: list, separator: "|", update: add}
  old: {column: old, type: list, update: remove}
  info: {column: info, type: json}
platforms: [{platform: web, active: app}]
unset: [{attr: legacy}]
where: {keep: [y]}
rules: {object-sent: off}
"""
CELLS = {
    "id": ["user-1", "user-2", 'u"3'],
    "name": ["", "", "Ann", 'B"en', "Ünal"],
    "points": ["", "1234567890123456789012.50", "0.10", "x"],
    "tags": ["", "", "a", "a|b", "b|c"],
    "old": ["", "[1, 2.50]", "[2.5,3]", '["x, y", "z"]', "[]"],
    "info": ["", '{"a": [1.0]}', '{"b":"]"}'],
    "app": ["", "yes", "no"],
    "keep": ["y", "y", "y", "n"],
}
ROWS = st.lists(
    st.tuples(*(st.sampled_from(CELLS[name]) for name in HEADER)), min_size=1, max_size=8
)


def payloads(
    rows: list[tuple[str, ...]], words: str, folder: Path, **settings: object
) -> dict[int, Any]:
    """Give the payloads that a check would send, by row."""
    source = write_csv(folder / "t.csv", HEADER, rows)
    config = RunConfig(**settings)  # type: ignore[arg-type]
    check_source(source, parse_mapping(MAPPING + words, "m.yaml"), config, payloads=folder / "p")
    lines = (folder / "p").read_text(encoding="utf-8").splitlines()
    read = [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in lines]
    return {int(line["row"]): line["payload"] for line in read}


def applied(sent: dict[int, Any]) -> dict[str, dict[str, Any]]:
    """Do what MoEngage does with payloads, in order; lists keep each item once."""
    users: dict[str, dict[str, Any]] = {}
    for payload in sent.values():
        user = users.setdefault(payload["customer_id"], {"+": [], "-": []})
        for name, value in payload["attributes"].items():
            if name == "platforms":
                user |= {f"platform {entry['platform']}": entry["active"] for entry in value}
            elif name in ("addValueToArrayField", "removeValueFromArrayField"):
                for field, items in value.items():
                    # What is added is not removed here, so their order does not matter.
                    kept = user["+" if name.startswith("add") else "-"]
                    kept += [(field, item) for item in items if (field, item) not in kept]
            else:
                user[name] = value
        for rule in payload.get("unset_attributes", ()):
            user.pop(rule["attr"], None)
    return users


@settings(max_examples=30)
@given(rows=ROWS, block_bytes=st.sampled_from([100, None]))
def test_one_merged_request_does_what_all_rows_in_order_do(
    rows: list[tuple[str, ...]], block_bytes: int | None
) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        if block_bytes:
            patch.setattr(spill, "BUFFER_BYTES", 100)
            patch.setattr(spill, "CHUNK_BYTES", 60)
            patch.setattr(part_files, "BUFFER_BYTES", 100)
            patch.setattr(part_files, "_PART_SHIFT", 1)
        each = payloads(rows, "duplicates: each", Path(name))
        merged = payloads(rows, "duplicates: merge", Path(name), block_bytes=block_bytes)
    last = {payload["customer_id"]: row for row, payload in each.items()}
    assert {payload["customer_id"]: row for row, payload in merged.items()} == last
    assert applied(merged) == applied(each)
    for row, payload in merged.items():
        if [other["customer_id"] for other in each.values()].count(payload["customer_id"]) == 1:
            assert payload == each[row]


def merged_alone(folder: Path, *rows: dict[str, str]) -> Any:
    full = [
        tuple({"id": "u-1", "keep": "y", **row}.get(name, "") for name in HEADER) for row in rows
    ]
    (payload,) = payloads(full, "duplicates: merge", folder).values()
    return payload


def test_an_empty_cell_leaves_what_an_earlier_row_has_and_one_that_unsets_does_not(
    tmp_path: Path,
) -> None:
    payload = merged_alone(tmp_path, {"name": "Ann", "points": "1"}, {"points": "2.50"})
    assert payload["attributes"] == {"name": "Ann", "points": Decimal("2.50")}
    assert [rule["attr"] for rule in payload["unset_attributes"]] == ["legacy", "first"]
    payload = merged_alone(tmp_path, {"points": "1"}, {"name": "Ann"})
    assert payload["attributes"] == {"name": "Ann", "points": 1, "first": "Ann"}
    assert [rule["attr"] for rule in payload["unset_attributes"]] == ["legacy"]


def test_lists_that_are_added_and_removed_are_joined(tmp_path: Path) -> None:
    payload = merged_alone(
        tmp_path, {"tags": "b|a", "old": "[1.50, 2]"}, {}, {"tags": "a|c", "old": '["x, ]", "y"]'}
    )
    assert payload["attributes"]["addValueToArrayField"] == {"tags": ["b", "a", "c"]}
    assert payload["attributes"]["removeValueFromArrayField"] == {
        "old": [Decimal("1.50"), 2, "x, ]", "y"]
    }


def test_a_merged_user_whom_the_api_would_not_take_is_invalid_and_says_why(tmp_path: Path) -> None:
    lists = ["|".join(f"t{n}-{m}" for m in range(40)) for n in range(2)]
    rows = [("u-1", "A", "", lists[0], "", "", "", "y"), ("u-1", "", "", lists[1], "", "", "", "y")]
    source = write_csv(tmp_path / "t.csv", HEADER, rows)
    mapping = parse_mapping(MAPPING + "duplicates: merge", "m.yaml")
    report = check_source(source, mapping, problems=tmp_path / "p.csv")
    assert {str(fate): n for fate, n in report.fates.items() if n} == {
        "superseded": 1,
        "invalid": 1,
    }
    text = (tmp_path / "p.csv").read_text(encoding="utf-8-sig")
    assert "found 80 items, when the user's rows are merged, expected at most 50 items" in text


def test_values_are_unique_as_they_are_once_rows_are_merged(tmp_path: Path) -> None:
    text = (
        "mapping: 1\ncustomer_id: id\nattributes: {mail: {column: mail, unique: true}}\n"
        "duplicates: merge\n"
    )
    cells = [("u-1", "a"), ("u-2", "b"), ("u-1", ""), ("u-3", "a"), ("u-2", "c"), ("u-4", "b")]
    source = write_csv(tmp_path / "t.csv", ["id", "mail"], cells)
    for block_bytes in (None, 20):
        problems, sent = tmp_path / "p.csv", tmp_path / "p.jsonl"
        config = RunConfig(block_bytes=block_bytes)
        mapping = parse_mapping(text, "m.yaml")
        check_source(source, mapping, config, problems=problems, payloads=sent)
        rows = {json.loads(line)["row"] for line in sent.read_text().splitlines()}
        # a is merged into row 3 and stands in row 4; b of u-2 was replaced by c in row 5.
        assert rows == {5, 6}
        assert "found the same value as row 4" in problems.read_text(encoding="utf-8-sig")
