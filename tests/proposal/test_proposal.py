from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import ImporterError, SourceError, UsageError
from importer.mapping_file import parse_mapping, parse_provisionally
from importer.mapping_file.yaml_tree import read_yaml
from importer.proposal import name_for, propose_mapping
from importer.proposal.yaml_text import text as yaml_text
from importer.records import SourceOptions
from tests.proposal.tables import proposed, sendable, table, value_of

ANY_CHARACTER = st.characters(codec="utf-8")
CELLS = st.text(ANY_CHARACTER, max_size=12) | st.sampled_from(
    ["", "1", "0", "yes", "03/04/1990", "1.234", "1,5", "a@example.com", "+918888444411", "NULL"]
)
NAMES = st.text(ANY_CHARACTER, min_size=1, max_size=12) | st.sampled_from(
    [
        "id",
        "email",
        "Phone",
        "birthday",
        "Newsletter",
        "lat",
        "lng",
        "status",
        "decide",
        "created at",
    ]
)


@settings(max_examples=40)
@given(
    names=st.lists(NAMES, min_size=1, max_size=5, unique_by=lambda name: name.strip().casefold()),
    rows=st.lists(st.lists(CELLS, min_size=5, max_size=5), min_size=1, max_size=6),
)
def test_a_mapping_of_any_table_loads_or_says_what_is_to_be_decided(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.parquet"
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    parquet.write_table(pa.table(columns), path)
    try:
        found = propose_mapping(path)
    except SourceError:
        return
    mapping = parse_provisionally(found.text, "m.yaml")
    assert set(mapping.columns) <= set(names)
    try:
        parse_mapping(found.text, "m.yaml")
    except ImporterError as error:
        assert len(error.problems) >= len(found.choices) > 0
        assert all("not decided" in problem.found for problem in error.problems)
    else:
        assert found.choices == ()
        assert sendable(found, path) == found.sendable or len(rows) == 0


@given(st.text(ANY_CHARACTER))
def test_every_text_reads_back_from_the_yaml(given_text: str) -> None:
    line = f"{yaml_text(given_text)}: {{a: {yaml_text(given_text)}, b: [{yaml_text(given_text)}]}}"
    root = read_yaml(line, "m.yaml").root
    assert root == {given_text: {"a": given_text, "b": [given_text]}}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("data/My Users (2024).csv", "my-users-2024"),
        ("https://example.com/a/Kunden.csv?key=secret", "kunden"),
        ("s3://bucket/exports/", "exports"),
        ("what?.csv", "what"),
        ("exports/*.csv", "exports"),
        ("-", "users"),
        ("用户.csv", "users"),
    ],
)
def test_a_mapping_is_named_after_its_source(path: str, name: str) -> None:
    assert name_for(path) == name


def test_what_was_said_of_the_source_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes("u-1+|Zoë&|u-2+|Ann&|".encode("cp1252"))
    said = SourceOptions(encoding="cp1252", delimiter="+|", line_end="&|", header=0)
    found = propose_mapping(path, said)
    assert 'source: {encoding: cp1252, delimiter: "+|", line_end: "&|", header: none}' in found.text
    mapping = parse_mapping(found.text, "m.yaml")
    assert mapping.source == said
    assert sendable(found, path) == 2


def test_no_person_s_value_stands_in_the_mapping(tmp_path: Path) -> None:
    columns = {
        "First name": ["Ann", "Ann"] * 15,
        "email": ["ann@example.com", "not an address"] * 15,
        "Street": ["1 Secret Road"] * 30,
        "born": ["31/02/1990"] + ["31/01/1990"] * 29,
        "city": ["Pune", "Goa"] * 15,
        "gender": ["M", "F"] * 14 + ["Hidden", "M"],
    }
    found = proposed(tmp_path, columns)
    for value in ("Ann", "ann@", "not an address", "Secret", "1990", "idden"):
        assert value not in found.text
    assert '2 different: "Pune", "Goa".' in found.text


def test_rows_that_cannot_be_read_are_counted_and_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("customer id,city\nu-1,Pune\nu-2\nu-3,Goa\n")
    found = propose_mapping(path)
    assert (found.rows, found.sendable, found.reasons) == (3, 2, {"ragged-row": 1})
    assert "1 of them cannot be read; `check` tells why." in found.text


def test_a_column_that_parquet_cannot_give_as_text_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    columns = {
        "customer id": ["u-1", "u-2"],
        "blob": [b"\xff\xfe", b"ok"],
        "span": pa.array([1, 2], pa.duration("s")),
    }
    parquet.write_table(pa.table(columns), path)
    found = propose_mapping(path)
    left = {line.columns[0] for line in found.lines if line.left_out}
    assert left == {"blob", "span"}
    assert sendable(found, path) == 2


def test_json_lines_and_workbooks_are_looked_at_too(tmp_path: Path) -> None:
    lines = tmp_path / "t.jsonl"
    rows = [{"user_id": f"u-{at}", "score": at + 0.125, "tags": ["a"]} for at in range(3)]
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = propose_mapping(lines)
    assert value_of(found, "score") == "{column: score, type: number}"
    assert value_of(found, "tags") == "{column: tags, type: list}"
    assert sendable(found, lines) == 3


def test_several_files_are_one_table(tmp_path: Path) -> None:
    first = table(tmp_path, {"x": ["1", "2"]}, "a.csv")
    second = table(tmp_path, {"x": ["3", "4.5"]}, "b.csv")
    found = propose_mapping([first, second])
    assert (found.name, found.rows) == ("a", 4)
    assert value_of(found, "x") == "{column: x, type: number}"


def test_an_answer_that_there_is_not_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, {"x": ["1"]})
    with pytest.raises(UsageError, match="--timezone: 'Mars/Base'"):
        propose_mapping(path, timezone="Mars/Base")
    with pytest.raises(UsageError, match="--region: 'Narnia'"):
        propose_mapping(path, region="Narnia")


def test_a_type_that_only_most_rows_of_the_whole_have_is_no_type(tmp_path: Path) -> None:
    columns = {"when": ["31/12/2023"] * 30 + ["2024-12-31"] * 10}
    found = proposed(tmp_path, columns)
    assert "format: [DD/MM/YYYY, YYYY-MM-DD]" in value_of(found, "when")
    assert sendable(found, table(tmp_path, columns)) == 40


def test_more_columns_than_a_workspace_has_attributes_are_comments(tmp_path: Path) -> None:
    columns = {f"field {at}": ["x"] for at in range(300)} | {"email": ["a@example.com"]}
    found = proposed(tmp_path, columns)
    assert len(parse_mapping(found.text).attributes) == 256
    assert value_of(found, "email") == "email"
    assert sum("at most 256 attributes" in line.left_out for line in found.lines) == 45


def test_two_names_of_one_standard_attribute_are_not_both_taken(tmp_path: Path) -> None:
    found = proposed(tmp_path, {"source": ["ads"], "publisher_name": ["google"]})
    assert parse_mapping(found.text).columns == ("customer id", "source", "publisher_name")
