"""Resolves the mapping's own tests: cells that are given, and what is expected of them."""

from __future__ import annotations

from typing import Any

from importer.mapping_file.findings import Findings
from importer.mapping_file.grammar import ExpectModel, TestModel
from importer.mapping_file.mapping import MappingTest
from importer.mapping_file.naming import nearest
from importer.mapping_file.yaml_tree import Located, Path
from importer.rules import RULES

_PAYLOAD = ("customer_id", "attributes", "unset_attributes", "update_existing_only")
_OF_A_SENT_ROW = (*_PAYLOAD, "absent", "warnings")


def own_test(model: TestModel, index: int, findings: Findings) -> MappingTest:
    """Read one test, and note what it expects that no row can come to."""
    path: Path = ("tests", index)
    expect = model.expect
    for key in ("invalid", "warnings"):
        for place, code in enumerate(getattr(expect, key)):
            _hold_code(code, (*path, "expect", key, place), findings)
    _hold_together(expect, (*path, "expect"), findings)
    return MappingTest(
        name=model.name or f"test {index + 1}",
        given=model.given,
        payload=_payload(expect),
        absent=tuple(expect.absent),
        warnings=tuple(expect.warnings),
        invalid=tuple(expect.invalid),
        filtered=expect.filtered,
        places=_places(findings.document, path),
    )


def _payload(expect: ExpectModel) -> dict[str, Any]:
    return {key: getattr(expect, key) for key in _PAYLOAD if key in expect.model_fields_set}


def _hold_code(code: str, path: Path, findings: Findings) -> None:
    if code in RULES:
        return
    guess = nearest(code, sorted(RULES))
    findings.add(
        path,
        f"unknown code `{code}`",
        "one of the codes that `moengage-import rules` lists",
        f"did you mean `{guess}`?" if guess else "run `moengage-import rules`",
    )


def _hold_together(expect: ExpectModel, path: Path, findings: Findings) -> None:
    wanted = [key for key in ("invalid", "filtered") if getattr(expect, key)]
    sent = [key for key in _OF_A_SENT_ROW if key in expect.model_fields_set]
    if len(wanted) + bool(sent) > 1:
        findings.add(
            path,
            f"`{'`, `'.join([*wanted, *sent])}` together",
            "parts of a payload, or `invalid: [code]`, or `filtered: true`",
            "keep one of them: a row that is invalid or filtered has no payload",
        )
    elif not wanted and not sent:
        findings.add(
            path,
            "nothing that is expected",
            "such as {attributes: {city: Pune}}, {invalid: [not-phone]} or {filtered: true}",
            "write what shall become of the row",
        )


def _places(document: Located, path: Path) -> dict[Path, str]:
    """Give the place of each part of the test; of a key where there is one."""
    found = {*document.keys, *document.values}
    inside = [part for part in found if part[: len(path)] == path]
    return {part[len(path) :]: document.place(part, of_key=True) for part in inside}
