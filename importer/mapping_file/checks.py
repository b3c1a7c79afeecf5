"""Reads `check:`: a group of checks, or a list of such groups, each with the user's own words."""

from __future__ import annotations

from typing import Any

from importer.mapping_file.findings import Findings
from importer.mapping_file.mapping import Check
from importer.mapping_file.naming import nearest
from importer.mapping_file.types import CHECK_TWINS, CHECKS
from importer.mapping_file.yaml_tree import Path

_NAMES = (*CHECK_TWINS, *CHECKS)
_EXPECTED = f"one of {', '.join(_NAMES)}"


def checks_of(written: Any, path: Path, findings: Findings) -> tuple[Check, ...]:
    """Give the checks in their order."""
    if isinstance(written, list):
        groups = [(group, (*path, place)) for place, group in enumerate(written)]
    else:
        groups = [(written, path)]
    return tuple(check for group, spot in groups for check in _group(group, spot, findings))


def _group(group: Any, path: Path, findings: Findings) -> list[Check]:
    if not isinstance(group, dict) or not set(group) - {"message"}:
        findings.add(
            path,
            "`check:` holds no checks",
            "checks such as {min: 0, max: 100}, or a list of such groups",
            "write them, or remove `check:`",
        )
        return []
    message = group.get("message", "")
    if not isinstance(message, str):
        findings.add((*path, "message"), "no text", "your own words", "write a text")
    checks = []
    for name, argument in group.items():
        if name in _NAMES:
            place = findings.document.place((*path, name))
            checks.append(Check(name, argument, str(message or ""), place))
        elif name != "message":
            guess = nearest(name, (*_NAMES, "message"))
            findings.add(
                (*path, name),
                f"unknown word for `check:` `{name}`",
                _EXPECTED,
                f"did you mean `{guess}`?" if guess else "choose one of them",
                of_key=True,
            )
    return checks
