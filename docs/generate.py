"""Writes the tables of docs/mapping.md that come from the code: `make docs`.

python docs/generate.py [--check]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from importer.moengage.attributes import STANDARD_ATTRIBUTES
from importer.rules import RULES
from importer.stages.coercing import TYPES, ValueType

PAGE = Path(__file__).resolve().parent / "mapping.md"


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


def page(text: str) -> str:
    """Give the page with its generated parts renewed."""
    for name, part in (("types", types()), ("attributes", attributes()), ("switches", switches())):
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        literal = part.replace("\\", "\\\\")
        text = re.sub(pattern, rf"\g<1>{literal}\g<2>", text, flags=re.S)
    return text


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    renewed = page(text)
    if "--check" in sys.argv[1:]:
        sys.exit("docs/mapping.md is out of date: make docs" if renewed != text else 0)
    PAGE.write_text(renewed, encoding="utf-8")


if __name__ == "__main__":
    main()
