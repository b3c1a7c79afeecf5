"""Makes each rule's example really happen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from importer.check import check_source
from importer.errors import MappingError
from importer.rule_examples import EXAMPLES, Example, consequence
from importer.rules import RULES

WITHOUT = {
    "cell-rounded": "it takes a workbook",
    "cell-not-computed": "it takes a workbook",
    "cell-rewritten": "it takes a dead letter and a spreadsheet",
    "not-changed": "it takes a dead letter and an API",
    "other-row-delivered": "it takes a dead letter and its run",
    "stale": "it takes an earlier run",
    "protected": "it takes an earlier run",
    "http-rejected": "it is an answer of the API",
    "status-fail": "it is an answer of the API",
    "http-error": "it is an answer of the API",
    "timeout": "it takes an API that does not answer",
    "connection": "it takes an API that cannot be reached",
    "answer-unreadable": "it is an answer of something before the API",
}
"""Rules whose example is no table with a mapping, and why."""


def codes(example: Example, folder: Path) -> set[str]:
    """Give the codes that a check of the example tells."""
    (folder / "m.yaml").write_text(example.whole_mapping, encoding="utf-8")
    (folder / example.file).write_bytes(example.data)
    try:
        report = check_source(folder / example.file, folder / "m.yaml")
    except MappingError as error:
        return set(re.findall(r"\[([a-z0-9-]+)\]$", str(error), re.M))
    noted = re.findall(r"\[([a-z0-9-]+)\]$", "\n".join(map(str, report.notes)), re.M)
    return {
        *(reason.code for reason in report.reasons),
        *(caution.code for caution in report.warnings),
        *noted,
    }


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_is_struck_by_its_rule(code: str, tmp_path: Path) -> None:
    assert code in codes(EXAMPLES[code], tmp_path)


def test_every_rule_has_an_example_or_a_reason_to_have_none() -> None:
    assert set(RULES) - set(EXAMPLES) == set(WITHOUT)
    assert set(EXAMPLES) <= set(RULES)


@pytest.mark.parametrize("code", [code for code in EXAMPLES if RULES[code].choices])
def test_a_switch_does_what_it_says(code: str, tmp_path: Path) -> None:
    example, rule = EXAMPLES[code], RULES[code]
    assert rule.switch
    for word in rule.choices:
        switched = Example(
            f"{example.mapping}\nrules: {{{code}: {word}}}", example.table, example.file
        )
        assert (code in codes(switched, tmp_path)) == (word != "off"), word
        assert _stops(switched, tmp_path, code) == (word == "error"), word


def _stops(example: Example, folder: Path, code: str) -> bool:
    """Tell whether a rule stops the example or its row."""
    try:
        report = check_source(folder / example.file, folder / "m.yaml")
    except MappingError as error:
        return f"[{code}]" in str(error)
    return code in {reason.code for reason in report.reasons}


@pytest.mark.parametrize("code", RULES)
def test_each_rule_is_told_in_plain_words(code: str) -> None:
    rule = RULES[code]
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code)
    for words in (rule.what, rule.why, rule.fix, consequence(code)):
        assert words
        assert not words.endswith(".")
    assert bool(rule.switch) == bool(rule.choices)
