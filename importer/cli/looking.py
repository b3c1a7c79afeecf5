"""Holds the commands that only tell: `ping`, `attributes`, `rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from importer.cli import options

if TYPE_CHECKING:
    from importer.rules import Rule
    from importer.stages.coercing import Example

Code = Annotated[str | None, typer.Argument(help="One rule's code.", show_default=False)]
Types = Annotated[bool, typer.Option("--types", help="The types a mapping may use, with examples.")]


def ping(as_json: options.Json = False) -> int:
    """Ask the target whether it is there and takes the credentials; nothing is changed."""
    from importer.cli.environment import target_from_environment
    from importer.cli.output import print_json
    from importer.errors import TargetRefused
    from importer.ping import ping_target

    target = target_from_environment()
    answer = ping_target(target)
    if not answer.ok:
        raise TargetRefused(
            f"workspace {target.app_id} at {target.base_url}",
            answer.message or "no answer",
            "an answer that the credentials are right",
            "check MOENGAGE_APP_ID, MOENGAGE_API_KEY and MOENGAGE_DATA_CENTER",
        )
    following = "moengage-import check SOURCE --mapping FILE"
    if as_json:
        print_json({"ok": True, "target": target.app_id, "next": following, "exit": 0})
    else:
        print(f"Workspace {target.app_id} at {target.base_url} takes the credentials.")
        print(f"Next: {following}")
    return 0


def attributes(types: Types = False, as_json: options.Json = False) -> int:
    """List MoEngage's standard attributes, or the types a mapping may use."""
    from importer.cli.output import print_json

    entries, title = (_types(), "types") if types else (_standard(), "attributes")
    following = "moengage-import preview SOURCE --mapping FILE"
    if as_json:
        print_json({title: entries, "next": following, "exit": 0})
        return 0
    for entry in entries:
        print(f"{entry['name']:<24}{entry.get('type', ''):<10}{entry['description']}")
        for note in entry["notes"]:
            print(f"{'':<34}{note}")
    print(f"\nNext: {following}")
    return 0


def _standard() -> list[dict[str, Any]]:
    from importer.moengage.attributes import STANDARD_ATTRIBUTES

    return [
        {
            "name": entry.key,
            "type": entry.type,
            "description": f"{entry.dashboard_name}: {entry.description}",
            "documented_in": entry.documented_in,
            "consent": entry.consent,
            "create_only": entry.create_only,
            "notes": [f"note: {entry.disputed}"] if entry.disputed else [],
        }
        for entry in STANDARD_ATTRIBUTES
    ]


def _types() -> list[dict[str, Any]]:
    from importer.stages.coercing import TYPES

    return [
        {
            "name": name,
            "description": entry.rule,
            "options": list(entry.options),
            "hint": entry.hint,
            "notes": [_example(example) for example in entry.examples],
        }
        for name, entry in TYPES.items()
    ]


def _example(example: Example) -> str:
    options = ", ".join(f"{key}: {value}" for key, value in example.options.items())
    return f"{example.cell!r} -> {example.result}" + (f"  ({options})" if options else "")


def rules(code: Code = None, as_json: options.Json = False) -> int:
    """List every reason for which a row or a mapping is refused or warned about."""
    from importer.cli.output import print_json
    from importer.errors import UsageError
    from importer.mapping_file.naming import nearest
    from importer.rules import RULES

    if code is not None and code not in RULES:
        guess = nearest(code, list(RULES))
        raise UsageError(
            "rules",
            f"unknown code `{code}`",
            "one of the codes that `moengage-import rules` lists",
            f"did you mean `{guess}`?" if guess else "run `moengage-import rules`",
        )
    chosen = [RULES[code]] if code else list(RULES.values())
    following = "moengage-import rules CODE" if code is None else "moengage-import rules"
    if as_json:
        print_json(
            {"rules": [_rule_as_dict(rule) for rule in chosen], "next": following, "exit": 0}
        )
        return 0
    for rule in chosen:
        print(_explained(rule) if code else _listed(rule))
    print(f"\nNext: {following}")
    return 0


def _rule_as_dict(rule: Rule) -> dict[str, Any]:
    from dataclasses import asdict

    from importer.rule_examples import EXAMPLES, consequence

    example = EXAMPLES.get(rule.code)
    if example is None:
        return {**asdict(rule), "example": None}
    shown = {
        "mapping": example.shown(example.mapping),
        "file": example.file,
        "table": example.shown(example.table),
        "becomes": consequence(rule.code),
    }
    return {**asdict(rule), "example": shown}


def _listed(rule: Rule) -> str:
    set_to = f"; may be set to {', '.join(rule.choices)}" if rule.choices else ""
    return (
        f"{rule.code:<20}{rule.severity:<9}{rule.what}\n{'':<29}{rule.why} ({rule.source}{set_to})"
    )


def _explained(rule: Rule) -> str:
    from importer.rule_examples import EXAMPLES, consequence

    lines = [
        f"{rule.code} ({rule.severity}, {rule.stage})",
        f"  what:    {rule.what}",
        f"  why:     {rule.why}",
        f"  source:  {rule.source}",
        f"  fix:     {rule.fix}",
        *([f"  switch:  {rule.switch}"] if rule.switch else []),
    ]
    if example := EXAMPLES.get(rule.code):
        lines += ["  example, the mapping:", *_indented(example.shown(example.mapping))]
        lines += [f"  and {example.file}:", *_indented(example.shown(example.table))]
        lines.append(f"  -> {consequence(rule.code)}")
    return "\n".join(lines)


def _indented(lines: tuple[str, ...]) -> list[str]:
    return [f"      {line}" for line in lines]
