"""Resolves how a value's text is cut, cleaned and translated before it gets its type."""

from __future__ import annotations

from typing import Any, cast

from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import AttributeModel, OriginModel
from importer.mapping_file.mapping import Otherwise
from importer.mapping_file.patterns import EXPECTED, fault_of, has_group
from importer.mapping_file.yaml_tree import Path


def cleaning(
    model: OriginModel, path: Path, nulls: list[str], findings: Findings
) -> dict[str, Any]:
    """Give the Attribute's fields for these steps; `nulls` are the source's."""
    _check_cuts(model, path, findings)
    _needs(
        model, "otherwise", "values", "says what becomes of cells not listed there", path, findings
    )
    otherwise, value = _otherwise(model)
    return {
        "split": model.split,
        "take": model.take or 1,
        "extract": model.extract,
        "no_match": model.no_match or "invalid",
        "transforms": tuple(model.transform),
        "nulls": frozenset(nulls if model.nulls is None else model.nulls),
        "values": model.values,
        "otherwise": otherwise,
        "otherwise_value": value,
    }


def _otherwise(model: OriginModel) -> tuple[Otherwise, str]:
    if model.otherwise is None:
        return "keep", ""
    if model.otherwise in ("keep", "invalid", "blank"):
        return cast(Otherwise, model.otherwise), ""
    return "value", model.otherwise


def _needs(
    model: OriginModel, option: str, other: str, why: str, path: Path, findings: Findings
) -> None:
    if getattr(model, option) is not None and getattr(model, other) is None:
        findings.add(
            (*path, option),
            f"`{option}:` without `{other}:`",
            f"both: `{option}:` {why}",
            f"add `{other}:`, or remove `{option}:`",
            of_key=True,
        )


def _check_cuts(model: OriginModel, path: Path, findings: Findings) -> None:
    _needs(model, "take", "split", "says which of its parts is meant", path, findings)
    _needs(model, "split", "take", "says between what the parts stand", path, findings)
    _needs(model, "no_match", "extract", "says what becomes of other cells", path, findings)
    if model.split == "":
        findings.add((*path, "split"), "an empty text", "the text between parts", "write it")
    if model.take == 0:
        findings.add(
            (*path, "take"),
            "`take: 0`",
            "1 for the first part, 2 for the second, -1 for the last",
            "count from 1",
        )
    if model.extract == "":
        findings.add((*path, "extract"), "an empty text", EXPECTED, "write the pattern")
    elif model.extract is not None:
        _check_pattern(model.extract, (*path, "extract"), findings)


def _check_pattern(pattern: str, path: Path, findings: Findings) -> None:
    # In parentheses too, because that is how it is used: an open \Q would swallow the closing one.
    if fault := fault_of(pattern) or fault_of(f"({pattern})"):
        findings.add(path, f"the pattern {pattern!r} ({fault})", EXPECTED, "correct the pattern")
    elif has_group(pattern, 2):
        findings.add(
            path,
            f"the pattern {pattern!r}, which has several groups in parentheses",
            "one group at most: it is what is taken",
            "write (?:...) for the groups that only hold together",
        )


def check_blank(model: AttributeModel, path: Path, findings: Findings) -> None:
    """Note what `required:` and `blank:` say against each other, and against a list's update."""
    if model.required and model.blank not in (None, "invalid"):
        findings.add(
            (*path, "required"),
            f"`required: true` beside `blank: {model.blank}`",
            "one of them: `required: true` is another way to write `blank: invalid`",
            "remove one of the two",
            of_key=True,
        )
    if model.blank == "unset" and model.update in ("add", "remove"):
        findings.add(
            (*path, "blank"),
            f"`blank: unset` beside `update: {model.update}`: an empty cell would remove the whole "
            "list",
            "`skip` or `invalid`",
            "remove `blank: unset`",
        )


def boolean_words(model: AttributeModel, path: Path, findings: Findings) -> dict[str, Any]:
    """Give the words of a boolean in lower case; no word may mean both."""
    yes = tuple(word.lower() for word in model.true_words or ())
    no = tuple(word.lower() for word in model.false_words or ())
    for option, words in (("true_words", model.true_words), ("false_words", model.false_words)):
        if words is not None and (not words or "" in words):
            findings.add((*path, option), "no word", "the file's words", "write them")
    for word in yes:
        if word and word in no:
            findings.add(
                (*path, "true_words"),
                f"the word `{word}` under `true_words:` and under `false_words:`",
                "each word under one of them",
                "remove it from one of the two",
            )
    return {"true_words": yes, "false_words": no}
