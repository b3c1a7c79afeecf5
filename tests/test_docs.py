"""The documents say what is true: commands, options, tables and examples."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from importer.mapping_check.own_tests import run_mapping_tests
from importer.mapping_file import parse_mapping
from importer.moengage.attributes import STANDARD_ATTRIBUTES
from importer.records import DEAD_LETTER_COLUMNS, Fate
from importer.rules import RULES
from importer.sandbox.faults import Faults
from importer.stages.reporting import RunReport

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}

GROUPS = ("mapping", "memory")
"""Commands that have commands of their own."""


def help_of(*command: str) -> str:
    words = [sys.executable, "-m", "importer", *command, "--help"]
    wide = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(words, capture_output=True, text=True, check=True, env=wide).stdout


def test_the_generated_tables_are_up_to_date() -> None:
    words = [sys.executable, str(ROOT / "docs/generate.py"), "--check"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_every_command_of_the_documents_exists_with_its_options() -> None:
    helps: dict[str, str] = {}
    lines = [line for text in TEXT.values() for line in text.splitlines()]
    commands = [line.strip() for line in lines if line.startswith("    moengage-import ")]
    assert len(commands) > 6
    for line in commands:
        words = shlex.split(line, comments=True)
        verb = " ".join(words[1:3] if words[1] in GROUPS else words[1:2])
        helps.setdefault(verb, help_of(*verb.split()))
        for word in words[2:]:
            if word.startswith("--"):
                assert word in helps[verb], line


def test_every_option_of_run_is_documented() -> None:
    options = set(re.findall(r"--[a-z-]{3,}", help_of("run")))
    documented = set(re.findall(r"--[a-z-]{3,}", TEXT["docs/running.md"] + TEXT["README.md"]))
    assert options - documented - {"--help"} == set()


def test_every_code_that_the_documents_name_exists() -> None:
    for name in ("docs/reading.md", "sample_data/README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        codes = re.findall(r"`((?:not|id|geo|quote|ragged|cell|string|check)-[a-z-]+)`", text)
        assert codes
        assert set(codes) <= set(RULES), name


def test_every_key_of_the_json_is_documented() -> None:
    report = RunReport("", (), "", 0, dict.fromkeys(Fate, 0), True, 0.0, 0, "")
    for key in report.as_dict():
        assert f"`{key}`" in TEXT["docs/running.md"], key
    for fate in Fate:
        assert f"`{fate}`" in TEXT["docs/running.md"]


def test_every_column_of_the_dead_letter_is_documented() -> None:
    for column in DEAD_LETTER_COLUMNS:
        assert f"`{column}`" in TEXT["docs/running.md"]


def mappings_in(text: str) -> list[str]:
    """Give every mapping that a page shows, indented or fenced, also one of a part of the file."""
    indented = re.findall(r"^    mapping: 1\n(?:(?:    .*)?\n)+", text, re.M)
    blocks = [re.sub(r"^    ", "", block, flags=re.M) for block in indented]
    return [*blocks, *re.findall(r"^ *```ya?ml\n(.*?)^ *```", text, re.S | re.M)]


def test_every_mapping_in_the_documents_can_be_read_and_passes_its_tests() -> None:
    found = 0
    for page, text in TEXT.items():
        for block in mappings_in(text):
            results = run_mapping_tests(parse_mapping(block, page))
            assert [result for result in results if not result.passed] == []
            found += 1
    assert found > 7


def test_every_block_of_yaml_in_the_documents_is_found() -> None:
    for page, text in TEXT.items():
        fences = re.findall(r"^ *```(\w*)", text, re.M)
        assert not {"yaml", "yml", "YAML"} & set(fences) or mappings_in(text), page
        starts = re.findall(r"^\s*mapping: 1$", text, re.M)
        assert len(mappings_in(text)) == len(starts), page


def test_every_link_leads_somewhere() -> None:
    for name, text in TEXT.items():
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            if "://" not in link:
                assert ((ROOT / name).parent / link).exists(), f"{name}: {link}"


def test_every_file_that_the_architecture_names_exists() -> None:
    paths = re.findall(r"`([a-z_/]+(?:\.py|/))`", TEXT["ARCHITECTURE.md"])
    assert len(paths) > 20
    places = [
        ROOT,
        ROOT / "importer",
        ROOT / "importer/stages/sending",
        ROOT / "importer/mapping_file",
        ROOT / "importer/stages/recording",
    ]
    for path in paths:
        assert (
            any((place / path).exists() for place in places)
            or (ROOT / "importer/stages/coercing" / path).exists()
        ), path


def test_all_standard_attributes_of_the_specification_are_there() -> None:
    seed = (
        "name first_name last_name email age gender mobile moe_geo_location source created_time "
        "last_seen transactions revenue moe_unsubscribe"
    )
    assert set(seed.split()) <= {entry.key for entry in STANDARD_ATTRIBUTES}


def test_the_documents_speak_of_the_project_alone() -> None:
    for name, text in TEXT.items():
        assert not re.search(r"/(work|root|home|tmp)/", text), name


def test_every_fault_of_the_sandbox_is_documented_and_no_other() -> None:
    section = TEXT["docs/running.md"].split("\n## The sandbox\n")[1]
    table = section.split("| fault |")[1].split("\n\n")[0]
    keys = "".join(line.split("|")[1] for line in table.splitlines()[2:])
    named = set(re.findall("`([a-z0-9_]+)`", keys))
    assert named == {field.name for field in fields(Faults)}
    example = re.search(r"-d '(\{.*\})'", section)
    assert example is not None
    assert Faults.parse(json.loads(example[1])).settings() == json.loads(example[1])
