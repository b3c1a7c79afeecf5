from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from importer import RunConfig, check_source, preview_source
from importer.cli.reading_flags import with_reading_flags
from importer.errors import UsageError
from importer.records import SourceOptions

MAPPING = """
mapping: 1
source: {delimiter: ";", header: none}
customer_id: id
attributes: {first_name: name}
"""


def said(**flags: Any) -> SourceOptions:
    seen: list[SourceOptions] = []

    def command(name: str, reading: Any = None) -> int:
        seen.append(reading)
        return 0

    flagged = with_reading_flags(command)
    assert "reading" not in inspect.signature(flagged).parameters
    assert flagged(name="x", **flags) == 0
    return seen[0]


def test_the_flags_say_how_a_file_is_written() -> None:
    found = said(delimiter="tab", quote="none", line_end="&|", skip_lines="2", header="none")
    assert found == SourceOptions(delimiter="\t", quote="", line_end="&|", skip_lines=2, header=0)
    assert said(rename_columns=True, encoding="cp1252") == SourceOptions(
        encoding="cp1252", rename_columns=True
    )
    assert said() == SourceOptions()


def test_a_flag_that_means_nothing_is_named() -> None:
    with pytest.raises(UsageError, match="--skip-lines: 'two'"):
        said(skip_lines="two")


def test_a_flag_wins_over_the_mapping_and_all_commands_take_it(tmp_path: Path) -> None:
    source, mapping = tmp_path / "users.csv", tmp_path / "m.yaml"
    source.write_bytes("id+|name\nu1+|Zoë\n".encode("utf-16"))
    mapping.write_text(MAPPING, encoding="utf-8")
    config = RunConfig(source=said(delimiter="+|", header="1"))
    report = check_source(source, mapping, config)
    assert report.sources == (
        'users.csv: utf-16-le, `+|`, `"`, header on line 1, 2 columns, 1 row',
    )
    (file,) = report.as_dict()["source"]
    assert (file["delimiter"], file["header_line"], file["rows"]) == ("+|", 1, 1)
    (row,) = preview_source(source, mapping, config)
    assert row.payload is not None
    assert "Zoë" in row.payload


def test_a_first_line_that_looks_like_a_row_is_noted(tmp_path: Path) -> None:
    source, mapping = tmp_path / "users.csv", tmp_path / "m.yaml"
    source.write_text("id,name,17\n1,Ann,18\n", encoding="utf-8")
    mapping.write_text("mapping: 1\ncustomer_id: id\n", encoding="utf-8")
    report = check_source(source, mapping)
    assert ["header: none" in note for note in report.notes] == [True]
