"""Writes what comes from the code: `make docs`.

These are tables of docs/mapping.md and docs/rules.md, and mappings/mapping.schema.json.

python docs/generate.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from importer.mapping_file.schema import schema_text
from importer.moengage.attributes import STANDARD_ATTRIBUTES
from importer.rules import RULES, Rule
from importer.stages.coercing import TYPES, ValueType

DOCS = Path(__file__).resolve().parent


def types() -> str:
    """Give a section per type: its rule, options, hint, examples."""
    return "\n".join(_type(kind) for kind in TYPES.values())


def _type(kind: ValueType) -> str:
    options = ", ".join(f"`{option}`" for option in kind.options) or "none of its own"
    rows = [
        f"| `{_cell(example.cell)}` | {_options(example.options)} | `{_cell(example.result)}` |"
        for example in kind.examples
    ]
    table = "\n".join(["| cell | options | is sent as, or refused by |", "|---|---|---|", *rows])
    return f"### {kind.name}\n\n{kind.rule} Options: {options}. {kind.hint}\n\n{table}\n"


def _options(options: object) -> str:
    pairs = dict(options) if isinstance(options, dict) else {}
    return ", ".join(f"`{key}: {_cell(_value(value))}`" for key, value in pairs.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return value[0] if len(value) == 1 else f"[{', '.join(value)}]"
    return f'"{value}"' if value in (",", ";", "|", ".") else str(value)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("|", "\\|")


def attributes() -> str:
    """Give the table of standard attributes."""
    rows = [
        f"| `{entry.key}` | {entry.dashboard_name} | {entry.type} | {entry.description}"
        f"{' Disputed: ' + entry.disputed + '.' if entry.disputed else ''} |"
        for entry in STANDARD_ATTRIBUTES
    ]
    return "\n".join(["| key | on the dashboard | type | |", "|---|---|---|---|", *rows]) + "\n"


def switches() -> str:
    """Give the table of rules that a mapping can soften."""
    rows = [f"| `{rule.code}` | {rule.what} |" for rule in RULES.values() if rule.switch]
    return "\n".join(["| code | what it refuses |", "|---|---|", *rows]) + "\n"


def rules(stage: str) -> str:
    """Give the table of one stage's rules."""
    rows = [
        f"| `{rule.code}` | {_severity(rule)} | {_cell(rule.what)} | {_cell(rule.why)} "
        f"({rule.source}) | {_cell(rule.fix)} |"
        for rule in RULES.values()
        if rule.stage == stage
    ]
    return (
        "\n".join(["| code | | what | why | what to do |", "|---|---|---|---|---|", *rows]) + "\n"
    )


def _severity(rule: Rule) -> str:
    others = [f"`{word}`" for word in rule.choices if word != rule.severity.removesuffix("ing")]
    return rule.severity + (f"; may be {' or '.join(others)}" if others else "")


_TITLES = {
    "surveying": "All rows together: what the mapping asks to stand in one row only",
    "reading": "Reading: a row that cannot be read exactly is refused, and the rows after it are right",
    "coercing": "Types: a cell becomes a value that means the same, or is refused",
    "validating": "Checks: what the mapping's own `check:` asks for",
    "enforcing": "Values: MoEngage answers 200 to all of these, and drops or cuts them",
    "mapping": "The mapping: told when it is read, before any row is",
    "building": "Whole users",
    "remembering": "The memory: what of a row is not sent, because of what was sent before",
    "sending": "Sending: what the API said, or that it said nothing",
}


def all_rules() -> str:
    """Give each stage's table, in the order of the rules."""
    stages = dict.fromkeys(rule.stage for rule in RULES.values())
    sections = [
        f"## {_TITLES.get(stage, stage.capitalize())}\n\n{rules(stage)}" for stage in stages
    ]
    return "\n".join(sections)


def pages() -> dict[Path, str]:
    """Give each file with its generated parts renewed."""
    parts = {
        "mapping.md": {"types": types(), "attributes": attributes(), "switches": switches()},
        "rules.md": {"rules": all_rules()},
    }
    renewed = {DOCS / name: _renewed(DOCS / name, content) for name, content in parts.items()}
    return {**renewed, DOCS.parent / "mappings/mapping.schema.json": schema_text()}


def _renewed(path: Path, parts: dict[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    for name, part in parts.items():
        before, rest = text.split(f"<!-- {name} -->\n", 1)
        after = rest.split("<!-- end -->", 1)[1]
        text = f"{before}<!-- {name} -->\n{part}<!-- end -->{after}"
    return text


def main() -> None:
    for path, renewed in pages().items():
        if "--check" not in sys.argv[1:]:
            path.write_text(renewed, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != renewed:
            sys.exit(f"{path.parent.name}/{path.name} is out of date: make docs")


if __name__ == "__main__":
    main()
